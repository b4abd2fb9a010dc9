import CuadernoLog
import CuadernoSchema
import GRDB

/// The ledger's file: many readers, and one writer at a time among all processes.
struct LedgerDatabase: Sendable {
  let pool: DatabasePool
  private let lock: WriterLock
  private let group: WriteGroup

  /// "CuHL" in ASCII, for Cuaderno's hub ledger.
  static let applicationID: Int32 = 0x4375_484C

  static let file = DatabaseFile(
    applicationID: applicationID, versions: SQL.ledger, synchronous: .full,
    overwritesDeleted: true)

  init(path: String, lockPath: String) throws {
    let lock = WriterLock(path: lockPath)
    let pool = try lock.hold { try Self.file.openPool(at: path) }
    self.pool = pool
    self.lock = lock
    group = WriteGroup { body in
      try await pool.writeWithoutTransaction { db in
        // Around the whole transaction, because a commit may also checkpoint.
        try lock.hold {
          try db.beginTransaction(.immediate)
          do {
            try body(db)
            try db.commit()
          } catch {
            if db.isInsideTransaction { try db.rollback() }
            throw error
          }
        }
      }
    }
  }

  func close() throws {
    try lock.hold {
      try translatingErrors {
        // GRDB closes its readers last, and they cannot write the WAL back. Without waiting for
        // others: whoever goes on using the ledger does it then.
        _ = try pool.writeWithoutTransaction { db in try db.checkpoint(.passive) }
        try pool.close()
      }
    }
  }

  /// On the caller's thread: what a hub reads at once is in memory, and a switch of threads costs more.
  func read<Result: Sendable>(
    _ body: @Sendable (Database) throws -> Result
  ) async throws -> Result {
    do {
      return try readHere(body)
    } catch {
      throw Self.translated(error)
    }
  }

  /// Not async, since GRDB's reading that is async goes through a queue of its own.
  private func readHere<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try pool.read(body)
  }

  /// For what reads much, such as a whole check: beside the threads on which requests are answered.
  func readAside<Result: Sendable>(
    _ body: @Sendable (Database) throws -> Result
  ) async throws -> Result {
    do {
      return try await pool.read(body)
    } catch {
      throw Self.translated(error)
    }
  }

  /// Commits what the body does, or nothing of it, together with what others write at the same time. The
  /// body may be run more than once.
  func write<Result: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Result
  ) async throws -> Result {
    do {
      return try await group.write(body)
    } catch {
      throw Self.translated(error)
    }
  }

  /// Brings everything into the database and leaves an empty WAL, where erased payloads would lie on.
  ///
  /// A reader that holds an old page keeps it from being emptied; the next checkpoint does it then.
  func emptyWAL() async {
    try? await pool.writeWithoutTransaction { db in
      try lock.hold { _ = try db.checkpoint(.truncate) }
    }
  }

  private static func translated(_ error: any Error) -> any Error {
    do {
      return try translatingErrors { throw error }
    } catch {
      return error
    }
  }
}
