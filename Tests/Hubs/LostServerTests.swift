import CuadernoLedger
import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Foundation
import Testing

/// A server that was set back or emptied gets everything back from the notebooks.
@Suite struct LostServerTests {
  private struct Team {
    let laptops: [Laptop]
    let notebooks: [Notebook]
    var editors: [RandomEditor]
    var acknowledged: [RandomEditor.Text] = []

    init(seed: UInt64) throws {
      let laptops = try (0..<3).map { try Laptop("Member \($0)", seed: seed &* 8 &+ UInt64($0)) }
      let first = try laptops[0].create()
      self.laptops = laptops
      notebooks =
        try [first] + laptops[1...].map { try $0.create(title: nil, joining: first.study) }
      editors = (0..<3).map { RandomEditor(seed: seed &* 16 &+ UInt64($0)) }
    }

    mutating func edit(_ count: Int) throws {
      for index in notebooks.indices {
        for _ in 0..<count { acknowledged += try editors[index].edit(notebooks[index]) }
      }
    }

    func join(_ server: TestServer) async throws {
      for (index, notebook) in notebooks.enumerated() {
        let request = JoinRequest(
          secret: try await server.invite(for: "Member \(index)"),
          device: try notebook.identity().device, deviceName: "laptop", study: notebook.study)
        _ = try await server.ledger.join(request)
      }
    }

    func sync(_ server: TestServer, rounds: Int = 1) async throws {
      for _ in 0..<rounds {
        for notebook in notebooks {
          let hub = StoreHub(store: try await server.store(), now: HubKind.now)
          _ = try await SyncDriver(
            store: notebook, device: notebook.identity().device, hub: hub,
            wait: { _ in throw Missing() }
          ).run()
        }
      }
    }

    func alive() throws -> [Int] {
      try notebooks.map { try $0.read { try $0.counts().values.reduce(0, +) } }
    }
  }

  private func expectSame(_ team: Team, _ server: TestServer, _ seed: UInt64) async throws {
    let summary = try await server.store().summary()
    for notebook in team.notebooks {
      #expect(try notebook.summary() == summary, "\(Seeds.replay(seed))")
    }
    #expect(try await server.ledger.check().isSound, "\(Seeds.replay(seed))")
    for text in team.acknowledged {
      let isThere = try team.notebooks[0].read { reader in
        try reader.history(of: text.record).contains { $0.dot == text.dot }
      }
      #expect(isThere, "\(Seeds.replay(seed)): a text is in no history")
    }
  }

  @Test(arguments: Seeds.upTo(4))
  func `a server restored from an older backup gets back what it lost, and nothing is deleted`(
    seed: UInt64
  ) async throws {
    var team = try Team(seed: seed)
    let server = try await TestServer(isBound: false)
    try await team.join(server)
    try team.edit(10)
    try await team.sync(server, rounds: 2)
    let backup = try ScratchFolder(isInMemory: true)
    _ = try await server.ledger.backup(to: backup.file("ledger.sqlite"))
    try team.edit(10)
    try await team.sync(server, rounds: 2)
    try team.edit(3)
    let before = try team.alive()
    let counts = try team.notebooks.map { try $0.frontier().changeCount }

    let restored = try await TestServer(in: backup)
    // One round, in which everybody has synced once: the server has it all.
    try await team.sync(restored)
    for (index, notebook) in team.notebooks.enumerated() {
      #expect(try notebook.frontier().changeCount >= counts[index], "\(Seeds.replay(seed))")
    }
    if seed == 0 { #expect(before.allSatisfy { $0 > 0 }) }
    // And in the second the first ones get what the last ones brought.
    try await team.sync(restored)
    try await expectSame(team, restored, seed)
  }

  @Test(arguments: Seeds.upTo(4))
  func `an emptied server takes the study's id from the first notebook and everything from all`(
    seed: UInt64
  ) async throws {
    var team = try Team(seed: seed &+ 100)
    let server = try await TestServer(isBound: false)
    try await team.join(server)
    try team.edit(15)
    try await team.sync(server, rounds: 2)
    try team.edit(2)

    let emptied = try await TestServer(seed: 99, isBound: false)
    try await team.join(emptied)
    try await team.sync(emptied, rounds: 2)

    #expect(try await emptied.store().study == team.notebooks[0].study)
    try await expectSame(team, emptied, seed)
  }
}
