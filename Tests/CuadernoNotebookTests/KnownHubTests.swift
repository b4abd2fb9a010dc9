import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Foundation
import GRDB
import Testing

/// What a notebook remembers of a hub.
@Suite struct KnownHubTests {
  private static let key = KeyFingerprint(ofPublicKey: [1, 2, 3])

  private let laptop: Laptop

  init() throws {
    laptop = try Laptop()
  }

  private func joined() throws -> Notebook {
    let notebook = try laptop.create()
    try notebook.remember(
      KnownHub(url: "https://hub", fingerprint: Self.key, token: "t", role: "owner"))
    return notebook
  }

  @Test func `the server's key stays with the hub when it is remembered again`() throws {
    let notebook = try joined()
    var hub = try #require(try notebook.hubs().first)
    hub.syncedMilliseconds = 5
    try notebook.remember(hub)
    try notebook.close()

    let opened = try laptop.open()
    #expect(try opened.hubs() == [hub])
    #expect(hub.fingerprint == Self.key)
    try opened.close()
  }

  /// What signs in is left out of it; what says which server to sign in to is not.
  @Test func `a backup keeps the server's key and not the token`() throws {
    let notebook = try joined()
    let file = URL(fileURLWithPath: laptop.scratch.file("backup"))
    _ = try notebook.backup(to: file)
    try notebook.close()
    let other = try Laptop(seed: 2)
    _ = try Notebook.restore(file, in: other.folder, surroundings: other.surroundings)

    let restored = try other.open()
    let hub = try #require(try restored.hubs().first)
    #expect(hub.fingerprint == Self.key)
    #expect(hub.token.isEmpty)
    try restored.close()
  }

  /// Else a damaged one would be read as none, and any server would do.
  @Test func `a key that is none is not stored`() throws {
    try joined().close()
    let queue = try DatabaseQueue(path: laptop.folder.log)

    #expect(throws: DatabaseError.self) {
      try queue.write { try $0.execute(sql: "UPDATE hub SET fingerprint = x'00'") }
    }
    try queue.close()
  }

  // MARK: - What is compared

  /// A hub in memory that the notebook has synced with, with a change of somebody else's.
  private func synced(_ notebook: Notebook) async throws -> (KnownHub, MemoryStore) {
    let store = MemoryStore(study: notebook.study)
    try await store.write(by: DeviceID(rawValue: 7), RecordID(rawValue: 7), fields: [1])
    let agreed = try await meet(notebook, store)
    try notebook.synced(
      with: #require(try notebook.hubs().first), agreeing: #require(agreed))
    return (try #require(try notebook.hubs().first), store)
  }

  /// - Parameter meanwhile: done when the hub has looked at what was asked, and before it answers.
  @discardableResult
  private func meet(
    _ notebook: Notebook, _ store: MemoryStore,
    meanwhile: @escaping @Sendable () throws -> Void = {}
  ) async throws -> VectorClock? {
    let hub = StoreHub(store: store, now: { laptop.clock.milliseconds })
    return try await SyncDriver(
      store: notebook, device: notebook.identity().device,
      hub: SlowHub(hub: hub, meanwhile: meanwhile), wait: { _ in }
    ).run().progress.agreed
  }

  /// A hub whose answers take so long that something else is done in between.
  private struct SlowHub: Hub {
    let hub: StoreHub<MemoryStore>
    let meanwhile: @Sendable () throws -> Void

    private func slowly<Reply>(_ reply: Reply) throws(HubError) -> Reply {
      do {
        try meanwhile()
      } catch {
        throw .unreadable(reason: "\(error)")
      }
      return reply
    }

    func hello(_ hello: Hello) async throws(HubError) -> HelloReply {
      try slowly(try await hub.hello(hello))
    }

    func push(_ page: SentPage) async throws(HubError) -> PushReply {
      try slowly(try await hub.push(page))
    }

    func pull(_ request: PullRequest) async throws(HubError) -> PullReply {
      try await hub.pull(request)
    }

    func verify() async throws(HubError) -> StoreSummary {
      try slowly(try await hub.verify())
    }
  }

  @Test func `a note written while a sync finds nothing to do is still to be sent`() async throws {
    let notebook = try joined()
    let (hub, store) = try await synced(notebook)
    #expect(try notebook.unsentChanges(to: hub) == 0)

    let agreed = try await meet(notebook, store) {
      try notebook.write { _ = try $0.create(.note, [.init(.Note.text, "mientras")]) }
    }
    try notebook.synced(with: hub, agreeing: #require(agreed))

    let known = try #require(try notebook.hubs().first)
    #expect(try notebook.unsentChanges(to: known) == 1)
    #expect(await store.frontier() == known.syncedFrontier)
    try notebook.close()
  }

  @Test func `a note written while a sync compares what both hold is no part of it`() async throws {
    let notebook = try joined()
    let (_, store) = try await synced(notebook)
    try notebook.write { _ = try $0.create(.note, [.init(.Note.text, "antes")]) }

    let agreed = try await meet(notebook, store) {
      try notebook.write { _ = try $0.create(.note, [.init(.Note.text, "mientras")]) }
    }

    let there = await store.frontier()
    if let agreed { #expect(there.covers(agreed)) }
    #expect(try !there.covers(notebook.frontier()))
    try notebook.close()
  }

  @Test func `with a hub that brought all of others' there is nothing to compare`() async throws {
    let notebook = try joined()
    let (hub, _) = try await synced(notebook)
    try notebook.write { _ = try $0.create(.note, [.init(.Note.text, "mía")]) }

    #expect(try notebook.checks(with: hub) == SyncChecks())
    try notebook.close()
  }

  @Test func `what came from elsewhere is compared, beyond what both held`() async throws {
    let notebook = try joined()
    let (hub, _) = try await synced(notebook)
    let other = MemoryStore(study: notebook.study)
    try await other.write(by: DeviceID(rawValue: 8), RecordID(rawValue: 8), fields: [1])
    try await meet(notebook, other)

    #expect(try notebook.checks(with: hub).comparesBeyond == hub.syncedFrontier)
    try notebook.close()
  }

  /// What it wrote under its old name may have gone on otherwise elsewhere.
  @Test func `a notebook that became a new device compares what it wrote as the old one`() throws {
    let notebook = try joined()
    try notebook.write { _ = try $0.create(.note, [.init(.Note.text, "antes")]) }
    let hub = try #require(try notebook.hubs().first)
    #expect(try notebook.checks(with: hub).comparesBeyond == nil)

    _ = try notebook.becomeNewDevice()

    #expect(try notebook.checks(with: hub).comparesBeyond == VectorClock())
    try notebook.close()
  }

  @Test func `what a cut sync brought is not compared, and what came beside it is`() async throws {
    let notebook = try joined()
    let (hub, store) = try await synced(notebook)
    let checks = try notebook.checks(with: hub)
    try await store.write(by: DeviceID(rawValue: 9), RecordID(rawValue: 9), fields: [1])
    try await meet(notebook, store)
    try notebook.cut(from: hub, checks, bringing: notebook.frontier())
    let known = try #require(try notebook.hubs().first)
    #expect(try notebook.checks(with: known).comparesBeyond == nil)
    #expect(known.syncedMilliseconds == hub.syncedMilliseconds)

    let other = MemoryStore(study: notebook.study)
    try await other.write(by: DeviceID(rawValue: 8), RecordID(rawValue: 8), fields: [1])
    try await meet(notebook, other)
    let mixed = try notebook.checks(with: known)
    try notebook.cut(from: known, mixed, bringing: notebook.frontier())

    #expect(mixed.comparesBeyond == known.syncedFrontier)
    #expect(try notebook.hubs().first == known)
    try notebook.close()
  }

  @Test func `another hub that holds the other branch is known`() throws {
    let notebook = try joined()
    let device = DeviceID(rawValue: 7)
    let parting = Parting(lastCommon: [Dot(device: device, sequence: 3)], held: VectorClock())
    var other = KnownHub(url: "https://other", token: "t", role: "owner")
    other.syncedFrontier = VectorClock([Dot(device: device, sequence: 3)])
    try notebook.remember(other)
    #expect(try !notebook.hasHub(besides: "https://hub", beyond: parting))
    other.syncedFrontier = VectorClock([Dot(device: device, sequence: 4)])
    try notebook.remember(other)

    #expect(try notebook.hasHub(besides: "https://hub", beyond: parting))
    #expect(try !notebook.hasHub(besides: "https://other", beyond: parting))
    try notebook.close()
  }
}
