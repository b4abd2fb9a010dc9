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

  /// Whether the first change of a record said nothing of a field that has one value.
  package func began(_ record: RecordID, without field: Field) throws -> Bool {
    guard let first = try logEntries(of: record).first else { return true }
    return first.change.storedValue(FieldID(field.number))?.value == nil
  }
}
