/// Bytes as people read them out and type them: Crockford's base 32 (crockford.com/base32.html), which
/// has no letters that look alike.
package enum CrockfordBase32 {
  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

  /// Groups of four digits with hyphens between them; the last digit is filled up with zero bits.
  package static func text(of bytes: [UInt8]) -> String {
    var text = [UInt8]()
    var buffer: UInt32 = 0
    var bits = 0
    var digits = 0
    for byte in bytes + [0] where digits < digitCount(of: bytes.count) {
      buffer = buffer << 8 | UInt32(byte)
      bits += 8
      while bits >= 5, digits < digitCount(of: bytes.count) {
        bits -= 5
        if digits > 0, digits % 4 == 0 { text.append(UInt8(ascii: "-")) }
        text.append(alphabet[Int(buffer >> UInt32(bits) & 31)])
        buffer &= 1 << UInt32(bits) - 1
        digits += 1
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads what somebody typed: in any case, with or without hyphens and blanks, O for 0, I or L
  /// for 1. Nil unless it spells just so many bytes.
  package static func bytes(typed text: some StringProtocol, count: Int) -> [UInt8]? {
    var bytes = [UInt8]()
    var buffer: UInt32 = 0
    var bits = 0
    var digits = 0
    for unit in text.utf8 where unit != UInt8(ascii: "-") && unit != UInt8(ascii: " ") {
      guard let value = value(of: unit), digits < digitCount(of: count) else { return nil }
      digits += 1
      buffer = buffer << 5 | UInt32(value)
      bits += 5
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
        buffer &= 1 << UInt32(bits) - 1
      }
    }
    guard digits == digitCount(of: count), buffer == 0 else { return nil }
    return bytes
  }

  private static func digitCount(of bytes: Int) -> Int { (8 * bytes + 4) / 5 }

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
}
