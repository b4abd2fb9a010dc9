import CuadernoText

/// Turns the bytes of a file into text, and refuses what it would have to guess.
///
/// A wrong guess is not seen until somebody reads "aÃ±o" in a quotation, so without an encoding given
/// only two things are believed: a byte-order mark, and bytes that are UTF-8 throughout, which
/// text in another encoding almost never is by chance.
package enum TextDecoding {
  /// - Throws: ``ExchangeError`` at the first byte that does not fit.
  package static func text(_ bytes: [UInt8], as encoding: TextEncoding? = nil) throws -> String {
    let mark = ByteOrderMark(bytes)
    if mark == .utf32 { throw ExchangeError(.file, .bytes(.utf32)) }
    let encoding = encoding ?? mark?.encoding ?? .utf8
    let start = mark?.encoding == encoding ? mark?.byteCount ?? 0 : 0
    switch encoding {
    case .utf8: return try utf8(bytes, from: start)
    case .utf16LittleEndian: return try utf16(bytes, from: start) { $0 | $1 << 8 }
    case .utf16BigEndian: return try utf16(bytes, from: start) { $0 << 8 | $1 }
    case .windows1252, .latin1, .latin9, .macRoman: return try singleBytes(bytes, encoding)
    }
  }

  /// How many bytes of a byte-order mark stand before UTF-8.
  package static func markByteCount(_ bytes: [UInt8]) -> Int {
    ByteOrderMark(bytes) == .utf8 ? 3 : 0
  }

  private static func utf8(_ bytes: [UInt8], from start: Int) throws -> String {
    guard let text = String(validating: bytes[start...], as: UTF8.self) else {
      let offset = UTF8Check.firstFault(in: bytes.span) ?? bytes.count
      throw ExchangeError(.byte(offset), .bytes(.notUTF8))
    }
    try refuseBareUTF16(bytes)
    return text
  }

  /// ASCII in UTF-16 is valid UTF-8 with a zero after, or before, each letter.
  private static func refuseBareUTF16(_ bytes: [UInt8]) throws {
    guard bytes.count >= 4, bytes.count % 2 == 0, let zero = bytes.prefix(4).firstIndex(of: 0),
      bytes[zero ^ 1] != 0, bytes[zero ^ 2] == 0, bytes[zero ^ 3] != 0
    else { return }
    throw ExchangeError(
      .byte(zero), .bytes(.probablyUTF16(zero == 1 ? .utf16LittleEndian : .utf16BigEndian)))
  }

  private static func utf16(
    _ bytes: [UInt8], from start: Int, unit: (_ first: UInt16, _ second: UInt16) -> UInt16
  ) throws -> String {
    guard (bytes.count - start) % 2 == 0 else {
      throw ExchangeError(.byte(bytes.count - 1), .bytes(.oddByte))
    }
    let units = stride(from: start, to: bytes.count, by: 2).map {
      unit(UInt16(bytes[$0]), UInt16(bytes[$0 + 1]))
    }
    var index = 0
    while index < units.count {
      let isPair =
        UTF16.isLeadSurrogate(units[index]) && index + 1 < units.count
        && UTF16.isTrailSurrogate(units[index + 1])
      guard isPair || !UTF16.isSurrogate(units[index]) else {
        throw ExchangeError(.byte(start + 2 * index), .bytes(.unpairedSurrogate))
      }
      index += isPair ? 2 : 1
    }
    return String(decoding: units, as: UTF16.self)
  }

  private static func singleBytes(_ bytes: [UInt8], _ encoding: TextEncoding) throws -> String {
    let upper = CodePage.upperHalf(of: encoding) ?? []
    var text = String.UnicodeScalarView()
    text.reserveCapacity(bytes.count)
    for (offset, byte) in bytes.enumerated() {
      if byte < 0x80 {
        text.append(Unicode.Scalar(byte))
      } else if let scalar = Unicode.Scalar(upper[Int(byte) - 0x80]), scalar.value > 0 {
        text.append(scalar)
      } else {
        throw ExchangeError(.byte(offset), .bytes(.noCharacter(encoding)))
      }
    }
    return String(text)
  }
}

/// The mark that some programs put before a text (Unicode Standard, section 23.8).
private enum ByteOrderMark {
  case utf8, utf16LittleEndian, utf16BigEndian, utf32

  init?(_ bytes: [UInt8]) {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      self = .utf8
    } else if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) {
      self = .utf32
    } else if bytes.starts(with: [0xFF, 0xFE]) {
      self = .utf16LittleEndian
    } else if bytes.starts(with: [0xFE, 0xFF]) {
      self = .utf16BigEndian
    } else {
      return nil
    }
  }

  var encoding: TextEncoding? {
    switch self {
    case .utf8: .utf8
    case .utf16LittleEndian: .utf16LittleEndian
    case .utf16BigEndian: .utf16BigEndian
    case .utf32: nil
    }
  }

  var byteCount: Int { self == .utf8 ? 3 : 2 }
}
