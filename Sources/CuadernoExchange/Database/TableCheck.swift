import Dispatch
import Glibc
import Synchronization

/// Reads a database of tables once more when it is written: pages, indexes, references and the number of
/// rows.
///
/// The table with the most rows takes as long as all the rest, so it is checked on another core. With a
/// look at every page both together are what `PRAGMA integrity_check` does. Connections of their own see
/// what is in the file, and not what the one that wrote it remembers.
enum TableCheck {
  /// - Parameters:
  ///   - path: a file that is closed.
  ///   - rows: that were inserted, by table.
  static func check(_ path: String, rows: [String: Int]) throws {
    let largest = rows.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key
    let faults = Mutex<[any Error]>([])
    let group = DispatchGroup()
    // The disk needs no core for it. Whoever gives the file its name waits for the disk too, but would not be
    // told again of what could not be written: Linux says that once (fsync(2)).
    DispatchQueue.global().async(group: group) {
      if !save(path) { faults.withLock { $0.append(TableDatabaseFault.cannotWrite) } }
    }
    DispatchQueue.concurrentPerform(iterations: 2) { part in
      do {
        let database = try TableDatabase(path, isWritable: false)
        if part == 0 {
          // Its indexes are looked into at every row; the rest is read from one end to the other.
          try database.run("PRAGMA cache_size = -16384")
          if let largest { try checkContent(of: [largest], database) }
        } else {
          try checkRest(besides: largest, rows, database)
        }
        try database.close()
      } catch {
        faults.withLock { $0.append(error) }
      }
    }
    group.wait()
    if let fault = faults.withLock({ $0.first }) { throw fault }
  }

  private static func checkContent(of tables: [String], _ database: TableDatabase) throws {
    for table in tables {
      guard try database.texts("PRAGMA integrity_check(\(table))") == ["ok"] else {
        throw TableDatabaseFault.notAsWritten
      }
    }
  }

  private static func checkRest(
    besides largest: String?, _ rows: [String: Int], _ database: TableDatabase
  ) throws {
    guard try database.texts("PRAGMA quick_check") == ["ok"],
      try database.texts("PRAGMA foreign_key_check").isEmpty
    else { throw TableDatabaseFault.notAsWritten }
    let tables = try database.texts("SELECT name FROM sqlite_schema WHERE type = 'table'")
    try checkContent(of: tables.filter { $0 != largest }, database)
    for (table, count) in rows {
      guard try database.texts("SELECT count(*) FROM \(table)") == [String(count)] else {
        throw TableDatabaseFault.notAsWritten
      }
    }
  }

  private static func save(_ path: String) -> Bool {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { _ = Glibc.close(file) }
    return fsync(file) == 0
  }
}
