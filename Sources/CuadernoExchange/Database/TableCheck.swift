import Dispatch
import Glibc
import Synchronization

/// What is left to do when the rows of a database of tables are written: its indexes, which are made faster
/// when the rows are there, and to read it once more.
///
/// The cores share it: one makes the indexes while another looks at every reference; then the tables are read, and
/// the indexes, and every page. Together that is what `PRAGMA integrity_check` does. Connections of their own see what is in the file, and not what the
/// one that wrote it remembers.
enum TableCheck {
  /// - Parameters:
  ///   - path: a file that is closed.
  ///   - indexes: statements that make them.
  ///   - rows: that were inserted, by table.
  static func complete(_ path: String, indexes: String, rows: [String: Int]) throws {
    try together(
      path,
      { database in
        try database.run(
          """
          PRAGMA cache_size = -16384;
          PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN; \(indexes) COMMIT
          """)
      },
      { database in
        guard try database.texts("PRAGMA foreign_key_check").isEmpty else {
          throw TableDatabaseFault.notAsWritten
        }
      })
    let group = DispatchGroup()
    // The disk needs no core for it. Whoever gives the file its name waits for the disk too, but would not be
    // told again of what could not be written: Linux says that once (fsync(2)).
    let isSaved = Mutex(false)
    DispatchQueue.global().async(group: group) {
      let saved = save(path)
      isSaved.withLock { $0 = saved }
    }
    let expected = Mutex<[[UInt64?]]>([])
    let found = Mutex<[[UInt64?]]>([])
    try together(
      path,
      { database in
        for (table, count) in rows {
          guard try database.texts("SELECT count(*) FROM \(table)") == [String(count)] else {
            throw TableDatabaseFault.notAsWritten
          }
        }
        let sums = try checks(database).map { try $0.expected(database) }
        expected.withLock { $0 = sums }
      },
      { database in
        let sums = try checks(database).map { try $0.found(database) }
        found.withLock { $0 = sums }
      },
      { database in
        // A table without row numbers is its own index, whose order a quick look passes over.
        let checks =
          try ["quick_check"]
          + tables(database, haveNumbers: false).map { "integrity_check(\($0))" }
        for check in checks where try database.texts("PRAGMA \(check)") != ["ok"] {
          throw TableDatabaseFault.notAsWritten
        }
      })
    group.wait()
    guard isSaved.withLock(\.self) else { throw TableDatabaseFault.cannotWrite }
    guard expected.withLock(\.self) == found.withLock(\.self) else {
      throw TableDatabaseFault.notAsWritten
    }
  }

  private static func checks(_ database: TableDatabase) throws -> [IndexCheck] {
    try tables(database, haveNumbers: true).map { try IndexCheck(database, table: $0) }
  }

  private static func tables(
    _ database: TableDatabase, haveNumbers: Bool
  ) throws -> [String] {
    try database.texts(
      "SELECT name FROM pragma_table_list WHERE type = 'table' AND wr = \(haveNumbers ? 0 : 1)")
  }

  private static func together(
    _ path: String, _ bodies: @Sendable (TableDatabase) throws -> Void...
  ) throws {
    let faults = Mutex<[any Error]>([])
    DispatchQueue.concurrentPerform(iterations: bodies.count) { number in
      do {
        let database = try TableDatabase(path)
        try bodies[number](database)
        try database.close()
      } catch {
        faults.withLock { $0.append(error) }
      }
    }
    if let fault = faults.withLock({ $0.first }) { throw fault }
  }

  private static func save(_ path: String) -> Bool {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { _ = Glibc.close(file) }
    return fsync(file) == 0
  }
}
