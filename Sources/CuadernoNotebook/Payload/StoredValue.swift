import CuadernoModel
import CuadernoSync
import SwiftProtobuf

/// A field's value as it lies in a payload.
///
/// What is brought back from an earlier change is copied as it is, with whatever in it only a newer
/// notebook can read.
struct StoredValue: Hashable, Sendable {
  let proto: ProtoValue

  init(proto: ProtoValue) {
    self.proto = proto
  }

  init(_ value: Value?) {
    proto = PayloadCodec.proto(value)
  }

  /// The value of a field that nobody wrote, and of one that was cleared.
  static let cleared = StoredValue(nil)

  /// Nil for a cleared field, and for what only a newer notebook can read.
  var value: Value? { proto.content.flatMap(PayloadCodec.value) }

  /// Whether the field holds nothing to be shown: it was cleared, or its key taken out of the set.
  var isEmpty: Bool {
    switch value {
    case nil: self == .cleared
    case .attribute(let attribute): attribute.value == nil
    case .membership(_, let isMember): !isMember
    case .attributeDefinition(let definition): !definition.isDefined
    case .period(let period): !period.isDefined
    default: false
    }
  }

  /// What empties the field. A keyed field keeps its name, so that its history can be told.
  var emptied: StoredValue {
    switch value {
    case .attribute(var attribute):
      attribute.value = nil
      return StoredValue(.attribute(attribute))
    case .membership(let member, _):
      return StoredValue(.membership(member, isMember: false))
    case .attributeDefinition(var definition):
      definition.isDefined = false
      return StoredValue(.attributeDefinition(definition))
    case .period(var period):
      period.isDefined = false
      return StoredValue(.period(period))
    default:
      return .cleared
    }
  }
}

/// What a payload says of its change beside the values.
struct WriteNote: Hashable, Sendable {
  /// How many changes of the same write came before this one.
  var step: UInt64 = 0

  /// The change that this one takes back.
  var undoes: Dot?
}

extension Change {
  /// The values in the order of the envelope's fields; nil when the payload cannot be read here.
  var storedValues: [StoredValue]? {
    guard case .payload(_, let bytes) = content else { return nil }
    return try? PayloadCodec.stored(bytes, count: envelope.fields.count)
  }

  func storedValue(_ field: FieldID) -> StoredValue? {
    guard let index = envelope.fields.firstIndex(of: field) else { return nil }
    return storedValues?[index]
  }

  /// An erased payload, or one that cannot be read here, says nothing.
  var note: WriteNote {
    guard case .payload(_, let bytes) = content else { return WriteNote() }
    return PayloadCodec.note(bytes)
  }
}
