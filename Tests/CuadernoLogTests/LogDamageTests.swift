import CuadernoLog
import CuadernoSync
import CuadernoTestSupport
import GRDB
import Testing

/// SQLite does not notice a flipped bit, so every row is checked against its hash when it is read.
@Suite struct LogDamageTests {
  private static let columns = ["envelope", "salt", "payload", "link"]

  @Test(arguments: columns)
  func `every flipped byte of a column is found and named`(column: String) async throws {
    let fixture = try LogFixture(holding: try await SampleHistory.page(4, devices: 2))
    for entry in try fixture.entries() {
      let bytes = try fixture.read { db in
        try Blob.fetchOne(
          db, sql: "SELECT \(column) FROM change WHERE position = ?", arguments: [entry.position])
      }
      let whole = try #require(bytes).bytes
      // A payload may be long, and every byte of it is hashed alike.
      for index in whole.indices where index < 40 || index == whole.count - 1 {
        var flipped = whole
        flipped[index] ^= 1 << (index % 8)
        try set(column, flipped, at: entry.position, in: fixture)
        try expectFound(entry, in: fixture, "byte \(index)")
      }
      try set(column, whole, at: entry.position, in: fixture)
    }
    #expect(try fixture.entries().count == 4)
  }

  @Test func `a shortened, lengthened or missing payload is found`() async throws {
    let page = try await SampleHistory.page(4, devices: 1)
    let fixture = try LogFixture(holding: page)
    let second = try fixture.entries()[1]
    guard case .payload(_, let bytes) = second.change.content else { return }

    for wrong in [Array(bytes.dropLast()), bytes + [0], []] where wrong != bytes {
      try set("payload", wrong, at: second.position, in: fixture)
      try expectFound(second, in: fixture, "\(wrong.count) bytes")
    }
    try fixture.corrupt(
      "UPDATE change SET payload = NULL, salt = NULL WHERE position = ?", [second.position])
    try expectFound(second, in: fixture, "nothing")
  }

  @Test func `a payload that was swapped with another is found`() async throws {
    let fixture = try LogFixture(holding: try await SampleHistory.page(6, devices: 1, seed: 4))
    let before = try fixture.entries()

    try fixture.corrupt(
      """
      UPDATE change SET payload = (SELECT payload FROM change WHERE position = 3),
        salt = (SELECT salt FROM change WHERE position = 3)
      WHERE position = 2
      """)

    try expectFound(before[1], in: fixture, "swapped")
  }

  @Test func `a change under another number is found`() async throws {
    let fixture = try LogFixture(holding: try await SampleHistory.page(5, devices: 1))

    try fixture.corrupt("UPDATE change SET sequence = 99 WHERE position = 5")

    let dot = Dot(device: DeviceID(rawValue: 1), sequence: 99)
    #expect(throws: StoreError.damagedChange(dot)) { try fixture.entries() }
  }

  @Test(arguments: [Int64](1...5))
  func `a change that a query passes over, for it says to be of another study, is missed`(
    position: Int64
  ) async throws {
    let fixture = try LogFixture(holding: try await SampleHistory.page(5, devices: 2))
    let missed = try fixture.entries()[Int(position) - 1].change.dot

    try fixture.corrupt("UPDATE change SET study = 0 WHERE position = ?", [position])

    #expect(throws: StoreError.damagedChange(missed)) { try fixture.entries() }
    let examination = try fixture.read { try ChangeLog(study: 1).examine($0) }
    #expect(examination.damaged == [missed])
  }

  @Test func `a change under another device is found`() async throws {
    let fixture = try LogFixture(holding: try await SampleHistory.page(8, devices: 2))

    try fixture.corrupt("UPDATE change SET device = 3 - device, sequence = 90 WHERE position = 8")
    #expect(throws: StoreError.self) { try fixture.entries() }

    try fixture.corrupt("UPDATE change SET device = 17 WHERE position = 8")
    #expect(throws: StoreError.damaged) { try fixture.entries() }
  }

  @Test func `changes that changed their places are found`() async throws {
    let fixture = try LogFixture(holding: try await SampleHistory.page(5, devices: 1))

    try fixture.corrupt("UPDATE change SET position = 50 WHERE position = 2")

    let dot = Dot(device: DeviceID(rawValue: 1), sequence: 2)
    #expect(throws: StoreError.damagedChange(dot)) { try fixture.entries() }
  }

  @Test func `a change that is gone is found by the one that follows it`() async throws {
    let fixture = try LogFixture(holding: try await SampleHistory.page(5, devices: 1))

    try fixture.corrupt("DELETE FROM change WHERE position = 2")

    let dot = Dot(device: DeviceID(rawValue: 1), sequence: 3)
    #expect(throws: StoreError.damagedChange(dot)) { try fixture.entries() }
    #expect(throws: StoreError.self) {
      try fixture.read { try fixture.log.page(beyond: VectorClock(), bytesMax: 1 << 20, $0) }
    }
  }

  @Test(arguments: ["link = zeroblob(32)", "sequence = 4", "sequence = 6"])
  func `nobody goes on with a chain whose end is damaged`(damage: String) async throws {
    let fixture = try LogFixture(holding: try await SampleHistory.page(5, devices: 1))
    let device = DeviceID(rawValue: 1)

    try fixture.corrupt("UPDATE device SET \(damage)")

    #expect(throws: StoreError.self) {
      try fixture.read { try fixture.log.provenHead(of: device, $0) }
    }
    let examined = try fixture.read { try fixture.log.examine($0) }
    #expect(examined.damaged.count == 1)
  }

  @Test func `an examination goes on after damage and names all of it`() async throws {
    let fixture = try LogFixture(holding: try await SampleHistory.page(30, devices: 3))
    let entries = try fixture.entries()

    for position in [4, 17, 30] {
      try set("envelope", [1, 2, 3], at: Int64(position), in: fixture)
    }
    let examined = try fixture.read { try fixture.log.examine($0) }

    #expect(examined.count == 30)
    #expect(examined.damaged == [4, 17, 30].map { entries[$0 - 1].change.dot })
  }

  @Test func `a whole log has nothing damaged`() async throws {
    let fixture = try LogFixture(holding: try await SampleHistory.page(30))

    let examined = try fixture.read { try fixture.log.examine($0) }

    #expect(examined.count == 30)
    #expect(examined.damaged == [])
  }

  private func set(
    _ column: String, _ bytes: [UInt8], at position: Int64, in fixture: LogFixture
  ) throws {
    try fixture.corrupt(
      "UPDATE change SET \(column) = ? WHERE position = ?", [Blob(bytes), position])
  }

  /// Whoever reads the change is told its name: by its dot, by its place, in order and by the page.
  private func expectFound(
    _ entry: ChangeLog.Entry, in fixture: LogFixture, _ what: Comment
  ) throws {
    let dot = entry.change.dot
    let named = StoreError.damagedChange(dot)
    #expect(throws: named, what) { try fixture.read { try fixture.log.entry(at: dot, $0) } }
    #expect(throws: named, what) {
      try fixture.read { try fixture.log.entry(at: entry.position, $0) }
    }
    #expect(throws: named, what) { try fixture.entries() }
    #expect(throws: named, what) {
      try fixture.read { try fixture.log.page(beyond: VectorClock(), bytesMax: 1 << 20, $0) }
    }
  }
}
