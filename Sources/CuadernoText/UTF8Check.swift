/// Where bytes stop being UTF-8.
package enum UTF8Check {
  /// The offset of the first byte that begins no well-formed sequence; nil when all do.
  ///
  /// After the table of well-formed byte sequences in the Unicode Standard (section 3.9, table 3-7):
  /// no overlong forms, no surrogates, nothing past U+10FFFF.
  ///
  /// Eight bytes are passed at once where they hold ASCII and sequences of two bytes alone, of which a
  /// text in Spanish is made.
  package static func firstFault(in bytes: borrowing Span<UInt8>) -> Int? {
    var offset = 0
    while offset < bytes.count {
      if let length = shortSequences(bytes, at: offset) {
        offset += length
        continue
      }
      let length = sequenceLength(bytes, at: offset)
      guard length > 0 else { return offset }
      offset += length
    }
    return nil
  }

  /// How many of the next eight bytes are whole sequences, when they begin none of three or four bytes
  /// and are well formed; nil for what has to be looked at one by one.
  private static func shortSequences(_ bytes: borrowing Span<UInt8>, at offset: Int) -> Int? {
    guard let word = bytes.word(at: offset) else { return nil }
    let high: UInt64 = 0x8080_8080_8080_8080
    guard word & high != 0 else { return 8 }
    // Each bit that is asked for stands in the highest of its byte.
    let leads = word & word << 1 & high
    let continuations = word & ~(word << 1) & high
    let isAboveC1 = (word & 0x1E1E_1E1E_1E1E_1E1E) &+ 0x7E7E_7E7E_7E7E_7E7E
    guard leads & word << 2 == 0, leads & ~isAboveC1 == 0, leads << 8 == continuations else {
      return nil
    }
    return leads >> 63 == 0 ? 8 : 7
  }

  private static func sequenceLength(_ bytes: borrowing Span<UInt8>, at offset: Int) -> Int {
    let first = bytes[offset]
    if first < 0x80 { return 1 }
    let second: ClosedRange<UInt8>
    let length: Int
    switch first {
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xE1...0xEC, 0xEE...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return 0
    }
    guard offset + length <= bytes.count, second.contains(bytes[offset + 1]) else { return 0 }
    for place in (offset + 2)..<(offset + length) where !bytes[place].continuesScalar { return 0 }
    return length
  }
}
