import CuadernoLog
import CuadernoModel
package import CuadernoSync

// Deleting, bringing back and erasing: laws 5 and 6.
extension Writer {
  /// Removes a record as far as this notebook has seen it: the delete carries the whole frontier, so
  /// what somebody else wrote meanwhile, to it or on it, keeps the record alive.
  package mutating func delete(_ record: RecordID) throws {
    let frontier = try Notebook.changes.frontier(reader.log)
      .joined(with: VectorClock([lastDot]))
    try append(.delete, to: record, find(record), context: frontier)
  }

  /// Brings a deleted record back with all its fields, and what went out of sight with it.
  ///
  /// - Returns: whether it had been deleted.
  @discardableResult
  package mutating func undelete(_ record: RecordID) throws -> Bool {
    let found = try find(record)
    guard !found.state.isErased else { throw NotebookError.erased }
    guard !found.state.isAlive else { return false }
    // A write of no field: its context covers the deletes, and no delete covers it.
    try append(.write, to: record, found, context: found.state.clock)
    return true
  }

  /// Takes a record's contents away for good, here and everywhere at the next sync, with those of
  /// the codings and notes on it.
  ///
  /// - Throws: ``NotebookError/notErasable(_:)`` for a theme and the study: codings name themes, and
  ///   would be erased with them.
  package mutating func erase(_ record: RecordID) throws {
    let found = try find(record)
    guard let kind = Kind(rawValue: found.state.kind) else { throw NotebookError.newerKind }
    guard kind != .theme, kind != .study else { throw NotebookError.notErasable(kind) }
    let frontier = try Notebook.changes.frontier(reader.log)
      .joined(with: VectorClock([lastDot]))
    try append(.erase, to: record, found, context: frontier)
  }
}
