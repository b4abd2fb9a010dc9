import AsyncHTTPClient
import CuadernoLedger
import CuadernoSync
import CuadernoTestSupport
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOSSL
import Testing

@testable import CuadernoClient
@testable import CuadernoServer

/// Which servers a notebook speaks to, and that the others get nothing: no token, no secret, no note.
@Suite struct PinnedServerTests {
  private static let device = DeviceID(rawValue: 0xC0)
  private static let token = "token-that-must-stay"

  private let folder: ScratchFolder
  private let own: OwnCertificate
  private let identity: TLSIdentity

  init() throws {
    folder = try ScratchFolder(isInMemory: true)
    own = OwnCertificate(folder: folder.path)
    identity = try own.identity()
  }

  /// Five changes of one device.
  private func notebook() async throws -> MemoryStore {
    let store = MemoryStore(study: TestServer.study, seed: 1)
    for record in 1...5 {
      try await store.write(
        by: Self.device, RecordID(rawValue: UInt128(record)), fields: [1])
    }
    return store
  }

  /// Why a sync with whatever listens on a port did not come about; nil when it did. Nothing is repeated.
  private func failure(
    port: Int, pinning fingerprint: KeyFingerprint?, token: String = token,
    scheme: String = "https"
  ) async throws -> HubError? {
    let store = try await notebook()
    return try await withHTTPClient(pinning: fingerprint) { client in
      let hub = HTTPHub(
        client: client, url: "\(scheme)://localhost:\(port)", study: store.study, token: token)
      do {
        _ = try await SyncDriver(
          store: store, device: Self.device, hub: hub, wait: { _ in throw Lost() }
        ).run()
        return nil
      } catch let error as HubError {
        return error
      } catch is Lost {
        return .unreachable(reason: "")
      }
    }
  }

  /// The link was lost, and a real session would try again.
  private struct Lost: Error {}

  /// What a false server gets of a sync, and what the notebook's owner is told.
  private func attempt(
    at configuration: TLSConfiguration?, pinning fingerprint: KeyFingerprint?,
    scheme: String = "https"
  ) async throws -> (received: [UInt8], failure: HubError?) {
    let server = try await FalseServer(configuration)
    let failure = try await failure(port: server.port, pinning: fingerprint, scheme: scheme)
    // Whoever sends nothing may be gone before the server has seen that they came.
    for _ in 0..<1_000 where server.connections == 0 {
      try await Task.sleep(for: .milliseconds(30))
    }
    #expect(server.connections == 1)
    try await server.close()
    return (server.received, failure)
  }

  private func untrusted(_ fault: ServerFault) -> HubError {
    .untrusted(reason: fault.description)
  }

  @Test func `a notebook syncs with the server whose key its invite names, over one connection`()
    async throws
  {
    let server = try await TestServer()
    let token = try await server.token(device: 0xC0)
    let fingerprint = identity.fingerprint

    try await server.run(.tls(identity)) { port in
      let line = try TCPLine(to: port, fault: .none)
      defer { line.close() }
      let failure = try await failure(port: line.port, pinning: fingerprint, token: token)

      #expect(failure == nil)
      #expect(line.connections == 1)
    }

    #expect(try await server.store().frontier().changeCount == 5)
  }

  @Test func `a certificate made anew for the same key is the same server`() async throws {
    let before = try folder.bytes(of: OwnCertificate.certificateName)
    try folder.remove(OwnCertificate.certificateName)
    let renewed = try own.identity()
    let server = try await TestServer()
    let token = try await server.token(device: 0xC0)
    let fingerprint = identity.fingerprint

    #expect(try folder.bytes(of: OwnCertificate.certificateName) != before)
    try await server.run(.tls(renewed)) { port in
      let failure = try await failure(port: port, pinning: fingerprint, token: token)
      #expect(failure == nil)
    }
  }

  /// Clocks in the field are wrong, and a key that is known has no date.
  @Test func `a certificate out of date is accepted when its key is the one named`() async throws {
    let key = try folder.bytes(of: OwnCertificate.keyName)
    let old = try OwnCertificate.certificate(
      keyPEM: key, from: Date(timeIntervalSince1970: 0), until: Date(timeIntervalSince1970: 1))
    let server = try await TestServer()
    let token = try await server.token(device: 0xC0)
    let fingerprint = identity.fingerprint

    try await server.run(.tls(try TLSIdentity(chain: old, key: key))) { port in
      let failure = try await failure(port: port, pinning: fingerprint, token: token)
      #expect(failure == nil)
    }
  }

  /// The others get nothing because they are refused, and not because nothing is written down.
  @Test func `the server whose key is named gets the request`() async throws {
    let (received, failure) = try await attempt(
      at: identity.configuration, pinning: identity.fingerprint)

    #expect(String(decoding: received, as: UTF8.self).contains(Self.token))
    #expect(
      failure
        == .unreadable(reason: "the address answered 400, and not as a Cuaderno server"))
  }

  @Test func `a server with another key gets nothing`() async throws {
    let other = try ScratchFolder(isInMemory: true)
    let impostor = try OwnCertificate(folder: other.path).identity()

    let (received, failure) = try await attempt(
      at: impostor.configuration, pinning: identity.fingerprint)

    #expect(received.isEmpty)
    #expect(failure == untrusted(.otherKey))
  }

  @Test func `a server that shows the right certificate without its key gets nothing`()
    async throws
  {
    var configuration = identity.configuration
    configuration.privateKey = .privateKey(NIOSSLPrivateKey(customPrivateKey: ForgedKey()))

    let (received, failure) = try await attempt(
      at: configuration, pinning: identity.fingerprint)

    #expect(received.isEmpty)
    #expect(failure == untrusted(.otherKey))
  }

  @Test func `a server of which no authority knows gets nothing where the invite names no key`()
    async throws
  {
    let (received, failure) = try await attempt(at: identity.configuration, pinning: nil)

    #expect(received.isEmpty)
    #expect(failure == untrusted(.noAuthority))
  }

  @Test func `a server of an older TLS gets nothing, even with the right key`() async throws {
    var configuration = identity.configuration
    configuration.minimumTLSVersion = .tlsv1
    configuration.maximumTLSVersion = .tlsv12

    let (received, failure) = try await attempt(
      at: configuration, pinning: identity.fingerprint)

    #expect(received.isEmpty)
    #expect(failure == untrusted(.noTLS))
  }

  @Test func `a server without TLS gets the beginning of a handshake and nothing else`()
    async throws
  {
    let (received, failure) = try await attempt(at: nil, pinning: identity.fingerprint)

    // A TLS record with a handshake message in it (RFC 8446, section 5.1).
    #expect(received.first == 22)
    #expect(!String(decoding: received, as: UTF8.self).contains(Self.token))
    #expect(failure == untrusted(.noTLS))
  }

  @Test func `where a key is named nothing is sent without TLS`() async throws {
    let (received, failure) = try await attempt(
      at: nil, pinning: identity.fingerprint, scheme: "http")

    #expect(received.isEmpty)
    #expect(failure == untrusted(.noTLS))
  }

  @Test func `the server speaks with nobody who knows only an older TLS`() async throws {
    let server = try await TestServer()

    try await server.run(.tls(identity)) { port in
      var configuration = HTTPClient.Configuration.forHub(pinning: nil)
      configuration.tlsConfiguration?.certificateVerification = .none
      configuration.tlsConfiguration?.minimumTLSVersion = .tlsv1
      configuration.tlsConfiguration?.maximumTLSVersion = .tlsv12
      let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
      await #expect(throws: NIOSSLError.self) {
        try await client.execute(
          HTTPClientRequest(url: "https://localhost:\(port)/health"), timeout: .seconds(10))
      }
      try await client.shutdown()
    }
  }

  @Test(arguments: [1, 100, 500])
  func `a handshake that is cut short is a lost link, and is tried again`(bytes: Int) async throws {
    let server = try await TestServer()
    let token = try await server.token(device: 0xC0)
    let fingerprint = identity.fingerprint

    try await server.run(.tls(identity)) { port in
      for isReset in [true, false] {
        let line = try TCPLine(
          to: port, fault: .cut(.toClient, afterBytes: bytes, isReset: isReset))
        defer { line.close() }
        let first = try await failure(port: line.port, pinning: fingerprint, token: token)
        let second = try await failure(port: line.port, pinning: fingerprint, token: token)

        #expect(first == .unreachable(reason: ""))
        #expect(second == nil)
      }
    }
  }

  @Test(arguments: [301, 302, 307, 308])
  func `a redirect is not followed, so the token goes nowhere else`(status: Int) async throws {
    let elsewhere = try await FalseServer(nil)
    let target = "http://localhost:\(elsewhere.port)/"
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let redirecting = Application(
      responder: CallbackResponder { (_: Request, _: BasicRequestContext) in
        Response(status: .init(code: status), headers: [.location: target])
      }, configuration: .init(address: .hostname("127.0.0.1", port: 0)), logger: logger)

    let failure = try await redirecting.test(.live) { client in
      try await self.failure(port: client.port ?? 0, pinning: nil, scheme: "http")
    }

    #expect(
      failure
        == .unreadable(
          reason: "the address answered \(status), and not as a Cuaderno server"))
    #expect(elsewhere.connections == 0)
    try await elsewhere.close()
  }

  @Test func `what is said of a server that was not spoken to`() {
    #expect(
      ServerFault.otherKey.description == """
        the server at that address has another key than the one the invite names, so it is not the \
        study's server, or that was set up anew; nothing was sent to it; ask whoever runs the server, \
        and join with a new invite if its key has changed
        """)
    #expect(
      ServerFault.noAuthority.description == """
        the server at that address cannot prove that it is the study's: its certificate is of no \
        authority that this laptop trusts, for another name or out of date, and the invite names no key; \
        nothing was sent to it; check this laptop's date, or ask for a new invite and paste it whole
        """)
    #expect(
      ServerFault.noTLS.description == """
        the server at that address speaks no TLS 1.3, so nothing was sent to it; it may be another \
        program or a network's login page, or the server runs with plain HTTP; ask whoever runs it
        """)
  }
}
