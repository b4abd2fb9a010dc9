import CuadernoLog

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How often a study's devices were refused for one reason.
package struct RefusalCount: Hashable, Sendable {
  /// A problem's code.
  package let code: String
  /// As the audit log has it: the same refusal of one device counts once an hour.
  package let count: Int
  package let lastMilliseconds: Int64
}

extension Ledger {
  /// What was refused to a study's devices, the most frequent first.
  package func refusals(
    of study: Study, since milliseconds: Int64
  ) async throws -> [RefusalCount] {
    try await database.read { db in
      try db.all(
        """
        SELECT detail, count(*), max(milliseconds)
        FROM audit
        WHERE study = ? AND event = ? AND milliseconds >= ?
        GROUP BY detail ORDER BY count(*) DESC, detail
        """,
        [
          .integer(study.number), .text(AuditEntry.Event.refused.rawValue), .integer(milliseconds),
        ]
      ) { row in
        RefusalCount(
          code: try row.text(0), count: Int(try row.integer(1)),
          lastMilliseconds: try row.integer(2))
      }
    }
  }

  /// How many changes were not taken because their authors may not make them.
  package func voidChanges(of study: Study) async throws -> Int64 {
    try await sum("SELECT sum(voidChanges) FROM audit WHERE study = ?", study)
  }

  /// How much room the changes of a study take, without what the ledger knows of them besides.
  package func payloadBytes(of study: Study) async throws -> Int64 {
    try await sum(
      "SELECT sum(length(envelope) + coalesce(length(payload), 0)) FROM change WHERE study = ?",
      study)
  }

  /// A sum is no integer of 64 bits in PostgreSQL, and nothing where there are no rows.
  private func sum(_ sql: String, _ study: Study) async throws -> Int64 {
    try await database.read { db in
      try db.first("SELECT CAST(coalesce((\(sql)), 0) AS BIGINT)", [.integer(study.number)]) {
        try $0.integer(0)
      } ?? 0
    }
  }

  /// The ledger's own file, with what is still to be brought into it; nil where it has none.
  package var fileBytes: Int64? {
    guard let file = database as? LedgerFile else { return nil }
    let sizes = ["", "-wal"].compactMap { suffix -> Int64? in
      var found = stat()
      guard unsafe stat(file.path + suffix, &found) == 0 else { return nil }
      return Int64(found.st_size)
    }
    return sizes.isEmpty ? nil : sizes.reduce(0, +)
  }

  /// What is free on the disk of the ledger's file.
  package var freeBytes: Int64? {
    guard let file = database as? LedgerFile else { return nil }
    var found = statvfs()
    guard unsafe statvfs(file.path, &found) == 0 else { return nil }
    return Int64(clamping: UInt64(found.f_bavail) * UInt64(found.f_frsize))
  }
}
