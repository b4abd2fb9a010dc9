import CuadernoSync
import CuadernoTestSupport
import Testing

/// A sync that looks for chains that part.
@Suite struct CheckedSyncTests {
  /// Two stores write as the first device; what the second device writes builds on one branch.
  private static let ana = DeviceID(rawValue: 1)
  private static let luis = DeviceID(rawValue: 2)
  private let server = MemoryStore(seed: 1)
  private let notebook = MemoryStore(seed: 2)

  init() async throws {
    try await server.write(by: Self.ana, RecordID(rawValue: 1), fields: [1])
    try await notebook.write(by: Self.ana, RecordID(rawValue: 2), fields: [1])
    try await notebook.write(by: Self.luis, RecordID(rawValue: 2), fields: [1])
  }

  private func sync(
    _ checks: SyncChecks, as device: DeviceID = luis
  ) async throws -> SyncSession.Outcome {
    let hub = StoreHub(store: server, now: { 0 })
    return try await CheckedSync(store: notebook, hub: hub, checks: checks).run(
      SyncDriver(store: notebook, device: device, hub: hub, wait: { _ in })
    ).outcome
  }

  @Test func `what builds on another branch is found before it is sent`() async throws {
    let refusal = await #expect(throws: ChainsPart.self) {
      try await sync(SyncChecks(comparesBeyond: VectorClock()))
    }

    #expect(refusal?.parting.lastCommon == [Dot(device: Self.ana, sequence: 0)])
    #expect(await server.frontier() == VectorClock([Dot(device: Self.ana, sequence: 1)]))
  }

  /// The hub cannot tell that the number in its context was another change.
  @Test func `without being compared first it is sent, and found by the registers`() async throws {
    let refusal = await #expect(throws: ChainsPart.self) { try await sync(SyncChecks()) }

    #expect(refusal?.parting.held.covers(Dot(device: Self.luis, sequence: 1)) == true)
  }

  @Test func `what both are known to hold alike is not asked about`() async throws {
    let known = VectorClock([Dot(device: Self.ana, sequence: 1)])
    let line = FaultyHub(StoreHub(store: server, now: { 0 }), odds: .none, seed: 1)

    let parting = try await ForkSearch(store: notebook, hub: line).parting(beyond: known)

    #expect(parting == nil)
    #expect(await line.requests == 1)
  }

  @Test func `equal frontiers over different changes are found where registers are compared`()
    async throws
  {
    try await server.write(by: Self.luis, RecordID(rawValue: 3), fields: [1])

    // One that has written nothing is not asked for the head of its chain.
    let eva = DeviceID(rawValue: 3)
    #expect(try await sync(SyncChecks(), as: eva) == .nothingToDo)
    await #expect(throws: ChainsPart.self) {
      try await sync(SyncChecks(comparesRegisters: true), as: eva)
    }
  }

  @Test func `an error that no chain explains stays what it is`() async throws {
    let line = FaultyHub(StoreHub(store: server, now: { 0 }), odds: .init(lostAnswer: 100), seed: 1)
    let driver = SyncDriver(store: notebook, device: Self.luis, hub: line, wait: { _ in })

    await #expect(throws: HubError.self) {
      try await CheckedSync(store: notebook, hub: line, checks: SyncChecks()).run(driver)
    }
  }
}
