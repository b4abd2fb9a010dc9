import CuadernoLog
package import GRDB

/// A person in a study.
package struct Member: Hashable, Sendable {
  let number: Int64
  package let name: String

  /// As CuadernoModel's `Role` spells it; the ledger attaches no meaning to it.
  package let role: String
  package let createdMilliseconds: Int64
}

extension Member: FetchableRecord {
  package init(row: Row) throws {
    number = row[0]
    name = row[1]
    role = row[2]
    createdMilliseconds = row[3]
  }

  static func all(of study: Study, _ db: Database) throws -> [Member] {
    try fetchAll(
      db,
      sql: """
        SELECT number, name, role, createdMilliseconds FROM member WHERE study = ?
        ORDER BY number
        """,
      arguments: [study.number])
  }

  static func named(_ name: String, in study: Study, _ db: Database) throws -> Member? {
    try all(of: study, db).first { Name.areSame($0.name, name) }
  }

  static func insert(
    name: String, role: String, in study: Study, now: Int64, _ db: Database
  ) throws -> Member {
    try db.execute(
      sql: "INSERT INTO member (study, name, role, createdMilliseconds) VALUES (?, ?, ?, ?)",
      arguments: [study.number, name, role, now])
    return Member(number: db.lastInsertedRowID, name: name, role: role, createdMilliseconds: now)
  }
}

extension Ledger {
  package func addMember(name: String, role: String, to study: Study) async throws -> Member {
    let name = try checkedName(name)
    let created = now()
    return try await database.write { db in
      guard try Member.named(name, in: study, db) == nil else {
        throw LedgerError.memberExists(name: name)
      }
      return try Member.insert(name: name, role: role, in: study, now: created, db)
    }
  }

  package func members(of study: Study) async throws -> [Member] {
    try await database.read { db in try Member.all(of: study, db) }
  }
}
