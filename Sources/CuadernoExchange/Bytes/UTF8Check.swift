/// Where bytes stop being UTF-8.
enum UTF8Check {
  /// The offset of the first byte that begins no well-formed sequence; nil when all do.
  ///
  /// After the table of well-formed byte sequences in the Unicode Standard (section 3.9, table 3-7):
  /// no overlong forms, no surrogates, nothing past U+10FFFF.
  static func firstFault(in bytes: [UInt8]) -> Int? {
    var offset = 0
    while offset < bytes.count {
      let length = sequenceLength(bytes, at: offset)
      guard length > 0 else { return offset }
      offset += length
    }
    return nil
  }

  private static func sequenceLength(_ bytes: [UInt8], at offset: Int) -> Int {
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
    for next in bytes[(offset + 2)..<(offset + length)] where !(0x80...0xBF).contains(next) {
      return 0
    }
    return length
  }
}
