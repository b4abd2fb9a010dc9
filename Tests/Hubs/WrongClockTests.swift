import CuadernoLedger
import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Foundation
import Testing

@testable import CuadernoClient

/// Hubs whose clock counts: what they refuse, and how a team with wrong clocks gets on with them.
@Suite struct WrongClockTests {
  private enum Kind: CaseIterable { case memory, ledger, server }

  private static let luis = DeviceID(rawValue: 2)
  private static let year: Int64 = 31_557_600_000

  private func with(
    _ kind: Kind, _ body: @Sendable (any Hub) async throws -> Void
  ) async throws {
    switch kind {
    case .memory:
      let store = MemoryStore(study: TestServer.study, seed: 1)
      try await body(StoreHub(store: store, isTimekeeper: true, now: HubKind.now))
    case .ledger:
      let server = try await TestServer()
      let store = try await server.store()
      try await body(StoreHub(store: store, isTimekeeper: true, now: HubKind.now))
      withExtendedLifetime(server) {}
    case .server: try await HubKind.server.with { try await body($0) }
    }
  }

  /// A page of one change, stamped so many milliseconds after the hub's time.
  private func page(ahead milliseconds: Int64) async throws -> ChangePage {
    let store = MemoryStore(study: TestServer.study, seed: 5)
    try await store.write(
      by: Self.luis, RecordID(rawValue: 7), fields: [1],
      milliseconds: HubKind.now() + milliseconds)
    return await store.page(beyond: VectorClock(), bytesMax: 1 << 20)
  }

  private func refusal(_ body: () async throws -> Void) async -> Problem? {
    do {
      try await body()
      return nil
    } catch HubError.refused(let problem) {
      return problem
    } catch {
      return nil
    }
  }

  @Test(arguments: Kind.allCases)
  private func `a stamp more than a day ahead is refused, and taken once it is settled`(
    kind: Kind
  ) async throws {
    try await with(kind) { hub in
      let before = try await hub.verify()
      let day: Int64 = 86_400_000
      var page = try await page(ahead: 3 * day)
      let problem = await refusal { _ = try await hub.push(page) }
      #expect(
        problem
          == Problem(
            .clockAhead,
            "change \(Self.luis):1 is stamped 72 hours after the hub's time; the limit is 24; set "
              + "this machine's clock right and sync again"))
      #expect(try await hub.verify() == before)

      page.areStampsSettled = true
      #expect(try await hub.push(page).newChanges == 1)
      page.areStampsSettled = false
      // What is held is passed over, whatever its stamp.
      #expect(try await hub.push(page).newChanges == 0)
    }
  }

  @Test(arguments: Kind.allCases)
  private func `a stamp less than a day ahead is taken`(kind: Kind) async throws {
    try await with(kind) { hub in
      let page = try await page(ahead: 86_400_000)
      #expect(try await hub.push(page).newChanges == 1)
    }
  }

  @Test(arguments: Kind.allCases)
  private func `a stamp past the year 2300 is refused for good, settled or not`(
    kind: Kind
  ) async throws {
    try await with(kind) { hub in
      var page = try await page(ahead: 0)
      var change = page.changes[0]
      change.envelope.stamp = Stamp(rawValue: Stamp.latest.rawValue + 1)
      let link = AdmittedChange(own: change, after: .zero).link
      page = ChangePage(changes: [change], heads: [ChainHead(dot: change.dot, link: link)])
      page.areStampsSettled = true
      #expect(await refusal { _ = try await hub.push(page) }?.code == .invalidChange)
    }
  }

  @Test(arguments: [3 * year, -3 * year, 10 * year, -1_700_000_000_000])
  func `a laptop with a wrong clock gets the server's time over HTTP, and the others what it wrote`(
    off: Int64
  ) async throws {
    let server = try await TestServer()
    let tokens = [try await server.token(device: 0xC1), try await server.token(device: 0xC2)]
    let laptops = [try Laptop("Ana", seed: 1), try Laptop("Luis", seed: 2)]
    laptops[0].clock.milliseconds = HubKind.now() + off
    laptops[1].clock.milliseconds = HubKind.now()
    let notebooks = try laptops.map { try $0.create(title: nil, joining: TestServer.study) }
    for (index, notebook) in notebooks.enumerated() {
      try notebook.write { _ = try $0.create(.note, [.init(.Note.text, "nota \(index)")]) }
    }
    try await server.run { port in
      try await withHTTPClient { client in
        for index in [0, 1, 0] {
          let clock = ClockNote()
          let store = CountingStore(
            notebook: notebooks[index], arrivals: ArrivalCounter(), clock: clock,
            acceptsDeletes: false, removed: RemovedLately(now: { 0 }))
          let hub = HTTPHub(
            client: client, url: "http://127.0.0.1:\(port)", study: TestServer.study,
            token: tokens[index])
          _ = try await SyncDriver(
            store: store, device: notebooks[index].identity().device, hub: hub,
            wait: { _ in throw Missing() }
          ).run()
          #expect(clock.mending.offset == (index == 0 ? -off : 0))
        }
      }
    }

    let summary = try await server.store().summary()
    for notebook in notebooks {
      #expect(try notebook.summary() == summary)
      #expect(try notebook.count(.note) == 2)
      #expect(try notebook.identity().lastStamp.milliseconds <= HubKind.now() + 1)
      #expect(try notebook.examine(rebuild: false).isHealthy)
    }
    #expect(try await server.ledger.check().isSound)
  }

  @Test(arguments: Seeds.upTo(6))
  func
    `a team whose clocks are ten years apart and jump ends with the same, and nothing is refused`(
      seed: UInt64
    ) async throws
  {
    var random = SplitMix64(seed: seed)
    let laptops = try (0..<3).map { try Laptop("M\($0)", seed: seed &* 8 &+ UInt64($0)) }
    for laptop in laptops { laptop.clock.milliseconds = Self.anyTime(&random) }
    let first = try laptops[0].create()
    let notebooks =
      try [first] + laptops[1...].map { try $0.create(title: nil, joining: first.study) }
    let server = try await TestServer(isBound: false)
    _ = try await server.ledger.join(
      JoinRequest(
        secret: try await server.invite(), device: try first.identity().device,
        deviceName: "laptop", study: first.study))
    var editors = (0..<3).map { RandomEditor(seed: seed &* 16 &+ UInt64($0)) }
    var written = [RandomEditor.Text]()
    var time = HubKind.now()
    let store = try await server.store()
    func sync(_ index: Int) async throws {
      let now = time
      let hub = StoreHub(store: store, isTimekeeper: true, now: { now })
      _ = try await SyncDriver(
        store: notebooks[index], device: notebooks[index].identity().device, hub: hub,
        wait: { _ in throw Missing() }
      ).run()
    }
    for _ in 0..<40 {
      let index = Int.random(in: 0..<3, using: &random)
      time += 3_600_000
      for laptop in laptops { laptop.clock.advance(by: 3_600_000) }
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<5: written += try editors[index].edit(notebooks[index])
      case 5: laptops[index].clock.milliseconds = Self.anyTime(&random)
      case 6: try notebooks[index].take(from: notebooks[(index + 1) % 3])
      default: try await sync(index)
      }
    }
    for index in [0, 1, 2, 0, 1, 2] { try await sync(index) }

    let summary = try await store.summary()
    for notebook in notebooks {
      #expect(try notebook.summary() == summary, "\(Seeds.replay(seed))")
      #expect(try notebook.examine(rebuild: false).isHealthy, "\(Seeds.replay(seed))")
      for text in written {
        let isThere = try notebook.read { reader in
          try reader.history(of: text.record).contains { $0.dot == text.dot }
        }
        #expect(isThere, "\(Seeds.replay(seed)): a text is in no history")
      }
    }
    #expect(try await server.ledger.check().isSound, "\(Seeds.replay(seed))")
  }

  /// Ten years off in either direction, right, the beginning of time, or its end.
  private static func anyTime(_ random: inout SplitMix64) -> Int64 {
    let now = HubKind.now()
    switch Int.random(in: 0..<8, using: &random) {
    case 0: return 0
    case 1: return 4_102_444_800_000
    case 2: return Stamp.millisecondsMax
    case 3: return now
    default: return now + .random(in: -10 * year...10 * year, using: &random)
    }
  }
}
