import CuadernoModel

/// Takes a table apart, strictly: what RFC 4180 does not allow is refused with its line, because a
/// table read wrongly shifts somebody's words into somebody else's row.
///
/// More than the RFC allows: LF or CR alone ends a row, and the delimiter may be a semicolon, as
/// Excel writes it where the comma is the decimal sign, or a tab.
struct CSVParser {
  /// Of a cell: more than a text that may be kept, also where its letters are written with marks of their own.
  static let cellBytesMax = 2 * Limits.textBytes

  private let bytes: [UInt8]
  private let delimiter: UInt8
  private let cellBytesMax: Int
  private var offset = 0
  private var line = 1

  init(_ text: String, cellBytesMax: Int = Self.cellBytesMax) {
    self.cellBytesMax = cellBytesMax
    bytes = Array(text.utf8)
    delimiter = Self.delimiter(of: bytes)
  }

  /// The next row with the line on which it begins; nil at the end. Empty lines are passed over.
  mutating func row() throws -> (line: Int, cells: [String])? {
    while offset < bytes.count, isLineEnd(bytes[offset]) { skipLineEnd() }
    guard offset < bytes.count else { return nil }
    let start = line
    var cells = [String]()
    while true {
      cells.append(try cell())
      guard offset < bytes.count else { break }
      guard bytes[offset] == delimiter else {
        skipLineEnd()
        break
      }
      offset += 1
    }
    return (start, cells)
  }

  private mutating func cell() throws -> String {
    guard offset < bytes.count, bytes[offset] == 0x22 else { return try bareCell() }
    return try quotedCell()
  }

  private mutating func bareCell() throws -> String {
    let start = offset
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == delimiter || isLineEnd(byte) { break }
      if byte == 0x22 { throw ExchangeError(.line(line), .table(.strayQuote)) }
      if byte == 0 { throw ExchangeError(.line(line), .table(.nul)) }
      offset += 1
    }
    try check(offset - start, line: line)
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private mutating func quotedCell() throws -> String {
    let opened = line
    var content = [UInt8]()
    offset += 1
    while true {
      guard offset < bytes.count else { throw ExchangeError(.line(opened), .table(.openQuote)) }
      try check(content.count, line: opened)
      let byte = bytes[offset]
      switch byte {
      case 0x22 where offset + 1 < bytes.count && bytes[offset + 1] == 0x22:
        content.append(0x22)
        offset += 2
      case 0x22:
        offset += 1
        guard offset == bytes.count || bytes[offset] == delimiter || isLineEnd(bytes[offset]) else {
          throw ExchangeError(.line(line), .table(.textAfterQuote))
        }
        return String(decoding: content, as: UTF8.self)
      case 0:
        throw ExchangeError(.line(line), .table(.nul))
      case 0x0D, 0x0A:
        let start = offset
        skipLineEnd()
        content += bytes[start..<offset]
      default:
        content.append(byte)
        offset += 1
      }
    }
  }

  private func check(_ count: Int, line: Int) throws {
    guard count <= cellBytesMax else {
      throw ExchangeError(.line(line), .table(.tooLong(limit: Limits.textBytes)))
    }
  }

  private func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

  private mutating func skipLineEnd() {
    let isPair =
      bytes[offset] == 0x0D && offset + 1 < bytes.count && bytes[offset + 1] == 0x0A
    offset += isPair ? 2 : 1
    line += 1
  }

  /// Of the signs in the first row and outside quotes, the one that is there most; a comma in doubt.
  private static func delimiter(of bytes: [UInt8]) -> UInt8 {
    let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09]
    var counts = [UInt8: Int]()
    var isQuoted = false
    for byte in bytes.drop(while: { $0 == 0x0A || $0 == 0x0D }) {
      if byte == 0x22 { isQuoted.toggle() }
      if isQuoted { continue }
      if byte == 0x0A || byte == 0x0D { break }
      if candidates.contains(byte) { counts[byte, default: 0] += 1 }
    }
    var best = candidates[0]
    for candidate in candidates where counts[candidate, default: 0] > counts[best, default: 0] {
      best = candidate
    }
    return best
  }
}
