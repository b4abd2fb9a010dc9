import CuadernoModel
import CuadernoText

/// Reads one JSON value from bytes (RFC 8259), strictly and in one pass.
///
/// Foundation's readers take three to ten times as long for a file of interviews, keep one of two
/// equal names in silence, and mend half surrogates (measured in Benchmarks; what is mended here
/// would be somebody's words).
package struct JSONReader {
  /// Our deepest line has four levels; the rest is room.
  package static let depthMax = 16
  /// Of a string: more than a text that may be kept, also where its letters are written with marks of their own.
  package static let stringBytesMax = 2 * Limits.textBytes

  package struct Failure: Error, Equatable {
    package var fault: JSONFault
    package var offset: Int
  }

  private let bytes: [UInt8]
  private let end: Int
  private let stringBytesMax: Int
  private var offset: Int

  /// - Parameter range: the part of the bytes that holds the value; offsets count from the bytes'
  ///   own start.
  private init(_ bytes: [UInt8], _ range: Range<Int>, _ stringBytesMax: Int) {
    self.stringBytesMax = stringBytesMax
    self.bytes = bytes
    end = range.upperBound
    offset = range.lowerBound
  }

  package static func value(
    _ bytes: [UInt8], in range: Range<Int>? = nil, stringBytesMax: Int = Self.stringBytesMax
  ) throws(Failure) -> JSONValue {
    var reader = JSONReader(bytes, range ?? 0..<bytes.count, stringBytesMax)
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    guard reader.offset == reader.end else { throw reader.failure(.textAfterValue) }
    return value
  }

  private func failure(_ fault: JSONFault) -> Failure {
    Failure(fault: fault, offset: offset)
  }

  private mutating func skipSpace() {
    while offset < end {
      switch bytes[offset] {
      case 0x20, 0x09, 0x0A, 0x0D: offset += 1
      default: return
      }
    }
  }

  private mutating func value(depth: Int) throws(Failure) -> JSONValue {
    skipSpace()
    guard offset < end else { throw failure(.cutOff) }
    switch bytes[offset] {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
    case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    case UInt8(ascii: "t"):
      try word("true")
      return .bool(true)
    case UInt8(ascii: "f"):
      try word("false")
      return .bool(false)
    case UInt8(ascii: "n"):
      try word("null")
      return .null
    default: throw failure(.unexpected)
    }
  }

  private mutating func word(_ word: StaticString) throws(Failure) {
    for unit in word.description.utf8 {
      guard offset < end else { throw failure(.cutOff) }
      guard bytes[offset] == unit else { throw failure(.unexpected) }
      offset += 1
    }
  }

  // MARK: - Objects and arrays

  private mutating func object(depth: Int) throws(Failure) -> [JSONValue.Member] {
    guard depth <= Self.depthMax else { throw failure(.tooDeep) }
    var members = [JSONValue.Member]()
    members.reserveCapacity(8)
    var names = NameSet()
    offset += 1
    skipSpace()
    if try isNext("}") { return members }
    while true {
      skipSpace()
      guard offset < end else { throw failure(.cutOff) }
      guard bytes[offset] == UInt8(ascii: "\"") else { throw failure(.unexpected) }
      let start = offset
      let key = try string()
      guard names.insert(key, members) else {
        throw Failure(fault: .repeatedKey, offset: start)
      }
      skipSpace()
      guard try isNext(":") else { throw failure(.unexpected) }
      members.append(JSONValue.Member(key, try value(depth: depth), offset: start))
      skipSpace()
      if try isNext("}") { return members }
      guard try isNext(",") else { throw failure(.unexpected) }
    }
  }

  private mutating func array(depth: Int) throws(Failure) -> [JSONValue] {
    guard depth <= Self.depthMax else { throw failure(.tooDeep) }
    var elements = [JSONValue]()
    offset += 1
    skipSpace()
    if try isNext("]") { return elements }
    while true {
      elements.append(try value(depth: depth))
      skipSpace()
      if try isNext("]") { return elements }
      guard try isNext(",") else { throw failure(.unexpected) }
    }
  }

  private mutating func isNext(_ scalar: Unicode.Scalar) throws(Failure) -> Bool {
    guard offset < end else { throw failure(.cutOff) }
    guard bytes[offset] == UInt8(ascii: scalar) else { return false }
    offset += 1
    return true
  }

  // MARK: - Strings

  private mutating func string() throws(Failure) -> String {
    offset += 1
    let start = offset
    while offset < end {
      let byte = bytes[offset]
      if byte == UInt8(ascii: "\"") {
        try check(offset - start, from: start)
        let text = try utf8(bytes[start..<offset])
        offset += 1
        return text
      }
      if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
      if byte < 0x20 { throw failure(byte == 0 ? .nul : .controlCharacter) }
      offset += 1
    }
    throw failure(.cutOff)
  }

  private mutating func escapedString(from start: Int) throws(Failure) -> String {
    try check(offset - start, from: start)
    var content = [UInt8](bytes[start..<offset])
    while offset < end {
      try check(content.count, from: start)
      let byte = bytes[offset]
      switch byte {
      case UInt8(ascii: "\""):
        let text = try utf8(content[...], isCopy: true)
        offset += 1
        return text
      case UInt8(ascii: "\\"):
        try escape(&content)
      case 0..<0x20:
        throw failure(byte == 0 ? .nul : .controlCharacter)
      default:
        let run = offset
        while offset < end, bytes[offset] >= 0x20, bytes[offset] != UInt8(ascii: "\""),
          bytes[offset] != UInt8(ascii: "\\")
        {
          offset += 1
        }
        try check(content.count + offset - run, from: start)
        content += bytes[run..<offset]
      }
    }
    throw failure(.cutOff)
  }

  private func check(_ count: Int, from start: Int) throws(Failure) {
    guard count <= stringBytesMax else { throw Failure(fault: .longString, offset: start) }
  }

  private mutating func escape(_ content: inout [UInt8]) throws(Failure) {
    guard offset + 1 < end else { throw failure(.cutOff) }
    switch bytes[offset + 1] {
    case UInt8(ascii: "\""): content.append(UInt8(ascii: "\""))
    case UInt8(ascii: "\\"): content.append(UInt8(ascii: "\\"))
    case UInt8(ascii: "/"): content.append(UInt8(ascii: "/"))
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "f"): content.append(0x0C)
    case UInt8(ascii: "n"): content.append(0x0A)
    case UInt8(ascii: "r"): content.append(0x0D)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "u"):
      content.append(contentsOf: String(Character(try unicodeEscape())).utf8)
      return
    default: throw failure(.unknownEscape)
    }
    offset += 2
  }

  private mutating func unicodeEscape() throws(Failure) -> Unicode.Scalar {
    let start = offset
    let first = try codeUnit()
    if first == 0 { throw Failure(fault: .nul, offset: start) }
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard UTF16.isLeadSurrogate(first), offset + 1 < end, bytes[offset] == UInt8(ascii: "\\"),
      bytes[offset + 1] == UInt8(ascii: "u")
    else { throw Failure(fault: .loneSurrogate, offset: start) }
    let second = try codeUnit()
    guard UTF16.isTrailSurrogate(second) else {
      throw Failure(fault: .loneSurrogate, offset: start)
    }
    return UTF16.decode(UTF16.EncodedScalar([first, second]))
  }

  /// The four digits of an escape, which begins here.
  private mutating func codeUnit() throws(Failure) -> UInt16 {
    guard offset + 6 <= end else { throw failure(.cutOff) }
    var unit: UInt16 = 0
    for index in offset + 2..<offset + 6 {
      guard let digit = Character(Unicode.Scalar(bytes[index])).hexDigitValue else {
        throw failure(.unknownEscape)
      }
      unit = unit << 4 | UInt16(digit)
    }
    offset += 6
    return unit
  }

  private func utf8(_ slice: ArraySlice<UInt8>, isCopy: Bool = false) throws(Failure) -> String {
    if let text = String(validating: slice, as: UTF8.self) { return text }
    let fault = UTF8Check.firstFault(in: Array(slice).span) ?? 0
    throw Failure(fault: .notUTF8, offset: isCopy ? offset : slice.startIndex + fault)
  }

  // MARK: - Numbers

  private mutating func number() throws(Failure) -> JSONValue {
    let start = offset
    var isWhole = true
    if bytes[offset] == UInt8(ascii: "-") { offset += 1 }
    let first = offset
    guard digits() > 0 else { throw failure(offset == end ? .cutOff : .malformedNumber) }
    // A leading zero would be an octal number to somebody else.
    guard bytes[first] != UInt8(ascii: "0") || offset == first + 1 else {
      throw Failure(fault: .malformedNumber, offset: start)
    }
    if offset < end, bytes[offset] == UInt8(ascii: ".") {
      isWhole = false
      offset += 1
      guard digits() > 0 else { throw failure(offset == end ? .cutOff : .malformedNumber) }
    }
    if offset < end, bytes[offset] | 0x20 == UInt8(ascii: "e") {
      isWhole = false
      offset += 1
      if offset < end, bytes[offset] == UInt8(ascii: "+") || bytes[offset] == UInt8(ascii: "-") {
        offset += 1
      }
      guard digits() > 0 else { throw failure(offset == end ? .cutOff : .malformedNumber) }
    }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    if isWhole, let integer = Int64(text) { return .integer(integer) }
    guard !isWhole, let number = Double(text), number.isFinite else {
      throw Failure(fault: .numberOutOfRange, offset: start)
    }
    return .number(number)
  }

  private mutating func digits() -> Int {
    let start = offset
    while offset < end, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[offset]) {
      offset += 1
    }
    return offset - start
  }
}

/// The names of an object so far: few are compared one by one, many are looked up.
private struct NameSet {
  private var names: Set<String>?

  /// Whether a name is new; the members are those before it.
  mutating func insert(_ name: String, _ members: [JSONValue.Member]) -> Bool {
    if names == nil {
      guard members.count >= 16 else { return !members.contains { $0.key == name } }
      names = Set(members.map(\.key))
    }
    return names?.insert(name).inserted ?? true
  }
}
