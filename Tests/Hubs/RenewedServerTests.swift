import CuadernoServer
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoClient

/// A server whose certificate is renewed while it runs.
@Suite struct RenewedServerTests {
  @Test func `new connections show the renewed certificate, without a restart`() async throws {
    let folder = try ScratchFolder()
    @Sendable func renew() throws -> KeyFingerprint {
      let other = try ScratchFolder()
      let fingerprint = try OwnCertificate(folder: other.path).identity().fingerprint
      try folder.write(other.bytes(of: "certificate.pem"), to: "chain.pem")
      try folder.write(other.bytes(of: "key.pem"), to: "privkey.pem")
      return fingerprint
    }
    let first = try renew()
    let identity = try RenewedIdentity(
      certificateFile: folder.file("chain.pem"), keyFile: folder.file("privkey.pem"))
    let server = try await TestServer()
    let token = try await server.token(device: 0xC0)
    try await server.run(.renewed(identity)) { port in
      func isServer(of fingerprint: KeyFingerprint) async throws -> Bool {
        try await withHTTPClient(pinning: fingerprint) { client in
          let hub = HTTPHub(
            client: client, url: "https://localhost:\(port)", study: TestServer.study,
            token: token)
          do {
            _ = try await hub.verify()
            return true
          } catch HubError.untrusted {
            return false
          }
        }
      }
      #expect(try await isServer(of: first))
      let second = try renew()
      #expect(try await isServer(of: first))
      #expect(try identity.renew())
      #expect(try await isServer(of: second))
      #expect(try await !isServer(of: first))
    }
  }
}
