import CuadernoLog
import CuadernoModel
import CuadernoSync
import GRDB

/// Texts that were written at once, as they are shown merged.
extension Projection {
  /// A text field with several current writes as it is shown; nil for every other field.
  mutating func mergedText(
    _ field: FieldID, _ record: ProjectedRecord
  ) throws -> ShownText? {
    let register = record.state.register(field)
    guard register.count > 1, let kind = Kind(rawValue: record.state.kind),
      Field.find(kind, field.number)?.shape == .text, field.key.isEmpty
    else { return nil }
    if texts?.record != record.number || texts?.texts.field != field {
      texts = nil
      texts = (record.number, try fieldTexts(field, record.number))
    }
    return try texts?.texts.shown(register.map(\.dot))
  }

  private mutating func fieldTexts(_ field: FieldID, _ record: Int64) throws -> FieldTexts {
    var positions = [Int64]()
    try view.cachedStatement(
      sql: "SELECT position FROM history WHERE record = ? ORDER BY position"
    ).scan([.integer(record)]) { row in
      positions.append(row.integer(0))
      return true
    }
    return try FieldTexts(field) { visit in
      for position in positions { try visit(change(at: position)) }
    } change: { [arriving, changes, log] dot in
      if let change = arriving[dot] { return change }
      guard let entry = try changes.entry(at: dot, log) else {
        throw StoreError.damagedChange(dot)
      }
      return entry.change
    }
  }

  private mutating func change(at position: Int64) throws -> Change {
    if let change = arrivedAt[position].flatMap({ arriving[$0] }) { return change }
    guard let entry = try entries.entry(at: position, log) else { throw StoreError.damaged }
    return entry.change
  }

  mutating func mergedValue(
    _ field: FieldID, _ record: ProjectedRecord
  ) throws -> ShownValue? {
    guard let text = try mergedText(field, record), let write = record.state.shown(field) else {
      return nil
    }
    return ShownValue(
      field: field, value: text.text.map(Value.text), dot: write.dot, stamp: write.stamp,
      version: text.version)
  }
}
