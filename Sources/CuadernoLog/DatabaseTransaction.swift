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

  package func scan(
    _ sql: String, _ values: [Binding], _ body: (BoundRow) throws -> Bool
  ) throws {
    try cachedStatement(sql: sql).scan(values, body)
  }

  package func lastPosition(of study: Int64) throws -> Int64 {
    let last = try first("SELECT max(position) FROM change", []) { try $0.optionalInteger(0) }
    return last.flatMap { $0 } ?? 0
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
