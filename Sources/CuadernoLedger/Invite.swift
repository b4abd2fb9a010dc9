import CuadernoLog
import CuadernoSync
package import GRDB

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

extension Invite: FetchableRecord {
  package init(row: Row) throws {
    number = row[0]
    member = row[1]
    role = row[2]
    createdMilliseconds = row[3]
    expiresMilliseconds = row[4]
    usedMilliseconds = row[5]
    revokedMilliseconds = row[6]
  }

  static func all(of study: Study, _ db: Database) throws -> [Invite] {
    try fetchAll(
      db,
      sql: """
        SELECT invite.number, member.name, member.role, invite.createdMilliseconds,
          invite.expiresMilliseconds, invite.usedMilliseconds, invite.revokedMilliseconds
        FROM invite JOIN member ON member.number = invite.member
        WHERE invite.study = ? ORDER BY invite.number
        """,
      arguments: [study.number])
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
      try db.execute(
        sql: """
          INSERT INTO invite (secretHash, study, member, createdMilliseconds, expiresMilliseconds)
          VALUES (?, ?, ?, ?, ?)
          """,
        arguments: [secret.digest, study.number, member.number, created, expires])
      let number = db.lastInsertedRowID
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
    of member: Member, in study: Study, at now: Int64, _ db: Database
  ) throws -> Int {
    let open = try Int64.fetchAll(
      db,
      sql: """
        SELECT number FROM invite
        WHERE member = ? AND usedMilliseconds IS NULL AND revokedMilliseconds IS NULL
          AND expiresMilliseconds > ?
        ORDER BY number
        """,
      arguments: [member.number, now])
    try revoke(open, in: study, at: now, db)
    return open.count
  }

  fileprivate static func revoke(
    _ numbers: [Int64], in study: Study, at now: Int64, _ db: Database
  ) throws {
    for number in numbers {
      try db.execute(
        sql: """
          UPDATE invite SET revokedMilliseconds = ? WHERE number = ? AND revokedMilliseconds IS NULL
          """,
        arguments: [now, number])
      guard db.changesCount == 1 else { continue }
      let member = try Int64.fetchOne(
        db, sql: "SELECT member FROM invite WHERE number = ?", arguments: [number])
      try AuditLog.append(
        AuditEntry(.inviteRevoked, at: now, study: study.number, member: member), db)
    }
  }
}
