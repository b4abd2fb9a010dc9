import CuadernoLedger
import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Foundation
import Testing

/// Law 6 through a server: what is erased is in no file of it, and comes back from nobody.
@Suite struct ErasedEverywhereTests {
  private static let secret = "zzsecreto"

  private func holdsSecret(_ folder: String) throws -> Bool {
    try FileManager.default.contentsOfDirectory(atPath: folder).contains { name in
      let data = try? Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
      return data?.range(of: Data(Self.secret.utf8)) != nil
    }
  }

  private func sync(_ notebook: Notebook, _ server: TestServer) async throws {
    _ = try await SyncDriver(
      store: notebook, device: notebook.identity().device,
      hub: StoreHub(store: try await server.store(), now: HubKind.now),
      wait: { _ in throw Missing() }
    ).run()
  }

  @Test func `an erased text leaves the server's files, and what others send of it is void`()
    async throws
  {
    let pair = try Pair()
    let server = try await TestServer(isBound: false)
    for notebook in [pair.ana, pair.luis] {
      let request = JoinRequest(
        secret: try await server.invite(for: "member"), device: try notebook.identity().device,
        deviceName: "laptop", study: notebook.study)
      _ = try await server.ledger.join(request)
    }
    let interview = try pair.ana.write {
      try $0.create(.interview, [.init(.Interview.text, "Lo dijo \(Self.secret).")])
    }
    try await sync(pair.ana, server)
    try await sync(pair.luis, server)
    #expect(try holdsSecret(server.folder.path))

    try pair.luis.note("Otra vez \(Self.secret).", about: interview)
    try pair.ana.write { try $0.erase(interview) }
    try await sync(pair.ana, server)
    #expect(try !holdsSecret(server.folder.path))
    try await sync(pair.luis, server)
    try await sync(pair.ana, server)

    #expect(try !holdsSecret(server.folder.path))
    for laptop in [pair.anaLaptop, pair.luisLaptop] {
      #expect(try !holdsSecret(laptop.folder.url.path))
    }
    let summary = try await server.store().summary()
    #expect(try pair.ana.summary() == summary)
    #expect(try pair.luis.summary() == summary)
    #expect(try await server.ledger.check().isSound)
  }
}
