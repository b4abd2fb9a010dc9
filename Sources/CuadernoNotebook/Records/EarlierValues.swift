import CuadernoLog
package import CuadernoModel
package import CuadernoSync

extension Reader {
  /// For each edit the first change that wrote its value to its field of a record; nil where none ever did.
  ///
  /// What was erased, or only a newer notebook can read, counts for nothing. A value is compared as it is
  /// kept, so it has to be normalised.
  package func firstWrites(of edits: [FieldEdit], to record: RecordID) throws -> [Dot?] {
    let changes = try logEntries(of: record).map(\.change)
    return edits.map { edit in
      guard let value = edit.value else { return nil }
      let field = FieldID(edit.field.number, key: edit.key)
      return changes.first { $0.storedValue(field)?.value == value }?.dot
    }
  }

  /// Whether a record held nothing once in a field that has one value: it began without, or somebody cleared it.
  package func wasEmpty(_ record: RecordID, _ field: Field) throws -> Bool {
    let (field, changes) = (FieldID(field.number), try logEntries(of: record).map(\.change))
    return changes.first?.storedValue(field)?.value == nil
      || changes.contains { $0.storedValue(field) == .cleared }
  }
}
