import CSQLite
import Foundation

/// A SQLite database that another program wrote: a copy of it, that nothing in it can harm.
///
/// It is never opened where it lies, since opening may write. The copy has no name any more by the time
/// that the first row is read, so that it is gone when this is, also when the process dies.
///
/// - SeeAlso: sqlite.org/security.html, "Untrusted SQLite Database Files".
@safe final class ForeignDatabase {
  /// Projects with hundreds of long interviews have some tens of megabytes.
  static let bytesMax = 1 << 30

  /// A text of ours with every letter as a tag's worth of HTML around it.
  static let cellBytesMax: Int32 = 32 << 20

  /// Steps of SQLite's machine, in thousands: some minutes, which no honest file takes.
  private static let stepsMax = 4_000_000

  private let connection: OpaquePointer
  private let steps = Steps()

  /// What SQLite's callback counts in.
  private final class Steps {
    var taken = 0
  }

  /// - Throws: ``ExchangeError``
  init(copyOf path: String) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("cuaderno-\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    } catch {
      throw ExchangeError(.file, .foreign(.cannotCopy))
    }
    defer { try? FileManager.default.removeItem(at: folder) }
    let copy = folder.appendingPathComponent("copy.sqlite3").path
    // Of a link the file is copied that it leads to, beside which its WAL lies.
    let path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    try Self.copy(path, to: copy)
    var opened: OpaquePointer?
    let code = unsafe sqlite3_open_v2(
      copy, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE, nil)
    guard code == SQLITE_OK, let opened = unsafe opened else {
      unsafe _ = sqlite3_close_v2(opened)
      throw ExchangeError(.file, .foreign(.damaged(code: Int(code))))
    }
    unsafe connection = opened
    try harden()
    // What its WAL holds goes into the copy, which then is one file.
    try run("PRAGMA journal_mode = DELETE")
    try run("PRAGMA query_only = ON")
    try check()
  }

  deinit {
    unsafe _ = sqlite3_close_v2(connection)
  }

  // MARK: - The copy

  private static func copy(_ path: String, to copy: String) throws {
    let before = try state(path)
    guard let size = before[0] else { throw ExchangeError(.file, .foreign(.unreadable)) }
    guard size > 0 else { throw ExchangeError(.file, .bytes(.empty)) }
    guard size <= bytesMax, before[1] ?? 0 <= bytesMax else {
      throw ExchangeError(.file, .foreign(.tooLarge(bytes: max(size, before[1] ?? 0))))
    }
    // A journal beside it says that somebody was writing; it may also name other files to be deleted.
    guard (before[2] ?? 0) == 0 else { throw ExchangeError(.file, .foreign(.beingWritten)) }
    do {
      try FileManager.default.copyItem(atPath: path, toPath: copy)
      if before[1] ?? 0 > 0 {
        try FileManager.default.copyItem(atPath: path + "-wal", toPath: copy + "-wal")
      }
    } catch {
      throw ExchangeError(.file, .foreign(.cannotCopy))
    }
    guard try state(path) == before else { throw ExchangeError(.file, .foreign(.beingWritten)) }
    guard let handle = FileHandle(forReadingAtPath: copy),
      let head = try? handle.read(upToCount: 16),
      head.elementsEqual("SQLite format 3\0".utf8)
    else { throw ExchangeError(.file, .foreign(.notADatabase)) }
    try? handle.close()
  }

  /// The sizes of the file, its WAL and its journal, and when each was written.
  private static func state(_ path: String) throws -> [Int?] {
    var values = [Int?]()
    var times = [Int?]()
    for name in [path, path + "-wal", path + "-journal"] {
      var status = stat()
      // Not a pipe: what is copied is a file.
      let isThere = unsafe stat(name, &status) == 0
      guard !isThere || status.st_mode & S_IFMT == S_IFREG else {
        throw ExchangeError(.file, .foreign(.unreadable))
      }
      values.append(isThere ? Int(status.st_size) : nil)
      times.append(isThere ? status.st_mtim.tv_sec &* 1_000_000_000 &+ status.st_mtim.tv_nsec : nil)
    }
    return values + times
  }

  // MARK: - Hardening

  private func harden() throws {
    unsafe _ = cuaderno_set_defensive(connection)
    unsafe _ = cuaderno_distrust_schema(connection)
    unsafe _ = sqlite3_limit(connection, SQLITE_LIMIT_LENGTH, Self.cellBytesMax)
    unsafe _ = sqlite3_limit(connection, SQLITE_LIMIT_SQL_LENGTH, 100_000)
    unsafe _ = sqlite3_limit(connection, SQLITE_LIMIT_COLUMN, 200)
    unsafe _ = sqlite3_limit(connection, SQLITE_LIMIT_EXPR_DEPTH, 20)
    unsafe _ = sqlite3_limit(connection, SQLITE_LIMIT_ATTACHED, 0)
    unsafe _ = sqlite3_limit(connection, SQLITE_LIMIT_TRIGGER_DEPTH, 1)
    // The callback gets this pointer back, and only while the connection above is open.
    let pointer = unsafe Unmanaged.passUnretained(steps).toOpaque()
    unsafe sqlite3_progress_handler(
      connection, 1_000,
      { pointer in
        guard let pointer = unsafe pointer else { return 1 }
        let steps = unsafe Unmanaged<Steps>.fromOpaque(pointer).takeUnretainedValue()
        steps.taken += 1
        return steps.taken > ForeignDatabase.stepsMax ? 1 : 0
      }, pointer)
    for pragma in ["cell_size_check = ON", "mmap_size = 0", "temp_store = MEMORY"] {
      try run("PRAGMA \(pragma)")
    }
  }

  private func check() throws {
    var answers = [String]()
    try rows("PRAGMA quick_check(1)") { answers.append(try $0.text(0) ?? "") }
    guard answers == ["ok"] else {
      throw ExchangeError(.file, .foreign(.damaged(code: Int(SQLITE_CORRUPT))))
    }
  }

  // MARK: - Reading

  private func run(_ sql: String) throws {
    try rows(sql) { _ in }
  }

  /// The columns of a table of rows; empty when there is no such table, or it is a view or virtual:
  /// those run somebody's SQL or somebody's code.
  func columns(of table: String) throws -> [String] {
    var isTable = false
    try rows(
      "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = '\(table)'"
    ) { row in
      // A file may name a table that no SQL made.
      let head = try row.text(0)?.lowercased().split(separator: "(").first ?? "virtual"
      isTable = !head.contains("virtual")
    }
    guard isTable else { return [] }
    var names = [String]()
    // Generated columns are not in this list (sqlite.org/pragma.html#pragma_table_info).
    try rows("PRAGMA table_info('\(table)')") { names.append(try $0.text(1) ?? "") }
    return names
  }

  /// - Parameter sql: ours alone; nothing of the file stands in it.
  func rows(_ sql: String, _ body: (Row) throws -> Void) throws {
    var prepared: OpaquePointer?
    try check(unsafe sqlite3_prepare_v2(connection, sql, -1, &prepared, nil))
    defer { unsafe _ = sqlite3_finalize(prepared) }
    guard let statement = unsafe prepared else { return }
    while true {
      let code = unsafe sqlite3_step(statement)
      if code == SQLITE_DONE { return }
      if code != SQLITE_ROW { try check(code) }
      do {
        try body(unsafe Row(statement))
      } catch let fault as ForeignFault {
        throw ExchangeError(.file, .foreign(fault))
      }
    }
  }

  private func check(_ code: Int32) throws {
    switch code & 0xFF {
    case SQLITE_OK: return
    case SQLITE_INTERRUPT: throw ExchangeError(.file, .foreign(.tooMuchWork))
    case SQLITE_TOOBIG:
      throw ExchangeError(.file, .foreign(.tooLarge(bytes: Int(Self.cellBytesMax))))
    default: throw ExchangeError(.file, .foreign(.damaged(code: Int(code))))
    }
  }

  /// One row, while it is looked at.
  @safe struct Row {
    private let statement: OpaquePointer

    fileprivate init(_ statement: OpaquePointer) {
      unsafe self.statement = statement
    }

    /// Nil for a NULL, and for what is no whole number.
    func integer(_ column: Int32) -> Int64? {
      guard unsafe sqlite3_column_type(statement, column) == SQLITE_INTEGER else { return nil }
      return unsafe sqlite3_column_int64(statement, column)
    }

    /// Nil for a NULL, and for what is no text.
    ///
    /// - Throws: ``ForeignFault`` for bytes that are no UTF-8.
    func text(_ column: Int32) throws -> String? {
      guard unsafe sqlite3_column_type(statement, column) == SQLITE_TEXT,
        let bytes = unsafe sqlite3_column_text(statement, column)
      else { return nil }
      let count = unsafe Int(sqlite3_column_bytes(statement, column))
      let buffer = unsafe UnsafeBufferPointer(start: bytes, count: count)
      guard let text = unsafe String(validating: buffer, as: UTF8.self) else {
        throw ForeignFault.notUTF8
      }
      return text
    }
  }
}
