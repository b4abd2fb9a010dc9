import CuadernoSync
import GRDB

/// Stops a sync that would take away more than a share of a notebook.
///
/// A script gone wrong or a slip on one laptop would otherwise empty everybody's notebook at the next
/// sync; a person can look first, since nothing was applied. What counts is what goes out of sight: a
/// record that is deleted or erased, and the codings and notes on it.
package struct RemovalBrake: Sendable {
  /// What this sync, and those before it of the same command, have removed lately.
  package var removed: Int

  package init(removed: Int = 0) {
    self.removed = removed
  }

  /// Below this many nobody is asked: a small study is tidied up in an afternoon.
  static let recordsMin = 20

  /// One record in so many.
  static let share = 5

  /// - Parameter project: brings the view to what the changes come to; it is taken back.
  /// - Throws: ``NotebookError/wouldRemove(_:of:)``.
  func check(
    _ changes: [AdmittedChange], _ view: Database, project: () throws -> Void
  ) throws {
    let named = changes.removed
    guard !named.isEmpty else { return }
    let shown =
      try Int.fetchOne(view, sql: "SELECT count(*) FROM record WHERE isAlive <> 0") ?? 0
    func isTooMuch(_ count: Int) -> Bool {
      count > Self.recordsMin && count * Self.share > shown + removed
    }
    // As if nobody's work kept any of it.
    guard isTooMuch(removed + (try Self.onAny(of: named, view).count)) else { return }
    var gone = 0
    try view.inSavepoint {
      let sight = try Sight(view)
      try project()
      gone = try sight.gone(view)
      return .rollback
    }
    guard isTooMuch(removed + gone) else { return }
    throw NotebookError.wouldRemove(removed + gone, of: shown + removed)
  }

  /// Those of some records that are shown, with what is shown on them, on that, and so on.
  private static func onAny(of records: Set<RecordID>, _ view: Database) throws -> Set<RecordID> {
    let row = RecordRow(view: view)
    var found = try records.filter { try row.find($0)?.isShown == true }
    var waiting = Array(found)
    while let next = waiting.popLast() {
      for dependant in try Dependants.shown(on: next, view)
      where found.insert(dependant).inserted {
        waiting.append(dependant)
      }
    }
    return found
  }
}

/// What is out of sight at one moment, of the records there were then.
struct Sight {
  private let last: Int64
  private let hidden: Int

  init(_ view: Database) throws {
    last = try Int64.fetchOne(view, sql: "SELECT max(number) FROM record") ?? 0
    hidden = try Self.hidden(upTo: last, view)
  }

  /// How many more of them are out of sight now.
  func gone(_ view: Database) throws -> Int {
    max(try Self.hidden(upTo: last, view) - hidden, 0)
  }

  private static func hidden(upTo number: Int64, _ view: Database) throws -> Int {
    // In the words of the index over the few that are deleted.
    try Int.fetchOne(
      view.cachedStatement(
        sql: """
          SELECT count(*) FROM record INDEXED BY recordDeleted
          WHERE isAlive <> 1 AND isAlive = 0 AND number <= ?
          """),
      arguments: [number]) ?? 0
  }
}

extension [AdmittedChange] {
  /// The records that somebody deletes or erases with them.
  var removed: Set<RecordID> {
    Set(
      lazy.map(\.change.envelope).filter { $0.action == .delete || $0.action == .erase }
        .map(\.record))
  }
}
