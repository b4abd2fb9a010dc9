import CuadernoSync
import CuadernoTestSupport
import Foundation
import Testing

@testable import CuadernoServer

/// The key and certificate that a server makes for itself, and those that it is given.
@Suite struct OwnCertificateTests {
  private let folder: ScratchFolder
  private let own: OwnCertificate

  init() throws {
    folder = try ScratchFolder()
    own = OwnCertificate(folder: folder.path)
  }

  private func fault(
    _ body: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
  ) -> CertificateFault? {
    #expect(throws: CertificateFault.self, sourceLocation: sourceLocation) { try body() }
  }

  @Test func `a key is made once, for its owner alone, and used from then on`() throws {
    let first = try own.identity()
    let key = try folder.bytes(of: "key.pem")
    let certificate = try folder.bytes(of: "certificate.pem")
    let second = try own.identity()

    #expect(first.fingerprint == second.fingerprint)
    #expect(try folder.names() == ["certificate.pem", "key.pem"])
    #expect(try folder.bytes(of: "key.pem") == key)
    #expect(try folder.bytes(of: "certificate.pem") == certificate)
    #expect(try folder.permissions(of: "key.pem") == 0o600)
  }

  @Test func `two servers have two keys`() throws {
    let other = try ScratchFolder()

    #expect(
      try own.identity().fingerprint != OwnCertificate(folder: other.path).identity().fingerprint)
  }

  @Test func `a key that others could read is its owner's again`() throws {
    let before = try own.identity()
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o644], ofItemAtPath: folder.file("key.pem"))

    #expect(try own.identity().fingerprint == before.fingerprint)
    #expect(try folder.permissions(of: "key.pem") == 0o600)
  }

  @Test(arguments: ["missing", "damaged", "of another key"])
  func `a certificate that does not serve is made anew around the same key`(state: String) throws {
    let before = try own.identity()
    let other = try ScratchFolder()
    _ = try OwnCertificate(folder: other.path).identity()
    switch state {
    case "missing": try folder.remove("certificate.pem")
    case "damaged": try folder.write(Array("-----BEGIN".utf8), to: "certificate.pem")
    default: try folder.write(other.bytes(of: "certificate.pem"), to: "certificate.pem")
    }

    #expect(try own.identity().fingerprint == before.fingerprint)
    #expect(
      try TLSIdentity.fingerprint(ofFile: folder.file("certificate.pem")) == before.fingerprint)
  }

  @Test func `a lost key is never replaced in silence`() throws {
    _ = try own.identity()
    try folder.remove("key.pem")

    let fault = fault { _ = try own.identity() }

    #expect(
      fault?.description == """
        the data folder has the server's certificate.pem, but not its key.pem; put that back from a \
        copy, or remove certificate.pem to begin with a new key: then every notebook needs a new invite
        """)
    #expect(try folder.names() == ["certificate.pem"])
  }

  @Test(arguments: ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
  func `a damaged key is told and left as it is`(content: String) throws {
    _ = try own.identity()
    try folder.write(Array(content.utf8), to: "key.pem")

    #expect(fault { _ = try own.identity() } == .ownKeyDamaged)
    #expect(try folder.bytes(of: "key.pem") == Array(content.utf8))
  }

  @Test func `a folder that cannot be written is told with its error`() {
    let nowhere = OwnCertificate(folder: folder.file("nowhere"))

    #expect(fault { _ = try nowhere.identity() } == .ownFilesUnusable(code: ENOENT))
  }

  @Test func `a given certificate and its key are shown`() throws {
    let made = try own.identity()

    let given = try TLSIdentity(
      certificateFile: folder.file("certificate.pem"), keyFile: folder.file("key.pem"))

    #expect(given.fingerprint == made.fingerprint)
  }

  @Test func `a given file that is missing or of another kind is told by its option`() throws {
    let other = try ScratchFolder()
    _ = try own.identity()
    _ = try OwnCertificate(folder: other.path).identity()
    let certificate = folder.file("certificate.pem")
    let key = folder.file("key.pem")

    func words(_ certificate: String, _ key: String) -> String? {
      fault { _ = try TLSIdentity(certificateFile: certificate, keyFile: key) }?.description
    }

    #expect(
      words(folder.file("none"), key) == """
        the file of --certificate cannot be read (error 2); check that it exists and that this user may \
        read it
        """)
    #expect(words(certificate, folder.file("none"))?.hasPrefix("the file of --key cannot") == true)
    #expect(
      words(key, key) == "the file of --certificate has no certificate in PEM at its beginning")
    #expect(
      words(certificate, certificate)
        == "the file of --key has no private key in PEM without a password")
    #expect(
      words(certificate, other.file("key.pem")) == """
        the key of --key is not that of the first certificate in the file of --certificate; give the two \
        that were made together, the server's own certificate before its authority's
        """)
  }
}
