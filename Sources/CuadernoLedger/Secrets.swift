package import CuadernoSync

/// What an invite carries: whoever has it may join once.
///
/// 52 digits, because it may have to be read out over a radio and typed.
package struct InviteSecret: Hashable, Sendable {
  private let bytes: [UInt8]

  package static let byteCount = 32

  init(bytes: [UInt8]) {
    precondition(bytes.count == Self.byteCount)
    self.bytes = bytes
  }

  package init?(typed text: String) {
    guard let bytes = CrockfordBase32.bytes(typed: text, count: Self.byteCount) else { return nil }
    self.bytes = bytes
  }

  /// Thirteen groups of four digits.
  package var text: String { CrockfordBase32.text(of: bytes) }

  /// The one string that a person pastes.
  ///
  /// - Parameter fingerprint: of the key that the server proves itself with; nil where an authority
  ///   vouches for the server, and without TLS.
  package func link(to url: String, pinning fingerprint: KeyFingerprint? = nil) -> String {
    "\(url)#\(text)" + (fingerprint.map { ".\($0.text)" } ?? "")
  }

  /// What the ledger keeps. No salt and no stretching: nobody can try out 256 random bits.
  var digest: Digest { Digest(hashing: bytes) }

  /// What is looked up for a text that is no secret, so that it takes as long as one that is.
  static func digest(typed text: String) -> Digest {
    InviteSecret(typed: text)?.digest ?? Digest(hashing: [])
  }
}

/// What a device shows with every request.
struct DeviceToken: Sendable {
  let text: String

  static let byteCount = 32
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  /// Base 64 for URLs and headers (RFC 4648, section 5), without padding.
  init(bytes: [UInt8]) {
    precondition(bytes.count == Self.byteCount)
    var text = [UInt8]()
    var buffer: UInt32 = 0
    var bits = 0
    for byte in bytes {
      buffer = buffer << 8 | UInt32(byte)
      bits += 8
      while bits >= 6 {
        bits -= 6
        text.append(Self.alphabet[Int(buffer >> UInt32(bits) & 63)])
        buffer &= 1 << UInt32(bits) - 1
      }
    }
    // 256 bits are 42 digits and four bits.
    text.append(Self.alphabet[Int(buffer << UInt32(6 - bits) & 63)])
    self.text = String(decoding: text, as: UTF8.self)
  }

  /// Over the text and not the bytes it spells, so that a token has one spelling.
  static func digest(of text: String) -> Digest {
    Digest(hashing: Array(text.utf8))
  }
}

extension Digest {
  /// Compares in a time that says nothing about where two digests differ.
  func isEqualInConstantTime(to other: Digest) -> Bool {
    zip(bytes, other.bytes).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
