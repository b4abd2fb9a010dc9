import CuadernoSync

import struct Foundation.Data

extension ProtobufShape {
  static let clock = ProtobufShape([
    1: Field(
      part: .clockDevices, type: .lengthDelimited, countMax: WireLimits.clockDevices, bytesMax: 16),
    2: .packed(.clockSequences, countMax: WireLimits.clockDevices),
  ])

  static let chainHead = ProtobufShape([
    1: .bytes(.device, 16),
    2: Field(part: .number),
    3: .bytes(.link, 32),
  ])
}

extension ProtobufShape.Field {
  static func bytes(_ part: WirePart, _ bytesMax: Int) -> Self {
    Self(part: part, type: .lengthDelimited, bytesMax: bytesMax)
  }

  static func message(_ part: WirePart, _ shape: ProtobufShape) -> Self {
    Self(part: part, type: .lengthDelimited, nested: shape)
  }

  /// Varints in one piece, of at most ten bytes each.
  static func packed(_ part: WirePart, countMax: Int) -> Self {
    Self(part: part, type: .lengthDelimited, bytesMax: 10 * countMax)
  }
}

extension VectorClock {
  var proto: ProtoClock {
    var proto = ProtoClock()
    proto.devices = entries.map { $0.device.wireData }
    proto.sequences = entries.map(\.sequence)
    return proto
  }

  init(proto: ProtoClock) throws(WireError) {
    guard proto.devices.count == proto.sequences.count else {
      throw .countsDiffer(
        .clockDevices, proto.devices.count, .clockSequences, proto.sequences.count)
    }
    var entries = [Dot]()
    entries.reserveCapacity(proto.devices.count)
    for (device, sequence) in zip(proto.devices, proto.sequences) {
      entries.append(Dot(device: try DeviceID(wireData: device, .device), sequence: sequence))
    }
    try self.init(wireEntries: entries, of: .clockDevices)
  }

  /// - Parameter part: what an error names.
  init(wireEntries entries: [Dot], of part: WirePart) throws(WireError) {
    guard entries.count <= WireLimits.clockDevices else {
      throw .tooMany(part, limit: WireLimits.clockDevices)
    }
    for entry in entries {
      guard (1...WireLimits.sequenceMax).contains(entry.sequence) else {
        throw .sequenceOutOfRange
      }
    }
    guard let clock = VectorClock(sortedEntries: entries) else { throw .notSorted(part) }
    self = clock
  }
}

extension ChainHead {
  /// - Parameter sender: whose head goes without a name.
  func proto(from sender: DeviceID) -> ProtoChainHead {
    var proto = ProtoChainHead()
    if dot.device != sender { proto.device = dot.device.wireData }
    proto.sequence = dot.sequence
    proto.link = link.wireData
    return proto
  }

  init(proto: ProtoChainHead, from sender: DeviceID) throws(WireError) {
    guard (1...WireLimits.sequenceMax).contains(proto.sequence) else { throw .sequenceOutOfRange }
    let device = proto.device.isEmpty ? sender : try DeviceID(wireData: proto.device, .device)
    self.init(
      dot: Dot(device: device, sequence: proto.sequence),
      link: try Digest(wireData: proto.link, .link))
  }
}

extension Identifier {
  var wireData: Data {
    unsafe withUnsafeBytes(of: rawValue.bigEndian) { unsafe Data($0) }
  }

  init(wireData: Data, _ part: WirePart) throws(WireError) {
    guard wireData.count == Self.byteCount else {
      throw .wrongLength(part, bytes: wireData.count, expected: Self.byteCount)
    }
    // One load for the sixteen bytes counted above: this runs for every change.
    let value = unsafe wireData.withUnsafeBytes { unsafe $0.loadUnaligned(as: UInt128.self) }
    self.init(rawValue: UInt128(bigEndian: value))
  }
}

extension Digest {
  var wireData: Data { Data(bytes) }

  init(wireData: Data, _ part: WirePart) throws(WireError) {
    guard let digest = Digest(bytes: wireData) else {
      throw .wrongLength(part, bytes: wireData.count, expected: Digest.byteCount)
    }
    self = digest
  }
}
