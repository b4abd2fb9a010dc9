import CuadernoModel
import CuadernoSync

/// Writes the payloads that nearly all are, byte for byte as SwiftProtobuf does, in a fraction of the time.
///
/// An import writes tens of thousands of them, each of a few short fields, and SwiftProtobuf makes a
/// message object of every value and goes over it twice. What is seldom written is left to it.
struct PayloadBytes {
  private var bytes: [UInt8] = []

  /// Nil for values that are seldom written.
  static func encode(_ values: [Value?], _ note: WriteNote) -> [UInt8]? {
    guard note.undoes == nil else { return nil }
    var payload = PayloadBytes()
    payload.bytes.reserveCapacity(values.reduce(16) { $0 + room(for: $1) })
    for value in values {
      guard payload.append(value) else { return nil }
    }
    payload.append(2, number: note.step)
    return payload.bytes
  }

  private static func room(for value: Value?) -> Int {
    switch value {
    case .text(let text): 16 + text.utf8.count
    case .anchor(let anchor):
      64 + 32 * anchor.version.count + anchor.quote.utf8.count + anchor.prefix.utf8.count
        + anchor.suffix.utf8.count
    default: 64
    }
  }

  /// - Returns: false for what is left to SwiftProtobuf; what was written until then is of no use.
  private mutating func append(_ value: Value?) -> Bool {
    switch value {
    case nil: append(1) { _ in }
    case .text(let text): append(1) { $0.append(1, text) }
    case .list(let lines):
      append(1) { $0.append(2) { list in for line in lines { list.append(1, line) } } }
    case .date(let date): append(1) { $0.append(3, date.description) }
    case .reference(let reference): append(1) { $0.append(6, reference) }
    case .target(let target):
      append(1) {
        $0.append(7) {
          $0.append(1, target.record)
          $0.append(2, number: UInt64(target.field))
        }
      }
    case .anchor(let anchor): append(1) { $0.append(8) { $0.append(anchor) } }
    case .attribute(let attribute):
      append(1) {
        $0.append(10) {
          $0.append(1, unlessEmpty: attribute.name)
          if let value = attribute.value { $0.append(2, value) }
        }
      }
    case .attributeDefinition, .consent, .location, .member, .membership, .period: return false
    }
    return true
  }

  private mutating func append(_ anchor: Anchor) {
    for write in anchor.version {
      append(1) {
        $0.append(1, write.device)
        $0.append(2, number: write.sequence)
      }
    }
    append(2, number: UInt64(anchor.start))
    append(3, number: UInt64(anchor.end))
    append(4, unlessEmpty: anchor.quote)
    append(5, unlessEmpty: anchor.prefix)
    append(6, unlessEmpty: anchor.suffix)
  }

  // MARK: - The encoding (protobuf.dev/programming-guides/encoding)

  /// A number; zero, which is what is read where there is none, is left out.
  private mutating func append(_ field: UInt8, number: UInt64) {
    guard number != 0 else { return }
    bytes.append(field << 3)
    appendVarint(number, to: &bytes)
  }

  private mutating func append(_ field: UInt8, unlessEmpty text: String) {
    if !text.isEmpty { append(field, text) }
  }

  private mutating func append(_ field: UInt8, _ text: String) {
    bytes.append(field << 3 | 2)
    appendVarint(UInt64(text.utf8.count), to: &bytes)
    bytes.append(contentsOf: text.utf8)
  }

  private mutating func append(_ field: UInt8, _ reference: Reference) {
    bytes.append(field << 3 | 2)
    bytes.append(UInt8(RecordID.byteCount))
    RecordID(rawValue: reference).append(to: &bytes)
  }

  /// A message, with its length before it: one byte where it is short, as most are.
  private mutating func append(_ field: UInt8, _ body: (inout PayloadBytes) -> Void) {
    bytes.append(field << 3 | 2)
    let place = bytes.count
    bytes.append(0)
    body(&self)
    let count = bytes.count - place - 1
    guard count >= 0x80 else {
      bytes[place] = UInt8(count)
      return
    }
    var length = [UInt8]()
    appendVarint(UInt64(count), to: &length)
    bytes.replaceSubrange(place...place, with: length)
  }
}
