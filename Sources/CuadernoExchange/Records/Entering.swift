package import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// What an import did, in the few numbers that a person is told.
package struct ImportTally: Hashable, Sendable {
  package var new: [Kind: Int] = [:]
  package var changed: [Kind: Int] = [:]
  package var unchanged: [Kind: Int] = [:]

  package init() {}

  package enum Outcome: Sendable { case new, changed, unchanged }

  mutating func count(_ kind: Kind, _ outcome: Outcome) {
    switch outcome {
    case .new: new[kind, default: 0] += 1
    case .changed: changed[kind, default: 0] += 1
    case .unchanged: unchanged[kind, default: 0] += 1
    }
  }

  package mutating func add(_ other: ImportTally) {
    new.merge(other.new, uniquingKeysWith: +)
    changed.merge(other.changed, uniquingKeysWith: +)
    unchanged.merge(other.unchanged, uniquingKeysWith: +)
  }
}

/// Two edits of one field that would be written at once: the later one would win, and a file taken in again
/// would write the two over each other for ever.
struct TwoValues: Error, Hashable, CustomStringConvertible {
  let field: Field

  var description: String {
    if case .attributes = field.shape {
      return "two different values for one attribute; give each a name of its own, or leave one out"
    }
    return "two different values for one \(field.name); leave one out"
  }

  static func refuse(in edits: [FieldEdit]) throws(TwoValues) {
    var values = [FieldID: Value?]()
    for edit in edits {
      if let other = values.updateValue(edit.value, forKey: edit.register), other != edit.value {
        throw TwoValues(field: edit.field)
      }
    }
  }
}

extension Writer {
  /// Sets fields of a record that may be new, and leaves alone what is shown already.
  ///
  /// An edit without a value clears its field. A record that was deleted comes back, with what the
  /// file says of it.
  ///
  /// - Parameter isCarriedSo: whether a coding that is here lies already where its edit puts it,
  ///   though the anchor itself may be on an earlier text.
  /// - Throws: ``TwoValues`` when two edits of one field differ.
  mutating func enter(
    _ record: RecordID, _ kind: Kind, _ edits: [FieldEdit],
    isCarriedSo: (Reader) throws -> Bool = { _ in false }
  ) throws -> ImportTally.Outcome {
    try TwoValues.refuse(in: edits)
    let reader = reader
    let written = try put(record, kind, edits.filter { $0.value != nil }) { isAlive in
      guard isAlive, let shown = try ShownValues(of: record, kind, reader) else { return edits }
      return try reader.differing(edits, of: record, from: shown, isCarriedSo: isCarriedSo)
    }
    return written.isNew ? .new : written.isWritten ? .changed : .unchanged
  }

  /// The same for a file that is taken in again while people work here on what came with it: a value that
  /// the record held before is the file's old one, and what somebody made of it since stays.
  mutating func enter(
    _ record: RecordID, _ kind: Kind, _ edits: [FieldEdit], keeping report: inout IntakeReport,
    isCarriedSo: (Reader) throws -> Bool = { _ in false }
  ) throws -> ImportTally.Outcome {
    try TwoValues.refuse(in: edits)
    let reader = reader
    let written = try put(record, kind, edits.filter { $0.value != nil }) { isAlive in
      guard isAlive, let shown = try ShownValues(of: record, kind, reader) else { return edits }
      let differing = try reader.differing(
        edits, of: record, from: shown, isCarriedSo: isCarriedSo)
      let stale = try reader.replaced(record, by: differing)
      report.countEdited(edits, stale)
      return differing.filter { stale[$0.register] == nil }
    }
    return written.isNew ? .new : written.isWritten ? .changed : .unchanged
  }
}

extension IntakeReport {
  /// Counts what stays as it was edited here.
  mutating func countEdited(_ edits: [FieldEdit], _ stale: [FieldID: Dot]) {
    guard !stale.isEmpty else { return }
    for edit in edits where stale[edit.register] != nil {
      count(edit.field.shape == .text ? .editedTexts : .editedFields)
    }
  }
}

extension FieldEdit {
  /// The field, with its key where it is one of several.
  var register: FieldID { FieldID(field.number, key: key) }

  /// With its value as it is kept.
  fileprivate var normalised: FieldEdit {
    var edit = self
    edit.value = value.map { TextEntry.normalised($0) }
    return edit
  }
}

extension Reader {
  /// Those of some edits whose value a record held before and does not show now, by their registers, each
  /// with the change that wrote it first.
  func replaced(_ record: RecordID, _ kind: Kind, _ edits: [FieldEdit]) throws -> [FieldID: Dot] {
    guard let shown = try ShownValues(of: record, kind, self) else { return [:] }
    return try replaced(record, by: differing(edits, of: record, from: shown) { _ in false })
  }

  /// The same of edits that differ from what is shown.
  fileprivate func replaced(
    _ record: RecordID, by differing: [FieldEdit]
  ) throws -> [FieldID: Dot] {
    let written = differing.filter { $0.value != nil }.map(\.normalised)
    guard !written.isEmpty else { return [:] }
    let dots = try firstWrites(of: written, to: record)
    return Dictionary(
      zip(written, dots).compactMap { edit, dot in dot.map { (edit.register, $0) } },
      uniquingKeysWith: { first, _ in first })
  }

  fileprivate func differing(
    _ edits: [FieldEdit], of record: RecordID, from shown: ShownValues,
    isCarriedSo: (Reader) throws -> Bool
  ) throws -> [FieldEdit] {
    try edits.filter { original in
      let edit = original.normalised
      guard try !shown.shows(edit) && !draws(record, edit) else { return false }
      return try edit.field != .Coding.anchor || !isCarriedSo(self)
    }
  }
}

extension Reader {
  /// Whether a place or theme stands where an edit would put it although its own field says
  /// otherwise: above it is a record that was deleted, or an edge that closes a circle.
  fileprivate func draws(_ record: RecordID, _ edit: FieldEdit) throws -> Bool {
    guard [Field.Place.parent, .Theme.parent, .Theme.mergedInto].contains(edit.field) else {
      return false
    }
    let drawn = try tree(edit.field).parent(of: record.rawValue)
    return drawn.map(Value.reference) == edit.value
  }
}
