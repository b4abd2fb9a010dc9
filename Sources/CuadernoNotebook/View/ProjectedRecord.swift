import CuadernoModel
import CuadernoSync

/// A record as the projection has it in hand.
struct ProjectedRecord {
  let number: Int64
  let id: RecordID
  let state: RecordState
  var isShown: Bool
}

/// One register's shown value.
struct ShownValue {
  let field: FieldID
  let value: Value?
  /// Of the write that is shown.
  let dot: Dot
  let stamp: Stamp
  /// The writes that a text came of.
  var version: TextVersion?
}
