/// The registers of one record: what the merge makes of the changes to it.
///
/// This is the one implementation of the laws; the notebook and the server both apply it, envelope
/// by envelope, and keep its canonical bytes. What it holds depends only on the set of changes
/// applied, as long as each comes after those its author had seen.
package struct RecordState: Hashable, Sendable {
  /// A change as far as it is still current: the fields in which nobody has replaced it knowingly.
  package struct Write: Hashable, Sendable {
    package var dot: Dot
    package var stamp: Stamp

    /// Sorted, each once, never empty.
    package var fields: [FieldID]

    package init(dot: Dot, stamp: Stamp, fields: [FieldID]) {
      self.dot = dot
      self.stamp = stamp
      self.fields = fields
    }

    /// The greater of two concurrent writes is the one shown.
    package static func isShown(_ left: Write, over right: Write) -> Bool {
      (left.stamp, left.dot) > (right.stamp, right.dot)
    }
  }

  /// The least kind that a change named; all name the same one, unless a peer is broken.
  package private(set) var kind: UInt32

  /// The highest write of each device to this record.
  package private(set) var edits: VectorClock

  /// The highest delete of each device.
  package private(set) var deletes: VectorClock

  /// Everything that somebody had seen who deleted the record.
  package private(set) var removed: VectorClock

  /// Sorted by what is shown: the last of those that hold a field is the one shown.
  package private(set) var writes: [Write]

  /// Whether somebody erased the record: it has no writes then, whatever came before or comes later.
  package private(set) var isErased = false

  package init(kind: UInt32) {
    self.kind = kind
    edits = VectorClock()
    deletes = VectorClock()
    removed = VectorClock()
    writes = []
  }

  init(
    kind: UInt32, edits: VectorClock, deletes: VectorClock, removed: VectorClock, writes: [Write],
    isErased: Bool
  ) {
    self.kind = kind
    self.edits = edits
    self.deletes = deletes
    self.removed = removed
    self.writes = writes
    self.isErased = isErased
  }

  /// The clock of this record: the context of whoever writes to it now.
  package var clock: VectorClock {
    deletes.isEmpty ? edits : edits.joined(with: deletes)
  }

  /// Whether the record has a change that nobody who deleted it had seen.
  ///
  /// An observed-remove: a delete takes away what its author knew and nothing else (Shapiro,
  /// Preguiça, Baquero and Zawirski, "Conflict-free Replicated Data Types", 2011, the OR-Set).
  package var isAlive: Bool {
    !isErased && (deletes.isEmpty || !removed.covers(edits))
  }

  /// Applies a change that this state does not hold yet and whose context it covers.
  ///
  /// `S(f) := { x in S(f) | x not covered by e.context } + e` for each field f that e sets.
  ///
  /// A change that is void must not be applied, and a mark that says so belongs to no record.
  package mutating func apply(_ envelope: Envelope) {
    guard envelope.action != .void else { return }
    kind = min(kind, envelope.kind)
    switch envelope.action {
    case .write:
      edits.include(envelope.dot)
      if !isErased { replaceSeen(envelope) }
    case .delete:
      deletes.include(envelope.dot)
      removed.join(envelope.context)
    case .erase:
      deletes.include(envelope.dot)
      removed.join(envelope.context)
      isErased = true
      writes = []
    default:
      // What a newer notebook wrote: kept in the log and forwarded, without an effect here.
      edits.include(envelope.dot)
    }
  }

  private mutating func replaceSeen(_ envelope: Envelope) {
    guard !envelope.fields.isEmpty else { return }
    if !writes.isEmpty {
      let replaced = Set(envelope.fields)
      for index in writes.indices where envelope.context.covers(writes[index].dot) {
        writes[index].fields.removeAll(where: replaced.contains)
      }
      writes.removeAll { $0.fields.isEmpty }
    }
    let write = Write(dot: envelope.dot, stamp: envelope.stamp, fields: envelope.fields)
    let index = writes.firstIndex { Write.isShown($0, over: write) } ?? writes.endIndex
    writes.insert(write, at: index)
  }

  /// The current writes of a field, the shown one last; more than one when they are concurrent.
  package func register(_ field: FieldID) -> [Write] {
    writes.filter { $0.fields.contains(field) }
  }

  /// The write that is shown in a field.
  package func shown(_ field: FieldID) -> Write? {
    writes.last { $0.fields.contains(field) }
  }

  /// The fields with more than one current write, sorted.
  package var contestedFields: [FieldID] {
    guard writes.count > 1 else { return [] }
    var counts = [FieldID: Int]()
    for write in writes {
      for field in write.fields { counts[field, default: 0] += 1 }
    }
    return counts.filter { $0.value > 1 }.keys.sorted()
  }

  /// Every field that has a current write, sorted.
  package var fields: [FieldID] {
    guard writes.count > 1 else { return writes.first?.fields ?? [] }
    return Set(writes.lazy.flatMap(\.fields)).sorted()
  }
}

extension RecordState {
  static let version: UInt8 = 1

  /// One spelling for each state; specified in Schema/WIRE.md, because digests are taken over it.
  package var canonicalBytes: [UInt8] {
    var bytes = [UInt8]()
    bytes.reserveCapacity(96)
    bytes.append(Self.version)
    appendVarint(UInt64(kind), to: &bytes)
    edits.append(to: &bytes)
    deletes.append(to: &bytes)
    removed.append(to: &bytes)
    appendVarint(UInt64(writes.count), to: &bytes)
    for write in writes {
      write.dot.device.append(to: &bytes)
      appendVarint(write.dot.sequence, to: &bytes)
      appendFixed64(write.stamp.rawValue, to: &bytes)
      appendVarint(UInt64(write.fields.count), to: &bytes)
      for field in write.fields { field.append(to: &bytes) }
    }
    // Of what hardly any record has, the others carry no byte.
    if isErased { bytes.append(Self.erasedMark) }
    return bytes
  }

  private static let erasedMark: UInt8 = 1

  /// - Throws: ``EnvelopeFault/malformed(atByte:)``; the bytes come from a store's own table, so
  ///   the store is damaged.
  package init(canonicalBytes: [UInt8]) throws(EnvelopeFault) {
    var reader = ByteReader(canonicalBytes)
    guard try reader.byte() == Self.version else { throw .malformed(atByte: 0) }
    guard let kind = UInt32(exactly: try reader.varint()) else { throw reader.malformed }
    let edits = try reader.clock()
    let deletes = try reader.clock()
    let removed = try reader.clock()
    var writes = [Write]()
    for _ in 0..<(try reader.count(bytesEach: DeviceID.byteCount + 10)) {
      let device: DeviceID = try reader.identifier()
      let dot = Dot(device: device, sequence: try reader.varint())
      let stamp = Stamp(rawValue: try reader.fixed64())
      writes.append(Write(dot: dot, stamp: stamp, fields: try reader.fields()))
    }
    let isErased = !reader.isAtEnd
    if isErased, try reader.byte() != Self.erasedMark { throw reader.malformed }
    guard reader.isAtEnd, !isErased || writes.isEmpty else { throw reader.malformed }
    self.init(
      kind: kind, edits: edits, deletes: deletes, removed: removed, writes: writes,
      isErased: isErased)
  }

  /// What this record adds to the digest of a store's registers.
  package func digest(of record: RecordID) -> Digest {
    Self.digest(of: record, canonicalBytes: canonicalBytes)
  }

  package static func digest(of record: RecordID, canonicalBytes: [UInt8]) -> Digest {
    Digest(hashing: record.bytes + canonicalBytes)
  }
}
