package import CuadernoSync
import NIOCore
import NIOSSL

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a server proves itself with: a certificate, and the key that belongs to it.
package struct TLSIdentity: Sendable {
  /// What an invite names the server by.
  package let fingerprint: KeyFingerprint

  let configuration: TLSConfiguration
  let context: NIOSSLContext

  /// - Parameters:
  ///   - chain: certificates in PEM, the server's own first.
  ///   - key: a private key in PEM, without a password.
  init(chain: [UInt8], key: [UInt8]) throws(CertificateFault) {
    let certificates = Self.certificates(chain)
    guard let own = certificates.first,
      let publicKey = try? own.extractPublicKey().toSPKIBytes()
    else { throw .noCertificate }
    guard let privateKey = try? NIOSSLPrivateKey(bytes: key, format: .pem) else { throw .noKey }
    fingerprint = KeyFingerprint(ofPublicKey: publicKey)
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(privateKey))
    configuration.minimumTLSVersion = .tlsv13
    configuration.applicationProtocols = ["http/1.1"]
    // What is said here ends by itself (RFC 9112, section 6.3), so nobody is waited for when it stops.
    configuration.shutdownTimeout = .seconds(1)
    // The library compares the key with the certificate when it takes them.
    guard let context = try? NIOSSLContext(configuration: configuration) else { throw .keysDiffer }
    self.configuration = configuration
    self.context = context
  }

  /// Of files that somebody gave.
  package init(certificateFile: String, keyFile: String) throws(CertificateFault) {
    try self.init(
      chain: Self.bytes(of: certificateFile, named: "--certificate"),
      key: Self.bytes(of: keyFile, named: "--key"))
  }

  /// The fingerprint of the first certificate in a file.
  static func fingerprint(ofFile path: String) throws(CertificateFault) -> KeyFingerprint {
    let chain = try bytes(of: path, named: "--certificate")
    guard let key = try? certificates(chain).first?.extractPublicKey().toSPKIBytes() else {
      throw .noCertificate
    }
    return KeyFingerprint(ofPublicKey: key)
  }

  private static func certificates(_ pem: [UInt8]) -> [NIOSSLCertificate] {
    (try? NIOSSLCertificate.fromPEMBytes(pem)) ?? []
  }

  static func bytes(
    of path: String, named option: String
  ) throws(CertificateFault) -> [UInt8] {
    switch SmallFile.content(of: path) {
    case .success(let bytes): return bytes
    case .failure(let failure): throw .unreadable(option: option, code: failure.code)
    }
  }
}

/// Why there is nothing for a server to prove itself with. Nothing was changed.
package enum CertificateFault: Error, Equatable {
  case unreadable(option: String, code: Int32)
  case noCertificate
  case noKey
  /// The key is not that of the certificate.
  case keysDiffer

  /// A certificate that the server made lies in the data folder, and its key does not.
  case ownKeyMissing
  case ownKeyDamaged
  case ownFilesUnusable(code: Int32)
}

extension CertificateFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let option, let code):
      "the file of \(option) cannot be read (error \(code)); check that it exists and that this user "
        + "may read it"
    case .noCertificate:
      "the file of --certificate has no certificate in PEM at its beginning"
    case .noKey:
      "the file of --key has no private key in PEM without a password"
    case .keysDiffer:
      "the key of --key is not that of the first certificate in the file of --certificate; give the "
        + "two that were made together, the server's own certificate before its authority's"
    case .ownKeyMissing:
      "the data folder has the server's certificate.pem, but not its key.pem; put that back from a copy, "
        + "or remove certificate.pem to begin with a new key: then every notebook needs a new invite"
    case .ownKeyDamaged:
      "key.pem in the data folder is no private key any more; put it back from a copy, or remove it and "
        + "certificate.pem to begin with a new key: then every notebook needs a new invite"
    case .ownFilesUnusable(let code):
      "key.pem and certificate.pem in the data folder cannot be used (error \(code)); check the folder, "
        + "its owner and its free space"
    }
  }
}
