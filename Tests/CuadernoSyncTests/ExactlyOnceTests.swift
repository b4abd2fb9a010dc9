import CuadernoSync
import CuadernoTestSupport
import Testing

/// Ten thousand exchanges in which requests and answers get lost, come twice and come at the wrong
/// time: every change is applied once on every side, and in the end both hold the same.
@Suite struct ExactlyOnceTests {
  private let ana = DeviceID(rawValue: 1)
  private let luis = DeviceID(rawValue: 2)

  @Test func `ten thousand exchanges on a bad line apply every change exactly once`() async throws {
    // Here it is exchanges that are counted, and as many worlds as make them up.
    let wanted = Seeds.upTo(10_000)
    var exchanges = 0
    var seed = wanted[0]
    while exchanges < wanted.count {
      exchanges += try await world(seed)
      seed += 1
    }
  }

  /// The page that travels while the last one is written is the one that a cut takes.
  @Test
  func `an answer lost at any point of a session is asked for once more in it, and applied once`()
    async throws
  {
    let server = MemoryStore()
    for record in 1...40 {
      try await server.write(
        by: luis, RecordID(rawValue: UInt128(record)), fields: [1],
        payload: [UInt8](repeating: 1, count: 40_000))
    }
    let plain = LosingHub(StoreHub(store: server, now: { 0 }), losing: nil)
    _ = try await driver(OnceStore(MemoryStore()), plain).run()
    let requests = await plain.requests
    #expect(requests > 4)
    for lost in 1...requests {
      let notebook = OnceStore(MemoryStore())
      let line = LosingHub(StoreHub(store: server, now: { 0 }), losing: lost)

      let (outcome, progress) = try await driver(notebook, line).run()

      #expect(outcome == .verified(changes: 40), "request \(lost)")
      #expect(progress.pulled == 40, "request \(lost)")
      #expect(await notebook.pagesOfNothing == 0, "request \(lost)")
      // A smaller page is asked for afterwards, so there may be a page or two more.
      #expect(await line.requests <= requests + 4, "request \(lost)")
    }
  }

  /// - Returns: how many requests were made.
  private func world(_ seed: UInt64) async throws -> Int {
    var random = SplitMix64(seed: seed)
    let notebook = OnceStore(MemoryStore(seed: seed))
    let server = OnceStore(MemoryStore(seed: seed &+ 1))
    let odds = FaultyHub<StoreHub<OnceStore>>.Odds(
      lostRequest: .random(in: 0...20, using: &random),
      lostAnswer: .random(in: 0...20, using: &random),
      repeated: .random(in: 0...20, using: &random),
      swapped: .random(in: 0...15, using: &random))
    let line = FaultyHub(StoreHub(store: server, now: { 0 }), odds: odds, seed: seed)
    for _ in 0..<8 {
      for (store, device) in [(notebook, ana), (server, luis)] {
        for _ in 0..<Int.random(in: 0...4, using: &random) {
          let record = RecordID(rawValue: UInt128(Int.random(in: 1...4, using: &random)))
          try await store.base.write(
            by: device, record, fields: [.random(in: 1...3, using: &random)],
            payload: [UInt8](
              repeating: 1, count: [3, 9_000].randomElement(using: &random) ?? 3))
        }
      }
      try await sync(notebook, line)
    }
    // And once on a good line.
    let clear = StoreHub(store: server, now: { 0 })
    _ = try await driver(notebook, clear).run()
    let same = await notebook.base.summary() == server.base.summary()
    if !same { Issue.record("\(Seeds.replay(seed)): the two differ") }
    for store in [notebook, server] {
      let (twice, wrong) = await (store.twice, store.miscounted)
      if twice > 0 || wrong > 0 {
        Issue.record("\(Seeds.replay(seed)): \(twice) applied twice, \(wrong) miscounted")
      }
    }
    return await line.requests
  }

  /// What comes at the wrong time may end a sync; the next one goes on.
  private func sync(_ store: OnceStore, _ line: some Hub) async throws {
    for _ in 0..<6 {
      do {
        if try await driver(store, line).run().outcome != .movedOn { return }
      } catch is HubError {
        continue
      } catch is SyncSession.Failure {
        continue
      } catch is PageFault {
        // A page that came at the wrong time was refused whole.
        continue
      }
    }
  }

  private func driver<Remote: Hub>(
    _ store: OnceStore, _ hub: Remote
  ) -> SyncDriver<OnceStore, Remote> {
    SyncDriver(store: store, device: ana, hub: hub, wait: { _ in })
  }
}

/// A store that notices when a change is applied a second time.
private actor OnceStore: ChangeStore {
  nonisolated let base: MemoryStore
  nonisolated var study: StudyID { base.study }

  /// Changes that the store said were new although it held them.
  private(set) var twice = 0
  /// Pages after which the store held more or fewer changes than it said.
  private(set) var miscounted = 0
  /// Pages that brought nothing.
  private(set) var pagesOfNothing = 0

  init(_ base: MemoryStore) {
    self.base = base
  }

  func frontier() async -> VectorClock { await base.frontier() }
  func link(at dot: Dot) async -> Digest? { await base.link(at: dot) }

  func page(beyond clock: VectorClock, bytesMax: Int) async -> ChangePage {
    await base.page(beyond: clock, bytesMax: bytesMax)
  }

  func apply(_ page: ChangePage) async throws -> Int {
    let before = await base.frontier()
    let new = try await base.apply(page)
    let after = await base.frontier()
    let unheld = page.changes.count { !before.covers($0.dot) }
    if new > unheld { twice += new - unheld }
    if new == 0 { pagesOfNothing += 1 }
    if after.changeCount - before.changeCount != UInt64(new) { miscounted += 1 }
    return new
  }

  func summary() async -> StoreSummary { await base.summary() }
}

/// A hub of which one answer gets lost.
private actor LosingHub: Hub {
  private let base: StoreHub<MemoryStore>
  private let lost: Int?
  private(set) var requests = 0

  /// - Parameter lost: which answer, counted from 1.
  init(_ base: StoreHub<MemoryStore>, losing lost: Int?) {
    self.base = base
    self.lost = lost
  }

  func hello(_ hello: Hello) async throws(HubError) -> HelloReply {
    let isLost = isNextLost()
    let reply = try await base.hello(hello)
    return try passing(reply, isLost)
  }

  func push(_ page: SentPage) async throws(HubError) -> PushReply {
    let isLost = isNextLost()
    let reply = try await base.push(page)
    return try passing(reply, isLost)
  }

  func pull(_ request: PullRequest) async throws(HubError) -> PullReply {
    let isLost = isNextLost()
    let reply = try await base.pull(request)
    return try passing(reply, isLost)
  }

  func verify() async throws(HubError) -> StoreSummary {
    let isLost = isNextLost()
    let reply = try await base.verify()
    return try passing(reply, isLost)
  }

  private func isNextLost() -> Bool {
    requests += 1
    return requests == lost
  }

  private func passing<Reply>(_ reply: Reply, _ isLost: Bool) throws(HubError) -> Reply {
    if isLost { throw .unreachable(reason: "the answer got lost") }
    return reply
  }
}
