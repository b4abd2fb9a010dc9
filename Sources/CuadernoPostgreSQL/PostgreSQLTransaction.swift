package import CuadernoLog
package import CuadernoSync

/// A transaction on a connection.
package struct PostgreSQLTransaction: SQLTransaction {
  let connection: Connection

  /// How many commands are on their way before their answers are read: what the server answers to them
  /// fits into what the network holds, so that neither waits for the other.
  private static let inFlightMax = 128

  package func run(_ sql: String, _ values: [Binding]) throws {
    try connection.send(sql, values)
    if connection.unread >= Self.inFlightMax { _ = try connection.settle() }
  }

  package func first<Result>(
    _ sql: String, _ values: [Binding], _ read: (PostgreSQLRow) throws -> Result
  ) throws -> Result? {
    try connection.send(sql, values)
    let answer = try connection.settle(keeping: 1)[0]
    return answer.rowCount > 0 ? try read(PostgreSQLRow(result: answer, row: 0)) : nil
  }

  package func first<Result>(
    _ sql: String, forEach values: [[Binding]], _ read: (PostgreSQLRow) throws -> Result
  ) throws -> [Result?] {
    var results = [Result?]()
    results.reserveCapacity(values.count)
    for start in stride(from: 0, to: values.count, by: Self.inFlightMax) {
      let some = values[start...].prefix(Self.inFlightMax)
      for values in some { try connection.send(sql, values) }
      for answer in try connection.settle(keeping: some.count) {
        results.append(
          answer.rowCount > 0 ? try read(PostgreSQLRow(result: answer, row: 0)) : nil)
      }
    }
    return results
  }

  package func all<Result>(
    _ sql: String, _ values: [Binding], _ read: (PostgreSQLRow) throws -> Result
  ) throws -> [Result] {
    try connection.send(sql, values)
    let answer = try connection.settle(keeping: 1)[0]
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
      try connection.send("FETCH \(wanted) FROM \(cursor)", isPrepared: false)
      let answer = try connection.settle(keeping: 1)[0]
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

  package func lastPosition(of study: Int64) throws -> Int64 {
    let last = try first(
      "SELECT max(position) FROM change WHERE study = ?", [.integer(study)]
    ) { try $0.optionalInteger(0) }
    return last.flatMap { $0 } ?? 0
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
}
