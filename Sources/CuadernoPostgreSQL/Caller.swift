/// One of several who ask together, and how they are told.
struct Caller: Sendable {
  /// Asks; answers what reads the answers, which in turn answers how the caller is told.
  let ask: @Sendable (PostgreSQLTransaction) throws -> (() throws -> @Sendable () -> Void)
  let fail: @Sendable (any Error) -> Void

  init<Result: Sendable>(
    _ continuation: CheckedContinuation<Result, any Error>,
    _ body: @escaping @Sendable (PostgreSQLTransaction) throws -> (() throws -> Result)
  ) {
    ask = { db in
      let answer = try body(db)
      return {
        let result = try answer()
        return { continuation.resume(returning: result) }
      }
    }
    fail = { continuation.resume(throwing: $0) }
  }
}
