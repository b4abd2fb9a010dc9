import CuadernoModel
import CuadernoSync
import SwiftProtobuf

/// Turns the values of a change into its payload and back.
///
/// The server does not link this: what a note says is the notebooks' affair.
enum PayloadCodec {
  /// A payload that this notebook cannot read: a newer one wrote it, or a peer is broken. The bytes
  /// are kept and forwarded all the same.
  struct Unreadable: Error, Equatable {}

  /// Raised whenever a value can be read that could not be read before: views are then made anew.
  static let revision = 1

  static func encode(_ values: [Value?], _ note: WriteNote = WriteNote()) throws -> [UInt8] {
    if let bytes = PayloadBytes.encode(values, note) { return bytes }
    return try encode(values.map(proto), note)
  }

  static func encode(_ values: [ProtoValue], _ note: WriteNote) throws -> [UInt8] {
    var message = ProtoValues()
    message.values = values
    message.step = note.step
    if let undoes = note.undoes {
      message.undoesDevice = undoes.device.rawValue.data
      message.undoesSequence = undoes.sequence
    }
    return try message.serializedBytes()
  }

  static func proto(_ value: Value?) -> ProtoValue {
    var proto = ProtoValue()
    proto.content = value.map(content)
    return proto
  }

  /// The values as they lie in the payload.
  static func stored(_ bytes: [UInt8], count: Int) throws(Unreadable) -> [StoredValue] {
    guard let message = try? ProtoValues(serializedBytes: bytes), message.values.count == count
    else { throw Unreadable() }
    return message.values.map { StoredValue(proto: $0) }
  }

  static func note(_ bytes: [UInt8]) -> WriteNote {
    guard let message = try? ProtoValues(serializedBytes: bytes) else { return WriteNote() }
    let device = Reference(data: message.undoesDevice).map(DeviceID.init)
    return WriteNote(
      step: message.step,
      undoes: device.map { Dot(device: $0, sequence: message.undoesSequence) })
  }

  /// The values in the order of the envelope's fields; nil for one that clears its field or that
  /// only a newer notebook can read.
  static func decode(_ bytes: [UInt8], count: Int) throws(Unreadable) -> [Value?] {
    if let values = PlainPayload.values(bytes, count: count) { return values }
    return try decodeAny(bytes, count: count)
  }

  /// What ``decode(_:count:)`` answers, by SwiftProtobuf alone.
  static func decodeAny(_ bytes: [UInt8], count: Int) throws(Unreadable) -> [Value?] {
    guard let message = try? ProtoValues(serializedBytes: bytes), message.values.count == count
    else { throw Unreadable() }
    return message.values.map { $0.content.flatMap(value) }
  }

  /// What a change wrote in one of its fields, where a field that was cleared is told from one that
  /// only a newer notebook can read.
  ///
  /// - Parameter count: of the envelope's fields.
  static func text(_ bytes: [UInt8], at index: Int, count: Int) -> WrittenText {
    if let values = PlainPayload.values(bytes, count: count), case .text(let text) = values[index] {
      return .text(text)
    }
    guard let message = try? ProtoValues(serializedBytes: bytes), message.values.count == count
    else { return .unreadable }
    let written = message.values[index]
    switch written.content {
    case nil: return written.unknownFields.data.isEmpty ? .cleared : .unreadable
    case .text(let text) where !text.holdsNUL: return .text(text)
    default: return .unreadable
    }
  }

  private static func content(_ value: Value) -> ProtoValue.OneOf_Content {
    switch value {
    case .text(let text): .text(text)
    case .list(let lines): .lines(.with { $0.lines = lines })
    case .date(let date): .date(date.description)
    case .consent(let consent):
      .consent(
        .with {
          $0.form = consent.form
          $0.level = consent.level.rawValue
          $0.date = consent.date?.description ?? ""
          $0.embargo = consent.embargo?.description ?? ""
        })
    case .location(let location):
      .location(
        .with {
          $0.latitude = location.latitude
          $0.longitude = location.longitude
          if let accuracy = location.accuracy { $0.accuracy = accuracy }
        })
    case .reference(let reference): .reference(reference.data)
    case .target(let target):
      .target(
        .with {
          $0.record = target.record.data
          $0.field = target.field
        })
    case .anchor(let anchor): .anchor(proto(anchor))
    case .membership(let record, let isMember):
      .membership(
        .with {
          $0.record = record.data
          $0.isMember = isMember
        })
    case .attribute(let attribute):
      .attribute(
        .with {
          $0.name = attribute.name
          if let value = attribute.value { $0.value = value }
        })
    case .attributeDefinition(let definition): .attributeDefinition(proto(definition))
    case .period(let period): .period(proto(period))
    case .member(let member):
      .member(
        .with {
          $0.name = member.name
          $0.device = member.device
        })
    }
  }

  private static func proto(_ anchor: Anchor) -> ProtoAnchor {
    .with {
      $0.version = anchor.version.map { write in
        .with {
          $0.device = write.device.data
          $0.sequence = write.sequence
        }
      }
      $0.start = UInt64(anchor.start)
      $0.end = UInt64(anchor.end)
      $0.quote = anchor.quote
      $0.prefix = anchor.prefix
      $0.suffix = anchor.suffix
    }
  }

  private static func proto(_ definition: AttributeDefinition) -> ProtoAttributeDefinition {
    .with {
      $0.name = definition.name
      $0.kind = definition.record.rawValue
      $0.type = definition.type.rawValue
      $0.description_p = definition.description
      $0.choices = definition.choices
      $0.isDefined = definition.isDefined
    }
  }

  private static func proto(_ period: Period) -> ProtoPeriod {
    .with {
      $0.name = period.name
      $0.from = period.from?.description ?? ""
      $0.to = period.to?.description ?? ""
      $0.description_p = period.description
      $0.isDefined = period.isDefined
    }
  }

  static func value(_ content: ProtoValue.OneOf_Content) -> Value? {
    switch content {
    // No notebook writes a NUL, and what SQLite gives back would end there.
    case .text(let text): text.holdsNUL ? nil : .text(text)
    case .lines(let lines): .list(lines.lines)
    case .date(let text): date(text).map(Value.date)
    case .consent(let proto):
      ConsentLevel(rawValue: proto.level).map {
        .consent(
          Consent(
            form: proto.form, level: $0, date: date(proto.date), embargo: date(proto.embargo)))
      }
    case .location(let proto):
      .location(
        Location(
          latitude: proto.latitude, longitude: proto.longitude,
          accuracy: proto.hasAccuracy ? proto.accuracy : nil))
    case .reference(let data): Reference(data: data).map(Value.reference)
    case .target(let proto):
      Reference(data: proto.record).map {
        .target(Target(record: $0, field: proto.field))
      }
    case .anchor(let proto): anchor(proto)
    case .membership(let proto):
      Reference(data: proto.record).map { .membership($0, isMember: proto.isMember) }
    case .attribute(let proto):
      .attribute(Attribute(name: proto.name, value: proto.hasValue ? proto.value : nil))
    case .attributeDefinition(let proto): definition(proto)
    case .period(let proto):
      .period(
        Period(
          name: proto.name, from: date(proto.from), to: date(proto.to),
          description: proto.description_p, isDefined: proto.isDefined))
    case .member(let proto): .member(Member(name: proto.name, device: proto.device))
    }
  }

  private static func anchor(_ proto: ProtoAnchor) -> Value? {
    let writes = proto.version.compactMap { write in
      Reference(data: write.device).map { TextWrite(device: $0, sequence: write.sequence) }
    }
    guard writes.count == proto.version.count, let start = Int(exactly: proto.start),
      let end = Int(exactly: proto.end), start < end
    else { return nil }
    return .anchor(
      Anchor(
        version: writes, start: start, end: end, quote: proto.quote, prefix: proto.prefix,
        suffix: proto.suffix))
  }

  private static func definition(_ proto: ProtoAttributeDefinition) -> Value? {
    guard let kind = Kind(rawValue: proto.kind),
      let type = AttributeDefinition.ValueType(rawValue: proto.type)
    else { return nil }
    return .attributeDefinition(
      AttributeDefinition(
        name: proto.name, record: kind, type: type, description: proto.description_p,
        choices: proto.choices, isDefined: proto.isDefined))
  }

  /// A zone that this machine's database does not have was known where the date was written.
  static func date(_ text: String) -> PartialDate? {
    text.isEmpty ? nil : try? PartialDate(text, isKnownZone: { _ in true })
  }
}

extension String {
  /// By the bytes as they lie in memory: iterating over `utf8` takes ten times as long.
  var holdsNUL: Bool {
    unsafe utf8.withContiguousStorageIfAvailable { unsafe $0.contains(0) } ?? utf8.contains(0)
  }
}
