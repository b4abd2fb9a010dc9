/// How a transaction sees what others do meanwhile
/// (postgresql.org/docs/15/transaction-iso.html).
package enum Isolation: Sendable {
  /// One moment for all its statements, and nothing is written.
  case snapshot
  /// Each statement sees what was committed before it: after the lock on a study that is everything
  /// that those did who had it before. A snapshot would be older than the lock.
  case committed

  var begin: String {
    switch self {
    case .snapshot: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    case .committed: "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
    }
  }
}

extension Connection {
  /// Commits what the body does, or nothing of it.
  func transact<Result>(
    _ isolation: Isolation, _ body: (PostgreSQLTransaction) throws -> Result
  ) throws -> Result {
    let result: Result
    do {
      try send(isolation.begin)
      result = try body(PostgreSQLTransaction(connection: self))
      // What fails is known before the commit, so that nothing else can be unknown than the commit.
      try settle()
    } catch {
      rollBack()
      throw error
    }
    do {
      let reply = try ask("COMMIT")
      // To commit what has failed is answered with a rollback, and without an error.
      guard try self.result(of: reply).command == "COMMIT" else { throw PostgreSQLFault.malformed }
    } catch PostgreSQLFault.lost where isolation == .committed {
      throw PostgreSQLFault.outcomeUnknown
    } catch PostgreSQLFault.lost {}
    return result
  }
}

/// Runs one transaction on a connection of its own, and waits for it with the caller's thread.
package func transactOnce<Result>(
  at address: DatabaseAddress, _ isolation: Isolation,
  _ body: (PostgreSQLTransaction) throws -> Result
) throws -> Result {
  try Connection(address).transact(isolation, body)
}

/// Runs commands that no transaction may be around, on a connection of their own.
package func executeOnce(at address: DatabaseAddress, _ commands: [String]) throws {
  try Connection(address).executeAlone(commands)
}
