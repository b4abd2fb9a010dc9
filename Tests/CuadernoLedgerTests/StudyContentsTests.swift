import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoLedger

@Suite struct StudyContentsTests {
  private let ana = DeviceID(rawValue: 0xa)
  private let luis = DeviceID(rawValue: 0xb)

  @Test(arguments: LedgerKind.here)
  func `records are counted by kind, and fields in dispute`(kind: LedgerKind) async throws {
    let fixture = try await LedgerFixture(kind)
    let (study, _, store) = try await fixture.joinedStudy(device: ana)
    let one = MemoryStore()
    try await one.write(by: ana, RecordID(rawValue: 1), fields: [1, 2], kind: 3)
    try await one.write(by: ana, RecordID(rawValue: 2), fields: [1], kind: 4)
    try await one.write(by: ana, RecordID(rawValue: 3), fields: [1], kind: 4)
    let other = MemoryStore(seed: 2)
    try await History.bring(from: one, to: other)
    try await one.write(by: ana, RecordID(rawValue: 1), fields: [1, 2], kind: 3)
    try await one.delete(by: ana, RecordID(rawValue: 3), kind: 4)
    try await other.write(by: luis, RecordID(rawValue: 1), fields: [1, 2, 3], kind: 3)
    try await History.bring(from: one, to: store)
    try await History.bring(from: other, to: store)

    let contents = try await fixture.ledger.contents(of: study)

    #expect(contents.changes == 6)
    #expect(contents.contested == 2)
    #expect(
      contents.records == [
        StudyContents.KindCount(kind: 3, alive: 1, deleted: 0),
        StudyContents.KindCount(kind: 4, alive: 1, deleted: 1),
      ])
  }

  @Test(arguments: LedgerKind.here)
  func `a device is behind by what others wrote since it last held everything`(kind: LedgerKind)
    async throws
  {
    let fixture = try await LedgerFixture(kind)
    let (study, enrolled, store) = try await fixture.joinedStudy(device: ana)
    let notebook = MemoryStore()
    func missing() async throws -> [Int] {
      try await fixture.ledger.contents(of: study).devices.map(\.missing)
    }
    let others = try #require(fixture.ledger.store(of: study))
    func add(by device: DeviceID) async throws {
      try await notebook.write(by: device, RecordID(rawValue: 1), fields: [1])
      try await History.bring(from: notebook, to: device == ana ? store : others)
    }

    try await add(by: ana)
    #expect(try await missing() == [0])
    try await add(by: luis)
    try await add(by: luis)
    #expect(try await missing() == [2])

    let seen = try await store.frontier().digest
    try await fixture.ledger.noteHolding(enrolled, frontierDigest: seen, isNews: true)
    #expect(try await missing() == [0])
    try await add(by: luis)
    // What it was told of is no longer everything.
    try await fixture.ledger.noteHolding(enrolled, frontierDigest: seen, isNews: true)
    #expect(try await missing() == [1])
    // Nor does it hold what came before its own.
    try await add(by: ana)
    #expect(try await missing() == [1])
  }

  /// Nothing more is asked after such a session.
  @Test(arguments: LedgerKind.here)
  func `a device that held everything holds what it sends, also of what it was brought`(
    kind: LedgerKind
  ) async throws {
    let fixture = try await LedgerFixture(kind)
    let other = try await fixture.ledger.createStudy(title: "Monzón")
    let (study, enrolled, store) = try await fixture.joinedStudy(device: ana)
    let notebook = MemoryStore()
    for device in [ana, luis, ana] {
      try await notebook.write(by: device, RecordID(rawValue: 1), fields: [1])
      let (count, digests) = try await store.applyAndDigest(
        notebook.page(beyond: store.frontier(), bytesMax: .max))
      #expect(count == 1)
      #expect(try await digests == store.summary().digests)
      #expect(await digests == notebook.summary().digests)
    }

    #expect(try await fixture.ledger.contents(of: study).devices.map(\.missing) == [0])
    // A quiet session afterwards finds nothing to write down.
    try await fixture.ledger.noteHolding(
      enrolled, frontierDigest: store.frontier().digest, isNews: false)
    #expect(try await fixture.ledger.contents(of: study).devices.map(\.missing) == [0])
    #expect(try await fixture.ledger.contents(of: other).changes == 0)
  }

  @Test(arguments: LedgerKind.here)
  func `a study without changes has none`(kind: LedgerKind) async throws {
    let fixture = try await LedgerFixture(kind)
    let study = try await fixture.ledger.createStudy(title: "Monzón")

    let contents = try await fixture.ledger.contents(of: study)

    #expect(contents.changes == 0)
    #expect(contents.records.isEmpty)
    #expect(contents.devices.isEmpty)
    #expect(fixture.ledger.store(of: study) == nil)
  }
}
