import CuadernoLog
import CuadernoSync

/// A permission to join a study once, as one member.
package struct Invite: Hashable, Sendable {
  package enum Standing: String, Sendable {
    case open, used, revoked, expired
  }

  /// What the owner calls it; the secret cannot be shown a second time.
  package let number: Int64
  package let member: String
  package let role: String
  package let createdMilliseconds: Int64
  package let expiresMilliseconds: Int64
  package let usedMilliseconds: Int64?
  package let revokedMilliseconds: Int64?

  /// How long an invite can be used: long enough to carry it to a village, too short to be found.
  package static let lifeMilliseconds: Int64 = 72 * 3_600_000

  package func standing(atMilliseconds now: Int64) -> Standing {
    if usedMilliseconds != nil { return .used }
    if revokedMilliseconds != nil { return .revoked }
    return now < expiresMilliseconds ? .open : .expired
  }
}

extension Invite {
  private init(_ row: some ResultRow) throws {
    number = try row.integer(0)
    member = try row.text(1)
    role = try row.text(2)
    createdMilliseconds = try row.integer(3)
    expiresMilliseconds = try row.integer(4)
    usedMilliseconds = try row.optionalInteger(5)
    revokedMilliseconds = try row.optionalInteger(6)
  }

  static func all(of study: Study, _ db: some SQLTransaction) throws -> [Invite] {
    try db.all(
      """
      SELECT invite.number, member.name, member.role, invite.createdMilliseconds,
        invite.expiresMilliseconds, invite.usedMilliseconds, invite.revokedMilliseconds
      FROM invite JOIN member ON member.number = invite.member
      WHERE invite.study = ? ORDER BY invite.number
      """, [.integer(study.number)]
    ) { try Invite($0) }
  }
}

extension Ledger {
  /// Makes an invite for a member, who is added when new.
  ///
  /// - Parameter role: nil for the role the member has, or the usual one for a new member.
  /// - Returns: the invite, and the secret that is shown this once.
  package func createInvite(
    to study: Study, for name: String, role: String?, usualRole: String
  ) async throws -> (invite: Invite, secret: InviteSecret) {
    let name = try checkedName(name)
    let secret = InviteSecret(bytes: randomBytes(InviteSecret.byteCount))
    let created = now()
    let expires = created + Invite.lifeMilliseconds
    let invite = try await database.write { db in
      try db.lock(study: study.number)
      let member: Member
      if let known = try Member.named(name, in: study, db) {
        guard role == nil || role == known.role else {
          throw LedgerError.otherRole(name: known.name, role: known.role)
        }
        member = known
      } else {
        member = try Member.insert(
          name: name, role: role ?? usualRole, in: study, now: created, db)
      }
      let number = try db.insert(
        """
        INSERT INTO invite (secretHash, study, member, createdMilliseconds, expiresMilliseconds)
        VALUES (?, ?, ?, ?, ?)
        """,
        [
          .digest(secret.digest), .integer(study.number), .integer(member.number),
          .integer(created), .integer(expires),
        ])
      try AuditLog.append(
        AuditEntry(
          .invited, at: created, study: study.number, member: member.number, detail: member.role),
        db)
      return Invite(
        number: number, member: member.name, role: member.role,
        createdMilliseconds: created, expiresMilliseconds: expires, usedMilliseconds: nil,
        revokedMilliseconds: nil)
    }
    return (invite, secret)
  }

  package func invites(to study: Study) async throws -> [Invite] {
    try await database.read { db in try Invite.all(of: study, db) }
  }

  /// Makes an invite unusable; one that expired or is revoked already stays so.
  package func revokeInvite(_ number: Int64, to study: Study) async throws {
    let revoked = now()
    try await database.write { db in
      try db.lock(study: study.number)
      guard let invite = try Invite.all(of: study, db).first(where: { $0.number == number }) else {
        throw LedgerError.noInvite(number)
      }
      guard invite.usedMilliseconds == nil else { throw LedgerError.inviteUsed(number) }
      try Invite.revoke([number], in: study, at: revoked, db)
    }
  }
}

extension Invite {
  /// - Returns: how many could still be used.
  static func revokeOpen(
    of member: Member, in study: Study, at now: Int64, _ db: some LedgerTransaction
  ) throws -> Int {
    let open = try db.all(
      """
      SELECT number FROM invite
      WHERE member = ? AND usedMilliseconds IS NULL AND revokedMilliseconds IS NULL
        AND expiresMilliseconds > ?
      ORDER BY number
      """, [.integer(member.number), .integer(now)]
    ) { try $0.integer(0) }
    try revoke(open, in: study, at: now, db)
    return open.count
  }

  fileprivate static func revoke(
    _ numbers: [Int64], in study: Study, at now: Int64, _ db: some LedgerTransaction
  ) throws {
    for number in numbers {
      let member = try db.first(
        """
        UPDATE invite SET revokedMilliseconds = ?
        WHERE number = ? AND revokedMilliseconds IS NULL RETURNING member
        """, [.integer(now), .integer(number)]
      ) { try $0.integer(0) }
      guard let member else { continue }
      try AuditLog.append(
        AuditEntry(.inviteRevoked, at: now, study: study.number, member: member), db)
    }
  }
}
