package import GRDB

extension DatabaseQueue {
  /// Runs a body that only reads, on one snapshot.
  ///
  /// GRDB's own `read` sets `query_only` before and takes it back after. SQLite then prepares every
  /// statement of the connection anew when it is next run, since a pragma of that kind may change what
  /// was compiled (`OP_Expire`, sqlite.org/opcode.html): a fifth of the time of a notebook that reads and
  /// writes by turns. That a body does not write is here the caller's promise.
  package func reading<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try unsafeRead { db in try db.onOneSnapshot { try body(db) } }
  }
}

extension DatabasePool {
  /// Runs a body on one snapshot, on the caller's thread. Its connections cannot write.
  ///
  /// GRDB's own `read` has SQLite parse the beginning and the end of the transaction each time.
  package func reading<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try unsafeRead { db in try db.onOneSnapshot { try body(db) } }
  }
}

extension Database {
  fileprivate func onOneSnapshot<Result>(_ body: () throws -> Result) throws -> Result {
    try run("BEGIN DEFERRED", [])
    do {
      let result = try body()
      try run("COMMIT", [])
      return result
    } catch {
      // SQLite ends a transaction by itself after some errors.
      if isInsideTransaction { try? rollback() }
      throw error
    }
  }

  /// Commits what a body writes, or nothing of it. The statements that begin and end it are kept.
  package func committing(_ body: () throws -> Void) throws {
    try run("BEGIN IMMEDIATE", [])
    do {
      try body()
      try run("COMMIT", [])
    } catch {
      if isInsideTransaction { try rollback() }
      throw error
    }
  }

  /// Keeps what a body writes in the transaction that is going on, or nothing of it.
  ///
  /// - Throws: what the body throws. SQLite may have ended the whole transaction then.
  package func keepingAllOrNothing<Result>(_ body: () throws -> Result) throws -> Result {
    try run("SAVEPOINT part", [])
    do {
      let result = try body()
      try run("RELEASE part", [])
      return result
    } catch {
      if isInsideTransaction {
        try run("ROLLBACK TO part", [])
        try run("RELEASE part", [])
      }
      throw error
    }
  }
}
