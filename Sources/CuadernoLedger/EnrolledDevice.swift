import CuadernoLog
package import CuadernoSync

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

extension EnrolledDevice {
  private init(_ row: some ResultRow) throws {
    number = try row.integer(0)
    studyNumber = try row.integer(1)
    study = try row.id(2)
    id = try row.id(3)
    name = try row.text(4)
    member = try row.text(5)
    role = try row.text(6)
    createdMilliseconds = try row.integer(7)
    seenMilliseconds = try row.optionalInteger(8)
    revokedMilliseconds = try row.optionalInteger(9)
    heldPosition = try row.integer(10)
    memberNumber = try row.integer(12)
  }

  private static let columns = [
    "d.number", "d.study", "study.id", "d.id", "d.name", "member.name", "member.role",
    "d.createdMilliseconds", "d.seenMilliseconds", "d.revokedMilliseconds", "d.heldPosition",
    "d.tokenHash", "d.member",
  ]

  private static let tables = """
    enrolledDevice AS d JOIN study ON study.number = d.study JOIN member ON member.number = d.member
    """

  static func all(of study: Study, _ db: some SQLTransaction) throws -> [EnrolledDevice] {
    try db.ask(ofStudy, forEach: [[.integer(study.number)]]) { try EnrolledDevice($0) }.value()
      .sorted { $0.number < $1.number }
  }

  private static let ofStudy = RowStatement.select(
    columns, from: tables, where: [.integer("d.study")])

  /// Does nothing to a device that is revoked already.
  func revoke(at now: Int64, _ db: some LedgerTransaction) throws {
    try db.lock(study: studyNumber)
    let revoked = try db.first(
      """
      UPDATE enrolledDevice SET revokedMilliseconds = ?
      WHERE number = ? AND revokedMilliseconds IS NULL RETURNING number
      """, [.integer(now), .integer(number)]
    ) { try $0.integer(0) }
    guard revoked != nil else { return }
    try AuditLog.append(
      AuditEntry(.revoked, at: now, study: studyNumber, member: memberNumber, device: id), db)
  }

  /// Keeps that a device that held everything of its study holds what it has just sent too.
  ///
  /// - Parameter before: the position of the study's last change until then.
  func noteHolding(from before: Int64, to position: Int64, _ db: some LedgerTransaction) throws {
    guard heldPosition >= before else { return }
    try db.write([.integer(position), .integer(number)], by: Self.holding)
  }

  private static let holding = RowStatement.update(
    "enrolledDevice", set: [.integer("heldPosition")], where: [.integer("number")])

  static func ask(
    number: Int64, _ db: some SQLTransaction
  ) throws -> Answer<EnrolledDevice?> {
    try db.askFirst(withNumber, [.integer(number)]) { try EnrolledDevice($0) }
  }

  private static let withNumber = RowStatement.select(
    columns, from: tables, where: [.integer("d.number")])
  private static let withToken = RowStatement.select(
    columns, from: tables, where: [.bytes("d.tokenHash")])

  /// The device whose token hashes to this, revoked or not.
  static func ask(
    tokenHash digest: Digest, _ db: some SQLTransaction
  ) throws -> Answer<EnrolledDevice?> {
    try db.askFirst(withToken, [.digest(digest)]) { row -> EnrolledDevice? in
      // The index is walked in a time that depends on the hash, which nobody can steer; the last
      // word is a comparison that does not.
      guard digest.isEqualInConstantTime(to: try row.digest(11)) else { return nil }
      return try EnrolledDevice(row)
    }.map { $0.flatMap { $0 } }
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
      try await database.ask { db in
        let device = try EnrolledDevice.ask(tokenHash: digest, db)
        return { try device.value() }
      }
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
      try db.run(
        "UPDATE enrolledDevice SET seenMilliseconds = ? WHERE number = ?",
        [.integer(now), .integer(device.number)])
    }
  }

  /// Keeps that a device holds everything, if the study is still at the frontier it was told of.
  ///
  /// - Parameter isNews: whether it is likely new; otherwise that is looked up before anything is written.
  package func noteHolding(
    _ device: EnrolledDevice, frontierDigest: Digest, isNews: Bool
  ) async throws {
    let log = ChangeLog(study: device.studyNumber)
    if !isNews {
      let end = try await database.ask { db in
        let end = try db.askStudyEnd(of: log.study)
        return { try end.value() }
      }
      if end <= device.heldPosition { return }
    }
    try await database.write { db in
      // In this order: what comes between the two readings is then not taken for held.
      let position = try db.askStudyEnd(of: log.study).value()
      guard position > device.heldPosition, try log.frontier(db).digest == frontierDigest else {
        return
      }
      try db.run(
        "UPDATE enrolledDevice SET heldPosition = ? WHERE number = ? AND heldPosition < ?",
        [.integer(position), .integer(device.number), .integer(position)])
    }
  }
}
