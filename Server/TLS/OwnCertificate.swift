import Crypto
import Foundation
import SwiftASN1
import X509

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The certificate that a server makes for itself, in its data folder.
///
/// Only the key counts: invites name it, and notebooks compare nothing else. The certificate around it
/// is made anew whenever it is not there or belongs to another key.
package struct OwnCertificate {
  package static let certificateName = "certificate.pem"
  package static let keyName = "key.pem"

  let certificatePath: String
  private let keyPath: String

  /// - Parameter folder: the data folder, which must exist.
  package init(folder: String) {
    certificatePath = folder + "/" + Self.certificateName
    keyPath = folder + "/" + Self.keyName
  }

  /// What is there, after what was missing was made.
  package func identity() throws(CertificateFault) -> TLSIdentity {
    let key = try keyPEM()
    if case .success(let chain) = SmallFile.content(of: certificatePath),
      let identity = try? TLSIdentity(chain: chain, key: key)
    {
      return identity
    }
    let certificate = try Self.certificate(keyPEM: key)
    do throws(SmallFile.Failure) {
      try SmallFile.put(certificate, as: certificatePath, mode: 0o644, replaces: true)
    } catch {
      throw .ownFilesUnusable(code: error.code)
    }
    return try TLSIdentity(chain: certificate, key: key)
  }

  /// A lost key must not be replaced in silence: no notebook would speak to the server any more.
  private func keyPEM() throws(CertificateFault) -> [UInt8] {
    // Asked first: a key is made before its certificate, by another command too.
    let hasCertificate = unsafe access(certificatePath, F_OK) == 0
    if hasCertificate, case .failure(let failure) = SmallFile.content(of: keyPath),
      failure.code == ENOENT
    {
      throw .ownKeyMissing
    }
    do throws(SmallFile.Failure) {
      return try readOrMadeKey()
    } catch {
      throw .ownFilesUnusable(code: error.code)
    }
  }

  private func readOrMadeKey() throws(SmallFile.Failure) -> [UInt8] {
    switch SmallFile.content(of: keyPath) {
    case .success(let pem):
      // A copy that was put back may be open to others; where it is somebody else's that is their choice.
      _ = unsafe chmod(keyPath, 0o600)
      return pem
    case .failure(let failure) where failure.code != ENOENT:
      throw failure
    case .failure:
      let pem = Array(P256.Signing.PrivateKey().pemRepresentation.utf8) + [UInt8(ascii: "\n")]
      try SmallFile.put(pem, as: keyPath, mode: 0o600, replaces: false)
      // Another command may have been first.
      return try SmallFile.content(of: keyPath).get()
    }
  }

  /// A certificate for a key, signed with it, in PEM.
  static func certificate(
    keyPEM: [UInt8], from beginning: Date = beginning, until end: Date = end
  ) throws(CertificateFault) -> [UInt8] {
    guard
      let key = try? P256.Signing.PrivateKey(
        pemRepresentation: String(decoding: keyPEM, as: UTF8.self))
    else { throw .ownKeyDamaged }
    do {
      let name = try DistinguishedName { CommonName("cuaderno-server") }
      let certificate = try Certificate(
        version: .v3, serialNumber: Certificate.SerialNumber(),
        publicKey: Certificate.PublicKey(key.publicKey), notValidBefore: beginning,
        notValidAfter: end, issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
        extensions: Certificate.Extensions {
          Critical(BasicConstraints.notCertificateAuthority)
          Critical(KeyUsage(digitalSignature: true))
          try ExtendedKeyUsage([.serverAuth])
          SubjectAlternativeNames([
            .dnsName("localhost"), .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
            .ipAddress(
              ASN1OctetString(contentBytes: ArraySlice(repeatElement(0, count: 15) + [1]))),
          ])
        }, issuerPrivateKey: Certificate.PrivateKey(key))
      return Array(try certificate.serializeAsPEM().pemString.utf8) + [UInt8(ascii: "\n")]
    } catch {
      throw .ownKeyDamaged
    }
  }

  // A clock in the field may be years wrong, and a pinned key has no date; so the certificate holds from
  // before the program was written until the day that RFC 5280, section 4.1.2.5, has for "no end".
  private static let beginning = Date(timeIntervalSince1970: 946_684_800)
  private static let end = Date(timeIntervalSince1970: 253_402_300_799)
}
