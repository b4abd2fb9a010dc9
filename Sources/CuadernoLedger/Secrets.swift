import CuadernoSync

/// What an invite carries: whoever has it may join once.
///
/// Written in Crockford's base 32 (crockford.com/base32.html), which has no letters that look
/// alike, because it may have to be read out over a radio and typed.
package struct InviteSecret: Hashable, Sendable {
  private let bytes: [UInt8]

  package static let byteCount = 32

  /// 256 bits at five a digit; the last digit has four bits to spare, which are zero.
  private static let digitCount = 52
  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

  init(bytes: [UInt8]) {
    precondition(bytes.count == Self.byteCount)
    self.bytes = bytes
  }

  /// Reads what somebody typed: in any case, with or without hyphens and blanks, O for 0, I or L
  /// for 1.
  package init?(typed text: String) {
    var bytes = [UInt8]()
    var buffer: UInt32 = 0
    var bits = 0
    var digits = 0
    for unit in text.utf8 where unit != UInt8(ascii: "-") && unit != UInt8(ascii: " ") {
      guard let value = Self.value(of: unit), digits < Self.digitCount else { return nil }
      digits += 1
      buffer = buffer << 5 | UInt32(value)
      bits += 5
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
        buffer &= 1 << UInt32(bits) - 1
      }
    }
    guard digits == Self.digitCount, buffer == 0 else { return nil }
    self.bytes = bytes
  }

  private static func value(of unit: UInt8) -> Int? {
    var unit = unit
    if (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(unit) { unit -= 32 }
    switch unit {
    case UInt8(ascii: "O"): unit = UInt8(ascii: "0")
    case UInt8(ascii: "I"), UInt8(ascii: "L"): unit = UInt8(ascii: "1")
    default: break
    }
    return alphabet.firstIndex(of: unit)
  }

  /// Thirteen groups of four digits.
  package var text: String {
    var text = [UInt8]()
    var buffer: UInt32 = 0
    var bits = 0
    var digits = 0
    for byte in bytes + [0] where digits < Self.digitCount {
      buffer = buffer << 8 | UInt32(byte)
      bits += 8
      while bits >= 5, digits < Self.digitCount {
        bits -= 5
        if digits > 0, digits % 4 == 0 { text.append(UInt8(ascii: "-")) }
        text.append(Self.alphabet[Int(buffer >> UInt32(bits) & 31)])
        buffer &= 1 << UInt32(bits) - 1
        digits += 1
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The one string that a person pastes. What comes after a full stop is left free for the
  /// fingerprint of the server's certificate.
  package func link(to url: String) -> String {
    "\(url)#\(text)"
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
