/// Appends an unsigned integer in LEB128, seven bits a byte, least significant first.
package func appendVarint(_ value: UInt64, to bytes: inout [UInt8]) {
  var rest = value
  while rest >= 0x80 {
    bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
    rest >>= 7
  }
  bytes.append(UInt8(rest))
}

/// Reads the canonical forms back: minimal integers only, so that one value has one spelling.
package struct ByteReader {
  private let bytes: [UInt8]
  package private(set) var offset = 0

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  package var isAtEnd: Bool { offset == bytes.count }

  package var malformed: EnvelopeFault { .malformed(atByte: offset) }

  package mutating func byte() throws(EnvelopeFault) -> UInt8 {
    guard offset < bytes.count else { throw malformed }
    defer { offset += 1 }
    return bytes[offset]
  }

  package mutating func varint() throws(EnvelopeFault) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte()
      // The tenth byte holds the 64th bit and nothing else.
      guard shift < 63 || (shift == 63 && next <= 1) else { throw malformed }
      value |= UInt64(next & 0x7f) << shift
      if next < 0x80 {
        guard next > 0 || shift == 0 else { throw malformed }
        return value
      }
      shift += 7
    }
  }

  /// A number of things that follow, of which each takes at least `bytesEach`.
  package mutating func count(bytesEach: Int) throws(EnvelopeFault) -> Int {
    let value = try varint()
    guard value <= UInt64((bytes.count - offset) / bytesEach) else { throw malformed }
    return Int(value)
  }

  package mutating func identifier<ID: Identifier>() throws(EnvelopeFault) -> ID {
    guard let identifier = ID(bytes: try slice(ID.byteCount)) else { throw malformed }
    return identifier
  }

  package mutating func fixed64() throws(EnvelopeFault) -> UInt64 {
    try slice(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  package mutating func slice(_ count: Int) throws(EnvelopeFault) -> ArraySlice<UInt8> {
    guard count >= 0, count <= bytes.count - offset else { throw malformed }
    defer { offset += count }
    return bytes[offset..<offset + count]
  }
}

/// Appends eight bytes, most significant first.
package func appendFixed64(_ value: UInt64, to bytes: inout [UInt8]) {
  unsafe withUnsafeBytes(of: value.bigEndian) { unsafe bytes.append(contentsOf: $0) }
}
