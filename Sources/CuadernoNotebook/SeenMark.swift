import CuadernoLog
package import CuadernoSync
import GRDB

// What the person at this notebook has been shown of other devices' changes. It is a clock and no
// position, so that it says the same in a restored notebook; it lies beside the log, stays here, and
// goes into backups.
extension Notebook {
  /// Remembers that everything a clock covers has been seen.
  package func markSeen(_ clock: VectorClock) throws {
    try holdingLock {
      try translatingErrors { try log.write { try Self.markSeen(clock, $0) } }
    }
  }

  static func markSeen(_ clock: VectorClock, _ log: Database) throws {
    let seen = try seen(log).joined(with: clock)
    try log.execute(sql: "UPDATE notebook SET seen = ?", arguments: [Blob(seen.canonicalBytes)])
  }

  /// A device that is given up for a new one wrote nothing that its person had not seen.
  static func markOwnSeen(_ log: Database) throws {
    let device = try identity(log).device
    guard let head = try changes.head(of: device, log) else { return }
    try markSeen(VectorClock([head.dot]), log)
  }

  /// A mark that cannot be read marks nothing: to tell something twice loses nothing.
  static func seen(_ log: Database) throws -> VectorClock {
    let bytes = try Blob?.fetchOne(log.cachedStatement(sql: "SELECT seen FROM notebook"))
    return bytes.flatMap { $0 }.flatMap { try? VectorClock(canonicalBytes: $0.bytes) }
      ?? VectorClock()
  }
}

extension Reader {
  /// What has been seen, this device's own changes among it.
  package func seen() throws -> VectorClock {
    var seen = try Notebook.seen(log)
    if let head = try Notebook.changes.head(of: identity.device, log) { seen.include(head.dot) }
    return seen
  }

  /// Everything that this notebook holds.
  package func frontier() throws -> VectorClock {
    try Notebook.changes.frontier(log)
  }
}
