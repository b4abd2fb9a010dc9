import CuadernoSync
import CuadernoTestSupport
import Testing

/// A hub that says how its frontier differs from one that the notebook knows.
@Suite struct KnownFrontierTests {
  private let ana = DeviceID(rawValue: 1)
  private let luis = DeviceID(rawValue: 2)

  /// Answers every greeting with the difference from one clock.
  private struct DifferingHub: Hub {
    let base: StoreHub<MemoryStore>
    let known: VectorClock

    func hello(_ hello: Hello) async throws(HubError) -> HelloReply {
      #expect((hello.knownDigest ?? hello.frontierDigest) == known.digest)
      #expect(hello.knownDigest != hello.frontierDigest)
      var reply = try await base.hello(hello)
      guard let frontier = reply.frontier else { return reply }
      reply.frontier = frontier.beyond(known)
      reply.isDifference = true
      return reply
    }

    func push(_ page: SentPage) async throws(HubError) -> PushReply {
      try await base.push(page)
    }

    func pull(_ request: PullRequest) async throws(HubError) -> PullReply {
      try await base.pull(request)
    }

    func verify() async throws(HubError) -> StoreSummary { try await base.verify() }
  }

  private func stores() async throws -> (
    notebook: MemoryStore, server: MemoryStore, known: VectorClock
  ) {
    let (notebook, server) = (MemoryStore(seed: 1), MemoryStore(seed: 2))
    for record in 1...5 {
      try await notebook.write(by: ana, RecordID(rawValue: UInt128(record)), fields: [1])
    }
    try await server.apply(await notebook.page(beyond: VectorClock(), bytesMax: .max / 2))
    let known = await notebook.frontier()
    try await notebook.write(by: ana, RecordID(rawValue: 6), fields: [1])
    try await server.write(by: luis, RecordID(rawValue: 7), fields: [1])
    return (notebook, server, known)
  }

  private func driver<Remote: Hub>(
    _ store: MemoryStore, _ hub: Remote, known: VectorClock?
  ) -> SyncDriver<MemoryStore, Remote> {
    SyncDriver(store: store, device: ana, hub: hub, known: known, wait: { _ in })
  }

  @Test func `what moved is enough to sync`() async throws {
    let (notebook, server, known) = try await stores()
    let hub = DifferingHub(base: StoreHub(store: server, now: { 0 }), known: known)

    let (outcome, progress) = try await driver(notebook, hub, known: known).run()

    #expect(outcome == .verified(changes: 7))
    #expect(progress.toPush == 1 && progress.pushed == 1)
    #expect(progress.toPull == 1 && progress.pulled == 1)
    #expect(await notebook.summary() == server.summary())
  }

  @Test(arguments: [true, false])
  func `a notebook that holds no more than at the last sync names its own frontier alone`(
    remembers: Bool
  ) async throws {
    let (notebook, server) = (MemoryStore(seed: 1), MemoryStore(seed: 2))
    try await notebook.write(by: ana, RecordID(rawValue: 1), fields: [1])
    try await server.apply(await notebook.page(beyond: VectorClock(), bytesMax: .max / 2))
    let known = await notebook.frontier()
    try await server.write(by: luis, RecordID(rawValue: 2), fields: [1])
    let hub = DifferingHub(base: StoreHub(store: server, now: { 0 }), known: known)

    let (outcome, progress) = try await driver(notebook, hub, known: remembers ? known : nil).run()

    #expect(outcome == .verified(changes: 2))
    #expect(progress.toPush == 0 && progress.toPull == 1 && progress.pulled == 1)
  }

  @Test func `a store that keeps no earlier frontiers answers with the whole one`() async throws {
    let (_, server, known) = try await stores()
    let hub = StoreHub(store: server, now: { 0 })

    let reply = try await hub.hello(
      Hello(device: ana, head: nil, frontierDigest: .zero, knownDigest: known.digest))

    #expect(await reply == HelloReply(frontier: server.frontier(), milliseconds: 0))
  }

  @Test func `a hub at which nobody was since says that it has nothing more, whatever it keeps`()
    async throws
  {
    let (_, server, _) = try await stores()
    let frontier = await server.frontier()
    let hub = StoreHub(store: server, now: { 0 })

    let reply = try await hub.hello(
      Hello(device: ana, head: nil, frontierDigest: .zero, knownDigest: frontier.digest))

    #expect(
      reply == HelloReply(frontier: VectorClock(), isDifference: true, milliseconds: 0))
    #expect(reply.whole(knowing: frontier).frontier == frontier)
  }

  @Test func `what is beyond a clock, joined with it, is both`() {
    for seed in Seeds.upTo(200) {
      var generator = SplitMix64(seed: seed)
      func clock() -> VectorClock {
        VectorClock(
          (0..<Int.random(in: 0...5, using: &generator)).map { _ in
            Dot(
              device: DeviceID(rawValue: .random(in: 1...6, using: &generator)),
              sequence: .random(in: 1...4, using: &generator))
          })
      }
      let (one, other) = (clock(), clock())
      let beyond = one.beyond(other)

      #expect(other.joined(with: beyond) == one.joined(with: other), "\(Seeds.replay(seed))")
      #expect(beyond.entries.allSatisfy { !other.covers($0) }, "\(Seeds.replay(seed))")
    }
  }
}
