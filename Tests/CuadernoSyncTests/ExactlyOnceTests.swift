import CuadernoSync
import CuadernoTestSupport
import Testing

/// Ten thousand exchanges in which requests and answers get lost, come twice and come at the wrong
/// time: every change is applied once on every side, and in the end both hold the same.
@Suite struct ExactlyOnceTests {
  private let ana = DeviceID(rawValue: 1)
  private let luis = DeviceID(rawValue: 2)

  @Test func `ten thousand exchanges on a bad line apply every change exactly once`() async throws {
    var exchanges = 0
    var seed: UInt64 = 0
    let wanted = Seeds.upTo(10_000).count
    while exchanges < wanted {
      exchanges += try await world(seed)
      seed += 1
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
    if after.changeCount - before.changeCount != UInt64(new) { miscounted += 1 }
    return new
  }

  func summary() async -> StoreSummary { await base.summary() }
}
