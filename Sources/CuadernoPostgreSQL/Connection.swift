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
  /// For each command that was sent and whose answer is still to be read, who wants it.
  private var unread: [Askers] = []
  /// Rows or questions that are kept back to be sent together.
  private var held = HeldBack()
  /// How many statements and rows were given to it that may change something.
  private(set) var writeCount = 0
  private(set) var isLost = false

  /// How many commands are on their way before their answers are read, and how many bytes of rows are kept
  /// back, so that what waits in memory stays small.
  private static let inFlightMax = 128
  private static let heldBytesMax = 1 << 20

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
    // Every statement of a push or a pull finds its rows by a key. A plan that reads a whole table is made
    // while the table is small or nothing is known of it, is kept, and is then run on millions of rows.
    try execute("SET plan_cache_mode = force_generic_plan")
    for plan in ["seqscan", "hashjoin", "mergejoin"] { try execute("SET enable_\(plan) = off") }
    try execute("SET jit = off")
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

  /// Sends a command without waiting for its answer, after what was kept back.
  ///
  /// - Parameter isPrepared: whether the server keeps it, for it will come again.
  func send(
    _ sql: String, _ values: [Binding] = [], isPrepared: Bool = true
  ) throws(PostgreSQLFault) {
    try sendHeld()
    try send(sql, Parameters(values), isPrepared: isPrepared, for: .nobody)
    writeCount += 1
  }

  /// Asks without waiting.
  func ask(
    _ sql: String, _ parameters: Parameters = Parameters([]), isPrepared: Bool = true
  ) throws(PostgreSQLFault) -> Reply {
    try sendHeld()
    let reply = Reply()
    try send(sql, parameters, isPrepared: isPrepared, for: .one(reply))
    return reply
  }

  /// Keeps questions back until something else is sent.
  func ask(_ select: RowStatement, _ keys: [[Binding]]) throws(PostgreSQLFault) -> Reply {
    if held.hasRows { try sendHeld() }
    let reply = Reply()
    held.add(keys, by: select, for: reply)
    if held.byteCount >= Self.heldBytesMax { try sendHeld() }
    return reply
  }

  /// Keeps a row back until something else is sent.
  func hold(_ row: [Binding], for statement: RowStatement) throws(PostgreSQLFault) {
    if held.hasQuestions { try sendHeld() }
    writeCount += 1
    held.add(row, by: statement)
    if held.byteCount >= Self.heldBytesMax { try sendHeld() }
  }

  private func sendHeld() throws(PostgreSQLFault) {
    for (statement, rows, askers) in held.takeAll() {
      try send(
        statement.many, Parameters(statement.columns, rows), isPrepared: true, for: askers)
    }
  }

  private func send(
    _ sql: String, _ parameters: Parameters, isPrepared: Bool, for askers: Askers
  ) throws(PostgreSQLFault) {
    guard !isLost else { throw .lost }
    if unread.count >= Self.inFlightMax { try settle() }
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
    unread.append(askers)
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
    unread.append(.nobody)
    names[sql] = name
    newNames.append(sql)
    return name
  }

  /// Waits until everything that was sent or kept back has been carried out.
  ///
  /// - Throws: ``PostgreSQLFault``: what the first command answered that failed.
  func settle() throws(PostgreSQLFault) {
    try sendHeld()
    guard !isLost else { throw .lost }
    guard !unread.isEmpty else { return }
    defer { unread.removeAll(keepingCapacity: true) }
    guard unsafe PQpipelineSync(connection) == 1 else { throw lose() }
    var firstFault: PostgreSQLFault?
    for askers in unread {
      guard let result = nextResult() else { throw lose() }
      switch result.status {
      case PGRES_COMMAND_OK, PGRES_TUPLES_OK:
        if !askers.hand(result) { firstFault = firstFault ?? .malformed }
      case PGRES_PIPELINE_ABORTED: break
      default: firstFault = firstFault ?? fault(of: result)
      }
      // A command's answer ends with nothing.
      while nextResult() != nil {}
      if isLost { throw .lost }
    }
    guard let sync = nextResult(), sync.status == PGRES_PIPELINE_SYNC else { throw lose() }
    // Which of those statements were prepared before it is not worth finding out.
    if firstFault != nil { for sql in newNames { names[sql] = nil } }
    newNames = []
    if let firstFault { throw firstFault }
  }

  /// What was answered, waited for if need be.
  func result(of reply: Reply) throws(PostgreSQLFault) -> QueryResult {
    if reply.result == nil { try settle() }
    guard let result = reply.result else { throw .malformed }
    return result
  }

  /// Ends a transaction that is not to be committed, whatever it was in the midst of.
  func rollBack() {
    _ = held.takeAll()
    // Apart from what was sent before: after a command that fails, those behind it are passed over.
    try? settle()
    try? send("ROLLBACK")
    try? settle()
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
