/// Which register of a record: a field's number, and a key where the field has a register per key.
///
/// A key is opaque here: the notebook makes it from an attribute's name or another record's id. It
/// says nothing to a hub, and goes on saying nothing when payloads are sealed.
package struct FieldID: Hashable, Sendable {
  package var number: UInt32
  package var key: [UInt8]

  package init(_ number: UInt32, key: [UInt8] = []) {
    self.number = number
    self.key = key
  }
}

extension FieldID: Comparable {
  package static func < (left: FieldID, right: FieldID) -> Bool {
    left.number != right.number
      ? left.number < right.number
      : left.key.lexicographicallyPrecedes(right.key)
  }
}

/// Everything of a change but its payload: all that the merge ever reads.
package struct Envelope: Hashable, Sendable {
  /// What the change does to its record.
  ///
  /// A number and no closed set, so that an older notebook keeps and forwards what a newer one
  /// wrote; it takes effect after the upgrade, when the view is built again from the log.
  package struct Action: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    /// Sets the fields named.
    package static let write = Action(rawValue: 0)

    /// Removes what its author had seen of the record; its context is the author's whole frontier.
    package static let delete = Action(rawValue: 1)

    /// Takes away the payloads of the record and of what is on or about it, for good.
    package static let erase = Action(rawValue: 2)

    /// Says that a hub did not take the changes it names; see ``Envelope/voided``.
    package static let void = Action(rawValue: 3)
  }

  package var dot: Dot
  package var stamp: Stamp
  package var record: RecordID
  package var kind: UInt32
  package var action: Action

  /// The clock of this record, as the author knew it when writing; of everything, for a delete.
  package var context: VectorClock

  /// Sorted, each once.
  package var fields: [FieldID]

  /// The records that this one is on or about, sorted, each once; nil when the change leaves that as
  /// it was.
  ///
  /// It stands here and not in the payload alone because two rules of the merge ask for it: what is
  /// on a record keeps it alive, and goes with it when it is erased.
  package var about: [RecordID]?

  package init(
    dot: Dot, stamp: Stamp, record: RecordID, kind: UInt32, action: Action = .write,
    context: VectorClock, fields: [FieldID], about: [RecordID]? = nil
  ) {
    self.dot = dot
    self.stamp = stamp
    self.record = record
    self.kind = kind
    self.action = action
    self.context = context
    self.fields = fields
    self.about = about
  }
}

/// Why an envelope cannot have been written by a working notebook.
package enum EnvelopeFault: Error, Equatable, Sendable {
  case sequenceOutOfRange
  case stampTooLate
  case tooManyFields(Int)
  case fieldsNotSorted
  case keyTooLong(bytes: Int)
  case clockTooLong(devices: Int)
  case contextSequenceOutOfRange
  case contextCoversItself
  case deleteWithFields(Int)
  case eraseWithFields(Int)
  case tooManyAbout(Int)
  case aboutNotSorted
  case aboutItself
  case aboutWithoutWrite
  case markMalformed
  case malformed(atByte: Int)
}

extension EnvelopeFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .sequenceOutOfRange:
      "sequence number is outside 1…\(WireLimits.sequenceMax)"
    case .stampTooLate:
      "time stamp is later than the year 2300, which no clock that is believed leads to"
    case .tooManyFields(let count):
      "change sets \(count) fields; the limit is \(WireLimits.changeFields)"
    case .fieldsNotSorted:
      "fields are not in ascending order, or one is named twice"
    case .keyTooLong(let bytes):
      "field key is \(bytes) bytes; the limit is \(WireLimits.keyBytes)"
    case .clockTooLong(let devices):
      "clock names \(devices) devices; the limit is \(WireLimits.clockDevices)"
    case .contextSequenceOutOfRange:
      "context has a sequence number outside 1…\(WireLimits.sequenceMax)"
    case .contextCoversItself:
      "context covers the change itself"
    case .deleteWithFields(let count):
      "delete sets \(count) fields; it may set none"
    case .eraseWithFields(let count):
      "erase sets \(count) fields; it may set none"
    case .tooManyAbout(let count):
      "record is about \(count) others; the limit is \(WireLimits.changeAbout)"
    case .aboutNotSorted:
      "records that a change is about are not in ascending order, or one is named twice"
    case .aboutItself:
      "record is about itself"
    case .aboutWithoutWrite:
      "change that writes nothing says what its record is about"
    case .markMalformed:
      "change that calls others void does not name them as it should"
    case .malformed(let offset):
      "envelope is malformed at byte \(offset)"
    }
  }
}

extension Envelope {
  /// Checks what can be told from the envelope alone.
  package func validate() throws(EnvelopeFault) {
    guard (1...WireLimits.sequenceMax).contains(dot.sequence) else { throw .sequenceOutOfRange }
    guard stamp <= .latest else { throw .stampTooLate }
    guard fields.count <= WireLimits.changeFields else { throw .tooManyFields(fields.count) }
    for (index, field) in fields.enumerated() {
      guard field.key.count <= WireLimits.keyBytes else {
        throw .keyTooLong(bytes: field.key.count)
      }
      guard index == 0 || fields[index - 1] < field else { throw .fieldsNotSorted }
    }
    guard context.entries.count <= WireLimits.clockDevices else {
      throw .clockTooLong(devices: context.entries.count)
    }
    for entry in context.entries where entry.sequence > WireLimits.sequenceMax {
      throw .contextSequenceOutOfRange
    }
    guard !context.covers(dot) else { throw .contextCoversItself }
    guard action != .delete || fields.isEmpty else { throw .deleteWithFields(fields.count) }
    guard action != .erase || fields.isEmpty else { throw .eraseWithFields(fields.count) }
    try validateAbout()
    try validateMark()
  }

  private func validateAbout() throws(EnvelopeFault) {
    guard let about else { return }
    guard action != .delete, action != .erase else { throw .aboutWithoutWrite }
    guard about.count <= WireLimits.changeAbout else { throw .tooManyAbout(about.count) }
    for (index, other) in about.enumerated() {
      guard index == 0 || about[index - 1] < other else { throw .aboutNotSorted }
      guard other != record else { throw .aboutItself }
    }
  }
}
