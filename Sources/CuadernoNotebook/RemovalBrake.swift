import CuadernoSync
import GRDB

/// Stops a sync that would take away more than a share of a notebook.
///
/// A script gone wrong or a slip on one laptop would otherwise empty everybody's notebook at the next
/// sync; a person can look first, since nothing was applied.
package struct RemovalBrake: Sendable {
  /// What the same sync has removed already.
  package var removed: Int

  package init(removed: Int = 0) {
    self.removed = removed
  }

  /// Below this many nobody is asked: a small study is tidied up in an afternoon.
  static let recordsMin = 20

  /// One record in so many.
  static let share = 5

  /// - Throws: ``NotebookError/wouldRemove(_:of:)``.
  func check(_ changes: [AdmittedChange], _ view: Database) throws {
    let envelopes = changes.lazy.map(\.change.envelope)
    let named = Set(
      envelopes.filter { $0.action == .delete || $0.action == .erase }.map(\.record))
    guard !named.isEmpty else { return }
    var states = [RecordID: RecordState]()
    let row = RecordRow(view: view)
    for record in named {
      if let found = try row.find(record), found.isShown { states[record] = found.state }
    }
    for envelope in envelopes { states[envelope.record]?.apply(envelope) }
    let count = removed + states.values.count { !$0.isAlive }
    guard count > Self.recordsMin else { return }
    let shown =
      try Int.fetchOne(view, sql: "SELECT count(*) FROM record WHERE isAlive <> 0") ?? 0
    guard count * Self.share <= shown + removed else {
      throw NotebookError.wouldRemove(count, of: shown + removed)
    }
  }
}
