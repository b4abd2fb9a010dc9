// The canonical bytes of clocks and envelopes: what is hashed, and what the stores keep. The layout
// is specified in Schema/WIRE.md; one value has exactly one spelling, so equal values have equal
// hashes on every device.

extension VectorClock {
  /// Count, then for each device its sixteen bytes and its number.
  package func append(to bytes: inout [UInt8]) {
    appendVarint(UInt64(entries.count), to: &bytes)
    for entry in entries {
      entry.device.append(to: &bytes)
      appendVarint(entry.sequence, to: &bytes)
    }
  }

  package var canonicalBytes: [UInt8] {
    var bytes = [UInt8]()
    bytes.reserveCapacity(2 + 20 * entries.count)
    append(to: &bytes)
    return bytes
  }

  package init(canonicalBytes: [UInt8]) throws(EnvelopeFault) {
    var reader = ByteReader(canonicalBytes)
    self = try reader.clock()
    guard reader.isAtEnd else { throw reader.malformed }
  }
}

extension Envelope {
  static let version: UInt8 = 1

  /// What stands before the records that a change is about.
  static let aboutMark: UInt8 = 1

  package var canonicalBytes: [UInt8] {
    var bytes = [UInt8]()
    bytes.reserveCapacity(64 + 4 * fields.count + 20 * context.entries.count)
    bytes.append(Self.version)
    dot.device.append(to: &bytes)
    appendVarint(dot.sequence, to: &bytes)
    appendFixed64(stamp.rawValue, to: &bytes)
    record.append(to: &bytes)
    appendVarint(UInt64(kind), to: &bytes)
    bytes.append(action.rawValue)
    context.append(to: &bytes)
    appendVarint(UInt64(fields.count), to: &bytes)
    for field in fields { field.append(to: &bytes) }
    // Most changes do not say what they are about, and carry no byte for it.
    if let about {
      bytes.append(Self.aboutMark)
      about.append(to: &bytes)
    }
    return bytes
  }

  /// - Throws: ``EnvelopeFault`` when the bytes are not the one spelling of a valid envelope.
  package init(canonicalBytes: [UInt8]) throws(EnvelopeFault) {
    var reader = ByteReader(canonicalBytes)
    guard try reader.byte() == Self.version else { throw .malformed(atByte: 0) }
    let device: DeviceID = try reader.identifier()
    let sequence = try reader.varint()
    let stamp = Stamp(rawValue: try reader.fixed64())
    let record: RecordID = try reader.identifier()
    guard let kind = UInt32(exactly: try reader.varint()) else { throw reader.malformed }
    let action = Action(rawValue: try reader.byte())
    let context = try reader.clock()
    let fields = try reader.fields()
    let about = reader.isAtEnd ? nil : try reader.records()
    guard reader.isAtEnd else { throw reader.malformed }
    self.init(
      dot: Dot(device: device, sequence: sequence), stamp: stamp, record: record, kind: kind,
      action: action, context: context, fields: fields, about: about)
    try validate()
  }
}

extension [RecordID] {
  func append(to bytes: inout [UInt8]) {
    appendVarint(UInt64(count), to: &bytes)
    for record in self { record.append(to: &bytes) }
  }
}

extension FieldID {
  func append(to bytes: inout [UInt8]) {
    appendVarint(UInt64(number), to: &bytes)
    appendVarint(UInt64(key.count), to: &bytes)
    bytes.append(contentsOf: key)
  }
}

extension ByteReader {
  package mutating func clock() throws(EnvelopeFault) -> VectorClock {
    let count = try count(bytesEach: DeviceID.byteCount + 1)
    var entries = [Dot]()
    entries.reserveCapacity(count)
    for _ in 0..<count {
      let device: DeviceID = try identifier()
      entries.append(Dot(device: device, sequence: try varint()))
    }
    guard let clock = VectorClock(sortedEntries: entries) else { throw malformed }
    return clock
  }

  mutating func fields() throws(EnvelopeFault) -> [FieldID] {
    let count = try count(bytesEach: 2)
    var fields = [FieldID]()
    fields.reserveCapacity(count)
    for _ in 0..<count {
      guard let number = UInt32(exactly: try varint()) else { throw malformed }
      let length = try self.count(bytesEach: 1)
      fields.append(FieldID(number, key: Array(try slice(length))))
    }
    return fields
  }

  mutating func records() throws(EnvelopeFault) -> [RecordID] {
    var ahead = self
    guard try ahead.byte() == Envelope.aboutMark else { throw malformed }
    self = ahead
    let count = try count(bytesEach: RecordID.byteCount)
    var records = [RecordID]()
    records.reserveCapacity(count)
    for _ in 0..<count { records.append(try identifier()) }
    return records
  }
}
