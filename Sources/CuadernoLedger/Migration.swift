import CuadernoLog
package import CuadernoSync

/// What a ledger holds, as two ledgers compare it.
package struct LedgerSummary: Hashable, Sendable {
  package let studies: Int
  package internal(set) var changes = 0

  /// A hash over every row of every table.
  package internal(set) var digest = Digest.zero
}

extension LedgerSummary {
  init(of db: some SQLTransaction) throws {
    let numbers = try Study.all(db).map(\.number)
    studies = numbers.count
    var running = RunningDigest()
    for study in numbers {
      try LedgerRows.forEach(of: study, db) { table, values in
        if table.name == "change" { changes += 1 }
        running.update(table, values)
      }
    }
    digest = running.finish()
  }
}

extension Ledger {
  /// What the ledger holds at this moment.
  package func summary() async throws -> LedgerSummary {
    try await database.read { db in try LedgerSummary(of: db) }
  }

  /// Copies everything into another ledger, which has nothing in it, and commits that only if it holds
  /// the same then, by digest, and is sound.
  ///
  /// Of one moment: what is written here meanwhile is not in the copy.
  package func migrate(to target: Ledger) async throws -> LedgerSummary {
    let target = target.database
    return try await database.read { db in
      let summary = try checkedSummary(of: db)
      try target.fill { copy in
        guard try Study.count(copy) == 0 else { throw LedgerError.targetNotEmpty }
        try LedgerCopy.copy(db, to: copy)
        guard try checkedSummary(of: copy) == summary else { throw LedgerError.copyDiffers }
      }
      return summary
    }
  }
}

/// - Throws: ``LedgerError/sourceNotSound``.
private func checkedSummary(of db: some LedgerTransaction) throws -> LedgerSummary {
  guard try LedgerCheck(of: db).isSound, try AuditCheck(of: db).isSound else {
    throw LedgerError.sourceNotSound
  }
  return try LedgerSummary(of: db)
}

enum LedgerCopy {
  static func copy(
    _ source: some LedgerTransaction, to target: some LedgerTransaction
  ) throws {
    for study in try Study.all(source).map(\.number) {
      // Where positions are shared by all studies, those of this one come after the others'.
      let start = try target.askEnd(of: study).value()
      try LedgerRows.forEach(of: study, source) { table, values in
        try target.run(
          table.insert,
          zip(table.columns, values).map { column, value in
            guard case .position = column, case .integer(let rank) = value, rank > 0 else {
              return value
            }
            return .integer(start + rank)
          })
      }
    }
    for table in LedgerRows.tables where table.isNumbered { try target.countOn(in: table.name) }
  }
}

extension PostgreSQLLedger {
  /// A backup is a ledger in a file, which a server can open as it is, and which `migrate` brings back.
  func copy(to path: String) async throws {
    try await read { db in
      try LedgerFile.make(at: path) { copy in
        try LedgerCopy.copy(db, to: copy)
        guard try LedgerSummary(of: copy) == LedgerSummary(of: db) else {
          throw LedgerError.copyDiffers
        }
      }
    }
  }
}
