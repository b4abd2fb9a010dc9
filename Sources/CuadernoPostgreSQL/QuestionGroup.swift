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

  private struct Entry: Sendable {
    /// Asks; answers what reads the answers, which in turn answers how the caller is told.
    let ask: @Sendable (PostgreSQLTransaction) throws -> (() throws -> @Sendable () -> Void)
    let fail: @Sendable (any Error) -> Void
  }

  private struct State {
    var waiting: [Entry] = []
    var isAsking = false
  }

  private static let entriesMax = 64

  private let pool: ConnectionPool
  private let state = Mutex(State())

  package init(_ pool: ConnectionPool) {
    self.pool = pool
  }

  /// - Parameter body: may be run more than once.
  package func ask<Result: Sendable>(_ body: @escaping Body<Result>) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      let entry = Entry(
        ask: { db in
          let answer = try body(db)
          return {
            let result = try answer()
            return { continuation.resume(returning: result) }
          }
        },
        fail: { continuation.resume(throwing: $0) })
      let isNext = state.withLock { state in
        state.waiting.append(entry)
        defer { state.isAsking = true }
        return !state.isAsking
      }
      if isNext { Task { await self.askAll() } }
    }
  }

  private func askAll() async {
    while true {
      let entries = state.withLock { state in
        let next = Array(state.waiting.prefix(Self.entriesMax))
        state.waiting.removeFirst(next.count)
        state.isAsking = !next.isEmpty
        return next
      }
      guard !entries.isEmpty else { return }
      await ask(entries)
    }
  }

  private func ask(_ entries: [Entry]) async {
    do {
      let answers = try await pool.perform { try Self.attempt(entries, on: $0) }
      for tell in answers { tell() }
    } catch PostgreSQLFault.refused where entries.count > 1 {
      // Each by itself: what was refused is one's own.
      for entry in entries { await ask([entry]) }
    } catch {
      for entry in entries { entry.fail(error) }
    }
  }

  private static func attempt(
    _ entries: [Entry], on connection: Connection
  ) throws -> [@Sendable () -> Void] {
    let db = PostgreSQLTransaction(connection: connection)
    let reading = try entries.map { (fail: $0.fail, read: try $0.ask(db)) }
    try connection.settle()
    return reading.map { entry in
      do {
        return try entry.read()
      } catch {
        let fail = entry.fail
        return { fail(error) }
      }
    }
  }
}
