import CuadernoTestSupport
import Testing

@testable import CuadernoServer

/// A certificate that was renewed is shown without a restart, and a broken one is not.
@Suite struct RenewedIdentityTests {
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    try renew()
  }

  /// Puts another key and its certificate into the files.
  private func renew() throws {
    let other = try ScratchFolder()
    _ = try OwnCertificate(folder: other.path).identity()
    try folder.write(other.bytes(of: "certificate.pem"), to: "chain.pem")
    try folder.write(other.bytes(of: "key.pem"), to: "privkey.pem")
  }

  private func identity() throws -> RenewedIdentity {
    try RenewedIdentity(
      certificateFile: folder.file("chain.pem"), keyFile: folder.file("privkey.pem"))
  }

  @Test func `what was renewed is shown from then on, and only then`() throws {
    let identity = try identity()
    let first = identity.current.fingerprint
    #expect(try !identity.renew())
    try renew()
    #expect(identity.current.fingerprint == first)
    #expect(try identity.renew())
    #expect(identity.current.fingerprint != first)
    #expect(try !identity.renew())
  }

  @Test func `halfway through a renewal the old one stays`() throws {
    let identity = try identity()
    let first = identity.current.fingerprint
    let chain = try folder.bytes(of: "chain.pem")
    try renew()
    try folder.write(chain, to: "chain.pem")
    #expect(throws: CertificateFault.keysDiffer) { try identity.renew() }
    try folder.write([], to: "privkey.pem")
    #expect(throws: CertificateFault.noKey) { try identity.renew() }
    try folder.remove("privkey.pem")
    #expect(throws: CertificateFault.unreadable(option: "--key", code: 2)) { try identity.renew() }
    #expect(identity.current.fingerprint == first)
  }
}
