import CuadernoLog
import GRDB
import Synchronization

/// Commits what several callers write at once in one transaction, and so with one wait for the disk.
///
/// Whoever comes while a transaction is being brought to the disk waits for the next one, together with
/// everybody else who came meanwhile. Each has a savepoint of its own, so what one of them throws takes back
/// what that one did and nothing else, and nobody is answered before the transaction of all is on the disk.
/// A single caller waits for nobody.
final class WriteGroup: Sendable {
  /// What one caller wants done, and how that caller is told.
  private struct Entry: Sendable {
    /// Runs the body in a savepoint; answers what it came to, to be told when it is on the disk.
    let run: @Sendable (Database) -> Attempt
    let fail: @Sendable (any Error) -> Void
  }

  /// What came of a body within the transaction.
  private struct Attempt {
    /// Tells the caller.
    let tell: @Sendable () -> Void

    /// Whether SQLite gave up the whole transaction over it.
    var endsTransaction = false
  }

  private struct State {
    var waiting: [Entry] = []
    var isWriting = false
  }

  /// The most that commit together: enough to hide the disk, few enough that the first of them does not
  /// wait long for the last.
  static let entriesMax = 64

  private let state = Mutex(State())
  private let transaction:
    @Sendable (@escaping @Sendable (Database) throws -> Void) async throws -> Void

  /// - Parameter transaction: runs a body as the only writer in a transaction and commits it, or rolls it
  ///   back when the body throws.
  init(
    transaction:
      @escaping @Sendable (@escaping @Sendable (Database) throws -> Void) async throws -> Void
  ) {
    self.transaction = transaction
  }

  /// Commits what the body does, or nothing of it. It may be run more than once.
  func write<Result: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Result
  ) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      let entry = Entry(
        run: { db in Self.attempt(body, db, continuation) },
        fail: { continuation.resume(throwing: $0) })
      let isFirst = state.withLock { state in
        state.waiting.append(entry)
        defer { state.isWriting = true }
        return !state.isWriting
      }
      if isFirst { Task { await self.writeAll() } }
    }
  }

  /// How many wait for the next transaction.
  var waitingCount: Int { state.withLock { $0.waiting.count } }

  private static func attempt<Result: Sendable>(
    _ body: @Sendable (Database) throws -> Result, _ db: Database,
    _ continuation: CheckedContinuation<Result, any Error>
  ) -> Attempt {
    do {
      let result = try db.keepingAllOrNothing { try body(db) }
      return Attempt(tell: { continuation.resume(returning: result) })
    } catch {
      // A full disk, a failing one and no memory can end the transaction (sqlite.org/lang_transaction.html,
      // section 3.1), and the work of others with it.
      return Attempt(
        tell: { continuation.resume(throwing: error) }, endsTransaction: !db.isInsideTransaction)
    }
  }

  /// Writes until nobody waits.
  private func writeAll() async {
    while true {
      let entries = state.withLock { state in
        let entries = Array(state.waiting.prefix(Self.entriesMax))
        state.waiting.removeFirst(entries.count)
        state.isWriting = !entries.isEmpty
        return entries
      }
      guard !entries.isEmpty else { return }
      await write(entries)
    }
  }

  private func write(_ entries: [Entry]) async {
    let attempts = Mutex<[Attempt]>([])
    do {
      try await transaction { db in
        attempts.withLock { $0 = [] }
        for entry in entries {
          let attempt = entry.run(db)
          attempts.withLock { $0.append(attempt) }
          if attempt.endsTransaction { throw TransactionEnded() }
        }
      }
      for attempt in attempts.withLock({ $0 }) { attempt.tell() }
    } catch is TransactionEnded where entries.count > 1 {
      // Each by itself: what ended it is one's own, and the others have done nothing wrong.
      for entry in entries { await write([entry]) }
    } catch is TransactionEnded {
      attempts.withLock { $0 }.last?.tell()
    } catch {
      for entry in entries { entry.fail(error) }
    }
  }
}

private struct TransactionEnded: Error {}
