import CuadernoModel

/// Reads the payloads that nearly all are, in a tenth of the time that the general reader takes.
///
/// A first sync reads tens of thousands of them, each of a few short fields, and the general reader
/// makes a message object of every one. This reads the common shapes straight into values, and leaves
/// to SwiftProtobuf whatever is written in another way than ``PayloadCodec/encode(_:)`` writes it:
/// unknown fields, repeated ones, another order of bytes for the same number. So it never decides that
/// a payload is unreadable, and what it does read the general reader reads as the same.
struct PlainPayload {
  private let bytes: [UInt8]
  private var position = 0

  /// Not plain; says nothing of whether the payload can be read.
  private struct NotPlain: Error {}

  /// The values in the order of the envelope's fields; nil for a payload that is not plain.
  static func values(_ bytes: [UInt8], count: Int) -> [Value?]? {
    var payload = PlainPayload(bytes: bytes)
    return try? payload.values(count)
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  private mutating func values(_ count: Int) throws(NotPlain) -> [Value?] {
    var values = [Value?]()
    values.reserveCapacity(count)
    while position < bytes.count {
      switch try tag() {
      case .message(1): values.append(try value(to: end()))
      // The step in a write is no value; it comes after them and may come once.
      case .number(2):
        _ = try varint()
        guard position == bytes.count else { throw NotPlain() }
      default: throw NotPlain()
      }
    }
    guard values.count == count else { throw NotPlain() }
    return values
  }

  private mutating func value(to end: Int) throws(NotPlain) -> Value? {
    guard position < end else { return nil }
    let value: Value?
    switch try tag() {
    case .message(1): value = .text(try text())
    case .message(2): value = .list(try lines(to: self.end()))
    case .message(3): value = PayloadCodec.date(try string()).map(Value.date)
    case .message(6): value = .reference(try reference())
    case .message(7): value = .target(try target(to: self.end()))
    case .message(8): value = .anchor(try anchor(to: self.end()))
    case .message(10): value = .attribute(try attribute(to: self.end()))
    default: throw NotPlain()
    }
    guard position == end else { throw NotPlain() }
    return value
  }

  private mutating func lines(to end: Int) throws(NotPlain) -> [String] {
    var lines = [String]()
    while position < end {
      guard try tag() == .message(1) else { throw NotPlain() }
      lines.append(try string())
    }
    guard position == end else { throw NotPlain() }
    return lines
  }

  private mutating func target(to end: Int) throws(NotPlain) -> Target {
    guard try tag() == .message(1) else { throw NotPlain() }
    let record = try reference()
    guard try tag() == .number(2), let field = UInt32(exactly: try varint()), position == end else {
      throw NotPlain()
    }
    return Target(record: record, field: field)
  }

  private mutating func attribute(to end: Int) throws(NotPlain) -> Attribute {
    guard position < end, try tag() == .message(1) else { throw NotPlain() }
    var attribute = Attribute(name: try string(), value: nil)
    if position < end {
      guard try tag() == .message(2) else { throw NotPlain() }
      attribute.value = try string()
    }
    guard position == end else { throw NotPlain() }
    return attribute
  }

  /// Its fields in the order of their numbers; one that is zero or empty is left out.
  private mutating func anchor(to end: Int) throws(NotPlain) -> Anchor {
    var anchor = Anchor(version: [], start: 0, end: 0, quote: "", prefix: "", suffix: "")
    var last: UInt8 = 1
    while position < end {
      let tag = try tag()
      guard tag.number > last || (tag.number == 1 && last == 1) else { throw NotPlain() }
      last = tag.number
      switch tag {
      case .message(1): anchor.version.append(try textWrite(to: self.end()))
      case .number(2): anchor.start = try scalars()
      case .number(3): anchor.end = try scalars()
      case .message(4): anchor.quote = try string()
      case .message(5): anchor.prefix = try string()
      case .message(6): anchor.suffix = try string()
      default: throw NotPlain()
      }
    }
    guard position == end, anchor.start < anchor.end else { throw NotPlain() }
    return anchor
  }

  private mutating func textWrite(to end: Int) throws(NotPlain) -> TextWrite {
    guard try tag() == .message(1) else { throw NotPlain() }
    let device = try reference()
    guard try tag() == .number(2) else { throw NotPlain() }
    let write = TextWrite(device: device, sequence: try varint())
    guard position == end else { throw NotPlain() }
    return write
  }

  // MARK: - The encoding (protobuf.dev/programming-guides/encoding)

  private enum Tag: Equatable {
    /// A varint.
    case number(UInt8)
    /// Bytes, with their count before them.
    case message(UInt8)

    var number: UInt8 {
      switch self {
      case .number(let number), .message(let number): number
      }
    }
  }

  /// A tag of one byte: numbers up to 15.
  private mutating func tag() throws(NotPlain) -> Tag {
    let byte = try byte()
    switch byte & 0x87 {
    case 0x00: return .number(byte >> 3)
    case 0x02: return .message(byte >> 3)
    default: throw NotPlain()
    }
  }

  private mutating func byte() throws(NotPlain) -> UInt8 {
    guard position < bytes.count else { throw NotPlain() }
    defer { position += 1 }
    return bytes[position]
  }

  private mutating func varint() throws(NotPlain) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 63, by: 7) {
      let byte = try byte()
      value |= UInt64(byte & 0x7F) << shift
      guard byte & 0x80 != 0 else { return value }
    }
    throw NotPlain()
  }

  /// Where something ends whose length comes next.
  private mutating func end() throws(NotPlain) -> Int {
    guard let count = Int(exactly: try varint()), count <= bytes.count - position else {
      throw NotPlain()
    }
    return position + count
  }

  private mutating func scalars() throws(NotPlain) -> Int {
    guard let count = Int(exactly: try varint()) else { throw NotPlain() }
    return count
  }

  private mutating func reference() throws(NotPlain) -> Reference {
    let end = try end()
    guard end - position == 16 else { throw NotPlain() }
    var reference: Reference = 0
    for byte in bytes[position..<end] { reference = reference << 8 | Reference(byte) }
    position = end
    return reference
  }

  private mutating func string() throws(NotPlain) -> String {
    let end = try end()
    guard let text = String(validating: bytes[position..<end], as: UTF8.self) else {
      throw NotPlain()
    }
    position = end
    return text
  }

  /// No notebook writes a NUL.
  private mutating func text() throws(NotPlain) -> String {
    let text = try string()
    guard !text.holdsNUL else { throw NotPlain() }
    return text
  }
}
