/// What a server is known by: the SHA-256 of the key in its certificate (SubjectPublicKeyInfo, RFC 5280,
/// section 4.1.2.7).
///
/// The key and not the certificate, so that a certificate can be made anew; HTTP's own pins were
/// the same hash (RFC 7469, section 2.4), and curl takes it too.
package struct KeyFingerprint: Hashable, Sendable {
  private let digest: Digest

  /// What stands before the digits. Other ways of naming a server will begin with other digits.
  private static let version = UInt8(ascii: "1")

  /// - Parameter key: SubjectPublicKeyInfo in DER.
  package init(ofPublicKey key: [UInt8]) {
    digest = Digest(hashing: key)
  }

  /// Nil for bytes that are no hash.
  package init?(bytes: some Collection<UInt8>) {
    guard let digest = Digest(bytes: bytes) else { return nil }
    self.digest = digest
  }

  /// Reads what stands in an invite. Nil for another way of naming a server, too.
  package init?(typed text: some StringProtocol) {
    guard text.utf8.first == Self.version,
      let bytes = CrockfordBase32.bytes(
        typed: String(decoding: text.utf8.dropFirst(), as: UTF8.self), count: Digest.byteCount)
    else { return nil }
    self.init(bytes: bytes)
  }

  package var bytes: [UInt8] { digest.bytes }

  /// The version, a hyphen, and thirteen groups of four digits.
  package var text: String { "1-\(CrockfordBase32.text(of: bytes))" }
}
