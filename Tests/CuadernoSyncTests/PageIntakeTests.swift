import CuadernoSync
import CuadernoTestSupport
import Synchronization
import Testing

@testable import CuadernoSync

@Suite struct PageIntakeTests {
  private let luis = DeviceID(rawValue: 2)

  /// A store, and pages of one change each that it lacks.
  private func pages(_ count: UInt64) async throws -> [ChangePage] {
    let hub = MemoryStore()
    var pages = [ChangePage]()
    var clock = VectorClock()
    for record in 1...count {
      try await hub.write(by: luis, RecordID(rawValue: UInt128(record)), fields: [1])
    }
    while pages.count < Int(count) {
      let page = await hub.page(beyond: clock, bytesMax: 1)
      for head in page.heads { clock.include(head.dot) }
      pages.append(page)
    }
    return pages
  }

  @Test func `what is taken is in the store when it is finished`() async throws {
    let store = MemoryStore()
    let pages = try await pages(30)

    try await withThrowingTaskGroup { tasks in
      var intake = PageIntake(store: store)
      for page in pages { try await intake.add(page, &tasks) }
      try await intake.finish(&tasks)
    }

    #expect(await store.frontier().changeCount == 30)
  }

  @Test func `the pages before a damaged one are kept`() async throws {
    let store = MemoryStore()
    var pages = try await pages(9)
    pages[6].changes[0].envelope.kind += 1

    await #expect(throws: PageFault.damaged(Dot(device: luis, sequence: 7))) {
      try await withThrowingTaskGroup { tasks in
        var intake = PageIntake(store: store)
        for page in pages { try await intake.add(page, &tasks) }
        try await intake.finish(&tasks)
      }
    }

    #expect(await store.frontier().changeCount == 6)
  }

  @Test func `pages that follow each other are one page with the last heads`() async throws {
    let pages = try await pages(5)

    let joined = try #require(ChangePage(joining: pages))

    #expect(joined.changes == pages.flatMap(\.changes))
    #expect(joined.heads == pages[4].heads)
    let tooMany = ChangePage(
      changes: [Change](repeating: pages[0].changes[0], count: WireLimits.pageChanges))
    #expect(ChangePage(joining: [tooMany, pages[0]]) == nil)
  }

  /// Counts what is written at once.
  private final class Writings: ChangeStore, Sendable {
    let study = StudyID(rawValue: 1)
    private let store = MemoryStore()
    private let counts = Mutex([Int]())

    var changes: [Int] { counts.withLock { $0 } }

    func frontier() async -> VectorClock { await store.frontier() }
    func link(at dot: Dot) async -> Digest? { await store.link(at: dot) }
    func page(beyond clock: VectorClock, bytesMax: Int) async -> ChangePage {
      await store.page(beyond: clock, bytesMax: bytesMax)
    }
    func apply(_ page: ChangePage) async throws -> Int {
      counts.withLock { $0.append(page.changes.count) }
      return try await store.apply(page)
    }
    func summary() async throws -> StoreSummary { await store.summary() }
  }

  @Test func `of a file as many pages are written at once as may be`() async throws {
    let store = Writings()
    let pages = try await pages(40)

    try await withThrowingTaskGroup { tasks in
      var intake = PageIntake(store: store, isFromFile: true)
      for page in pages { try await intake.add(page, &tasks) }
      try await intake.finish(&tasks)
    }

    #expect(store.changes == [16, 16, 8])
  }

  @Test func `pages of a file that are too many for one page are written in two`() async throws {
    let store = Writings()
    let hub = MemoryStore()
    for record in 1...3 {
      try await hub.write(by: luis, RecordID(rawValue: UInt128(record)), fields: [1])
    }
    let last = await hub.page(beyond: VectorClock(), bytesMax: 1 << 20)
    let many = ChangePage(
      changes: [Change](repeating: last.changes[0], count: WireLimits.pageChanges - 2))

    await #expect(throws: PageFault.self) {
      try await withThrowingTaskGroup { tasks in
        var intake = PageIntake(store: store, isFromFile: true)
        try await intake.add(many, &tasks)
        try await intake.add(last, &tasks)
        try await intake.finish(&tasks)
      }
    }

    #expect(store.changes == [WireLimits.pageChanges - 2])
  }
}
