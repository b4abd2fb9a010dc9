import Synchronization

/// Sends what several callers ask at the same time to the database together, and reads their answers
/// together: a server under load then waits once for many.
///
/// For questions that need one statement each, or whose statements may see different moments: there is no
/// transaction around them. A single caller waits for nobody.
package final class QuestionGroup: Sendable {
  /// Asks, and answers what reads the answers, which asks nothing more.
  package typealias Body<Result> =
    @Sendable (PostgreSQLTransaction) throws -> (() throws -> Result)

  private struct State {
    var waiting: [Caller] = []
    var isAsking = false
  }

  private static let callersMax = 64

  private let pool: ConnectionPool
  private let state = Mutex(State())

  package init(_ pool: ConnectionPool) {
    self.pool = pool
  }

  /// - Parameter body: may be run more than once.
  package func ask<Result: Sendable>(_ body: @escaping Body<Result>) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      let isNext = state.withLock { state in
        state.waiting.append(Caller(continuation, body))
        defer { state.isAsking = true }
        return !state.isAsking
      }
      if isNext { Task { await self.askAll() } }
    }
  }

  private func askAll() async {
    while true {
      let callers = state.withLock { state in
        let next = Array(state.waiting.prefix(Self.callersMax))
        state.waiting.removeFirst(next.count)
        state.isAsking = !next.isEmpty
        return next
      }
      guard !callers.isEmpty else { return }
      await ask(callers)
    }
  }

  private func ask(_ callers: [Caller]) async {
    do {
      let answers = try await pool.perform { try Self.attempt(callers, on: $0) }
      for tell in answers { tell() }
    } catch PostgreSQLFault.refused where callers.count > 1 {
      // Each by itself: what was refused is one's own.
      for caller in callers { await ask([caller]) }
    } catch {
      for caller in callers { caller.fail(error) }
    }
  }

  private static func attempt(
    _ callers: [Caller], on connection: Connection
  ) throws -> [@Sendable () -> Void] {
    let db = PostgreSQLTransaction(connection: connection)
    let reading = try callers.map { (fail: $0.fail, read: try $0.ask(db)) }
    try connection.settle()
    return reading.map { caller in
      do {
        return try caller.read()
      } catch {
        let fail = caller.fail
        return { fail(error) }
      }
    }
  }
}
