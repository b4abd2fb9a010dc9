import CuadernoLog
import CuadernoSchema
import GRDB

/// A ledger in a file: many readers, and one writer at a time among all processes.
struct LedgerFile: LedgerDatabase {
  let pool: DatabasePool
  private let lock: WriterLock
  private let group: WriteGroup

  var path: String { pool.path }

  /// "CuHL" in ASCII, for Cuaderno's hub ledger.
  static let applicationID: Int32 = 0x4375_484C

  static let file = DatabaseFile(
    applicationID: applicationID, versions: SQL.ledger, synchronous: .full,
    overwritesDeleted: true,
    // One connection writes, and up to five read page after page.
    cache: .init(writingKiB: 8_192, readingKiB: 2_048))

  init(path: String, lockPath: String) throws {
    let lock = WriterLock(path: lockPath)
    let pool = try lock.hold { try Self.file.openPool(at: path) }
    self.pool = pool
    self.lock = lock
    group = WriteGroup { body in
      try await pool.writeWithoutTransaction { db in
        // Around the whole transaction, because a commit may also checkpoint.
        try lock.hold { try db.committing { try body(db) } }
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
    _ body: @escaping @Sendable (any LedgerTransaction) throws -> Result
  ) async throws -> Result {
    do {
      return try pool.reading { db in try body(db) }
    } catch {
      throw Self.translated(error)
    }
  }

  func readAside<Result: Sendable>(
    _ body: @escaping @Sendable (any LedgerTransaction) throws -> Result
  ) async throws -> Result {
    do {
      return try await pool.read { db in try body(db) }
    } catch {
      throw Self.translated(error)
    }
  }

  /// Commits what the body does, or nothing of it, together with what others write at the same time.
  func write<Result: Sendable>(
    _ body: @escaping @Sendable (any LedgerTransaction) throws -> Result
  ) async throws -> Result {
    do {
      return try await group.write { db in try body(db) }
    } catch {
      throw Self.translated(error)
    }
  }

  func fill(_ body: (any LedgerTransaction) throws -> Void) throws {
    try translatingErrors {
      try lock.hold { try pool.write { db in try body(db) } }
    }
  }

  /// SQLite's online backup (sqlite.org/backup.html), from one snapshot in one step.
  func copy(to path: String) async throws {
    do {
      try await pool.read { db in
        let target = try DatabaseQueue(path: path)
        try target.writeWithoutTransaction { copy in
          try db.backup(to: copy)
          // One file that can be copied on, without a WAL beside it.
          try copy.execute(sql: "PRAGMA journal_mode = DELETE")
        }
        try target.close()
      }
    } catch {
      throw Self.translated(error)
    }
  }

  /// Makes a ledger of one file in the place of an empty one.
  static func make(at path: String, _ body: (any LedgerTransaction) throws -> Void) throws {
    try translatingErrors {
      let queue = try file.create(at: path)
      try queue.write { db in try body(db) }
      try queue.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA journal_mode = DELETE")
      }
      try queue.close()
    }
  }

  static func check(at path: String) throws -> LedgerCheck {
    try translatingErrors {
      let queue = try file.openReadOnly(at: path)
      defer { try? queue.close() }
      return try queue.read { db in try LedgerCheck(of: db) }
    }
  }

  /// Brings everything into the database and leaves an empty WAL, where erased payloads would lie on.
  ///
  /// A reader that holds an old page keeps it from being emptied; the next checkpoint does it then.
  func clearRemains() async {
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
