import CuadernoLog
import CuadernoSync
import GRDB

/// What a study holds, as far as envelopes tell.
package struct StudyContents: Hashable, Sendable {
  package struct KindCount: Hashable, Sendable {
    /// As envelopes have it; CuadernoModel's `Kind` names it.
    package let kind: Int64
    package let alive: Int
    package let deleted: Int
  }

  package struct Standing: Hashable, Sendable {
    package let device: EnrolledDevice

    /// How many changes of others it is not known to hold.
    package let missing: Int
  }

  package let changes: UInt64

  /// By kind, ascending.
  package let records: [KindCount]

  /// Fields of living records with concurrent writes that nobody has settled yet.
  package let contested: Int
  package let devices: [Standing]
}

extension Ledger {
  package func contents(of study: Study) async throws -> StudyContents {
    try await database.read { db in
      let records = try Row.fetchAll(
        db,
        sql: """
          SELECT kind, sum(isAlive), sum(1 - isAlive), sum(isAlive * contestedCount)
          FROM record
          WHERE study = ? GROUP BY kind ORDER BY kind
          """,
        arguments: [study.number])
      return StudyContents(
        changes: try ChangeLog(study: study.number).frontier(db).changeCount,
        records: records.map {
          StudyContents.KindCount(kind: $0[0], alive: $0[1], deleted: $0[2])
        },
        contested: records.reduce(0) { $0 + ($1[3] as Int) },
        devices: try EnrolledDevice.all(of: study, db).map { device in
          StudyContents.Standing(device: device, missing: try missing(of: device, db))
        })
    }
  }
}

/// What came after the position that the device reached, and from somebody else.
private func missing(of device: EnrolledDevice, _ db: Database) throws -> Int {
  try Int.fetchOne(
    db,
    sql: """
      SELECT count(*) FROM change
      WHERE study = ?1 AND position > ?2
        AND device IS NOT (SELECT number FROM device WHERE study = ?1 AND id = ?3)
      """,
    arguments: [device.studyNumber, device.heldPosition, device.id]) ?? 0
}
