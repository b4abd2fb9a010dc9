import CuadernoSync

/// Refuses what SwiftProtobuf's JSON lets through and the protocol does not.
///
/// SwiftProtobuf takes the last of two equal names, and reads a field under two of them. This pass
/// reads no values; it follows strings, objects and lists, and leaves the grammar to SwiftProtobuf.
func checkJSON(_ bytes: [UInt8]) throws(WireError) {
  guard !bytes.starts(with: [0xef, 0xbb, 0xbf]) else { throw .byteOrderMark }
  var outline = JSONOutline(bytes: bytes)
  try outline.check()
}

private struct JSONOutline {
  /// A page's context is the fifth: message, page, changes, change, list.
  static let depthMax = 5

  private enum Container {
    /// The names seen so far are those in `names` from here on.
    case object(firstName: Int)
    case list(items: Int)
  }

  let bytes: [UInt8]
  private var offset = 0
  private var open = [Container]()
  private var names = [Range<Int>]()
  private var expectsName = false

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func check() throws(WireError) {
    while offset < bytes.count {
      switch bytes[offset] {
      case UInt8(ascii: "{"):
        try enter(.object(firstName: names.count))
        expectsName = true
      case UInt8(ascii: "["):
        try enter(.list(items: 1))
        expectsName = false
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        try leave()
      case UInt8(ascii: ","):
        try separate()
      case UInt8(ascii: "\""):
        try string()
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: ":"), UInt8(ascii: " "), 0x09, 0x0a, 0x0d:
        break
      default:
        throw malformed
      }
      offset += 1
    }
  }

  private var malformed: WireError { .malformed(.json, atByte: offset) }

  private mutating func enter(_ container: Container) throws(WireError) {
    guard open.count < Self.depthMax else { throw .nestedTooDeep(limit: Self.depthMax) }
    open.append(container)
  }

  private mutating func leave() throws(WireError) {
    guard let container = open.popLast() else { throw malformed }
    if case .object(let firstName) = container {
      names.removeSubrange(firstName...)
    }
    expectsName = false
  }

  private mutating func separate() throws(WireError) {
    switch open.last {
    case .object:
      expectsName = true
    case .list(let items):
      guard items < WireLimits.pageChanges else {
        throw .tooMany(.listItems, limit: WireLimits.pageChanges)
      }
      open[open.count - 1] = .list(items: items + 1)
    case nil:
      throw malformed
    }
  }

  /// Passes over a string up to its closing quotation mark.
  private mutating func string() throws(WireError) {
    let start = offset + 1
    offset = start
    while offset < bytes.count, bytes[offset] != UInt8(ascii: "\"") {
      if bytes[offset] == UInt8(ascii: "\\") {
        offset += 1
        guard !bytes[offset...].starts(with: Array("u0000".utf8)) else { throw .nulInText }
      } else if bytes[offset] < 0x20 {
        throw bytes[offset] == 0 ? .nulInText : malformed
      }
      offset += 1
    }
    guard offset < bytes.count else { throw malformed }
    if expectsName { try name(start..<offset) }
  }

  private mutating func name(_ name: Range<Int>) throws(WireError) {
    guard case .object(let firstName) = open.last else { throw malformed }
    for index in name where !isLetterOrDigit(bytes[index]) {
      throw .unknownField(.json, atByte: name.lowerBound)
    }
    for seen in names[firstName...] where bytes[seen].elementsEqual(bytes[name]) {
      throw .repeatedField(.json, atByte: name.lowerBound)
    }
    names.append(name)
    expectsName = false
  }

  /// Names in lowerCamelCase need no more; an escape or an underscore would spell one a second way.
  private func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default:
      false
    }
  }
}
