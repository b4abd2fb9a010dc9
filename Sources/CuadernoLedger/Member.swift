import CuadernoLog

/// A person in a study.
package struct Member: Hashable, Sendable {
  let number: Int64
  package let name: String

  /// As CuadernoModel's `Role` spells it; the ledger attaches no meaning to it.
  package let role: String
  package let createdMilliseconds: Int64
}

extension Member {
  private init(_ row: some ResultRow) throws {
    number = try row.integer(0)
    name = try row.text(1)
    role = try row.text(2)
    createdMilliseconds = try row.integer(3)
  }

  static func all(of study: Study, _ db: some SQLTransaction) throws -> [Member] {
    try db.all(
      """
      SELECT number, name, role, createdMilliseconds FROM member WHERE study = ? ORDER BY number
      """, [.integer(study.number)]
    ) { try Member($0) }
  }

  static func named(_ name: String, in study: Study, _ db: some SQLTransaction) throws -> Member? {
    try all(of: study, db).first { Name.areSame($0.name, name) }
  }

  static func insert(
    name: String, role: String, in study: Study, now: Int64, _ db: some LedgerTransaction
  ) throws -> Member {
    let number = try db.insert(
      "INSERT INTO member (study, name, role, createdMilliseconds) VALUES (?, ?, ?, ?)",
      [.integer(study.number), .text(name), .text(role), .integer(now)])
    try AuditLog.append(
      AuditEntry(.memberAdded, at: now, study: study.number, member: number, detail: role), db)
    return Member(number: number, name: name, role: role, createdMilliseconds: now)
  }
}

extension Ledger {
  package func addMember(name: String, role: String, to study: Study) async throws -> Member {
    let name = try checkedName(name)
    let created = now()
    return try await database.write { db in
      try db.lock(study: study.number)
      guard try Member.named(name, in: study, db) == nil else {
        throw LedgerError.memberExists(name: name)
      }
      return try Member.insert(name: name, role: role, in: study, now: created, db)
    }
  }

  package func members(of study: Study) async throws -> [Member] {
    try await database.read { db in try Member.all(of: study, db) }
  }

  /// Gives a member another role, from the next change on that comes here: what was taken stays, and
  /// what is void stays void.
  ///
  /// Their open invites are revoked with it, since whoever holds one was promised the old role.
  package func setRole(
    _ role: String, of name: String, in study: Study
  ) async throws -> (member: Member, revokedInvites: Int) {
    let changed = now()
    return try await database.write { db in
      try db.lock(study: study.number)
      guard let member = try Member.named(name, in: study, db) else { throw LedgerError.noMember }
      guard member.role != role else { return (member, 0) }
      try db.run(
        "UPDATE member SET role = ? WHERE number = ?", [.text(role), .integer(member.number)])
      try AuditLog.append(
        AuditEntry(
          .roleChanged, at: changed, study: study.number, member: member.number, detail: role), db)
      let invites = try Invite.revokeOpen(of: member, in: study, at: changed, db)
      let now = try Member.named(name, in: study, db) ?? member
      return (now, invites)
    }
  }

  /// Refuses everything that any of a member's devices asks from now on, and their open invites.
  package func revokeAll(
    of name: String, in study: Study
  ) async throws -> (member: Member, devices: Int, invites: Int) {
    let revoked = now()
    return try await database.write { db in
      try db.lock(study: study.number)
      guard let member = try Member.named(name, in: study, db) else { throw LedgerError.noMember }
      let devices = try EnrolledDevice.all(of: study, db).filter {
        $0.memberNumber == member.number && $0.revokedMilliseconds == nil
      }
      for device in devices { try device.revoke(at: revoked, db) }
      let invites = try Invite.revokeOpen(of: member, in: study, at: revoked, db)
      return (member, devices.count, invites)
    }
  }
}
