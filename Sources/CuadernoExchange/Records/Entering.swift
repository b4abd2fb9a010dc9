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

extension Writer {
  /// Sets fields of a record that may be new, and leaves alone what is shown already.
  ///
  /// An edit without a value clears its field. A record that was deleted comes back, with what the
  /// file says of it.
  ///
  /// - Parameter isCarriedSo: whether a coding that is here lies already where its edit puts it,
  ///   though the anchor itself may be on an earlier text.
  mutating func enter(
    _ record: RecordID, _ kind: Kind, _ edits: [FieldEdit],
    isCarriedSo: (Reader) throws -> Bool = { _ in false }
  ) throws -> ImportTally.Outcome {
    let reader = reader
    let written = try put(record, kind, edits.filter { $0.value != nil }) { isAlive in
      guard isAlive, let shown = try ShownValues(of: record, kind, reader) else { return edits }
      return try edits.filter { edit in
        var edit = edit
        edit.value = edit.value.map { TextEntry.normalised($0) }
        guard try !shown.shows(edit) && !reader.draws(record, edit) else { return false }
        return try edit.field != .Coding.anchor || !isCarriedSo(reader)
      }
    }
    return written.isNew ? .new : written.isWritten ? .changed : .unchanged
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
