import CuadernoLedger
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoClient

/// What a notebook is told when another server, or another study, stands where its own was: nothing is
/// sent and nothing taken.
@Suite struct AnotherServerTests {
  private func notebook() async throws -> MemoryStore {
    let store = MemoryStore(study: TestServer.study, seed: 1)
    for record in 1...5 {
      try await store.write(
        by: DeviceID(rawValue: 0xC0), RecordID(rawValue: UInt128(record)), fields: [1])
    }
    return store
  }

  /// The code with which a sync is refused; nil when it is not.
  private func refusal(
    _ store: MemoryStore, path: String = "", port: Int, token: String
  ) async throws -> Problem.Code? {
    try await withHTTPClient { client in
      let hub = HTTPHub(
        client: client, url: "http://127.0.0.1:\(port)\(path)", study: store.study, token: token)
      do {
        _ = try await SyncDriver(
          store: store, device: DeviceID(rawValue: 0xC0), hub: hub, wait: { _ in throw Missing() }
        ).run()
        return nil
      } catch HubError.refused(let problem) {
        return problem.code
      }
    }
  }

  @Test func `a server that does not know the notebook refuses it`() async throws {
    let own = try await TestServer()
    let token = try await own.token(device: 0xC0)
    let other = try await TestServer(seed: 77)
    let notebook = try await notebook()
    let before = try await (notebook.summary(), other.store().summary())

    try await other.run { port in
      let code = try await refusal(notebook, port: port, token: token)
      #expect(code == .unauthenticated)
    }

    #expect(try await other.store().summary() == before.1)
    #expect(await notebook.summary() == before.0)
  }

  @Test func `a server that knows the notebook for another study refuses this one`() async throws {
    let server = try await TestServer()
    _ = try await server.ledger.createStudy(title: "Otra cosa")
    let token = try await server.token(device: 0xC0, of: "Otra cosa", joining: 0x99)
    let notebook = try await notebook()

    try await server.run { port in
      let code = try await refusal(notebook, port: port, token: token)
      #expect(code == .unknownStudy)
    }

    #expect(try await server.store().frontier().isEmpty)
    #expect(try await server.store(of: "Otra cosa").frontier().isEmpty)
  }

  @Test func `an address at which something else stands is told as such`() async throws {
    let server = try await TestServer()
    let token = try await server.token(device: 0xC0)
    let notebook = try await notebook()

    try await server.run { port in
      let code = try await refusal(notebook, path: "/wiki", port: port, token: token)
      #expect(code == .unknownRoute)
    }
  }
}
