import CuadernoLog
import CuadernoSync
import CuadernoTestSupport
import GRDB
import Testing

@testable import CuadernoLedger

/// What the ledger does with a page: all of it once, or nothing.
@Suite struct LedgerPageTests {
  private let ana = DeviceID(rawValue: 0xa)
  private let luis = DeviceID(rawValue: 0xb)
  private let note = RecordID(rawValue: 1)
  private let place = RecordID(rawValue: 2)

  /// Two devices' changes: three of Ana's, and one of Luis's that builds on them.
  private func notebook() async throws -> MemoryStore {
    let store = MemoryStore()
    try await store.write(by: ana, note, fields: [1, 2])
    try await store.write(by: ana, place, fields: [1], kind: 4)
    try await store.write(by: ana, note, fields: [2])
    try await store.write(by: luis, note, fields: [1])
    return store
  }

  private func whole(_ store: MemoryStore) async -> ChangePage {
    await store.page(beyond: VectorClock(), bytesMax: 1 << 20)
  }

  @Test(arguments: LedgerKind.here)
  func `a page is applied and read back as it came`(kind: LedgerKind) async throws {
    let fixture = try await LedgerFixture(kind)
    let (_, _, ledger) = try await fixture.joinedStudy()
    let page = await whole(try await notebook())

    #expect(try await ledger.apply(page) == 4)

    #expect(try await ledger.page(beyond: VectorClock(), bytesMax: 1 << 20) == page)
    #expect(
      try await ledger.frontier()
        == VectorClock([Dot(device: ana, sequence: 3), Dot(device: luis, sequence: 1)]))
  }

  @Test(arguments: LedgerKind.here)
  func `a page applied again changes nothing`(kind: LedgerKind) async throws {
    let fixture = try await LedgerFixture(kind)
    let (_, _, ledger) = try await fixture.joinedStudy()
    let page = await whole(try await notebook())
    try await ledger.apply(page)
    let before = try await fixture.everyRow()

    #expect(try await ledger.apply(page) == 0)

    #expect(try await fixture.everyRow() == before)
  }

  @Test(arguments: LedgerKind.here)
  func `a page that overlaps what is held adds the rest`(kind: LedgerKind) async throws {
    let fixture = try await LedgerFixture(kind)
    let (_, _, ledger) = try await fixture.joinedStudy()
    let notebook = try await notebook()
    let first = await notebook.page(beyond: VectorClock(), bytesMax: 250)
    #expect(first.changes.count == 2)
    try await ledger.apply(first)

    #expect(try await ledger.apply(await whole(notebook)) == 2)

    #expect(try await ledger.summary() == notebook.summary())
  }

  @Test(arguments: Damage.allCases, LedgerKind.here)
  func `a page that may not be applied leaves every row as it was`(
    damage: Damage, kind: LedgerKind
  ) async throws {
    let fixture = try await LedgerFixture(kind)
    let (_, _, ledger) = try await fixture.joinedStudy()
    let notebook = try await notebook()
    let first = await notebook.page(beyond: VectorClock(), bytesMax: 250)
    try await ledger.apply(first)
    let before = try await fixture.everyRow()
    let summary = try await ledger.summary()

    var page = await whole(notebook)
    let expected = damage.apply(to: &page)
    await #expect(throws: expected) { try await ledger.apply(page) }

    #expect(try await fixture.everyRow() == before)
    #expect(try await ledger.summary() == summary)
  }

  /// One way for the page of ``notebook()`` to be wrong; its last good change comes before.
  enum Damage: CaseIterable, Sendable {
    case gap, contextAhead, payload, envelope, head, noHead, heads, fork, salt, sequence

    func apply(to page: inout ChangePage) -> PageFault {
      let third = page.changes[2].dot
      let fourth = page.changes[3].dot
      switch self {
      case .gap:
        page.changes.remove(at: 2)
        page.changes[2].envelope.dot.sequence = 2
        return .gap(Dot(device: fourth.device, sequence: 2), expected: 1)
      case .contextAhead:
        page.changes[3].envelope.context.include(Dot(device: third.device, sequence: 9))
        return .contextAhead(fourth)
      case .payload:
        page.changes[3].content = .payload(
          salt: [UInt8](repeating: 0, count: 16), bytes: [1, 2, 4])
        return .damaged(fourth)
      case .envelope:
        page.changes[3].envelope.stamp.rawValue ^= 1
        return .damaged(fourth)
      case .head:
        page.heads[1].link = .zero
        return .damaged(fourth)
      case .noHead:
        page.heads.removeLast()
        return .headsDoNotMatch(fourth.device)
      case .heads:
        page.heads += (0...WireLimits.clockDevices).map {
          ChainHead(dot: Dot(device: DeviceID(rawValue: UInt128($0)), sequence: 1), link: .zero)
        }
        return .tooManyDevices(WireLimits.clockDevices + 3)
      case .fork:
        page.changes.removeSubrange(1...)
        page.heads = [ChainHead(dot: page.changes[0].dot, link: .zero)]
        return .forked(page.changes[0].dot)
      case .salt:
        page.changes[3].content = .payload(salt: [], bytes: [])
        return .saltLength(bytes: 0, fourth)
      case .sequence:
        page.changes[3].envelope.dot.sequence = 1 << 63
        return .invalid(
          .sequenceOutOfRange, Dot(device: fourth.device, sequence: 1 << 63))
      }
    }
  }

  @Test func `a full disk is told as such and leaves the ledger as it was`() async throws {
    let fixture = try await LedgerFixture()
    let (_, _, ledger) = try await fixture.joinedStudy()
    let notebook = try await notebook()
    try await ledger.apply(await whole(notebook))
    let before = try await fixture.everyRow()
    try await fixture.ledger.limitPages(toPresentAnd: 2)

    try await notebook.write(
      by: ana, note, fields: [1], payload: .init(repeating: 1, count: 90_000))
    let problem = await #expect(throws: Problem.self) {
      try await ledger.apply(await whole(notebook))
    }
    #expect(problem?.code == .storageFull)
    #expect(try await fixture.everyRow() == before)
    #expect(try await ledger.frontier().changeCount == 4)

    try await fixture.ledger.limitPages(toPresentAnd: 1_000_000)
    #expect(try await ledger.apply(await whole(notebook)) == 1)
    #expect(try await ledger.summary() == notebook.summary())
  }

  @Test(arguments: LedgerKind.here)
  func `two studies share nothing`(kind: LedgerKind) async throws {
    let fixture = try await LedgerFixture(kind)
    let (_, _, first) = try await fixture.joinedStudy()
    let (_, _, second) = try await fixture.joinedStudy(
      "Monzón", id: StudyID(rawValue: 0x5e), device: DeviceID(rawValue: 0xe))
    let mine = try await notebook()
    try await first.apply(await whole(mine))
    let theirs = MemoryStore(seed: 2)
    try await theirs.write(by: ana, note, fields: [4], kind: 5)
    try await second.apply(await whole(theirs))

    #expect(try await first.summary() == mine.summary())
    #expect(try await second.summary() == theirs.summary())
    #expect(
      try await second.page(beyond: VectorClock(), bytesMax: 1 << 20) == whole(theirs))
    #expect(try await second.link(at: Dot(device: luis, sequence: 1)) == nil)
    #expect(try await fixture.ledger.check().studies.map(\.changes) == [4, 1])
  }
}

extension Ledger {
  /// Makes SQLite report a full disk once the file has grown by so many pages.
  func limitPages(toPresentAnd pages: Int) async throws {
    let file = try #require(database as? LedgerFile)
    try await file.pool.writeWithoutTransaction { db in
      let count = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      try db.execute(sql: "PRAGMA max_page_count = \(count + pages)")
    }
  }
}
