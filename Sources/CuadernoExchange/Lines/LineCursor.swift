/// Some lines of a file of JSON Lines, one object after the other.
struct LineCursor {
  private let bytes: [UInt8]
  private var offset: Int

  /// How many lines of the file came before the next.
  private(set) var line: Int

  /// - Parameter line: how many lines of the file come before these.
  init(_ bytes: [UInt8], after line: Int = 0) {
    self.bytes = bytes
    self.line = line
    offset = line == 0 ? TextDecoding.markByteCount(bytes) : 0
  }

  /// The next object; nil at the end. Lines of nothing but space are passed over.
  mutating func next() throws(ExchangeError) -> LineObject? {
    while offset < bytes.count {
      let start = offset
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      offset = min(end + 1, bytes.count)
      line += 1
      if bytes[start..<end].contains(where: { $0 > 0x20 }) { return try object(start..<end) }
    }
    return nil
  }

  private func object(_ range: Range<Int>) throws(ExchangeError) -> LineObject {
    let value: JSONValue
    do {
      value = try JSONReader.value(bytes, in: range)
    } catch let failure {
      throw ExchangeError(
        .lineByte(line: line, byte: failure.offset - range.lowerBound + 1), .json(failure.fault))
    }
    guard case .object(let members) = value else {
      throw ExchangeError(.line(line), .lines(.notAnObject))
    }
    return LineObject(members, line: line, start: range.lowerBound)
  }
}
