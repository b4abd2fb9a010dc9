import CuadernoLedger
import CuadernoPostgreSQLTestSupport
import CuadernoServer
import CuadernoSync
import CuadernoTestSupport
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization

/// A real server over a real ledger, with one study, on a free port of this machine.
struct TestServer: Sendable {
  static let study = StudyID(rawValue: 0x5d)
  static let title = "Alto Huallaga"

  let folder: ScratchFolder
  let ledger: Ledger

  /// - Parameter isBound: whether a device has brought the study's id already.
  init(
    in folder: ScratchFolder? = nil, seed: UInt64 = 11, isBound: Bool = true,
    isInPostgreSQL: Bool = false
  ) async throws {
    self.folder = try folder ?? ScratchFolder(isInMemory: true)
    let random = Mutex(SplitMix64(seed: seed))
    let bytes: @Sendable (Int) -> [UInt8] = { count in random.withLock { $0.bytes(count) } }
    if isInPostgreSQL {
      let address = try await TestPostgreSQL.shared().emptyDatabase()
      ledger = try await TestPostgreSQL.apart {
        try Ledger(database: address, now: HubKind.now, random: bytes)
      }
    } else {
      ledger = try Ledger(folder: self.folder.path, now: HubKind.now, random: bytes)
    }
    if try await ledger.studies().isEmpty {
      _ = try await ledger.createStudy(title: Self.title)
      if isBound { _ = try await token(device: 0xB0) }
    }
  }

  func run(
    _ transport: ServerConfiguration.Transport = .plainHTTP,
    limits: ServerLimits = .withoutRates, now: @escaping @Sendable () -> Int64 = HubKind.now,
    _ body: @Sendable (_ port: Int) async throws -> Void
  ) async throws {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let server = buildServer(
      ServerConfiguration(host: "127.0.0.1", port: 0, transport: transport, limits: limits),
      ledger: ledger, logger: logger, now: now)
    try await server.test(.live) { client in
      guard let port = client.port else { throw Missing() }
      try await body(port)
    }
  }

  func store(of title: String = Self.title) async throws -> LedgerStudy {
    guard let store = ledger.store(of: try await ledger.study(matching: title)) else {
      throw Missing()
    }
    return store
  }

  func fill(_ pages: [ChangePage]) async throws {
    let store = try await store()
    for page in pages { try await store.apply(page) }
  }

  /// Enrols a device and answers what it signs in with.
  func token(device: UInt64, of title: String = Self.title, joining number: UInt64 = 0x5d)
    async throws -> String
  {
    let invite = try await invite(to: title)
    return try await ledger.join(
      JoinRequest(
        secret: invite, device: DeviceID(rawValue: UInt128(device)), deviceName: "laptop",
        study: StudyID(rawValue: UInt128(number)))
    ).token
  }

  func invite(to title: String = Self.title, for name: String = "Ana") async throws -> String {
    let study = try await ledger.study(matching: title)
    return try await ledger.createInvite(
      to: study, for: name, role: nil, usualRole: "researcher"
    ).1.text
  }
}

/// What a test needs is not there.
struct Missing: Error {}
