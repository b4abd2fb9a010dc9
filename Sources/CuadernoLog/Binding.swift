package import CuadernoSync
package import GRDB
import GRDBSQLite

/// A value on its way into a statement.
///
/// GRDB's own arguments box every value twice and copy bytes into `Data` and back, which takes
/// several times as long as SQLite takes for the row; a statement that runs for each of 60,000 changes
/// is bound with these instead.
package enum Binding: Sendable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  /// A text by its bytes in UTF-8.
  case utf8([UInt8])
  case blob([UInt8])
  /// The sixteen bytes of an id.
  case id(UInt128)

  package init(_ text: String?) {
    self = text.map(Binding.text) ?? .null
  }

  package init(_ number: Double?) {
    self = number.map(Binding.real) ?? .null
  }

  /// How many bytes it takes, about.
  package var byteCount: Int {
    switch self {
    case .null: 0
    case .integer, .real: 8
    case .text(let text): text.utf8.count
    case .utf8(let bytes), .blob(let bytes): bytes.count
    case .id: 16
    }
  }

  package static func id(_ id: some Identifier) -> Binding {
    .id(id.rawValue)
  }
}

extension Statement {
  /// Runs a statement that changes rows and answers none.
  package func run(_ values: [Binding]) throws {
    try bind(values)
    let code = unsafe sqlite3_step(sqliteStatement)
    guard code == SQLITE_DONE else { throw failure(code) }
    unsafe sqlite3_reset(sqliteStatement)
  }

  /// The first row that a statement answers, as a body reads it; nil when there is none.
  package func first<Result>(
    _ values: [Binding], _ read: (BoundRow) throws -> Result
  ) throws -> Result? {
    try bind(values)
    let code = unsafe sqlite3_step(sqliteStatement)
    defer { unsafe sqlite3_reset(sqliteStatement) }
    switch code {
    case SQLITE_ROW: return try read(BoundRow(statement: self))
    case SQLITE_DONE: return nil
    default: throw failure(code)
    }
  }

  /// The rows that a statement answers, until the body has had enough.
  package func scan(_ values: [Binding], _ body: (BoundRow) throws -> Bool) throws {
    try bind(values)
    defer { unsafe sqlite3_reset(sqliteStatement) }
    while true {
      let code = unsafe sqlite3_step(sqliteStatement)
      switch code {
      case SQLITE_ROW: guard try body(BoundRow(statement: self)) else { return }
      case SQLITE_DONE: return
      default: throw failure(code)
      }
    }
  }

  private func bind(_ values: [Binding]) throws {
    // GRDB leaves a statement where it ended. One that is still being stepped is not begun anew
    // under whoever reads it: SQLite refuses to bind it.
    if unsafe sqlite3_stmt_busy(sqliteStatement) == 0 { unsafe sqlite3_reset(sqliteStatement) }
    var index: CInt = 0
    for value in values {
      index += 1
      let code = bind(value, index)
      guard code == SQLITE_OK else { throw failure(code) }
    }
  }

  private func bind(_ value: Binding, _ index: CInt) -> CInt {
    switch value {
    case .null: return unsafe sqlite3_bind_null(sqliteStatement, index)
    case .integer(let number): return unsafe sqlite3_bind_int64(sqliteStatement, index, number)
    case .real(let number): return unsafe sqlite3_bind_double(sqliteStatement, index, number)
    case .blob(let bytes): return unsafe Blob(bytes).bind(to: sqliteStatement, at: index)
    case .id(let id):
      let copied = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
      return unsafe withUnsafeBytes(of: id.bigEndian) { bytes in
        unsafe sqlite3_bind_blob(
          sqliteStatement, index, bytes.baseAddress, CInt(bytes.count), copied)
      }
    case .text(var text): return text.withUTF8 { unsafe bind(utf8: $0, index) }
    case .utf8(let bytes):
      return unsafe bytes.withUnsafeBufferPointer { unsafe bind(utf8: $0, index) }
    }
  }

  private func bind(utf8: UnsafeBufferPointer<UInt8>, _ index: CInt) -> CInt {
    // SQLite copies it before this returns.
    let copied = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    guard let start = utf8.baseAddress else {
      return unsafe sqlite3_bind_text(sqliteStatement, index, "", 0, copied)
    }
    return unsafe start.withMemoryRebound(to: CChar.self, capacity: utf8.count) {
      unsafe sqlite3_bind_text(sqliteStatement, index, $0, CInt(utf8.count), copied)
    }
  }

  private func failure(_ code: CInt) -> DatabaseError {
    unsafe sqlite3_reset(sqliteStatement)
    return DatabaseError(resultCode: ResultCode(rawValue: code))
  }
}

/// A row of a statement that is being stepped.
package struct BoundRow {
  package let statement: Statement

  package func integer(_ index: Int) -> Int64 {
    unsafe sqlite3_column_int64(statement.sqliteStatement, CInt(index))
  }

  func type(_ index: Int) -> CInt {
    unsafe sqlite3_column_type(statement.sqliteStatement, CInt(index))
  }

  /// What a column holds, whatever its type.
  func rawBytes(_ index: Int) -> [UInt8] {
    let column = CInt(index)
    guard let start = unsafe sqlite3_column_blob(statement.sqliteStatement, column) else {
      return []
    }
    let count = Int(unsafe sqlite3_column_bytes(statement.sqliteStatement, column))
    return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
  }

  /// The bytes in UTF-8 of a column that holds a text; nil when it is NULL.
  package func utf8(_ index: Int) -> [UInt8]? {
    guard let start = unsafe sqlite3_column_text(statement.sqliteStatement, CInt(index)) else {
      return nil
    }
    let count = Int(unsafe sqlite3_column_bytes(statement.sqliteStatement, CInt(index)))
    return unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
  }

  /// Appends what a column holds, whatever its type, to bytes that are kept; none for NULL.
  ///
  /// - Returns: how many there were.
  package func append(_ index: Int, to bytes: inout [UInt8]) -> Int {
    let column = CInt(index)
    guard let start = unsafe sqlite3_column_blob(statement.sqliteStatement, column) else {
      return 0
    }
    let count = Int(unsafe sqlite3_column_bytes(statement.sqliteStatement, column))
    unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count))
    return count
  }

  /// The bytes of a column; none when it is NULL.
  package func blob(_ index: Int) -> [UInt8] {
    unsafe Blob(sqliteStatement: statement.sqliteStatement, index: CInt(index))?.bytes ?? []
  }
}
