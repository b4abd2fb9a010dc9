/// How often each field of a protobuf message may come, and how long it may be.
///
/// SwiftProtobuf bounds neither, and an empty change of two bytes becomes some 130 in memory: 4 MiB
/// of those took 270 MiB. So the lengths are read once before anything is allocated, at a tenth of
/// the cost of decoding. The same pass refuses what protobuf lets through and the protocol does
/// not: fields that nobody here knows, and singular fields that come twice.
package struct ProtobufShape: Sendable {
  enum WireType: UInt64 {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case fixed32 = 5
  }

  struct Field: Sendable {
    var part: WirePart
    var type = WireType.varint
    var countMax = 1
    var bytesMax = Int.max

    /// The shape of a message in the field.
    var nested: ProtobufShape?

    /// The number under which occurrences are counted, when it is another field's: of the two only
    /// one may come, as in a `oneof`.
    var countedAs: Int?
  }

  /// How deep messages may be nested in messages.
  static let depthMax = 4

  /// Indexed by field number.
  private let fields: [Field?]

  /// Whether a newer peer may have added fields that are passed over.
  private let acceptsUnknownFields: Bool

  /// - Precondition: numbers are 1…15, as all of the schema are.
  init(acceptsUnknownFields: Bool = false, _ fields: [Int: Field]) {
    precondition(fields.keys.allSatisfy((1...15).contains))
    self.fields = (0...15).map { fields[$0] }
    self.acceptsUnknownFields = acceptsUnknownFields
  }

  func check(_ bytes: [UInt8]) throws(WireError) {
    var reader = TagReader(bytes: bytes)
    try check(&reader, upTo: bytes.count)
  }

  private func check(_ reader: inout TagReader, upTo end: Int) throws(WireError) {
    // One lane for each number, so that a page of thousands of changes needs no allocation here.
    var counts = SIMD16<UInt32>()
    while reader.offset < end {
      let start = reader.offset
      let tag = try reader.varint(upTo: end)
      guard let type = WireType(rawValue: tag & 7), tag >> 3 > 0 else {
        throw .malformed(.protobuf, atByte: start)
      }
      let number = Int(clamping: tag >> 3)
      let length = try reader.length(of: type, upTo: end)
      guard number < fields.count, let field = fields[number], field.type == type else {
        guard acceptsUnknownFields else { throw .unknownField(.protobuf, atByte: start) }
        reader.skip(length)
        continue
      }
      let counted = field.countedAs ?? number
      counts[counted] &+= 1
      guard counts[counted] <= field.countMax else {
        if field.countMax == 1 { throw .repeatedField(.protobuf, atByte: start) }
        throw .tooMany(field.part, limit: field.countMax)
      }
      guard length <= field.bytesMax else {
        throw .tooLong(field.part, bytes: length, limit: field.bytesMax)
      }
      if let nested = field.nested {
        try nested.check(&reader, upTo: reader.offset + length)
      } else {
        reader.skip(length)
      }
    }
  }
}

/// Reads tags and lengths, and passes over what they announce.
private struct TagReader {
  let bytes: [UInt8]
  var offset = 0

  mutating func varint(upTo end: Int) throws(WireError) -> UInt64 {
    let start = offset
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while offset < end, shift < 64 {
      let next = bytes[offset]
      // The tenth byte holds the 64th bit and nothing else.
      guard shift < 63 || next <= 1 else { break }
      offset += 1
      value |= UInt64(next & 0x7f) << shift
      if next < 0x80 { return value }
      shift += 7
    }
    throw .malformed(.protobuf, atByte: start)
  }

  /// The bytes of a value, of which a varint's have been passed over already.
  mutating func length(
    of type: ProtobufShape.WireType, upTo end: Int
  ) throws(WireError) -> Int {
    let start = offset
    let length: UInt64
    switch type {
    case .varint:
      _ = try varint(upTo: end)
      return 0
    case .fixed64: length = 8
    case .fixed32: length = 4
    case .lengthDelimited: length = try varint(upTo: end)
    }
    guard length <= end - offset else { throw .malformed(.protobuf, atByte: start) }
    return Int(length)
  }

  mutating func skip(_ length: Int) {
    offset += length
  }
}
