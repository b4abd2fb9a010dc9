import AsyncHTTPClient
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoPostgreSQLTestSupport
import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport
import Foundation

@testable import CuadernoClient

/// Everything that the tests have to sync with.
enum HubKind: CaseIterable, Sendable {
  case memory, ledger, sharedLedger, notebook, bundle, server, sharedServer, faultlessLine

  /// Those that this machine has what they need for.
  static var allCases: [HubKind] {
    let here: [HubKind] = [.memory, .ledger, .notebook, .bundle, .server, .faultlessLine]
    return here + (TestPostgreSQL.isInstalled ? [.sharedLedger, .sharedServer] : [])
  }

  /// Whether it says what the notebook's member may do there.
  var hasRoles: Bool { self == .server || self == .sharedServer }

  /// Whether it can be given something.
  var takes: Bool { self != .bundle }

  /// A hub that holds these pages, and it may be, if it is a notebook's, who the notebook is.
  func with(
    _ pages: [ChangePage] = [], _ body: @Sendable (any Hub) async throws -> Void
  ) async throws {
    switch self {
    case .memory:
      try await body(StoreHub(store: try await Self.memory(pages), now: Self.now))
    case .faultlessLine:
      let hub = StoreHub(store: try await Self.memory(pages), now: Self.now)
      try await body(FaultyHub(hub, odds: .none, seed: 1))
    case .ledger, .sharedLedger:
      let server = try await TestServer(isInPostgreSQL: self == .sharedLedger)
      try await server.fill(pages)
      try await body(StoreHub(store: try await server.store(), now: Self.now))
    case .server, .sharedServer:
      let server = try await TestServer(isInPostgreSQL: self == .sharedServer)
      try await server.fill(pages)
      let token = try await server.token(device: 0xC0)
      try await server.run { port in
        try await withHTTPClient { client in
          try await body(
            HTTPHub(
              client: client, url: "http://127.0.0.1:\(port)", study: TestServer.study,
              token: token))
        }
      }
    case .notebook:
      let laptop = try Laptop()
      let notebook = try Self.notebook(on: laptop, pages)
      try await body(StoreHub(store: notebook, now: Self.now))
    case .bundle:
      let laptop = try Laptop()
      let notebook = try Self.notebook(on: laptop, pages)
      let url = URL(fileURLWithPath: laptop.scratch.file("everything.bundle"))
      _ = try notebook.writeBundle(to: url)
      let bundle = try BundleStore(BundleFile(url), readBy: VectorClock())
      try await body(StoreHub(store: bundle, now: Self.now))
    }
  }

  private static func memory(_ pages: [ChangePage]) async throws -> MemoryStore {
    let store = MemoryStore(study: TestServer.study)
    for page in pages { try await store.apply(page) }
    return store
  }

  private static func notebook(on laptop: Laptop, _ pages: [ChangePage]) throws -> Notebook {
    let notebook = try laptop.create(title: nil, joining: TestServer.study)
    for page in pages { _ = try notebook.apply(page) }
    return notebook
  }

  static let now: @Sendable () -> Int64 = { 1_700_000_000_000 }
}
