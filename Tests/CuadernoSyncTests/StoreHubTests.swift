import CuadernoSync
import CuadernoTestSupport
import Testing

/// What holds for a hub over any store. The line without faults is held to it too, so that what the
/// faulty one shows is its faults.
@Suite struct StoreHubTests {
  private let ana = DeviceID(rawValue: 1)

  private func hubs(of store: MemoryStore) -> [any Hub] {
    let hub = StoreHub(store: store, now: { 1_234 })
    return [hub, FaultyHub(hub, odds: .none, seed: 1)]
  }

  private func hello(
    _ store: MemoryStore, version: UInt32 = 1, head: ChainHead? = nil
  ) async -> Hello {
    Hello(
      version: version, device: ana, head: head, frontierDigest: await store.frontier().digest)
  }

  @Test func `an equal digest is answered without a frontier, another one with it`() async throws {
    let store = MemoryStore()
    try await store.write(by: ana, RecordID(rawValue: 1), fields: [1])
    for hub in hubs(of: store) {
      let same = try await hub.hello(await hello(store))
      let other = try await hub.hello(await hello(MemoryStore()))

      #expect(same == HelloReply(version: 1, frontier: nil, milliseconds: 1_234))
      #expect(await other.frontier == store.frontier())
    }
  }

  @Test func `a newer notebook is answered in this protocol, and one of none is refused`()
    async throws
  {
    for hub in hubs(of: MemoryStore()) {
      #expect(try await hub.hello(await hello(MemoryStore(), version: 9)).version == 1)
      await #expect(
        throws: HubError.refused(
          Problem(
            .unsupportedVersion, "protocol version 0 is unknown; this hub speaks 1"))
      ) { try await hub.hello(await hello(MemoryStore(), version: 0)) }
    }
  }

  @Test func `a head that the store holds otherwise is a fork`() async throws {
    let store = MemoryStore()
    try await store.write(by: ana, RecordID(rawValue: 1), fields: [1])
    let dot = Dot(device: ana, sequence: 1)
    for hub in hubs(of: store) {
      let head = ChainHead(dot: dot, link: Digest(hashing: [1]))
      await #expect(throws: HubError.refused(Problem(PageFault.forked(dot)))) {
        try await hub.hello(await hello(store, head: head))
      }
    }
  }

  @Test func `a head beyond the store is no fork`() async throws {
    let store = MemoryStore()
    for hub in hubs(of: store) {
      let head = ChainHead(dot: Dot(device: ana, sequence: 7), link: Digest(hashing: [1]))
      _ = try await hub.hello(await hello(store, head: head))
    }
  }

  @Test func `a push says how many changes were new`() async throws {
    for index in 0..<2 {
      let hub = hubs(of: MemoryStore())[index]
      let page = PageMaker.page(PageMaker.changes(3))

      #expect(try await hub.push(page).newChanges == 3)
      #expect(try await hub.push(page).newChanges == 0)
    }
  }

  @Test func `pulling page by page brings everything once`() async throws {
    let store = MemoryStore()
    let changes = PageMaker.changes(9)
    try await store.apply(PageMaker.page(changes))
    for hub in hubs(of: store) {
      let copy = MemoryStore()
      var pages = 0
      var remaining: UInt64 = 1
      while remaining > 0, pages < 20 {
        let reply = try await hub.pull(PullRequest(frontier: await copy.frontier(), bytesMax: 1))
        try await copy.apply(reply.page)
        #expect(reply.remaining == UInt64(9 - reply.page.changes.count * (pages + 1)))
        remaining = reply.remaining
        pages += 1
      }
      #expect(await copy.summary() == store.summary())
    }
  }

  @Test func `a page is never smaller than 16 KiB nor greater than 1 MiB when it can be`()
    async throws
  {
    let store = MemoryStore()
    for record in 1...300 {
      try await store.write(
        by: ana, RecordID(rawValue: UInt128(record)), fields: [1],
        payload: [UInt8](repeating: 1, count: 8_000))
    }
    for hub in hubs(of: store) {
      for (asked, range) in [
        (Int.min, 1...2), (0, 1...2), (1 << 20, 100...130), (Int.max, 100...130),
      ] {
        let reply = try await hub.pull(PullRequest(frontier: VectorClock(), bytesMax: asked))
        #expect(range.contains(reply.page.changes.count), "\(asked)")
      }
    }
  }

  @Test func `a page that may not be applied is refused with its code`() async throws {
    let page = PageMaker.page(PageMaker.changes(1, from: 2))
    for hub in hubs(of: MemoryStore()) {
      let fault = PageFault.gap(page.changes[0].dot, expected: 1)
      await #expect(throws: HubError.refused(Problem(.gap, fault.description))) {
        try await hub.push(page)
      }
    }
  }

  @Test func `what a broken store says stays with the hub`() async throws {
    let hub = StoreHub(store: BrokenStore(), now: { 0 })

    await #expect(
      throws: HubError.unreachable(reason: "the hub's store failed (Broken)")
    ) { try await hub.verify() }
  }
}

private struct BrokenStore: ChangeStore {
  struct Broken: Error { var path = "/srv/secret" }

  let study = StudyID(rawValue: 1)

  func frontier() throws -> VectorClock { throw Broken() }
  func link(at dot: Dot) throws -> Digest? { throw Broken() }
  func page(beyond clock: VectorClock, bytesMax: Int) throws -> ChangePage { throw Broken() }
  func apply(_ page: ChangePage) throws -> Int { throw Broken() }
  func summary() throws -> StoreSummary { throw Broken() }
}
