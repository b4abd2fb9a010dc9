import CuadernoLog

/// Where a ledger lies: a file, or a PostgreSQL database that several servers may share.
protocol LedgerDatabase: Sendable {
  /// Reads what was there at one moment.
  func read<Result: Sendable>(
    _ body: @escaping @Sendable (any LedgerTransaction) throws -> Result
  ) async throws -> Result

  /// Asks, together with others that ask at the same time.
  ///
  /// - Parameter body: asks, and answers what reads the answers, which asks nothing more. Two questions may
  ///   see two moments.
  func ask<Result: Sendable>(
    _ body: @escaping @Sendable (any LedgerTransaction) throws -> (() throws -> Result)
  ) async throws -> Result

  /// For what reads much, such as a whole check: beside the threads on which requests are answered.
  func readAside<Result: Sendable>(
    _ body: @escaping @Sendable (any LedgerTransaction) throws -> Result
  ) async throws -> Result

  /// Commits what the body does, or nothing of it. The body may be run more than once.
  func write<Result: Sendable>(
    _ body: @escaping @Sendable (any LedgerTransaction) throws -> Result
  ) async throws -> Result

  /// Writes for a study, which is locked: commits what the body does, or nothing of it, maybe together with
  /// what is written for others.
  ///
  /// - Parameter body: asks, and answers what reads the answers and writes. It may be run more than once.
  func write<Result: Sendable>(
    for study: Int64,
    _ body: @escaping @Sendable (any LedgerTransaction) throws -> (() throws -> Result)
  ) async throws -> Result

  /// Commits what the body puts into a ledger that nobody else uses yet, with the caller's thread.
  func fill(_ body: (any LedgerTransaction) throws -> Void) throws

  /// Copies it as it is at one moment into a file that is empty.
  func copy(to path: String) async throws

  /// Takes payloads that were erased out of where the database still has them.
  func clearRemains() async

  func close() throws
}

extension LedgerDatabase {
  func ask<Result: Sendable>(
    _ body: @escaping @Sendable (any LedgerTransaction) throws -> (() throws -> Result)
  ) async throws -> Result {
    try await read { db in try body(db)() }
  }

  func write<Result: Sendable>(
    for study: Int64,
    _ body: @escaping @Sendable (any LedgerTransaction) throws -> (() throws -> Result)
  ) async throws -> Result {
    try await write { db in
      try db.lock(study: study)
      return try body(db)()
    }
  }

  func readAside<Result: Sendable>(
    _ body: @escaping @Sendable (any LedgerTransaction) throws -> Result
  ) async throws -> Result {
    try await read(body)
  }
}
