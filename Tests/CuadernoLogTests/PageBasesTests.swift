import CuadernoLog
import CuadernoSync
import CuadernoTestSupport
import Testing

/// Which earlier changes a page is packed with.
@Suite struct PageBasesTests {
  private static let ana = DeviceID(rawValue: 1)
  private static let luis = DeviceID(rawValue: 2)
  private static let interview = RecordID(rawValue: 10)
  private static let text = Array(repeating: UInt8(ascii: "a"), count: 2_000)

  /// What a store writes, in a log; and what a page of it beyond a clock is packed with.
  private struct Scene {
    let store = MemoryStore()

    @discardableResult
    func write(
      _ device: DeviceID = ana, _ record: RecordID = interview, _ payload: [UInt8] = text
    ) async throws -> Dot {
      try await store.write(by: device, record, fields: [1], payload: payload).dot
    }

    func bases(beyond clock: VectorClock, in fixture: LogFixture) throws -> [EarlierPayload] {
      try fixture.read { db in
        let page = try fixture.log.page(beyond: clock, bytesMax: .max / 2, db)
        return try fixture.log.bases(of: page, heldBy: clock, db) { _ in [:] }
      }
    }

    func bases(beyond clock: VectorClock) async throws -> [Dot] {
      let fixture = try await fixture()
      return try bases(beyond: clock, in: fixture).map(\.dot)
    }

    func fixture() async throws -> LogFixture {
      try LogFixture(holding: await store.page(beyond: VectorClock(), bytesMax: .max / 2))
    }
  }

  @Test func `a text is packed with the version that its author had read`() async throws {
    let scene = Scene()
    let first = try await scene.write()
    let held = await scene.store.frontier()
    try await scene.write(Self.luis)

    let found = try scene.bases(beyond: held, in: await scene.fixture())
    #expect(found == [EarlierPayload(dot: first, record: Self.interview, payload: Self.text)])
  }

  @Test func `a version behind changes that are none is found, but not any number of steps back`()
    async throws
  {
    for between in [0, 1, 7, 8, 20] {
      let scene = Scene()
      let first = try await scene.write()
      for _ in 0..<between { try await scene.write(Self.ana, Self.interview, [1, 2, 3]) }
      let held = await scene.store.frontier()
      try await scene.write(Self.luis)

      let found = try await scene.bases(beyond: held)
      #expect(found == (between < WireLimits.baseSteps ? [first] : []), "\(between) between")
    }
  }

  @Test func `what the reader does not hold is no base`() async throws {
    let scene = Scene()
    let first = try await scene.write()
    try await scene.write(Self.luis)
    try await scene.write(Self.ana)

    #expect(try await scene.bases(beyond: VectorClock()) == [])
    #expect(try await scene.bases(beyond: VectorClock([first])) == [first])
  }

  @Test func `of the versions that an author had read the newest is taken`() async throws {
    let scene = Scene()
    try await scene.write(Self.ana)
    let held = await scene.store.frontier()
    let concurrent = try await scene.store.author(
      by: Self.luis, Self.interview, kind: 3, action: .write, context: held, fields: [FieldID(1)],
      payload: Self.text, milliseconds: 9_000)
    let both = await scene.store.frontier()
    try await scene.write(Self.ana)

    #expect(try await scene.bases(beyond: both) == [concurrent.dot])
  }

  @Test func `of a row of versions in one page only the first needs a base`() async throws {
    let scene = Scene()
    let first = try await scene.write()
    let held = await scene.store.frontier()
    for _ in 0..<30 { try await scene.write(Self.luis) }

    #expect(try await scene.bases(beyond: held) == [first])
  }

  @Test func `small payloads, first ones and those of another size are sent as they are`()
    async throws
  {
    for (before, after) in [(2_000, 255), (900, 2_000), (2_000, 400), (0, 2_000)] {
      let scene = Scene()
      try await scene.write(Self.ana, Self.interview, Array(repeating: 1, count: before))
      let held = await scene.store.frontier()
      try await scene.write(Self.luis, Self.interview, Array(repeating: 1, count: after))
      try await scene.write(Self.luis, RecordID(rawValue: 11))

      #expect(try await scene.bases(beyond: held) == [], "\(before) to \(after)")
    }
  }

  @Test func `a payload that was erased or is void is no base any more`() async throws {
    let scene = Scene()
    let first = try await scene.write()
    let held = await scene.store.frontier()
    try await scene.write(Self.luis)
    let fixture = try await scene.fixture()
    try fixture.corrupt(
      """
      UPDATE change SET salt = NULL, payload = NULL, payloadDigest = zeroblob(32)
      WHERE position = 1
      """)

    let (page, none) = try fixture.read { db in
      let page = try fixture.log.page(beyond: held, bytesMax: .max / 2, db)
      return (page, try fixture.log.bases(of: page, heldBy: held, db) { _ in [:] })
    }
    #expect(page.changes.count == 1)
    #expect(none == [])
    #expect(try fixture.read { try fixture.log.bases(at: [first], $0) } == nil)
  }

  @Test func `another study's changes are no bases, under whatever name`() async throws {
    let scene = Scene()
    let first = try await scene.write()
    let fixture = try await scene.fixture()
    let found = try fixture.read { try fixture.log.bases(at: [first], $0) }
    #expect(found?.map(\.payload) == [Self.text])
    #expect(try fixture.read { try ChangeLog(study: 2).bases(at: [first], $0) } == nil)
  }

  @Test func `names that are not held are answered with nothing`() async throws {
    let scene = Scene()
    let first = try await scene.write()
    let fixture = try await scene.fixture()
    for dot in [
      Dot(device: Self.ana, sequence: 2), Dot(device: Self.luis, sequence: 1),
      Dot(device: Self.ana, sequence: .max), Dot(device: Self.ana, sequence: 0),
    ] {
      #expect(try fixture.read { try fixture.log.bases(at: [first, dot], $0) } == nil, "\(dot)")
    }
  }

  @Test func `no more is read for one page than its limit, however it is asked for`() async throws {
    let scene = Scene()
    let large = Array(repeating: UInt8(1), count: 1 << 20)
    var dots = [Dot]()
    for number in 0..<5 {
      dots.append(try await scene.write(Self.ana, RecordID(rawValue: 20 + UInt128(number)), large))
    }
    let held = await scene.store.frontier()
    for number in 0..<5 {
      try await scene.write(Self.luis, RecordID(rawValue: 20 + UInt128(number)), large)
    }
    let fixture = try await scene.fixture()

    #expect(try scene.bases(beyond: held, in: fixture).count == 4)
    let four = try fixture.read { try fixture.log.bases(at: Array(dots.prefix(4)), $0) }
    #expect(four?.count == 4)
    #expect(try fixture.read { try fixture.log.bases(at: dots, $0) } == nil)
  }

  @Test func `a first page of any length has nothing looked up`() async throws {
    let scene = Scene()
    for number in 0..<200 {
      try await scene.write(Self.ana, RecordID(rawValue: 100 + UInt128(number)))
    }
    try await scene.write(Self.ana, RecordID(rawValue: 100), [1, 2])
    let fixture = try await scene.fixture()
    let page = try fixture.read {
      try fixture.log.page(beyond: VectorClock(), bytesMax: .max / 2, $0)
    }
    // A log that cannot be asked anything any more.
    try fixture.corrupt("DROP TABLE change")

    let bases = try fixture.read {
      try fixture.log.bases(of: page, heldBy: VectorClock(), $0) { _ in throw StoreError.damaged }
    }
    #expect(bases == [])
  }

  @Test func `every base chosen is held, earlier, of the record, and named once`() async throws {
    for seed in Seeds.upTo(20) {
      var random = SplitMix64(seed: seed)
      let store = MemoryStore(seed: seed)
      for _ in 0..<60 {
        let size = [3, 300, 700, 2_000].randomElement(using: &random) ?? 0
        try await store.write(
          by: DeviceID(rawValue: .random(in: 1...3, using: &random)),
          RecordID(rawValue: .random(in: 1...4, using: &random)), fields: [1],
          payload: random.bytes(size))
      }
      let whole = await store.page(beyond: VectorClock(), bytesMax: .max / 2)
      let fixture = try LogFixture(holding: whole)
      let clock = VectorClock(whole.changes.prefix(.random(in: 0...60, using: &random)).map(\.dot))
      let page = await store.page(beyond: clock, bytesMax: 20_000)
      let bases = try fixture.read {
        try fixture.log.bases(of: page, heldBy: clock, $0) { _ in [:] }
      }

      let records = Set(page.changes.map(\.envelope.record))
      for base in bases {
        let change = try #require(whole.changes.first { $0.dot == base.dot })
        #expect(clock.covers(base.dot) && records.contains(base.record), "\(Seeds.replay(seed))")
        #expect(EarlierPayload(change) == base, "\(Seeds.replay(seed))")
      }
      #expect(Set(bases.map(\.dot)).sorted() == bases.map(\.dot), "\(Seeds.replay(seed))")
      let again = try fixture.read { try fixture.log.bases(at: bases.map(\.dot), $0) }
      #expect(again == bases, "\(Seeds.replay(seed))")
    }
  }
}
