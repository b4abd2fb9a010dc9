import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Testing

/// Two notebooks that write as one device, found at the first contact with a hub.
@Suite struct ForkTests {
  private static let device = DeviceID(rawValue: 0xD)
  private static let study = StudyID(rawValue: 0x57)

  private func twin(_ seed: UInt64) throws -> (laptop: Laptop, notebook: Notebook) {
    let laptop = try Laptop("Ana", seed: seed)
    let notebook = try Notebook.create(
      in: laptop.folder, study: Self.study, title: nil, member: "Ana", deviceName: "laptop",
      device: Self.device, surroundings: laptop.surroundings)
    return (laptop, notebook)
  }

  private func sync(_ notebook: Notebook, _ hub: StoreHub<MemoryStore>) async throws {
    _ = try await SyncDriver(
      store: notebook, device: notebook.identity().device, hub: hub, wait: { _ in }
    ).run()
  }

  @Test func `what both twins wrote is on both after each has synced`() async throws {
    let hub = StoreHub(store: MemoryStore(study: Self.study), now: { 0 })
    // Its folder goes with the laptop.
    let (firstLaptop, first) = try twin(1)
    defer { withExtendedLifetime(firstLaptop) {} }
    let (laptop, second) = try twin(2)
    try first.write { _ = try $0.create(.note, [.init(.Note.text, "del primero")]) }
    try second.write { _ = try $0.create(.note, [.init(.Note.text, "del segundo")]) }
    try await sync(first, hub)

    let refusal = await #expect(throws: HubError.self) { try await sync(second, hub) }
    guard case .refused(let problem) = refusal else { throw refusal ?? .unreadable(reason: "") }
    #expect(problem.code == .forkedChain)
    let parting = try #require(try await ForkSearch(store: second, hub: hub).parting())
    #expect(parting.lastCommon == [Dot(device: Self.device, sequence: 0)])
    try second.close()
    let mending = try Notebook.mend(
      laptop.folder, after: parting, surroundings: laptop.surroundings)
    let mended = try laptop.open()
    try await sync(mended, hub)
    try await sync(first, hub)

    #expect(mending.isNewDevice)
    #expect(mending.writtenAnew == 2)
    for notebook in [first, mended] {
      let texts = try notebook.read { try $0.fetchAll(Note.self).compactMap(\.text) }
      #expect(Set(texts) == ["del primero", "del segundo"])
      #expect(try notebook.examine(rebuild: false).isHealthy)
    }
    #expect(try first.summary() == mended.summary())
  }

  /// Another store has gone on otherwise after this number.
  private static func parting(_ sequence: UInt64) -> Parting {
    let last = Dot(device: device, sequence: sequence)
    return Parting(
      lastCommon: [last], held: VectorClock([Dot(device: device, sequence: sequence + 1)]))
  }

  @Test func `what is known of hubs and partners, and what was seen, stays up to the fork`() throws
  {
    let (laptop, notebook) = try twin(1)
    for number in 0..<5 {
      try notebook.write { _ = try $0.create(.note, [.init(.Note.text, "nota \(number)")]) }
    }
    let other = DeviceID(rawValue: 0xE)
    let frontier = try notebook.frontier()
    let head = frontier[Self.device]
    let seen = VectorClock([
      Dot(device: other, sequence: 9), Dot(device: Self.device, sequence: head),
    ])
    try notebook.markSeen(seen)
    try notebook.heard(from: other, holding: frontier)
    try notebook.remember(
      KnownHub(url: "http://hub", token: "t", role: "owner", syncedFrontier: frontier))
    try notebook.close()

    _ = try Notebook.mend(
      laptop.folder, after: Self.parting(head - 2), surroundings: laptop.surroundings)

    let mended = try laptop.open()
    let common = VectorClock([Dot(device: Self.device, sequence: head - 2)])
    let partner = try #require(try mended.partners().first)
    #expect(partner.device == other && partner.frontier == common)
    #expect(partner.heardMilliseconds == laptop.clock.milliseconds)
    #expect(try mended.hubs().first?.syncedFrontier == common)
    #expect(try mended.hubs().first?.token == "t")
    let seenNow = try mended.read { try $0.seen() }
    #expect(seenNow[other] == 9)
    #expect(seenNow[Self.device] == head - 2)
    #expect(try mended.read { try $0.unseenCount() } == 0)
  }

  @Test func `what stood before the fork keeps its names`() throws {
    let (laptop, notebook) = try twin(1)
    for number in 0..<5 {
      try notebook.write { _ = try $0.create(.note, [.init(.Note.text, "nota \(number)")]) }
    }
    let head = try notebook.frontier()[Self.device]
    try notebook.close()

    let mending = try Notebook.mend(
      laptop.folder, after: Self.parting(head - 2), surroundings: laptop.surroundings)

    let mended = try laptop.open()
    #expect(mending.writtenAnew == 2)
    #expect(mending.missing == [])
    #expect(try mended.frontier()[Self.device] == head - 2)
    // The same as before, and who wrote it.
    #expect(try mended.frontier().changeCount == head + 1)
    #expect(try mended.count(.note) == 5)
    #expect(try mended.identity().device != Self.device)
    #expect(try mended.examine(rebuild: false).isHealthy)
  }

  @Test func `where two chains part is found, however long they are`() async throws {
    for (shared, more) in [(0, 3), (1, 1), (7, 9), (100, 1), (64, 64)] {
      let hub = MemoryStore(study: Self.study)
      let own = MemoryStore(study: Self.study)
      for record in 0..<shared {
        try await hub.write(by: Self.device, RecordID(rawValue: UInt128(record + 1)), fields: [1])
      }
      try await own.apply(await hub.page(beyond: VectorClock(), bytesMax: 1 << 30))
      for record in 0..<more {
        try await hub.write(by: Self.device, RecordID(rawValue: UInt128(record + 500)), fields: [1])
        try await own.write(by: Self.device, RecordID(rawValue: UInt128(record + 900)), fields: [1])
      }

      let common = try await ForkSearch(store: own, hub: StoreHub(store: hub, now: { 0 }))
        .lastCommon(of: Self.device)

      #expect(common == Dot(device: Self.device, sequence: UInt64(shared)))
    }
  }
}
