import CSQLite
import Glibc

/// A database of SQLite's that is written once, from beginning to end.
///
/// There is no journal: what is cut short lies in a file that nobody has seen, and is thrown away. Whoever
/// gives the file its name puts it on the disk first.
@safe final class TableDatabase {
  /// While another core reads the file that this one writes, or the other way round.
  private static let patienceMilliseconds: Int32 = 600_000

  private let connection: OpaquePointer
  private var isOpen = true
  private var insertions: [Insertion] = []

  /// - Parameter path: a file that is there; it is empty if it is to be written.
  init(_ path: String) throws {
    var opened: OpaquePointer?
    // One thread at a time has it; SQLite would take a lock for each value of each row.
    let code = unsafe sqlite3_open_v2(
      path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil)
    guard let connection = unsafe opened else { throw TableDatabaseFault.cannotWrite }
    guard code == SQLITE_OK else {
      unsafe _ = sqlite3_close_v2(connection)
      throw TableDatabaseFault.cannotWrite
    }
    unsafe self.connection = connection
    unsafe _ = sqlite3_busy_timeout(connection, Self.patienceMilliseconds)
  }

  deinit {
    if isOpen { unsafe _ = sqlite3_close_v2(connection) }
  }

  func run(_ sql: String) throws {
    try TableDatabaseFault.check(unsafe sqlite3_exec(connection, sql, nil, nil, nil))
  }

  private func statement(_ sql: String) throws -> OpaquePointer {
    var prepared: OpaquePointer?
    try TableDatabaseFault.check(
      unsafe sqlite3_prepare_v3(
        connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil))
    guard let statement = unsafe prepared else { throw TableDatabaseFault.cannotWrite }
    return unsafe statement
  }

  /// The first column of each row of a query, as text.
  func texts(_ sql: String) throws -> [String] {
    var texts = [String]()
    try forEachRow(sql) { texts.append($0.text(0)) }
    return texts
  }

  func forEachRow(_ sql: String, _ body: (TableRow) -> Void) throws {
    let statement = unsafe try statement(sql)
    defer { unsafe _ = sqlite3_finalize(statement) }
    while true {
      let code = unsafe sqlite3_step(statement)
      if code == SQLITE_DONE { return }
      guard code == SQLITE_ROW else { throw TableDatabaseFault.library(code: Int(code)) }
      unsafe body(TableRow(statement))
    }
  }

  /// Inserts the rows of a batch, in their order.
  ///
  /// The statements are bound to the batch's own bytes, and let go of them before this returns.
  func insert(_ batch: RowBatch) throws {
    for table in batch.tables {
      let marks = Array(repeating: "?", count: table.columns).joined(separator: ", ")
      insertions.append(
        unsafe Insertion(
          try statement("INSERT INTO \(table.name) VALUES (\(marks))"), columns: table.columns))
    }
    defer { for insertion in insertions { insertion.letGo() } }
    var start = 0
    try unsafe batch.bytes.withUnsafeBufferPointer { bytes in
      for (table, end) in batch.rows {
        unsafe try insertions[table].insert(batch.cells[start..<end], bytes)
        start = end
      }
    }
  }

  func close() throws {
    insertions = []
    isOpen = false
    try TableDatabaseFault.check(unsafe sqlite3_close(connection))
  }
}

/// A row of a query, while the query stands at it.
@safe struct TableRow {
  private let statement: OpaquePointer

  fileprivate init(_ statement: OpaquePointer) {
    unsafe self.statement = statement
  }

  var count: Int { unsafe Int(sqlite3_column_count(statement)) }

  func text(_ column: Int) -> String {
    let text = unsafe sqlite3_column_text(statement, Int32(column))
    return unsafe text.map { unsafe String(cString: $0) } ?? ""
  }

  /// Appends a value so that the bytes are in the order of the values: NULL, numbers, texts and blobs
  /// (sqlite.org/datatype3.html, section 4.1). Whole numbers are told apart up to 2^53.
  func appendKey(_ column: Int, to bytes: inout [UInt8]) {
    let column = Int32(column)
    let type = unsafe sqlite3_column_type(statement, column)
    switch type {
    case SQLITE_NULL: bytes.append(0)
    case SQLITE_INTEGER, SQLITE_FLOAT:
      bytes.append(1)
      let bits = unsafe sqlite3_column_double(statement, column).bitPattern
      let ordered = bits >> 63 == 0 ? bits | 1 << 63 : ~bits
      for shift in stride(from: UInt64(56), through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: ordered >> shift))
      }
    default:
      bytes.append(type == SQLITE_TEXT ? 2 : 3)
      if let content = unsafe sqlite3_column_blob(statement, column) {
        let count = unsafe Int(sqlite3_column_bytes(statement, column))
        let value = unsafe UnsafeRawBufferPointer(start: content, count: count)
        // A zero ends the value, and one that it holds has a byte more.
        if unsafe memchr(content, 0, count) == nil {
          unsafe bytes.append(contentsOf: value)
        } else {
          unsafe bytes.append(contentsOf: value.flatMap { $0 == 0 ? [0, 1] : [$0] })
        }
      }
      bytes.append(0)
      bytes.append(0)
    }
  }
}

/// A statement that inserts one row after another.
@safe private final class Insertion {
  private let statement: OpaquePointer
  private let columns: Int

  init(_ statement: OpaquePointer, columns: Int) {
    unsafe self.statement = statement
    self.columns = columns
  }

  deinit {
    unsafe _ = sqlite3_finalize(statement)
  }

  func insert(_ cells: ArraySlice<RowBatch.Cell>, _ bytes: UnsafeBufferPointer<UInt8>) throws {
    // A cell too few would be that of the row before.
    guard cells.count == columns else {
      throw TableDatabaseFault.library(code: Int(SQLITE_RANGE))
    }
    var column: Int32 = 0
    for cell in cells {
      column += 1
      let code =
        switch cell {
        case .text(let start, let count): unsafe bind(bytes, start, count, column)
        case .integer(let number): unsafe sqlite3_bind_int64(statement, column, Int64(number))
        case .number(let number): unsafe sqlite3_bind_double(statement, column, number)
        case .null: unsafe sqlite3_bind_null(statement, column)
        }
      try TableDatabaseFault.check(code)
    }
    try TableDatabaseFault.check(unsafe sqlite3_step(statement))
    try TableDatabaseFault.check(unsafe sqlite3_reset(statement))
  }

  private func bind(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ count: Int, _ column: Int32
  ) -> Int32 {
    // An empty text may have no address, which SQLite would take for NULL.
    guard count > 0, let base = bytes.baseAddress else {
      return unsafe sqlite3_bind_text(statement, column, "", 0, nil)
    }
    return unsafe (base + start).withMemoryRebound(to: CChar.self, capacity: count) {
      unsafe sqlite3_bind_text64(
        statement, column, $0, UInt64(count), nil, UInt8(SQLITE_UTF8))
    }
  }

  func letGo() {
    unsafe _ = sqlite3_clear_bindings(statement)
  }
}

/// Why a database of tables was not written.
package enum TableDatabaseFault: Error, Hashable, Sendable {
  case cannotWrite
  case library(code: Int)
  case notAsWritten
  /// What was to be written could not be read; whoever read it says why.
  case abandoned

  fileprivate static func check(_ code: Int32) throws {
    guard code == SQLITE_OK || code == SQLITE_DONE else { throw library(code: Int(code)) }
  }
}

extension TableDatabaseFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .cannotWrite:
      "file cannot be written there; check the folder, its permissions and the space left"
    case .library(let code):
      "the tables could not be written (SQLite's error \(code)); nothing was written. Check the "
        + "space left in the folder"
    case .notAsWritten:
      "the tables do not hold what was written into them; nothing was written. Check the space left "
        + "in the folder, and try again"
    case .abandoned:
      "the tables were not written, since the notebook could not be read to its end"
    }
  }
}
