import CuadernoLog
import CuadernoSync
import CuadernoTestSupport
import Testing

/// What codings are packed with that lie on a text.
@Suite struct HostBasesTests {
  /// A text, what was written to it since, and codings of some bytes on it.
  private struct Coded {
    let store = MemoryStore()
    var text: Dot
    let host = RecordID(rawValue: 50)

    init(text bytes: Int = 2_000) async throws {
      text = try await store.write(
        by: DeviceID(rawValue: 1), host, fields: [1], payload: SplitMix64.bytes(bytes)
      ).dot
    }

    func code(_ count: Int, bytes: Int, on host: RecordID? = nil) async throws {
      for number in 0..<count {
        try await store.author(
          by: DeviceID(rawValue: 2),
          RecordID(rawValue: (host ?? self.host).rawValue << 16 + UInt128(number)), kind: 6,
          action: .write, context: VectorClock(), fields: [FieldID(1)], about: [host ?? self.host],
          payload: Array(repeating: 7, count: bytes), milliseconds: 5_000)
      }
    }

    /// What the page beyond a clock is packed with, and which records were asked about.
    func bases(beyond clock: VectorClock) async throws -> (dots: [Dot], asked: [RecordID]) {
      try await bases(of: store.page(beyond: clock, bytesMax: .max / 2), beyond: clock)
    }

    func bases(
      of page: ChangePage, beyond clock: VectorClock
    ) async throws -> (dots: [Dot], asked: [RecordID]) {
      let fixture = try LogFixture(
        holding: await store.page(beyond: VectorClock(), bytesMax: .max / 2))
      var made = [RecordID: [Dot]]()
      for record in await store.records {
        made[record] = await store.state(of: record)?.writes.map(\.dot)
      }
      var asked = [RecordID]()
      let bases = try fixture.read { db in
        try fixture.log.bases(of: page, heldBy: clock, db) { records in
          asked += records
          return made.filter { records.contains($0.key) }
        }
      }
      return (bases.map(\.dot), asked)
    }
  }

  @Test func `codings are packed with the text that they are on, once for all of them`()
    async throws
  {
    let coded = try await Coded()
    let held = await coded.store.frontier()
    try await coded.code(30, bytes: 300)

    let found = try await coded.bases(beyond: held)
    #expect(found.dots == [coded.text])
    #expect(found.asked == [coded.host])
  }

  @Test func `of what a record is made of the longest is taken that the reader holds`() async throws
  {
    var coded = try await Coded()
    try await coded.store.write(
      by: DeviceID(rawValue: 1), coded.host, fields: [2], payload: Array(repeating: 1, count: 300))
    let second = await coded.store.frontier()
    coded.text = try await coded.store.write(
      by: DeviceID(rawValue: 3), coded.host, fields: [3], payload: Array(repeating: 2, count: 2_500)
    ).dot
    let third = await coded.store.frontier()
    try await coded.code(4, bytes: 300)

    #expect(try await coded.bases(beyond: third).dots == [coded.text])
    // Where the newest text is in the page itself, it is repeated from there.
    #expect(try await coded.bases(beyond: second).asked == [])
    #expect(try await coded.bases(beyond: VectorClock()).dots == [])
  }

  @Test func `a newer text that the reader has not got yet is passed over`() async throws {
    let coded = try await Coded()
    let held = await coded.store.frontier()
    try await coded.code(4, bytes: 300)
    try await coded.store.write(
      by: DeviceID(rawValue: 3), coded.host, fields: [2], payload: Array(repeating: 2, count: 2_500)
    )
    let page = await coded.store.page(beyond: held, bytesMax: 2_500)
    #expect(page.changes.count == 4)

    #expect(try await coded.bases(of: page, beyond: held).dots == [coded.text])
  }

  @Test(arguments: [
    (1, 500, false), (1, 512, true), (2, 255, false), (2, 256, true), (5, 3, false),
  ])
  func `a record is looked up for as much as two codings`(
    count: Int, bytes: Int, isAsked: Bool
  ) async throws {
    let coded = try await Coded()
    let held = await coded.store.frontier()
    try await coded.code(count, bytes: bytes)

    let found = try await coded.bases(beyond: held)
    #expect(found.asked.isEmpty == !isAsked)
    #expect(found.dots == (isAsked ? [coded.text] : []))
  }

  @Test(arguments: [(255, 2, false), (256, 2, true), (153_600, 2, true), (153_601, 2, false)])
  func `a text of less than what is saved, or of far more, is no base`(
    text: Int, count: Int, isBase: Bool
  ) async throws {
    let coded = try await Coded(text: text)
    let held = await coded.store.frontier()
    try await coded.code(count, bytes: 300)

    #expect(try await coded.bases(beyond: held).dots == (isBase ? [coded.text] : []))
  }

  @Test func `of many records those are taken that most is on, as many as one page may have`()
    async throws
  {
    let coded = try await Coded()
    let hosts = (0..<600).map { RecordID(rawValue: 5_000 + UInt128($0)) }
    for host in hosts {
      try await coded.store.write(
        by: DeviceID(rawValue: 1), host, fields: [1], payload: SplitMix64.bytes(2_500))
    }
    let held = await coded.store.frontier()
    for (number, host) in hosts.enumerated() {
      try await coded.code(number < 10 ? 3 : 2, bytes: 260, on: host)
    }

    let found = try await coded.bases(beyond: held)
    #expect(found.asked.count == WireLimits.pageHosts)
    #expect(Array(found.asked.prefix(10)) == Array(hosts.prefix(10)))
    #expect(found.dots.count == WireLimits.pageHostBytes / 2_500)
  }

  @Test(arguments: [(1_000, true), (2_000, false)])
  func `a long page is packed without`(count: Int, isAsked: Bool) async throws {
    let coded = try await Coded()
    let held = await coded.store.frontier()
    try await coded.code(count, bytes: 256)

    #expect(try await coded.bases(beyond: held).asked.isEmpty == !isAsked)
  }

  @Test
  func
    `a text is found behind any number of other fields, and nothing is lost with a damaged register`()
    async throws
  {
    var coded = try await Coded(text: 300)
    for field in UInt32(2)...20 {
      try await coded.store.write(by: DeviceID(rawValue: 1), coded.host, fields: [field])
    }
    coded.text = try await coded.store.write(
      by: DeviceID(rawValue: 1), coded.host, fields: [21], payload: SplitMix64.bytes(2_000)
    ).dot
    let held = await coded.store.frontier()
    try await coded.code(4, bytes: 300)

    #expect(try await coded.bases(beyond: held).dots == [coded.text])
    let page = await coded.store.page(beyond: held, bytesMax: .max / 2)
    let fixture = try LogFixture(
      holding: await coded.store.page(beyond: VectorClock(), bytesMax: .max / 2))
    let none = try fixture.read {
      try fixture.log.bases(of: page, heldBy: held, $0) { _ in throw StoreError.damaged }
    }
    #expect(none == [])
  }

  @Test func `what is on a record that the store does not hold is sent as it is`() async throws {
    let coded = try await Coded()
    let held = await coded.store.frontier()
    try await coded.code(9, bytes: 300, on: RecordID(rawValue: 77))

    let found = try await coded.bases(beyond: held)
    #expect(found.dots == [])
    #expect(found.asked == [RecordID(rawValue: 77)])
  }
}

extension SplitMix64 {
  fileprivate static func bytes(_ count: Int) -> [UInt8] {
    var random = SplitMix64(seed: 9)
    return random.bytes(count)
  }
}
