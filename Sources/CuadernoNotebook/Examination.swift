import CuadernoLog
package import CuadernoSync
import Foundation
import GRDB

/// What `doctor` finds when it reads everything.
package struct Examination: Sendable {
  /// Changes read from the log, each against its hash.
  package var changes = 0
  /// Changes whose row does not match its hash.
  package var damaged: [Dot] = []
  /// What SQLite itself says of the structure of the log's file; empty when it is whole.
  package var structureFaults = 0
  /// Whether the view holds what the log comes to; nil when a damaged log leaves that open.
  package var viewAgrees: Bool?
  package var wasRebuilt = false

  package var isHealthy: Bool {
    damaged.isEmpty && structureFaults == 0 && viewAgrees == true
  }
}

extension Notebook {
  /// Reads the whole log and compares the view with one made anew; replaces it when it differs, or
  /// when asked to.
  package func examine(rebuild: Bool) throws -> Examination {
    var result = Examination()
    try translatingErrors {
      try log.read { db in
        let faults = try String.fetchAll(db, sql: "PRAGMA quick_check")
        result.structureFaults = faults == ["ok"] ? 0 : faults.count
        (result.changes, result.damaged) = try Self.changes.examine(db)
      }
    }
    guard result.damaged.isEmpty, result.structureFaults == 0 else { return result }
    try folder.lock.hold {
      try? view.completeIndex()
      let before = try? view.contentsDigest()
      let fresh = try view.digestOfFreshCopy(log)
      result.viewAgrees = before == fresh
      if rebuild || before != fresh {
        try view.rebuild(log)
        result.wasRebuilt = true
        result.viewAgrees = try view.contentsDigest() == fresh
      }
    }
    return result
  }

  /// Every row of every table of the view, in order, as one text: what a rebuilt view must repeat.
  package func viewDump() throws -> String {
    try completeIndex()
    return try view.dump()
  }
}
