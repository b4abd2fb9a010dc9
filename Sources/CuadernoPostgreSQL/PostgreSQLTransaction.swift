package import CuadernoLog
package import CuadernoSync

/// A transaction on a connection.
package struct PostgreSQLTransaction: SQLTransaction {
  let connection: Connection

  package func run(_ sql: String, _ values: [Binding]) throws {
    try connection.send(sql, values)
  }

  package func write(_ values: [Binding], by statement: RowStatement) throws {
    try connection.hold(values, for: statement)
  }

  package func ask<Result>(
    _ sql: String, _ values: [Binding], _ read: @escaping (PostgreSQLRow) throws -> Result
  ) throws -> Answer<[Result]> {
    answer(try connection.ask(sql, Parameters(values)), read)
  }

  package func ask<Result>(
    _ select: RowStatement, forEach keys: [[Binding]],
    _ read: @escaping (PostgreSQLRow) throws -> Result
  ) throws -> Answer<[Result]> {
    keys.isEmpty ? Answer([]) : answer(try connection.ask(select, keys), read)
  }

  private func answer<Result>(
    _ reply: Reply, _ read: @escaping (PostgreSQLRow) throws -> Result
  ) -> Answer<[Result]> {
    Answer { [connection] in
      let result = try connection.result(of: reply)
      return try reply.rows.map { try read(PostgreSQLRow(result: result, row: $0)) }
    }
  }

  package func first<Result>(
    _ sql: String, _ values: [Binding], _ read: (PostgreSQLRow) throws -> Result
  ) throws -> Result? {
    let answer = try connection.result(of: try connection.ask(sql, Parameters(values)))
    return answer.rowCount > 0 ? try read(PostgreSQLRow(result: answer, row: 0)) : nil
  }

  package func first<Result>(
    _ sql: String, forEach values: [[Binding]], _ read: (PostgreSQLRow) throws -> Result
  ) throws -> [Result?] {
    let replies = try values.map { try connection.ask(sql, Parameters($0)) }
    return try replies.map { reply in
      let answer = try connection.result(of: reply)
      return answer.rowCount > 0 ? try read(PostgreSQLRow(result: answer, row: 0)) : nil
    }
  }

  package func all<Result>(
    _ sql: String, _ values: [Binding], _ read: (PostgreSQLRow) throws -> Result
  ) throws -> [Result] {
    let answer = try connection.result(of: try connection.ask(sql, Parameters(values)))
    return try (0..<answer.rowCount).map { try read(PostgreSQLRow(result: answer, row: $0)) }
  }

  package func scan(
    _ sql: String, _ values: [Binding], _ body: (PostgreSQLRow) throws -> Bool
  ) throws {
    let cursor = connection.newCursorName()
    try connection.send(
      "DECLARE \(cursor) NO SCROLL CURSOR FOR " + sql, values, isPrepared: false)
    var wanted = Self.rowsAtFirst
    while true {
      let reply = try connection.ask("FETCH \(wanted) FROM \(cursor)", isPrepared: false)
      let answer = try connection.result(of: reply)
      for row in 0..<answer.rowCount {
        guard try body(PostgreSQLRow(result: answer, row: row)) else {
          return try connection.send("CLOSE \(cursor)", isPrepared: false)
        }
      }
      guard answer.rowCount == wanted else {
        return try connection.send("CLOSE \(cursor)", isPrepared: false)
      }
      let rowBytes = max(1, answer.byteCount / answer.rowCount)
      wanted = min(max(Self.bytesAtATime / rowBytes, 1), Self.rowsAtATime)
    }
  }

  /// A row may have 4 MiB, and most have some hundred bytes: the first few tell.
  private static let rowsAtFirst = 32
  private static let rowsAtATime = 4_096
  private static let bytesAtATime = 2 << 20

  package func askEnd(of study: Int64) throws -> Answer<Int64> {
    try askStudyEnd(of: study)
  }

  package func link(study: Int64, device: Int64, sequence: UInt64) throws -> Digest? {
    try first(
      "SELECT link FROM change WHERE study = ? AND device = ? AND sequence = ?",
      [.integer(study), .integer(device), .sequence(sequence)]
    ) { try $0.digest(0) }
  }

  package func deviceID(study: Int64, number: Int64) throws -> DeviceID? {
    try first(
      "SELECT id FROM device WHERE study = ? AND number = ?", [.integer(study), .integer(number)]
    ) { try $0.id(0) }
  }

  package func askLink(study: Int64, at dot: Dot) throws -> Answer<Digest?> {
    try askFirst(
      Self.link, [.integer(study), .id(dot.device), .sequence(dot.sequence)]
    ) { $0.isNull(0) ? nil : try $0.digest(0) }.map { $0.flatMap { $0 } }
  }

  package func askLastLink(study: Int64, of device: DeviceID) throws -> Answer<Digest?> {
    try askFirst(Self.lastLink, [.integer(study), .id(device)]) {
      $0.isNull(0) ? nil : try $0.digest(0)
    }.map { $0.flatMap { $0 } }
  }

  /// Looked up device by device: of a join PostgreSQL may read every change of a study.
  private static func linkOfDevice(at sequence: String) -> String {
    """
    (SELECT link FROM change
    WHERE study = device.study AND device = device.number AND sequence = \(sequence))
    """
  }

  private static let link: RowStatement = {
    let key: [RowStatement.Column] = [.integer("study"), .bytes("id"), .integer("sequence")]
    let device = "device ON study = k1 AND id = k2"
    return RowStatement(
      key,
      one: """
        SELECT change.link FROM device JOIN change
          ON change.study = device.study AND change.device = device.number
        WHERE device.study = ? AND device.id = ? AND change.sequence = ?
        """
    ) { rows in
      "SELECT \(linkOfDevice(at: "k3")), place FROM \(RowStatement.places(rows, key)) JOIN \(device)"
    }
  }()

  private static let lastLink = RowStatement.select(
    [linkOfDevice(at: "device.sequence")], from: "device",
    where: [.integer("study"), .bytes("id")])
}
