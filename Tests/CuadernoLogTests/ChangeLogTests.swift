import CuadernoLog
import CuadernoSync
import CuadernoTestSupport
import Testing

@Suite struct ChangeLogTests {
  @Test(arguments: [1, 2, 7])
  func `what is appended is read back in its order`(devices: Int) async throws {
    let page = try await SampleHistory.page(60, devices: devices)
    let fixture = try LogFixture(holding: page)

    let entries = try fixture.entries()

    #expect(entries.map(\.change) == page.changes)
    #expect(entries.map(\.position) == Array(1...60))
    try fixture.read { db throws in
      #expect(try fixture.log.end(db) == 60)
      #expect(try fixture.log.frontier(db) == VectorClock(page.changes.map(\.dot)))
      for head in page.heads {
        #expect(try fixture.log.head(of: head.dot.device, db) == head)
        #expect(try fixture.log.provenHead(of: head.dot.device, db) == head)
      }
      for entry in entries {
        let dot = entry.change.dot
        #expect(try fixture.log.link(at: dot, db) == entry.link)
        #expect(try fixture.log.entry(at: dot, db)?.change == entry.change)
        #expect(try fixture.log.entry(at: entry.position, db)?.change == entry.change)
      }
    }
  }

  @Test func `a log that is opened again holds the same`() async throws {
    let page = try await SampleHistory.page(20)
    let fixture = try LogFixture(holding: page)
    try fixture.close()

    let again = try LogFixture(opening: fixture.folder)

    #expect(try again.entries().map(\.change) == page.changes)
  }

  @Test func `an empty log has nothing`() throws {
    let fixture = try LogFixture()
    let dot = Dot(device: DeviceID(rawValue: 1), sequence: 1)

    try fixture.read { db throws in
      #expect(try fixture.log.end(db) == 0)
      #expect(try fixture.log.frontier(db).isEmpty)
      #expect(try fixture.log.head(of: dot.device, db) == nil)
      #expect(try fixture.log.link(at: dot, db) == nil)
      #expect(try fixture.log.entry(at: dot, db) == nil)
      #expect(try fixture.log.entry(at: 1, db) == nil)
      #expect(
        try fixture.log.page(beyond: VectorClock(), bytesMax: 1 << 20, db) == ChangePage())
    }
  }

  @Test(arguments: [0, 2, UInt64(Int64.max), 1 << 63, .max])
  func `a number that was never given is not held`(sequence: UInt64) async throws {
    let fixture = try LogFixture(holding: try await SampleHistory.page(1, devices: 1))
    let dot = Dot(device: DeviceID(rawValue: 1), sequence: sequence)

    try fixture.read { db throws in
      #expect(try fixture.log.link(at: dot, db) == nil)
      #expect(try fixture.log.entry(at: dot, db) == nil)
    }
  }

  @Test func `reading begins where it is told to`() async throws {
    let page = try await SampleHistory.page(10)
    let fixture = try LogFixture(holding: page)

    for start in Int64(1)...11 {
      var read = [Change]()
      try fixture.read { db in
        try fixture.log.forEachEntry(from: start, db) { read.append($0.change) }
      }
      #expect(read == Array(page.changes.dropFirst(Int(start) - 1)))
    }
  }

  @Test func `an erased change is kept with its digest`() async throws {
    var page = try await SampleHistory.page(5, devices: 1)
    page.changes[2].content = .erased(page.changes[2].payloadDigest)
    let fixture = try LogFixture(holding: page)

    #expect(try fixture.entries().map(\.change) == page.changes)
  }

  @Test func `one name is given to one change`() async throws {
    let page = try await SampleHistory.page(1, devices: 1)
    let fixture = try LogFixture(holding: page)
    let twin = AdmittedChange(own: page.changes[0], after: .zero)

    // SQLITE_CONSTRAINT_UNIQUE
    #expect(throws: StoreError.failed(code: 2_067)) { try fixture.appendUnchecked([twin]) }
    #expect(try fixture.entries().count == 1)
  }

  @Test func `studies in one file do not see each other's changes`() async throws {
    let first = try await SampleHistory.page(12, seed: 1)
    let second = try await SampleHistory.page(9, seed: 2)
    let fixture = try LogFixture(holding: first)
    let other = ChangeLog(study: 2)
    try fixture.append(second, to: other)

    try fixture.read { db throws in
      #expect(try other.page(beyond: VectorClock(), bytesMax: 1 << 20, db) == second)
      #expect(try fixture.log.page(beyond: VectorClock(), bytesMax: 1 << 20, db) == first)
      #expect(try other.frontier(db) == VectorClock(second.changes.map(\.dot)))
      #expect(try other.entry(at: 1, db) == nil)
    }
  }
}
