package import CuadernoSync

/// What a bundle says of itself before its pages: WIRE.md, §9.
package struct BundleHeader: Hashable, Sendable {
  package var study: StudyID

  /// The notebook that wrote the bundle.
  package var device: DeviceID

  /// Milliseconds since 1970 on the writer's clock.
  package var milliseconds: Int64

  /// The digest of the writer's registers, for whoever holds the same changes in the end.
  package var registers: Digest

  /// Everything the writer held: what a reader holds afterwards, at the least.
  package var frontier: VectorClock

  /// Where the chains stand before the bundle's first page: what its reader must hold already.
  /// Ascending by device; empty for a bundle of everything.
  package var start: [ChainHead]

  package init(
    study: StudyID, device: DeviceID, milliseconds: Int64, registers: Digest,
    frontier: VectorClock, start: [ChainHead]
  ) {
    self.study = study
    self.device = device
    self.milliseconds = milliseconds
    self.registers = registers
    self.frontier = frontier
    self.start = start
  }

  /// What the reader must hold, as a clock.
  package var startClock: VectorClock { VectorClock(start.map(\.dot)) }
}

/// The fixed places of a bundle, in bytes.
package enum BundleLayout {
  /// As in PNG (its specification, section 5.2): a byte that no text begins with, the name, and line
  /// ends of both kinds, so that a transfer which takes the file for text is seen at once.
  package static let magic: [UInt8] = [0x89, 0x43, 0x75, 0x42, 0x0d, 0x0a, 0x1a, 0x0a]

  package static let version: UInt8 = 1

  /// Magic, version, the length of the file, the length of the header.
  package static let prologueBytes = 21

  package static let lengthOffset = 9

  package static let hashBytes = Digest.byteCount

  package enum Section {
    package static let end: UInt8 = 0
    package static let page: UInt8 = 1
  }

  /// A section's mark and the length of what follows.
  package static let sectionBytes = 5

  /// The longest bundle: more than a study of 10 million changes of usual size.
  package static let fileBytesMax = 16 << 30

  /// Two clocks of 1,000 devices, one with links, and what stands before them.
  package static let headerBytesMax = 128 << 10

  /// What every version of the format begins with.
  ///
  /// - Parameter length: of the whole file, in bytes.
  package static func prologue(length: Int, headerBytes: Int) -> [UInt8] {
    var bytes = magic
    bytes.append(version)
    appendFixed64(UInt64(length), to: &bytes)
    append32(headerBytes, to: &bytes)
    return bytes
  }

  package static func pageStart(frameBytes: Int) -> [UInt8] {
    var bytes = [Section.page]
    append32(frameBytes, to: &bytes)
    return bytes
  }

  private static func append32(_ value: Int, to bytes: inout [UInt8]) {
    for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  /// Reads an unsigned integer, most significant byte first.
  package static func integer(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension BundleHeader {
  package var bytes: [UInt8] {
    var bytes = [UInt8]()
    study.append(to: &bytes)
    device.append(to: &bytes)
    appendFixed64(UInt64(bitPattern: milliseconds), to: &bytes)
    registers.append(to: &bytes)
    frontier.append(to: &bytes)
    appendVarint(UInt64(start.count), to: &bytes)
    for head in start {
      head.dot.device.append(to: &bytes)
      appendVarint(head.dot.sequence, to: &bytes)
      head.link.append(to: &bytes)
    }
    return bytes
  }

  /// - Throws: ``BundleFault/malformedHeader`` for whatever is not the one spelling of a header.
  package init(bytes: [UInt8]) throws(BundleFault) {
    do {
      var reader = ByteReader(bytes)
      study = try reader.identifier()
      device = try reader.identifier()
      milliseconds = Int64(bitPattern: try reader.fixed64())
      registers = try reader.digest()
      frontier = try reader.clock()
      let count = try reader.count(bytesEach: DeviceID.byteCount + 1 + Digest.byteCount)
      start = []
      start.reserveCapacity(count)
      for _ in 0..<count {
        let device: DeviceID = try reader.identifier()
        let dot = Dot(device: device, sequence: try reader.varint())
        start.append(ChainHead(dot: dot, link: try reader.digest()))
      }
      guard reader.isAtEnd else { throw reader.malformed }
    } catch {
      throw .malformedHeader
    }
    guard VectorClock(sortedEntries: start.map(\.dot)) != nil, frontier.covers(startClock),
      frontier.entries.count <= WireLimits.clockDevices,
      frontier.entries.allSatisfy({ $0.sequence <= WireLimits.sequenceMax })
    else { throw .malformedHeader }
  }
}

extension ByteReader {
  fileprivate mutating func digest() throws(EnvelopeFault) -> Digest {
    guard let digest = Digest(bytes: try slice(Digest.byteCount)) else { throw malformed }
    return digest
  }
}
