import CuadernoSync
import CuadernoTestSupport
import Synchronization
import Testing

/// Pages that are packed as long as both sides have what they are packed with.
@Suite struct PageCarriageTests {
  private let ana = DeviceID(rawValue: 1)
  private let luis = DeviceID(rawValue: 2)

  /// Packs by giving every page a number, and unpacks those whose bases are the ones it was packed with.
  private final class Numbering: PagePacking {
    private let pages = Mutex([(page: ChangePage, bases: [EarlierPayload])]())
    private let isBroken: Bool

    init(isBroken: Bool = false) {
      self.isBroken = isBroken
    }

    var count: Int { pages.withLock { $0.count } }

    func pack(_ page: ChangePage, with bases: [EarlierPayload]) -> PackedPage {
      pages.withLock { pages in
        pages.append((page, bases))
        return PackedPage(bases: bases.map(\.dot), frame: [UInt8(pages.count - 1)])
      }
    }

    func unpack(_ page: PackedPage, with bases: [EarlierPayload]) throws(Problem) -> ChangePage {
      let packed = pages.withLock { $0.isEmpty ? nil : $0[Int(page.frame[0])] }
      guard !isBroken, let packed, packed.bases == bases else { throw .baseMissing }
      return packed.page
    }
  }

  /// A store that does not give away what pages are packed with.
  private struct Forgetful: ChangeStore {
    let base: MemoryStore
    var study: StudyID { base.study }

    func frontier() async -> VectorClock { await base.frontier() }
    func link(at dot: Dot) async -> Digest? { await base.link(at: dot) }
    func page(beyond clock: VectorClock, bytesMax: Int) async -> ChangePage {
      await base.page(beyond: clock, bytesMax: bytesMax)
    }
    func bases(of page: ChangePage, heldBy clock: VectorClock) async -> [EarlierPayload] {
      await base.bases(of: page, heldBy: clock)
    }
    func bases(at dots: [Dot]) -> [EarlierPayload]? { nil }
    func apply(_ page: ChangePage) async throws -> Int { try await base.apply(page) }
    func summary() async -> StoreSummary { await base.summary() }
  }

  private func write(_ count: Int, by device: DeviceID, in store: MemoryStore) async throws {
    for _ in 0..<count {
      try await store.write(
        by: device, RecordID(rawValue: 1), fields: [1], payload: .init(repeating: 1, count: 200_000)
      )
    }
  }

  private func sync(
    _ store: some ChangeStore, _ hub: some Hub, _ packing: (any PagePacking)?
  ) async throws -> SyncSession.Outcome {
    try await SyncDriver(store: store, device: ana, hub: hub, packing: packing, wait: { _ in })
      .run().outcome
  }

  @Test func `every page of which the other side has an earlier version is packed`() async throws {
    let (notebook, server, packing) = (MemoryStore(), MemoryStore(seed: 2), Numbering())
    try await write(10, by: ana, in: notebook)
    let hub = StoreHub(store: server, packing: packing, now: { 0 })

    #expect(try await sync(notebook, hub, packing) == .verified(changes: 10))
    // 256 KiB and then more, of which the first page builds on nothing.
    #expect(packing.count == 3)
    try await write(5, by: luis, in: server)
    #expect(try await sync(notebook, hub, packing) == .verified(changes: 15))
    #expect(packing.count == 6)
    #expect(await notebook.summary() == server.summary())
  }

  @Test func `nothing is packed for a hub that does not say it can unpack`() async throws {
    let (notebook, server, packing) = (MemoryStore(), MemoryStore(seed: 2), Numbering())
    try await write(3, by: ana, in: notebook)
    let hub = StoreHub(store: server, now: { 0 })
    _ = try await sync(notebook, hub, packing)
    try await write(1, by: luis, in: server)

    #expect(try await sync(notebook, hub, packing) == .verified(changes: 4))
    #expect(packing.count == 0)
    await #expect(throws: HubError.refused(.baseMissing)) {
      try await hub.push(.packed(PackedPage(bases: [Dot(device: ana, sequence: 1)], frame: [0])))
    }
  }

  @Test func `after one base was missing nothing more of the session is sent packed`() async throws
  {
    let (notebook, server, packing) = (MemoryStore(), MemoryStore(seed: 2), Numbering())
    try await write(12, by: ana, in: notebook)
    let hub = StoreHub(store: Forgetful(base: server), packing: packing, now: { 0 })
    let line = FaultyHub(hub, odds: .none, seed: 1)

    #expect(try await sync(notebook, line, packing) == .verified(changes: 12))
    // The second page was refused, and the third made ready meanwhile.
    #expect(packing.count == 2)
    // Hello, four pages, and one of them twice.
    #expect(await line.requests == 6)
  }

  @Test func `a notebook that cannot unpack asks once more and then for plain pages`() async throws
  {
    for isBroken in [true, false] {
      let (notebook, server) = (MemoryStore(), MemoryStore(seed: 2))
      try await write(1, by: ana, in: notebook)
      let hub = StoreHub(store: server, packing: Numbering(), now: { 0 })
      _ = try await sync(notebook, hub, nil)
      try await write(12, by: luis, in: server)
      let line = FaultyHub(hub, odds: .none, seed: 1)

      let outcome =
        isBroken
        ? try await sync(notebook, line, Numbering(isBroken: true))
        : try await sync(Forgetful(base: notebook), line, Numbering())
      #expect(outcome == .verified(changes: 13))
      #expect(await notebook.summary() == server.summary())
      // Hello, verify, four pages, and the first of them twice.
      #expect(await line.requests == 7)
    }
  }

  @Test func `a packed page that was not asked for is no answer`() async throws {
    let (notebook, server) = (MemoryStore(), MemoryStore(seed: 2))
    try await write(1, by: ana, in: notebook)
    _ = try await sync(notebook, StoreHub(store: server, now: { 0 }), nil)
    try await write(1, by: luis, in: server)
    let pushy = Pushy(base: StoreHub(store: server, packing: Numbering(), now: { 0 }))

    for packing in [nil, Numbering(isBroken: true)] as [Numbering?] {
      let error = await #expect(throws: HubError.self) { try await sync(notebook, pushy, packing) }
      guard case .unreadable = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
    #expect(await notebook.frontier().changeCount == 1)
  }

  /// Packs whatever is asked.
  private struct Pushy<Base: Hub>: Hub {
    let base: Base
    let unpacks = true

    func hello(_ hello: Hello) async throws(HubError) -> HelloReply { try await base.hello(hello) }
    func push(_ page: SentPage) async throws(HubError) -> PushReply { try await base.push(page) }
    func pull(_ request: PullRequest) async throws(HubError) -> PullReply {
      var request = request
      request.unpacks = true
      return try await base.pull(request)
    }
    func verify() async throws(HubError) -> StoreSummary { try await base.verify() }
  }
}
