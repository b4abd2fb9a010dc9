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
  let write: RecordState.Write
  /// The writes that a text came of.
  let version: TextVersion?

  init(field: FieldID, value: Value?, write: RecordState.Write, version: TextVersion? = nil) {
    self.field = field
    self.value = value
    self.write = write
    self.version = version
  }
}
