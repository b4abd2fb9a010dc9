import CuadernoLog
package import CuadernoSync
import GRDB

extension Ledger {
  /// Makes a notebook a device of the study that its invite is for.
  ///
  /// All in one transaction, so that of two that join with one invite at the same moment one does.
  /// Asking again is safe: if the answer got lost, the same device gets another token in place of
  /// the one that nobody has used.
  ///
  /// - Throws: `Problem`; the invite can still be used then.
  package func join(_ request: JoinRequest) async throws -> JoinReply {
    let join = Join(
      secret: InviteSecret.digest(typed: request.secret), device: request.device,
      deviceName: Name.shown(request.deviceName), study: request.study,
      newStudy: StudyID(
        rawValue: randomBytes(StudyID.byteCount).reduce(0) { $0 << 8 | UInt128($1) }),
      token: DeviceToken(bytes: randomBytes(DeviceToken.byteCount)), now: now())
    return try await answeringProblems {
      switch try await database.write({ db in try join.carryOut(db) }) {
      case .joined(let reply): return reply
      case .refused(let problem): throw problem
      }
    }
  }
}

private struct Join: Sendable {
  let secret: Digest
  let device: DeviceID
  let deviceName: String
  let study: StudyID?
  let newStudy: StudyID
  let token: DeviceToken
  let now: Int64

  /// What is known of the invite with the secret.
  private struct Found {
    let invite: Int64
    let studyNumber: Int64
    let study: StudyID?
    let memberNumber: Int64
    let member: String
    let role: String
    let isOpen: Bool
    let usedBy: Int64?
  }

  enum Outcome {
    case joined(JoinReply)
    case refused(Problem)
  }

  /// Changes nothing when it refuses, but says so in the audit log if the invite is one.
  func carryOut(_ db: Database) throws -> Outcome {
    guard let found = try find(db) else { return .refused(Self.refusal) }
    do {
      return .joined(try join(found, db))
    } catch let problem as Problem {
      try AuditLog.appendRefusal(
        AuditEntry(
          .refused, at: now, study: found.studyNumber, member: found.memberNumber,
          detail: problem.code.rawValue), db)
      return .refused(problem)
    }
  }

  /// Whatever it throws, it throws before it has changed anything.
  private func join(_ found: Found, _ db: Database) throws -> JoinReply {
    if let usedBy = found.usedBy {
      guard found.isOpen, try renewToken(of: usedBy, db), let study = found.study else {
        throw Self.refusal
      }
      return reply(found, study)
    }
    guard found.isOpen else { throw Self.refusal }
    try refuseTaken(found, db)
    let study = try bind(found, db)
    let number = try enrol(found, db)
    try AuditLog.append(
      AuditEntry(
        .joined, at: now, study: found.studyNumber, member: found.memberNumber, device: device,
        detail: found.role), db)
    try db.execute(
      sql: "UPDATE invite SET usedMilliseconds = ?, usedBy = ? WHERE number = ?",
      arguments: [now, number, found.invite])
    return reply(found, study)
  }

  /// One sentence for every reason, so that it tells nobody which secrets exist or existed.
  private static let refusal = Problem(
    .inviteRefused,
    """
    this invite cannot be used: it was mistyped, used before, revoked, or made more than \
    \(Invite.lifeMilliseconds / 3_600_000) hours ago; ask whoever runs the hub for a new one
    """)

  private func reply(_ found: Found, _ study: StudyID) -> JoinReply {
    JoinReply(study: study, token: token.text, member: found.member, role: found.role)
  }

  private func find(_ db: Database) throws -> Found? {
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT invite.number, invite.study, study.id, member.number, member.name, member.role,
          invite.expiresMilliseconds, invite.revokedMilliseconds, invite.usedBy, invite.secretHash
        FROM invite
        JOIN study ON study.number = invite.study
        JOIN member ON member.number = invite.member
        WHERE invite.secretHash = ?
        """,
      arguments: [secret])
    guard let row, secret.isEqualInConstantTime(to: try row.decode(atIndex: 9)) else { return nil }
    let revoked: Int64? = row[7]
    return Found(
      invite: row[0], studyNumber: row[1], study: try row.decode(StudyID?.self, atIndex: 2),
      memberNumber: row[3], member: row[4], role: row[5],
      isOpen: revoked == nil && now < row[6], usedBy: row[8])
  }

  /// Whether the invite was used by this very notebook, which never got to use its token.
  private func renewToken(of number: Int64, _ db: Database) throws -> Bool {
    try db.execute(
      sql: """
        UPDATE enrolledDevice SET tokenHash = ?
        WHERE number = ? AND id = ? AND seenMilliseconds IS NULL AND revokedMilliseconds IS NULL
        """,
      arguments: [DeviceToken.digest(of: token.text), number, device])
    return db.changesCount == 1
  }

  /// The id that the study has from now on.
  private func bind(_ found: Found, _ db: Database) throws -> StudyID {
    if let bound = found.study {
      guard study == nil || study == bound else { throw Self.otherStudy }
      return bound
    }
    let id = study ?? newStudy
    guard
      try Int64.fetchOne(db, sql: "SELECT number FROM study WHERE id = ?", arguments: [id]) == nil
    else { throw Self.otherStudy }
    try db.execute(
      sql: "UPDATE study SET id = ? WHERE number = ?", arguments: [id, found.studyNumber])
    return id
  }

  private static let otherStudy = Problem(
    .otherStudy,
    """
    this notebook holds another study than the one the invite is for; nothing was mixed, and the \
    invite can still be used: join with a new notebook, or ask for an invite to this one's study
    """)

  private func refuseTaken(_ found: Found, _ db: Database) throws {
    let taken = try Int64.fetchOne(
      db, sql: "SELECT number FROM enrolledDevice WHERE study = ? AND id = ?",
      arguments: [found.studyNumber, device])
    guard taken == nil else {
      throw Problem(
        .deviceTaken,
        """
        this notebook's device is enrolled in the study already; a notebook that was copied, \
        restored or revoked takes a new device id before it joins again
        """)
    }
  }

  private func enrol(_ found: Found, _ db: Database) throws -> Int64 {
    try db.execute(
      sql: """
        INSERT INTO enrolledDevice (study, member, id, name, tokenHash, createdMilliseconds)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        found.studyNumber, found.memberNumber, device, deviceName,
        DeviceToken.digest(of: token.text), now,
      ])
    return db.lastInsertedRowID
  }
}
