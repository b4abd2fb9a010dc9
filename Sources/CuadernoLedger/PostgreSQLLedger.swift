import CuadernoLog
import CuadernoPostgreSQL
import CuadernoSchema

/// A ledger in a PostgreSQL database, which several servers may share.
///
/// Whoever writes for a study has locked its row in `registerSum` until the commit, so that pushes of one
/// study come one after the other, whichever server they come through, and those of different studies do
/// not meet. Readers have a snapshot and wait for nobody.
struct PostgreSQLLedger: LedgerDatabase {
  let address: DatabaseAddress
  /// Apart from each other, so that pushes that wait for their study keep no reader waiting.
  private let readers: ConnectionPool
  private let writers: ConnectionPool
  private let questions: QuestionGroup
  private let pushes: TransactionGroup

  /// What a server of a handful of connections leaves to others: PostgreSQL's usual limit is 100.
  private static let connections = 4

  /// Up to which size the table with the payloads is written anew after an erase, which takes seconds in
  /// which nobody can read it.
  private static let rewrittenBytesMax: Int64 = 256 << 20

  init(_ address: DatabaseAddress, isMade: Bool) throws {
    self.address = address
    readers = ConnectionPool(address, connections: Self.connections)
    writers = ConnectionPool(address, connections: Self.connections)
    questions = QuestionGroup(readers)
    pushes = TransactionGroup(writers, lock: Self.lock)
    try Self.translating { try Self.prepare(address, isMade: isMade) }
  }

  func read<Result: Sendable>(
    _ body: @escaping @Sendable (any LedgerTransaction) throws -> Result
  ) async throws -> Result {
    do {
      return try await readers.transact(.snapshot) { db in try body(db) }
    } catch {
      throw Self.translated(error)
    }
  }

  func write<Result: Sendable>(
    _ body: @escaping @Sendable (any LedgerTransaction) throws -> Result
  ) async throws -> Result {
    do {
      return try await writers.transact(.committed) { db in try body(db) }
    } catch {
      throw Self.translated(error)
    }
  }

  func ask<Result: Sendable>(
    _ body: @escaping @Sendable (any LedgerTransaction) throws -> (() throws -> Result)
  ) async throws -> Result {
    do {
      return try await questions.ask { db in try body(db) }
    } catch {
      throw Self.translated(error)
    }
  }

  func write<Result: Sendable>(
    for study: Int64,
    _ body: @escaping @Sendable (any LedgerTransaction) throws -> (() throws -> Result)
  ) async throws -> Result {
    do {
      return try await pushes.write(for: study) {
        try await writers.transact(.committed) { db in
          try db.lock(study: study)
          return try body(db)()
        }
      } _: { db in
        try body(db)
      }
    } catch {
      throw Self.translated(error)
    }
  }

  /// Locks those of many studies that nobody else has.
  private static let lock = RowStatement.select(
    ["study"], from: "registerSum", where: [.integer("study")], locking: "registerSum")

  func fill(_ body: (any LedgerTransaction) throws -> Void) throws {
    try Self.translating { try transactOnce(at: address, .committed) { db in try body(db) } }
  }

  /// Makes the table with the payloads anew, because PostgreSQL leaves the bytes of old rows in its pages;
  /// one that is large is only told that their room is free. What is in PostgreSQL's own log and in copies
  /// is beyond this (docs/decisions/0024-postgresql.md).
  func clearRemains() async {
    let size = try? await readers.transact(.snapshot) { db in
      try db.first("SELECT pg_table_size('change')", []) { try $0.integer(0) }
    }
    if let size = size.flatMap({ $0 }), size <= Self.rewrittenBytesMax {
      // Whoever waits to have it alone keeps everybody else out who comes later.
      let commands = ["SET lock_timeout = '2s'", "VACUUM FULL change"]
      if (try? await writers.executeAlone(commands)) != nil { return }
    }
    try? await writers.executeAlone(["VACUUM change"])
  }

  func close() {
    readers.close()
    writers.close()
  }

  // MARK: - Versions

  /// Brings the tables to the newest version known, or refuses what a newer server made.
  private static func prepare(_ address: DatabaseAddress, isMade: Bool) throws {
    let versions = SQL.ledgerInPostgreSQL
    let found = try transactOnce(at: address, .snapshot) { db in try version(db) }
    if found == nil, !isMade { throw LedgerError.noLedgerInDatabase }
    if let found, found > versions.count {
      throw StoreError.newerVersion(found: found, known: versions.count)
    }
    guard found != versions.count else { return }
    try transactOnce(at: address, .committed) { db in
      // Of two servers that start at once one makes the tables.
      try db.run("SELECT pg_advisory_xact_lock(?)", [.integer(Int64(LedgerFile.applicationID))])
      let found = try version(db)
      for (index, sql) in versions.enumerated().dropFirst(found ?? 0) {
        for statement in statements(sql) { try db.run(statement, []) }
        try db.run(
          index == 0
            ? "INSERT INTO ledgerVersion (version) VALUES (?)"
            : "UPDATE ledgerVersion SET version = ?", [.integer(Int64(index + 1))])
      }
    }
  }

  /// Nil where there is no ledger.
  private static func version(_ db: PostgreSQLTransaction) throws -> Int? {
    let tables = try db.first(
      "SELECT count(*) FROM pg_class WHERE oid = to_regclass('ledgerversion')", []
    ) { try $0.integer(0) }
    guard tables == 1 else { return nil }
    return try db.first("SELECT version FROM ledgerVersion", []) { Int(try $0.integer(0)) }
  }

  /// The server takes one at a time.
  private static func statements(_ sql: String) -> [String] {
    sql.split(separator: "\n").filter { !$0.hasPrefix("--") }.joined(separator: "\n")
      .split(separator: ";").map(String.init).filter { $0.contains { !$0.isWhitespace } }
  }

  // MARK: - Faults

  private static func translating<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch {
      throw translated(error)
    }
  }

  private static func translated(_ error: any Error) -> any Error {
    guard let fault = error as? PostgreSQLFault else { return error }
    switch fault {
    case .unreachable, .lost, .closed: return LedgerError.databaseUnreachable
    case .notUTF8: return LedgerError.databaseNotUTF8
    case .tooOld(let version): return LedgerError.databaseTooOld(version: version)
    case .outcomeUnknown: return LedgerError.outcomeUnknown
    case .poolExhausted: return StoreError.busy
    case .malformed: return StoreError.damaged
    case .refused(let state): return translated(state)
    }
  }

  private static func translated(_ state: SQLState) -> any Error {
    switch state {
    case .diskFull: return StoreError.diskFull
    case .lockNotAvailable, .queryCanceled, .serializationFailure, .deadlock:
      return StoreError.busy
    case .duplicateTable: return LedgerError.databaseTaken
    default:
      // Too little memory or too many connections, and data that PostgreSQL finds damaged.
      switch state.errorClass {
      case "53": return StoreError.busy
      case "XX" where state.code != "XX000": return StoreError.damaged
      default: return LedgerError.databaseFailed(state: state.code)
      }
    }
  }
}

extension PostgreSQLTransaction: LedgerTransaction {
  func lock(study: Int64) throws {
    try run("SELECT study FROM registerSum WHERE study = ? FOR UPDATE", [.integer(study)])
  }

  func lockStudies() throws {
    try run("SELECT version FROM ledgerVersion FOR UPDATE", [])
  }

  /// Whatever PostgreSQL finds damaged it says when it is read, which the rest of a check does.
  func structureFaults() -> [String] { [] }

  func countOn(in table: String) throws {
    try run(
      """
      SELECT setval(pg_get_serial_sequence('\(table.lowercased())', 'number'),
        (SELECT coalesce(max(number), 1) FROM \(table)))
      """, [])
  }
}
