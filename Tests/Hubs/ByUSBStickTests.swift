import CuadernoLedger
import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport
import Foundation
import Testing

/// Three people without a link for a month, with a USB stick that goes from one to another, gets lost,
/// comes late and is read twice; then they meet the server.
@Suite struct ByUSBStickTests {
  private struct Team {
    let laptops: [Laptop]
    let notebooks: [Notebook]
    let disk: ScratchFolder
    var editors: [RandomEditor]
    var random: SplitMix64
    var acknowledged: [RandomEditor.Text] = []
    /// Bundles written and not yet read, with whom they are for.
    var underway: [(url: URL, reader: Int)] = []
    var bundles = 0
    var refused = 0
    var received: UInt64 = 0

    init(seed: UInt64) async throws {
      laptops = try (0..<3).map { try Laptop("Member \($0)", seed: seed &* 8 &+ UInt64($0)) }
      disk = try ScratchFolder(isInMemory: true)
      random = SplitMix64(seed: seed)
      editors = (0..<3).map { RandomEditor(seed: seed &* 16 &+ UInt64($0)) }
      let first = try laptops[0].create()
      let begin = URL(fileURLWithPath: disk.file("begin.bundle"))
      _ = try first.writeBundle(to: begin)
      notebooks =
        try [first]
        + laptops[1...].map { laptop in
          try Notebook.create(
            in: laptop.folder, fromBundleAt: begin, member: laptop.member, deviceName: "laptop",
            surroundings: laptop.surroundings)
        }
      for notebook in notebooks[1...] { _ = try await Self.read(begin, notebook) }
    }

    /// A day: somebody writes, and now and then hands a bundle over.
    mutating func day() async throws {
      for index in notebooks.indices {
        laptops[index].clock.advance(by: 86_400_000)
        for _ in 0..<Int.random(in: 0...3, using: &random) {
          acknowledged += try editors[index].edit(notebooks[index])
        }
      }
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<5: try hand()
      case 5..<8: try await receive(keepsIt: false)
      case 8: try await receive(keepsIt: true)
      default:
        // It fell into the river.
        if !underway.isEmpty {
          underway.remove(at: Int.random(in: underway.indices, using: &random))
        }
      }
    }

    private mutating func hand() throws {
      let writer = Int.random(in: 0..<3, using: &random)
      let reader = (writer + Int.random(in: 1...2, using: &random)) % 3
      let held = try notebooks[writer].partners(named: laptops[reader].member).first?.frontier
      bundles += 1
      let url = URL(fileURLWithPath: disk.file("\(bundles).bundle"))
      _ = try notebooks[writer].writeBundle(to: url, beyond: held ?? VectorClock())
      underway.append((url, reader))
    }

    /// - Parameter keepsIt: it stays on the disk and is read again some day, by whoever finds it.
    private mutating func receive(keepsIt: Bool) async throws {
      guard !underway.isEmpty else { return }
      let index = Int.random(in: underway.indices, using: &random)
      let (url, reader) = underway[index]
      do {
        received += try await Self.read(url, notebooks[reader])
      } catch BundleFault.missing {
        refused += 1
      }
      if keepsIt {
        underway[index].reader = Int.random(in: 0..<3, using: &random)
      } else {
        underway.remove(at: index)
      }
    }

    static func read(_ url: URL, _ notebook: Notebook) async throws -> UInt64 {
      let bundle = try notebook.bundle(at: url)
      let progress = try await SyncDriver(
        store: notebook, device: notebook.identity().device,
        hub: StoreHub(store: bundle, now: HubKind.now), isReceivingOnly: true,
        wait: { _ in throw Missing() }
      ).run().progress
      try notebook.heard(from: bundle.header.device, holding: bundle.frontier())
      return progress.pulled
    }
  }

  @Test(arguments: Seeds.upTo(8))
  func `a month by USB stick alone and then the server ends with the same for all and nothing lost`(
    seed: UInt64
  ) async throws {
    var team = try await Team(seed: seed)
    for _ in 0..<30 { try await team.day() }
    let server = try await TestServer(isBound: false)
    let study = try await server.ledger.study(matching: TestServer.title)
    for index in [0, 1, 2, 0, 1, 2] {
      let notebook = team.notebooks[index]
      if server.ledger.store(of: try await server.ledger.study(matching: study.title)) == nil {
        try await join(notebook, server)
      }
      let hub = StoreHub(store: try await server.store(), now: HubKind.now)
      _ = try await SyncDriver(
        store: notebook, device: notebook.identity().device, hub: hub,
        wait: { _ in throw Missing() }
      ).run()
    }

    let summary = try await server.store().summary()
    for notebook in team.notebooks {
      #expect(try notebook.summary() == summary, "\(Seeds.replay(seed))")
      #expect(try notebook.examine(rebuild: false).isHealthy, "\(Seeds.replay(seed))")
    }
    for text in team.acknowledged {
      #expect(
        try Self.holds(text, team.notebooks[0]), "\(Seeds.replay(seed)): a text is in no history")
    }
    let dumps = try team.notebooks.map { try SharedDump.of($0.folder) }
    #expect(dumps[0] == dumps[1] && dumps[1] == dumps[2], "\(Seeds.replay(seed))")
    #expect(try await server.ledger.check().isSound, "\(Seeds.replay(seed))")
    #expect(team.received > 0, "\(Seeds.replay(seed)): no bundle brought anything")
  }

  private func join(_ notebook: Notebook, _ server: TestServer) async throws {
    let request = JoinRequest(
      secret: try await server.invite(), device: try notebook.identity().device,
      deviceName: "laptop", study: notebook.study)
    _ = try await server.ledger.join(request)
  }

  private static func holds(_ text: RandomEditor.Text, _ notebook: Notebook) throws -> Bool {
    try notebook.read { reader in
      try reader.history(of: text.record).contains { entry in
        entry.dot == text.dot
          && entry.edits.contains { $0.field == text.field && $0.value == .text(text.text) }
      }
    }
  }
}
