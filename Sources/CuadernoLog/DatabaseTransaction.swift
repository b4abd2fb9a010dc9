package import CuadernoSync
package import GRDB
import GRDBSQLite

extension Database: SQLTransaction {
  package func run(_ sql: String, _ values: [Binding]) throws {
    try cachedStatement(sql: sql).run(values)
  }

  package func first<Result>(
    _ sql: String, _ values: [Binding], _ read: (BoundRow) throws -> Result
  ) throws -> Result? {
    try cachedStatement(sql: sql).first(values, read)
  }

  package func first<Result>(
    _ sql: String, forEach values: [[Binding]], _ read: (BoundRow) throws -> Result
  ) throws -> [Result?] {
    let statement = try cachedStatement(sql: sql)
    return try values.map { try statement.first($0, read) }
  }

  package func all<Result>(
    _ sql: String, _ values: [Binding], _ read: (BoundRow) throws -> Result
  ) throws -> [Result] {
    var results = [Result]()
    try scan(sql, values) { row in
      results.append(try read(row))
      return true
    }
    return results
  }

  /// In a file nothing is gained by waiting: the answer is there at once.
  package func ask<Result>(
    _ sql: String, _ values: [Binding], _ read: @escaping (BoundRow) throws -> Result
  ) throws -> Answer<[Result]> {
    Answer(try all(sql, values, read))
  }

  package func ask<Result>(
    _ select: RowStatement, forEach keys: [[Binding]],
    _ read: @escaping (BoundRow) throws -> Result
  ) throws -> Answer<[Result]> {
    let statement = try cachedStatement(sql: select.one)
    var results = [Result]()
    results.reserveCapacity(keys.count)
    for key in keys {
      try statement.scan(key) { row in
        results.append(try read(row))
        return true
      }
    }
    return Answer(results)
  }

  package func write(_ values: [Binding], by statement: RowStatement) throws {
    try run(statement.one, values)
  }

  package func scan(
    _ sql: String, _ values: [Binding], _ body: (BoundRow) throws -> Bool
  ) throws {
    try cachedStatement(sql: sql).scan(values, body)
  }

  package func askEnd(of study: Int64) throws -> Answer<Int64> {
    let last = try first("SELECT max(position) FROM change", []) { try $0.optionalInteger(0) }
    return Answer(last.flatMap { $0 } ?? 0)
  }

  // Without the study, which is not in these keys: a row in which it was hit is found all the same, and
  // can be told from one that is gone.

  package func link(study: Int64, device: Int64, sequence: UInt64) throws -> Digest? {
    try first(
      "SELECT link FROM change WHERE device = ? AND sequence = ?",
      [.integer(device), .sequence(sequence)]
    ) { try $0.digest(0) }
  }

  package func deviceID(study: Int64, number: Int64) throws -> DeviceID? {
    try first("SELECT id FROM device WHERE number = ?", [.integer(number)]) { try $0.id(0) }
  }

  package func askLink(study: Int64, at dot: Dot) throws -> Answer<Digest?> {
    Answer(try ChangeLog(study: study).link(at: dot, self))
  }

  package func askLastLink(study: Int64, of device: DeviceID) throws -> Answer<Digest?> {
    let log = ChangeLog(study: study)
    return Answer(try log.head(of: device, self).flatMap { try log.link(at: $0.dot, self) })
  }
}

extension BoundRow: ResultRow {
  package func isNull(_ index: Int) -> Bool {
    type(index) == SQLITE_NULL
  }

  package func text(_ index: Int) throws -> String {
    guard type(index) == SQLITE_TEXT else { throw StoreError.damaged }
    return String(decoding: rawBytes(index), as: UTF8.self)
  }

  package func bytes(_ index: Int) throws -> [UInt8] {
    guard type(index) == SQLITE_BLOB else { throw StoreError.damaged }
    return rawBytes(index)
  }
}
