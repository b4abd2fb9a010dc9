import CuadernoLog
import CuadernoSync
import GRDB

/// What the ledger asks of its database beside SQL.
///
/// Each study is written to by one transaction at a time, whatever process it is of: a transaction that
/// writes for a study locks it first, and no transaction locks two.
protocol LedgerTransaction: SQLTransaction {
  /// Waits until no other transaction writes for the study.
  func lock(study: Int64) throws

  /// Waits until no other transaction makes a study.
  func lockStudies() throws

  /// What is wrong with the database's own structure, as far as it can tell.
  func structureFaults() throws -> [String]

  /// Gives no number away again that was brought along into a table.
  func countOn(in table: String) throws
}

extension SQLTransaction {
  /// Runs an INSERT and answers the number that the row was given.
  func insert(_ sql: String, _ values: [Binding]) throws -> Int64 {
    guard let number = try first(sql + " RETURNING number", values, { try $0.integer(0) }) else {
      throw StoreError.damaged
    }
    return number
  }
}

/// One writer has the whole file, from the beginning of its transaction.
extension Database: LedgerTransaction {
  func lock(study: Int64) {}

  func lockStudies() {}

  func structureFaults() throws -> [String] {
    do {
      return try all("PRAGMA quick_check(100)", []) { try $0.text(0) }.filter { $0 != "ok" }
    } catch let error as DatabaseError where StoreError(error) == .damaged {
      return ["file is damaged"]
    }
  }

  func countOn(in table: String) {}
}
