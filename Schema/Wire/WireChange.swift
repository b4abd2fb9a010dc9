import CuadernoSync

import struct Foundation.Data

extension Change {
  func proto(_ table: DeviceTable) -> ProtoChange {
    var proto = ProtoChange()
    proto.device = table.index(of: dot.device)
    proto.sequence = dot.sequence
    proto.stamp = envelope.stamp.rawValue
    proto.record = envelope.record.wireData
    proto.kind = envelope.kind
    proto.action = UInt32(envelope.action.rawValue)
    let context = envelope.context.entries
    proto.contextDevices = context.map { table.index(of: $0.device) }
    proto.contextSequences = context.map(\.sequence)
    proto.fieldNumbers = envelope.fields.map(\.number)
    if envelope.fields.contains(where: { !$0.key.isEmpty }) {
      proto.fieldKeys = envelope.fields.map { Data($0.key) }
    }
    if let about = envelope.about {
      proto.setsAbout = true
      proto.about = about.map(\.wireData)
    }
    switch content {
    case .payload(let salt, let bytes):
      proto.salt = Data(salt)
      proto.payload = Data(bytes)
    case .erased(let digest):
      proto.erased = digest.wireData
    }
    return proto
  }

  init(proto: ProtoChange, _ table: DeviceTable) throws(WireError) {
    guard let action = UInt8(exactly: proto.action) else { throw .outOfRange(.action) }
    let envelope = Envelope(
      dot: Dot(device: try table.device(at: proto.device), sequence: proto.sequence),
      stamp: Stamp(rawValue: proto.stamp),
      record: try RecordID(wireData: proto.record, .record),
      kind: proto.kind,
      action: Envelope.Action(rawValue: action),
      context: try proto.context(table),
      fields: try proto.fields,
      about: try proto.aboutRecords)
    self.init(envelope: envelope, content: try proto.decodedContent)
  }
}

extension ProtoChange {
  fileprivate func context(_ table: DeviceTable) throws(WireError) -> VectorClock {
    guard contextDevices.count == contextSequences.count else {
      throw .countsDiffer(
        .contextDevices, contextDevices.count, .contextSequences, contextSequences.count)
    }
    var entries = [Dot]()
    entries.reserveCapacity(contextDevices.count)
    for (index, sequence) in zip(contextDevices, contextSequences) {
      entries.append(Dot(device: try table.device(at: index), sequence: sequence))
    }
    return try VectorClock(wireEntries: entries, of: .contextDevices)
  }

  /// Whether they are sorted is for `Envelope.validate()` to say.
  fileprivate var fields: [FieldID] {
    get throws(WireError) {
      guard fieldNumbers.count <= WireLimits.changeFields else {
        throw .tooMany(.fieldNumbers, limit: WireLimits.changeFields)
      }
      guard !fieldKeys.isEmpty else { return fieldNumbers.map { FieldID($0) } }
      guard fieldKeys.count == fieldNumbers.count else {
        throw .countsDiffer(.fieldNumbers, fieldNumbers.count, .fieldKeys, fieldKeys.count)
      }
      var fields = [FieldID]()
      fields.reserveCapacity(fieldNumbers.count)
      for (number, key) in zip(fieldNumbers, fieldKeys) {
        guard key.count <= WireLimits.keyBytes else {
          throw .tooLong(.fieldKey, bytes: key.count, limit: WireLimits.keyBytes)
        }
        fields.append(FieldID(number, key: [UInt8](key)))
      }
      return fields
    }
  }

  fileprivate var aboutRecords: [RecordID]? {
    get throws(WireError) {
      guard setsAbout else {
        guard about.isEmpty else { throw .outOfRange(.about) }
        return nil
      }
      var records = [RecordID]()
      for data in about { records.append(try RecordID(wireData: data, .about)) }
      return records
    }
  }

  fileprivate var decodedContent: Change.Content {
    get throws(WireError) {
      switch content {
      case .payload(let bytes):
        guard salt.count == WireLimits.saltBytes else {
          throw .wrongLength(.salt, bytes: salt.count, expected: WireLimits.saltBytes)
        }
        guard bytes.count <= WireLimits.payloadBytes else {
          throw .tooLong(.payload, bytes: bytes.count, limit: WireLimits.payloadBytes)
        }
        return .payload(salt: [UInt8](salt), bytes: [UInt8](bytes))
      case .erased(let digest):
        guard salt.isEmpty else { throw .wrongLength(.salt, bytes: salt.count, expected: 0) }
        return .erased(try Digest(wireData: digest, .erased))
      case nil:
        throw .missing(.content)
      }
    }
  }
}
