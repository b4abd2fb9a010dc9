import CuadernoSync
import CuadernoTestSupport
import Synchronization
import Testing

@Suite struct SyncDriverTests {
  private let ana = DeviceID(rawValue: 1)
  private let luis = DeviceID(rawValue: 2)

  private func driver<Remote: Hub>(
    _ store: MemoryStore, _ hub: Remote, waits: Waits = Waits()
  ) -> SyncDriver<MemoryStore, Remote> {
    SyncDriver(store: store, device: ana, hub: hub, wait: { waits.add($0) })
  }

  @Test func `two stores that differ are the same afterwards`() async throws {
    let notebook = MemoryStore()
    let server = MemoryStore()
    for record in 1...20 {
      try await notebook.write(by: ana, RecordID(rawValue: UInt128(record)), fields: [1])
      try await server.write(by: luis, RecordID(rawValue: UInt128(record)), fields: [1, 2])
    }

    let (outcome, progress) = try await driver(notebook, hub(of: server)).run()

    #expect(outcome == .verified(changes: 40))
    #expect(await notebook.summary() == server.summary())
    #expect(progress.pushed == 20)
    #expect(progress.toPush == 20)
    #expect(progress.pulled == 20)
    #expect(progress.toPull == 20)
  }

  @Test func `equal digests end the sync in one round trip`() async throws {
    let notebook = MemoryStore()
    let server = MemoryStore()
    try await notebook.write(by: ana, RecordID(rawValue: 1), fields: [1])
    _ = try await driver(notebook, hub(of: server)).run()
    let line = FaultyHub(hub(of: server), odds: .none, seed: 1)

    let (outcome, _) = try await driver(notebook, line).run()

    #expect(outcome == .nothingToDo)
    #expect(await line.requests == 1)
  }

  @Test func `whatever goes wrong on the line, the stores are the same in the end`() async throws {
    for seed in Seeds.upTo(150) {
      var generator = SplitMix64(seed: seed)
      let notebook = MemoryStore(seed: seed)
      let server = MemoryStore(seed: seed &+ 1)
      let odds = FaultyHub<StoreHub<MemoryStore>>.Odds(
        lostRequest: .random(in: 0...30, using: &generator),
        lostAnswer: .random(in: 0...30, using: &generator),
        repeated: .random(in: 0...20, using: &generator))
      let line = FaultyHub(hub(of: server), odds: odds, seed: seed)
      for _ in 0..<3 {
        try await edit(notebook, by: ana, using: &generator)
        try await edit(server, by: luis, using: &generator)
        try await syncUntilEqual(notebook, line, seed)
        if await notebook.summary() != server.summary() { Issue.record("\(Seeds.replay(seed))") }
      }
    }
  }

  @Test func `a hub that never answers is given up after two requests`() async throws {
    let notebook = MemoryStore()
    let server = MemoryStore()
    try await notebook.write(by: ana, RecordID(rawValue: 1), fields: [1])
    let line = FaultyHub(hub(of: server), odds: .init(lostAnswer: 100), seed: 1)
    let waits = Waits()

    await #expect(throws: HubError.unreachable(reason: "the answer got lost")) {
      try await driver(notebook, line, waits: waits).run()
    }

    #expect(waits.all == [500])
    #expect(await line.requests == 2)
  }

  @Test func `an answer that cannot be read is not asked for again`() async throws {
    let server = MemoryStore()
    try await server.write(by: luis, RecordID(rawValue: 1), fields: [1])
    let line = FaultyHub(hub(of: server), odds: .init(unreadable: 100), seed: 1)

    await #expect(throws: HubError.unreadable(reason: "the answer is something else")) {
      try await driver(MemoryStore(), line).run()
    }
    #expect(await line.requests == 1)
  }

  @Test func `a twin that writes as the same device is refused and nothing is changed`()
    async throws
  {
    let notebook = MemoryStore(seed: 1)
    let twin = MemoryStore(seed: 2)
    try await notebook.write(by: ana, RecordID(rawValue: 1), fields: [1])
    try await twin.write(by: ana, RecordID(rawValue: 2), fields: [1])
    let before = await twin.summary()
    let dot = Dot(device: ana, sequence: 1)

    await #expect(throws: HubError.refused(Problem(PageFault.forked(dot)))) {
      try await driver(notebook, hub(of: twin)).run()
    }
    #expect(await twin.summary() == before)
  }

  @Test func `progress is reported after each page`() async throws {
    let server = MemoryStore()
    for record in 1...30 {
      try await server.write(
        by: luis, RecordID(rawValue: UInt128(record)), fields: [1],
        payload: [UInt8](repeating: 1, count: 40_000))
    }
    let reports = Mutex([UInt64]())
    let driver = SyncDriver(
      store: MemoryStore(), device: ana, hub: hub(of: server), wait: { _ in },
      report: { progress in reports.withLock { $0.append(progress.pulled) } })

    _ = try await driver.run()

    let pulled = reports.withLock { $0 }
    #expect(pulled == pulled.sorted())
    #expect(Set(pulled).count > 3)
    #expect(pulled.last == 30)
  }

  private func hub(of store: MemoryStore) -> StoreHub<MemoryStore> {
    StoreHub(store: store, now: { 1_000 })
  }

  private func edit(
    _ store: MemoryStore, by device: DeviceID, using generator: inout SplitMix64
  ) async throws {
    for _ in 0..<Int.random(in: 0...6, using: &generator) {
      let record = RecordID(rawValue: UInt128(Int.random(in: 1...3, using: &generator)))
      let size = [3, 3, 20_000].randomElement(using: &generator) ?? 3
      try await store.write(
        by: device, record, fields: [.random(in: 1...2, using: &generator)],
        payload: [UInt8](repeating: 1, count: size),
        milliseconds: .random(in: 0...5, using: &generator))
      if Int.random(in: 0..<6, using: &generator) == 0 {
        try await store.delete(by: device, record)
      }
    }
  }

  private func syncUntilEqual<Remote: Hub>(
    _ notebook: MemoryStore, _ line: Remote, _ seed: UInt64
  ) async throws {
    for _ in 0..<50 {
      do {
        _ = try await driver(notebook, line).run()
        return
      } catch HubError.unreachable {
        continue
      }
    }
    Issue.record("\(Seeds.replay(seed)): fifty syncs were not enough")
  }
}

/// How long a driver wanted to wait.
private final class Waits: Sendable {
  private let milliseconds = Mutex([Int64]())

  var all: [Int64] { milliseconds.withLock { $0 } }

  func add(_ wait: Int64) {
    milliseconds.withLock { $0.append(wait) }
  }
}
