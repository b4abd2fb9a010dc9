import CuadernoLog
import CuadernoSync

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
      // PostgreSQL would answer a sum of integers with a decimal number.
      let records = try db.all(
        """
        SELECT kind, CAST(sum(isAlive) AS BIGINT), CAST(sum(1 - isAlive) AS BIGINT),
          CAST(sum(isAlive * contestedCount) AS BIGINT)
        FROM record
        WHERE study = ? GROUP BY kind ORDER BY kind
        """, [.integer(study.number)]
      ) { row in
        (
          count: StudyContents.KindCount(
            kind: try row.integer(0), alive: Int(try row.integer(1)),
            deleted: Int(try row.integer(2))),
          contested: Int(try row.integer(3))
        )
      }
      return StudyContents(
        changes: try ChangeLog(study: study.number).frontier(db).changeCount,
        records: records.map(\.count),
        contested: records.reduce(0) { $0 + $1.contested },
        devices: try EnrolledDevice.all(of: study, db).map { device in
          StudyContents.Standing(device: device, missing: try missing(of: device, db))
        })
    }
  }
}

/// What came after the position that the device reached, and from somebody else.
private func missing(of device: EnrolledDevice, _ db: some SQLTransaction) throws -> Int {
  let study = Binding.integer(device.studyNumber)
  let count = try db.first(
    """
    SELECT count(*) FROM change
    WHERE study = ? AND position > ?
      AND device IS DISTINCT FROM (SELECT number FROM device WHERE study = ? AND id = ?)
    """, [study, .integer(device.heldPosition), study, .id(device.id)]
  ) { try $0.integer(0) }
  return Int(count ?? 0)
}
