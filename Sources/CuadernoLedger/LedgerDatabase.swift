import CuadernoLog

/// Where a ledger lies: a file, or a PostgreSQL database that several servers may share.
protocol LedgerDatabase: Sendable {
  /// Reads what was there at one moment.
  func read<Result: Sendable>(
    _ body: @escaping @Sendable (any LedgerTransaction) throws -> Result
  ) async throws -> Result

  /// For what reads much, such as a whole check: beside the threads on which requests are answered.
  func readAside<Result: Sendable>(
    _ body: @escaping @Sendable (any LedgerTransaction) throws -> Result
  ) async throws -> Result

  /// Commits what the body does, or nothing of it. The body may be run more than once.
  func write<Result: Sendable>(
    _ body: @escaping @Sendable (any LedgerTransaction) throws -> Result
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
  func readAside<Result: Sendable>(
    _ body: @escaping @Sendable (any LedgerTransaction) throws -> Result
  ) async throws -> Result {
    try await read(body)
  }
}
