import CuadernoLog
package import CuadernoSync
package import GRDB

/// A notebook that has joined a study, and may sync with it until it is revoked.
package struct EnrolledDevice: Hashable, Sendable {
  /// Its number in this ledger, which never leaves the hub.
  package let number: Int64
  let studyNumber: Int64
  package let study: StudyID
  package let id: DeviceID
  package let name: String
  let memberNumber: Int64
  package let member: String
  package let role: String
  package let createdMilliseconds: Int64

  /// When it last asked for something, within ``seenGrainMilliseconds``.
  package let seenMilliseconds: Int64?
  package let revokedMilliseconds: Int64?

  /// The position in the log up to which it holds everything.
  let heldPosition: Int64

  /// How exactly last use is kept: a write to the disk for every question would cost more than
  /// most answers.
  package static let seenGrainMilliseconds: Int64 = 5 * 60_000
}

extension EnrolledDevice: FetchableRecord {
  package init(row: Row) throws {
    number = row[0]
    studyNumber = row[1]
    study = try row.decode(atIndex: 2)
    id = try row.decode(atIndex: 3)
    name = row[4]
    member = row[5]
    role = row[6]
    createdMilliseconds = row[7]
    seenMilliseconds = row[8]
    revokedMilliseconds = row[9]
    heldPosition = row[10]
    memberNumber = row[12]
  }

  private static let columns = """
    SELECT d.number, d.study, study.id, d.id, d.name, member.name, member.role,
      d.createdMilliseconds, d.seenMilliseconds, d.revokedMilliseconds, d.heldPosition,
      d.tokenHash, d.member
    FROM enrolledDevice AS d
    JOIN study ON study.number = d.study
    JOIN member ON member.number = d.member

    """

  static func all(of study: Study, _ db: Database) throws -> [EnrolledDevice] {
    try fetchAll(
      db, sql: columns + "WHERE d.study = ? ORDER BY d.number", arguments: [study.number])
  }

  /// Does nothing to a device that is revoked already.
  func revoke(at now: Int64, _ db: Database) throws {
    try db.execute(
      sql: """
        UPDATE enrolledDevice SET revokedMilliseconds = ?
        WHERE number = ? AND revokedMilliseconds IS NULL
        """,
      arguments: [now, number])
    guard db.changesCount == 1 else { return }
    try AuditLog.append(
      AuditEntry(.revoked, at: now, study: studyNumber, member: memberNumber, device: id), db)
  }

  static func with(number: Int64, _ db: Database) throws -> EnrolledDevice? {
    try fetchOne(
      db.cachedStatement(sql: columns + "WHERE d.number = ?"), arguments: [number])
  }

  /// The device whose token hashes to this, revoked or not.
  static func withToken(_ digest: Digest, _ db: Database) throws -> EnrolledDevice? {
    let statement = try db.cachedStatement(sql: columns + "WHERE d.tokenHash = ?")
    guard let row = try Row.fetchOne(statement, arguments: [digest]) else { return nil }
    // The index is walked in a time that depends on the hash, which nobody can steer; the last
    // word is a comparison that does not.
    guard digest.isEqualInConstantTime(to: try row.decode(atIndex: 11)) else { return nil }
    return try EnrolledDevice(row: row)
  }
}

extension Ledger {
  /// The device that a token belongs to; nil for a token that is unknown or revoked.
  package func device(token: String) async throws -> EnrolledDevice? {
    guard let device = try await bearer(of: token), device.revokedMilliseconds == nil else {
      return nil
    }
    return device
  }

  /// The device that a token belongs to or, once it was revoked, belonged to.
  package func bearer(of token: String) async throws -> EnrolledDevice? {
    let digest = DeviceToken.digest(of: token)
    return try await answeringProblems {
      try await database.read { db in try EnrolledDevice.withToken(digest, db) }
    }
  }

  package func devices(of study: Study) async throws -> [EnrolledDevice] {
    try await database.read { db in try EnrolledDevice.all(of: study, db) }
  }

  /// The device of a study with an id that begins like this.
  package func device(matching text: String, of study: Study) async throws -> EnrolledDevice {
    let found = try await devices(of: study).filter { beginsAlike($0.id, text) }
    guard let device = found.first else { throw LedgerError.noDevice }
    guard found.count == 1 else { throw LedgerError.severalDevices(count: found.count) }
    return device
  }

  /// Refuses everything the device asks from now on; what it wrote stays.
  package func revoke(_ device: EnrolledDevice) async throws {
    let revoked = now()
    try await database.write { db in try device.revoke(at: revoked, db) }
  }

  /// Keeps when a device last asked for something.
  package func noteSeen(_ device: EnrolledDevice) async throws {
    let now = now()
    guard now - (device.seenMilliseconds ?? .min / 2) >= EnrolledDevice.seenGrainMilliseconds else {
      return
    }
    try await database.write { db in
      try db.execute(
        sql: "UPDATE enrolledDevice SET seenMilliseconds = ? WHERE number = ?",
        arguments: [now, device.number])
    }
  }

  /// Keeps that a device holds everything, if the study is still at the frontier it was told of.
  package func noteHolding(_ device: EnrolledDevice, frontierDigest: Digest) async throws {
    let log = ChangeLog(study: device.studyNumber)
    let position = try await database.read { db in
      try log.frontier(db).digest == frontierDigest ? log.lastPosition(db) : nil
    }
    guard let position, position > device.heldPosition else { return }
    try await database.write { db in
      try db.execute(
        sql: """
          UPDATE enrolledDevice SET heldPosition = max(heldPosition, ?) WHERE number = ?
          """,
        arguments: [position, device.number])
    }
  }
}

extension ChangeLog {
  /// The position of the study's last change; zero before its first.
  func lastPosition(_ db: Database) throws -> Int64 {
    let statement = try db.cachedStatement(
      sql: "SELECT max(position) FROM change WHERE study = ?")
    return try Int64.fetchOne(statement, arguments: [study]) ?? 0
  }
}
