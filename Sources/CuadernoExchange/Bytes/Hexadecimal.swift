import CuadernoSync

/// The 128 bits of an id as digits, of which an export of a study has hundreds of thousands.
enum Hexadecimal {
  enum Letters: UInt64 {
    /// From what follows "9" to the first letter: 0x3A to "a" and to "A".
    case lower = 39
    case upper = 7
  }

  /// The eight digits of 32 bits, the first in the highest byte.
  ///
  /// Each half byte comes into a byte of its own, and all of them become characters at once.
  static func digits(of bits: UInt32, _ letters: Letters) -> UInt64 {
    var halves = UInt64(bits)
    halves = (halves << 16 | halves) & 0x0000_FFFF_0000_FFFF
    halves = (halves << 8 | halves) & 0x00FF_00FF_00FF_00FF
    halves = (halves << 4 | halves) & 0x0F0F_0F0F_0F0F_0F0F
    let pastNine = (halves &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return halves &+ 0x3030_3030_3030_3030 &+ pastNine &* letters.rawValue
  }

  /// The 32 digits of an id, in lower case and without hyphens.
  static func append(_ id: RecordID, to bytes: inout [UInt8]) {
    let value = id.rawValue
    for place in 0..<4 {
      let digits = digits(of: UInt32(truncatingIfNeeded: value >> (96 - 32 * place)), .lower)
      unsafe withUnsafeBytes(of: digits.bigEndian) { unsafe bytes.append(contentsOf: $0) }
    }
  }

  /// Writes the 36 characters of a GUID, in upper case.
  static func writeGUID(of id: RecordID, to output: UnsafeMutableBufferPointer<UInt8>) {
    let value = id.rawValue
    var place = 0
    for shift in 0..<4 {
      var digits = digits(of: UInt32(truncatingIfNeeded: value >> (96 - 32 * shift)), .upper)
      for _ in 0..<8 {
        if place == 8 || place == 13 || place == 18 || place == 23 {
          unsafe output[place] = UInt8(ascii: "-")
          place += 1
        }
        unsafe output[place] = UInt8(truncatingIfNeeded: digits >> 56)
        digits <<= 8
        place += 1
      }
    }
  }
}
