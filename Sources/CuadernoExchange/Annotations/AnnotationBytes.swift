import CuadernoSync

/// Members of an object of JSON, written as they come.
///
/// An export has some twenty members a coding; values put together first and written afterwards would
/// take several times as long as their bytes.
struct AnnotationBytes {
  private(set) var bytes: [UInt8] = []
  /// Whether a comma has to stand before the next member or element.
  private var needsComma = false

  mutating func open(_ sign: Unicode.Scalar) {
    separate()
    bytes.append(UInt8(ascii: sign))
    needsComma = false
  }

  mutating func close(_ sign: Unicode.Scalar) {
    bytes.append(UInt8(ascii: sign))
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  /// - Parameter name: has no sign that would be escaped.
  mutating func key(_ name: StaticString) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    name.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  mutating func string(_ text: String) {
    separate()
    JSONWriter.append(text, to: &bytes)
  }

  mutating func member(_ name: StaticString, _ text: String) {
    key(name)
    string(text)
  }

  mutating func member(_ name: StaticString, _ number: Int) {
    key(name)
    separate()
    bytes += String(number).utf8
  }

  /// A record's 128 bits as an address (RFC 4122, section 3).
  mutating func member(_ name: StaticString, _ id: RecordID) {
    key(name)
    separate()
    bytes += Self.addressBegin
    for (index, byte) in id.bytes.enumerated() {
      if index == 4 || index == 6 || index == 8 || index == 10 {
        bytes.append(UInt8(ascii: "-"))
      }
      bytes.append(Self.digits[Int(byte >> 4)])
      bytes.append(Self.digits[Int(byte & 15)])
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static let addressBegin = Array("\"urn:uuid:".utf8)
  private static let digits = Array("0123456789abcdef".utf8)

  mutating func lineEnd() {
    bytes.append(0x0A)
  }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
  }
}
