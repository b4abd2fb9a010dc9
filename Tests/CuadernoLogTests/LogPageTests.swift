import CuadernoLog
import CuadernoSync
import CuadernoTestSupport
import Testing

/// Pages of the log against those of the store in memory, and against what a page promises.
@Suite struct LogPageTests {
  @Test func `a page is what the plainest store answers`() async throws {
    for seed in Seeds.upTo(12) {
      var generator = SplitMix64(seed: seed)
      let store = try await SampleHistory.store(40, devices: 4, seed: seed)
      let whole = await store.page(beyond: VectorClock(), bytesMax: .max / 2)
      let fixture = try LogFixture(holding: whole)
      for _ in 0..<20 {
        let clock = knowledge(of: whole.changes, using: &generator)
        let size = [0, 1, 300, 2_000, 1 << 20].randomElement(using: &generator) ?? 1
        let page = try fixture.read { try fixture.log.page(beyond: clock, bytesMax: size, $0) }
        if await page != store.page(beyond: clock, bytesMax: size) {
          Issue.record("\(Seeds.replay(seed)): beyond \(clock.entries), \(size) bytes")
        }
      }
    }
  }

  @Test func `the frontier as it was after a position is that of the changes up to it`()
    async throws
  {
    for seed in Seeds.upTo(6) {
      let whole = try await SampleHistory.page(40, devices: 4, seed: seed)
      let fixture = try LogFixture(holding: whole)
      for position in 0...whole.changes.count {
        let clock = try fixture.read {
          try fixture.log.frontier(upTo: Int64(position), readingAtMost: 30, $0)
        }
        let expected = VectorClock(whole.changes.prefix(position).map(\.dot))
        // Further back than it may read it says nothing.
        #expect(clock == (position < whole.changes.count - 30 ? nil : expected), "\(seed)")
      }
    }
  }

  @Test(arguments: [1, 500, 1_500, 100_000])
  func `page after page brings everything once and in order`(bytesMax: Int) async throws {
    let whole = try await SampleHistory.page(80, devices: 5)
    let fixture = try LogFixture(holding: whole)
    let copy = try LogFixture()
    var brought = [Change]()

    for _ in 0..<81 {
      let clock = try copy.read { try copy.log.frontier($0) }
      let page = try fixture.read { try fixture.log.page(beyond: clock, bytesMax: bytesMax, $0) }
      if page.changes.isEmpty { break }
      brought += page.changes
      try copy.append(page)
    }

    #expect(brought == whole.changes)
    #expect(try copy.entries().map(\.link) == fixture.entries().map(\.link))
  }

  @Test func `a page stops before it is too long, and never holds nothing`() async throws {
    let whole = try await SampleHistory.page(30)
    let fixture = try LogFixture(holding: whole)

    for bytesMax in [0, 1, 200, 700, 1_000, 3_000] {
      let page = try fixture.read {
        try fixture.log.page(beyond: VectorClock(), bytesMax: bytesMax, $0)
      }
      let size = page.changes.map(\.byteCount).reduce(0, +)
      #expect(size <= bytesMax || page.changes.count == 1)
      #expect(page.changes == Array(whole.changes.prefix(page.changes.count)))
    }
  }

  @Test func `nothing is beyond a clock that covers everything`() async throws {
    let whole = try await SampleHistory.page(10)
    let fixture = try LogFixture(holding: whole)
    var clock = VectorClock(whole.changes.map(\.dot))

    let page = try fixture.read { try fixture.log.page(beyond: clock, bytesMax: 1, $0) }
    clock.include(Dot(device: DeviceID(rawValue: 77), sequence: .max))
    let further = try fixture.read { try fixture.log.page(beyond: clock, bytesMax: 1, $0) }

    #expect(page == ChangePage())
    #expect(further == ChangePage())
  }

  @Test func `a page is admitted by whoever holds the clock it was asked for`() async throws {
    for seed in Seeds.upTo(10) {
      var generator = SplitMix64(seed: seed)
      let whole = try await SampleHistory.page(40, devices: 4, seed: seed)
      let fixture = try LogFixture(holding: whole)
      let held = Int.random(in: 0...40, using: &generator)
      let other = MemoryStore()
      let first = try fixture.read { db in
        try fixture.log.page(beyond: VectorClock(), bytesMax: .max / 2, db)
      }
      try await other.apply(prefix(held, of: first))

      let clock = await other.frontier()
      let rest = try fixture.read { try fixture.log.page(beyond: clock, bytesMax: .max / 2, $0) }

      #expect(try await other.apply(rest) == 40 - held, "\(Seeds.replay(seed))")
    }
  }

  /// The clock of somebody who holds the first so many changes.
  private func knowledge(of changes: [Change], using generator: inout SplitMix64) -> VectorClock {
    VectorClock(changes.prefix(.random(in: 0...changes.count, using: &generator)).map(\.dot))
  }

  private func prefix(_ count: Int, of page: ChangePage) -> ChangePage {
    var heads = [DeviceID: ChainHead]()
    for change in page.changes.prefix(count) {
      let device = change.dot.device
      let link = AdmittedChange(own: change, after: heads[device]?.link ?? .zero).link
      heads[device] = ChainHead(dot: change.dot, link: link)
    }
    return ChangePage(changes: Array(page.changes.prefix(count)), heads: Array(heads.values))
  }
}
