import CuadernoLog
package import CuadernoSync

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
  func carryOut(_ db: some LedgerTransaction) throws -> Outcome {
    guard let study = try studyOfInvite(db) else { return .refused(Self.refusal) }
    try db.lock(study: study)
    // Read under the lock: another notebook may just have used it.
    guard let found = try find(db) else { return .refused(Self.refusal) }
    do {
      return .joined(try join(found, db))
    } catch let problem as Problem {
      try AuditLog.appendRefusal(
        AuditEntry(
          .refused, at: now, study: found.studyNumber, member: found.memberNumber,
          detail: problem.code.rawValue), of: found.memberNumber, db)
      return .refused(problem)
    }
  }

  /// Whatever it throws, it throws before it has changed anything.
  private func join(_ found: Found, _ db: some LedgerTransaction) throws -> JoinReply {
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
    try db.run(
      "UPDATE invite SET usedMilliseconds = ?, usedBy = ? WHERE number = ?",
      [.integer(now), .integer(number), .integer(found.invite)])
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

  private func studyOfInvite(_ db: some LedgerTransaction) throws -> Int64? {
    try db.first("SELECT study FROM invite WHERE secretHash = ?", [.digest(secret)]) {
      try $0.integer(0)
    }
  }

  private func find(_ db: some LedgerTransaction) throws -> Found? {
    try db.first(
      """
      SELECT invite.number, invite.study, study.id, member.number, member.name, member.role,
        invite.expiresMilliseconds, invite.revokedMilliseconds, invite.usedBy, invite.secretHash
      FROM invite
      JOIN study ON study.number = invite.study
      JOIN member ON member.number = invite.member
      WHERE invite.secretHash = ?
      """, [.digest(secret)]
    ) { row -> Found? in
      guard secret.isEqualInConstantTime(to: try row.digest(9)) else { return nil }
      let isRevoked = !row.isNull(7)
      return Found(
        invite: try row.integer(0), studyNumber: try row.integer(1), study: try row.optionalID(2),
        memberNumber: try row.integer(3), member: try row.text(4), role: try row.text(5),
        isOpen: try !isRevoked && now < row.integer(6), usedBy: try row.optionalInteger(8))
    }.flatMap { $0 }
  }

  /// Whether the invite was used by this very notebook, which never got to use its token.
  private func renewToken(of number: Int64, _ db: some LedgerTransaction) throws -> Bool {
    let renewed = try db.first(
      """
      UPDATE enrolledDevice SET tokenHash = ?
      WHERE number = ? AND id = ? AND seenMilliseconds IS NULL AND revokedMilliseconds IS NULL
      RETURNING number
      """, [.digest(DeviceToken.digest(of: token.text)), .integer(number), .id(device)]
    ) { try $0.integer(0) }
    return renewed != nil
  }

  /// The id that the study has from now on.
  private func bind(_ found: Found, _ db: some LedgerTransaction) throws -> StudyID {
    if let bound = found.study {
      guard study == nil || study == bound else { throw Self.otherStudy }
      return bound
    }
    let id = study ?? newStudy
    let other = try db.first("SELECT number FROM study WHERE id = ?", [.id(id)]) {
      try $0.integer(0)
    }
    guard other == nil else { throw Self.otherStudy }
    try db.run(
      "UPDATE study SET id = ? WHERE number = ?", [.id(id), .integer(found.studyNumber)])
    return id
  }

  private static let otherStudy = Problem(
    .otherStudy,
    """
    this notebook holds another study than the one the invite is for; nothing was mixed, and the \
    invite can still be used: join with a new notebook, or ask for an invite to this one's study
    """)

  private func refuseTaken(_ found: Found, _ db: some LedgerTransaction) throws {
    let taken = try db.first(
      "SELECT number FROM enrolledDevice WHERE study = ? AND id = ?",
      [.integer(found.studyNumber), .id(device)]
    ) { try $0.integer(0) }
    guard taken == nil else {
      throw Problem(
        .deviceTaken,
        """
        this notebook's device is enrolled in the study already; a notebook that was copied, \
        restored or revoked takes a new device id before it joins again
        """)
    }
  }

  private func enrol(_ found: Found, _ db: some LedgerTransaction) throws -> Int64 {
    try db.insert(
      """
      INSERT INTO enrolledDevice (study, member, id, name, tokenHash, createdMilliseconds)
      VALUES (?, ?, ?, ?, ?, ?)
      """,
      [
        .integer(found.studyNumber), .integer(found.memberNumber), .id(device), .text(deviceName),
        .digest(DeviceToken.digest(of: token.text)), .integer(now),
      ])
  }
}
