import CSQLite
import CuadernoSync

/// A database of SQLite's that is written once, from beginning to end, and checked.
///
/// There is no journal: what is cut short lies in a file that nobody has seen, and is thrown away. Whoever
/// gives the file its name puts it on the disk first.
@safe final class TableDatabase {
  private let connection: OpaquePointer
  private var isOpen = true

  /// - Parameter path: a file that is there, and empty.
  init(_ path: String) throws {
    var opened: OpaquePointer?
    let code = unsafe sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE, nil)
    guard let connection = unsafe opened else { throw TableDatabaseFault.cannotWrite }
    guard code == SQLITE_OK else {
      unsafe _ = sqlite3_close_v2(connection)
      throw TableDatabaseFault.cannotWrite
    }
    unsafe self.connection = connection
  }

  deinit {
    if isOpen { unsafe _ = sqlite3_close_v2(connection) }
  }

  func run(_ sql: String) throws {
    try check(unsafe sqlite3_exec(connection, sql, nil, nil, nil))
  }

  /// Prepares a row of a table, whose columns are bound in their order.
  func insertion(into table: String, columns: Int) throws -> Insertion {
    let marks = Array(repeating: "?", count: columns).joined(separator: ", ")
    return unsafe try Insertion(
      statement("INSERT INTO \(table) VALUES (\(marks))"), self)
  }

  private func statement(_ sql: String) throws -> OpaquePointer {
    var prepared: OpaquePointer?
    try check(
      unsafe sqlite3_prepare_v3(
        connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil))
    guard let statement = unsafe prepared else { throw TableDatabaseFault.cannotWrite }
    return unsafe statement
  }

  /// The first column of each row of a query, as text.
  func texts(_ sql: String) throws -> [String] {
    let statement = unsafe try statement(sql)
    defer { unsafe _ = sqlite3_finalize(statement) }
    var texts = [String]()
    while true {
      let code = unsafe sqlite3_step(statement)
      if code == SQLITE_DONE { return texts }
      guard code == SQLITE_ROW else { throw TableDatabaseFault.library(code: Int(code)) }
      let text = unsafe sqlite3_column_text(statement, 0)
      texts.append(unsafe text.map { unsafe String(cString: $0) } ?? "")
    }
  }

  fileprivate func check(_ code: Int32) throws {
    guard code == SQLITE_OK || code == SQLITE_DONE else {
      throw TableDatabaseFault.library(code: Int(code))
    }
  }

  /// Reads all of it once more: pages, indexes, references and the number of rows.
  ///
  /// - Parameter rows: that were inserted, by table.
  func verify(_ rows: [String: Int]) throws {
    guard try texts("PRAGMA integrity_check") == ["ok"],
      try texts("PRAGMA foreign_key_check").isEmpty
    else { throw TableDatabaseFault.notAsWritten }
    for (table, count) in rows {
      guard try texts("SELECT count(*) FROM \(table)") == [String(count)] else {
        throw TableDatabaseFault.notAsWritten
      }
    }
  }

  func close() throws {
    isOpen = false
    try check(unsafe sqlite3_close(connection))
  }
}

/// A statement that inserts one row after another.
@safe final class Insertion {
  private let statement: OpaquePointer
  private let database: TableDatabase
  private(set) var rows = 0

  fileprivate init(_ statement: OpaquePointer, _ database: TableDatabase) {
    unsafe self.statement = statement
    self.database = database
  }

  deinit {
    unsafe _ = sqlite3_finalize(statement)
  }

  enum Cell {
    case text(String)
    /// As 32 hexadecimal digits.
    case id(RecordID)
    case integer(Int)
    case number(Double)
    case null

    init(_ text: String?) { self = text.map(Cell.text) ?? .null }
    init(_ number: Int?) { self = number.map(Cell.integer) ?? .null }
    init(_ number: Double?) { self = number.map(Cell.number) ?? .null }
  }

  func insert(_ cells: Cell...) throws {
    for (index, cell) in cells.enumerated() {
      let place = Int32(index + 1)
      switch cell {
      case .text(let text):
        var text = text
        let code = text.withUTF8 { bytes in
          // An empty buffer may have no address, which SQLite would take for NULL.
          guard let base = bytes.baseAddress, bytes.count > 0 else {
            return unsafe sqlite3_bind_text(statement, place, "", 0, nil)
          }
          return unsafe base.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
            unsafe sqlite3_bind_text64(
              statement, place, $0, UInt64(bytes.count), Self.transient, UInt8(SQLITE_UTF8))
          }
        }
        try database.check(code)
      case .id(let id):
        let code = unsafe Hexadecimal.withDigits(of: id) { digits in
          unsafe digits.withMemoryRebound(to: CChar.self) {
            unsafe sqlite3_bind_text64(
              statement, place, $0.baseAddress, UInt64($0.count), Self.transient,
              UInt8(SQLITE_UTF8))
          }
        }
        try database.check(code)
      case .integer(let number):
        try database.check(unsafe sqlite3_bind_int64(statement, place, Int64(number)))
      case .number(let number):
        try database.check(unsafe sqlite3_bind_double(statement, place, number))
      case .null: try database.check(unsafe sqlite3_bind_null(statement, place))
      }
    }
    try database.check(unsafe sqlite3_step(statement))
    try database.check(unsafe sqlite3_reset(statement))
    rows += 1
  }

  /// SQLITE_TRANSIENT, which is a cast in C: SQLite takes a copy.
  private static let transient = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}

/// Why a database of tables was not written.
package enum TableDatabaseFault: Error, Hashable, Sendable {
  case cannotWrite
  case library(code: Int)
  case notAsWritten
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
    }
  }
}
