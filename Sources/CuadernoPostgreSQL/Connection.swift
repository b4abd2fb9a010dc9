import CPostgreSQL
import CuadernoLog

/// A connection of libpq in pipeline mode: commands are sent one after the other, and their answers are
/// read together (postgresql.org/docs/15/libpq-pipeline-mode.html).
@safe final class Connection {
  private let connection: OpaquePointer
  /// The names of the statements that the server has prepared, by their SQL.
  private var names: [String: String] = [:]
  /// Those of them of which it is not known yet whether it has.
  private var newNames: [String] = []
  private var nameCount = 0
  private var cursorCount = 0
  /// How many commands were sent whose answers are still to be read.
  private(set) var unread = 0
  private(set) var isLost = false

  /// The oldest PostgreSQL whose SQL is understood.
  private static let oldestVersion = 120_000

  /// - Throws: ``PostgreSQLFault``.
  init(_ address: DatabaseAddress) throws {
    let usual = [
      // So that a server that is gone is noticed, and one that does not answer is given up.
      ("connect_timeout", "5"), ("tcp_user_timeout", "30000"), ("keepalives_idle", "30"),
      ("application_name", "cuaderno-server"), ("sslmode", address.encryption),
      // What stands in the URL counts more than what is before it, and less than what is after it.
      ("dbname", address.text), ("client_encoding", "UTF8"),
    ].compactMap { keyword, value in value.map { (keyword, $0) } }
    let opened = unsafe withCStrings(usual.map(\.0)) { keywords in
      unsafe withCStrings(usual.map(\.1)) { values in
        unsafe PQconnectdbParams(keywords, values, 1)
      }
    }
    guard let opened = unsafe opened else { throw PostgreSQLFault.unreachable }
    unsafe connection = unsafe opened
    guard unsafe PQstatus(connection) == CONNECTION_OK else { throw PostgreSQLFault.unreachable }
    // The usual one writes what the server notes to standard error, with values in it.
    unsafe PQsetNoticeReceiver(connection, { _, _ in }, nil)
    try check()
    try set()
    guard unsafe PQenterPipelineMode(connection) == 1 else { throw PostgreSQLFault.unreachable }
  }

  deinit {
    unsafe PQfinish(connection)
  }

  private func check() throws(PostgreSQLFault) {
    let version = Int(unsafe PQserverVersion(connection))
    guard version >= Self.oldestVersion else { throw .tooOld(version: version / 10_000) }
    guard let encoding = unsafe PQparameterStatus(connection, "server_encoding"),
      unsafe String(cString: encoding) == "UTF8"
    else { throw .notUTF8 }
  }

  private func set() throws(PostgreSQLFault) {
    try execute("SET standard_conforming_strings = on")
    // Longer than any statement of a push or a pull takes, and shorter than a notebook waits.
    try execute("SET statement_timeout = '60s'")
    try execute("SET lock_timeout = '20s'")
    try execute("SET idle_in_transaction_session_timeout = '5min'")
    // What is acknowledged is on a disk, even where a server is told to be quicker than that.
    try execute(
      """
      SELECT set_config('synchronous_commit', 'on', false)
      WHERE current_setting('synchronous_commit') IN ('off', 'local')
      """)
  }

  /// Runs one command by itself, outside of any transaction.
  ///
  /// Not in pipeline mode.
  private func execute(_ sql: String) throws(PostgreSQLFault) {
    guard let raw = unsafe PQexec(connection, sql) else { throw lose() }
    let result = unsafe QueryResult(raw)
    guard result.status == PGRES_COMMAND_OK || result.status == PGRES_TUPLES_OK else {
      throw fault(of: result)
    }
  }

  /// Runs commands that no transaction may be around; afterwards the connection can do nothing else.
  func executeAlone(_ commands: [String]) throws(PostgreSQLFault) {
    guard unsafe PQexitPipelineMode(connection) == 1 else { throw lose() }
    for command in commands { try execute(command) }
  }

  // MARK: - Pipeline

  /// Sends a command without waiting for its answer.
  ///
  /// - Parameter isPrepared: whether the server keeps it, for it will come again.
  func send(
    _ sql: String, _ values: [Binding] = [], isPrepared: Bool = true
  ) throws(PostgreSQLFault) {
    guard !isLost else { throw .lost }
    let parameters = Parameters(values)
    let sent: Int32
    if isPrepared {
      let name = if let known = names[sql] { known } else { try prepare(sql) }
      sent = unsafe parameters.send { count, values, lengths, formats in
        unsafe PQsendQueryPrepared(connection, name, count, values, lengths, formats, 1)
      }
    } else {
      let sql = numbered(sql)
      sent = unsafe parameters.send { count, values, lengths, formats in
        unsafe PQsendQueryParams(connection, sql, count, nil, values, lengths, formats, 1)
      }
    }
    guard sent == 1 else { throw lose() }
    unread += 1
  }

  /// A cursor goes with its transaction, but one transaction may have several.
  func newCursorName() -> String {
    cursorCount += 1
    return "c\(cursorCount)"
  }

  private func prepare(_ sql: String) throws(PostgreSQLFault) -> String {
    nameCount += 1
    let name = "s\(nameCount)"
    guard unsafe PQsendPrepare(connection, name, numbered(sql), 0, nil) == 1 else { throw lose() }
    unread += 1
    names[sql] = name
    newNames.append(sql)
    return name
  }

  /// Waits until everything that was sent has been carried out.
  ///
  /// - Parameter count: of how many of the last commands the answers are wanted.
  /// - Throws: ``PostgreSQLFault``: what the first command answered that failed.
  func settle(keeping count: Int = 0) throws(PostgreSQLFault) -> [QueryResult] {
    guard !isLost else { throw .lost }
    guard unsafe PQpipelineSync(connection) == 1 else { throw lose() }
    var kept = [QueryResult]()
    var firstFault: PostgreSQLFault?
    while unread > 0 {
      guard let result = nextResult() else { throw lose() }
      switch result.status {
      case PGRES_COMMAND_OK, PGRES_TUPLES_OK:
        if unread <= count { kept.append(result) }
      case PGRES_PIPELINE_ABORTED: break
      default: firstFault = firstFault ?? fault(of: result)
      }
      // A command's answer ends with nothing.
      while nextResult() != nil {}
      unread -= 1
      if isLost { throw .lost }
    }
    guard let sync = nextResult(), sync.status == PGRES_PIPELINE_SYNC else { throw lose() }
    if let firstFault {
      // Which of those statements were prepared before it is not worth finding out.
      for sql in newNames { names[sql] = nil }
      newNames = []
      throw firstFault
    }
    newNames = []
    guard kept.count == count else { throw .malformed }
    return kept
  }

  /// Ends a transaction that is not to be committed, whatever it was in the midst of.
  func rollBack() {
    // Apart from what was sent before: after a command that fails, those behind it are passed over.
    _ = try? settle()
    try? send("ROLLBACK")
    _ = try? settle()
    if unsafe PQtransactionStatus(connection) != PQTRANS_IDLE { isLost = true }
  }

  private func nextResult() -> QueryResult? {
    guard let raw = unsafe PQgetResult(connection) else { return nil }
    return unsafe QueryResult(raw)
  }

  private func fault(of result: QueryResult) -> PostgreSQLFault {
    guard unsafe PQstatus(connection) == CONNECTION_OK, let state = result.state,
      !state.endsConnection
    else { return lose() }
    return .refused(state)
  }

  private func lose() -> PostgreSQLFault {
    isLost = true
    return .lost
  }
}

/// Each `?` as `$1`, `$2`, …, which is how PostgreSQL spells them. There is none in a literal.
private func numbered(_ sql: String) -> String {
  var text = ""
  var count = 0
  for scalar in sql.unicodeScalars {
    if scalar == "?" {
      count += 1
      text += "$\(count)"
    } else {
      text.unicodeScalars.append(scalar)
    }
  }
  return text
}

/// An array of C strings that ends with null, for the time of a call.
private func withCStrings<Result>(
  _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
  let bytes = texts.map { [CChar]($0.utf8CString) }
  let buffer = bytes.flatMap { $0 }
  return unsafe buffer.withUnsafeBufferPointer { buffer in
    var offset = 0
    var pointers = unsafe bytes.map { text -> UnsafePointer<CChar>? in
      defer { offset += text.count }
      return unsafe buffer.baseAddress.map { unsafe $0 + offset }
    }
    unsafe pointers.append(nil)
    return unsafe body(&pointers)
  }
}
