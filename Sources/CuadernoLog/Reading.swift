package import GRDB

extension DatabaseQueue {
  /// Runs a body that only reads, on one snapshot.
  ///
  /// GRDB's own `read` sets `query_only` before and takes it back after. SQLite then prepares every
  /// statement of the connection anew when it is next run, since a pragma of that kind may change what
  /// was compiled (`OP_Expire`, sqlite.org/opcode.html): a fifth of the time of a notebook that reads and
  /// writes by turns. That a body does not write is here the caller's promise.
  package func reading<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try unsafeRead { db in
      try db.beginTransaction(.deferred)
      do {
        let result = try body(db)
        try db.commit()
        return result
      } catch {
        // SQLite ends a transaction by itself after some errors.
        if db.isInsideTransaction { try? db.rollback() }
        throw error
      }
    }
  }
}
