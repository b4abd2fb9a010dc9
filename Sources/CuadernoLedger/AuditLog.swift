import CuadernoLog
package import CuadernoSync
package import GRDB

/// One line of the audit log: something that somebody did or was refused.
package struct AuditEntry: Hashable, Sendable {
  package enum Event: String, CaseIterable, Sendable {
    case memberAdded = "member-added"
    case roleChanged = "role-changed"
    case invited = "invited"
    case inviteRevoked = "invite-revoked"
    case joined = "joined"
    case pushed = "pushed"
    case refused = "refused"
    case revoked = "revoked"
  }

  package var number: Int64 = 0
  package var milliseconds: Int64
  /// Text and no closed set, so that an older server reads what a newer one wrote.
  package var event: String
  /// The number that a study, a member have in this file.
  var study: Int64?
  var member: Int64?
  package var device: DeviceID?
  /// How many changes were new.
  package var changes: Int64 = 0
  /// How many of them are void.
  package var voidChanges: Int64 = 0
  /// A role, or a problem's code.
  package var detail = ""

  init(
    _ event: Event, at milliseconds: Int64, study: Int64?, member: Int64? = nil,
    device: DeviceID? = nil, changes: Int = 0, voidChanges: Int = 0, detail: String = ""
  ) {
    self.event = event.rawValue
    self.milliseconds = milliseconds
    self.study = study
    self.member = member
    self.device = device
    self.changes = Int64(changes)
    self.voidChanges = Int64(voidChanges)
    self.detail = detail
  }

  /// What is hashed: one spelling for each entry.
  private var canonicalBytes: [UInt8] {
    var bytes: [UInt8] = [1]
    appendFixed64(UInt64(bitPattern: number), to: &bytes)
    appendFixed64(UInt64(bitPattern: milliseconds), to: &bytes)
    for text in [event, detail] {
      appendVarint(UInt64(text.utf8.count), to: &bytes)
      bytes += text.utf8
    }
    for number in [study, member] {
      bytes.append(number == nil ? 0 : 1)
      appendFixed64(UInt64(bitPattern: number ?? 0), to: &bytes)
    }
    bytes.append(device == nil ? 0 : 1)
    bytes += device?.bytes ?? []
    appendFixed64(UInt64(bitPattern: changes), to: &bytes)
    appendFixed64(UInt64(bitPattern: voidChanges), to: &bytes)
    return bytes
  }

  func link(after previous: Digest) -> Digest {
    Digest(hashing: previous.bytes + canonicalBytes)
  }
}

/// What reading the whole audit log found.
package struct AuditCheck: Hashable, Sendable {
  package var entries: Int64 = 0
  /// The link of the last entry: whoever writes it down can tell later that nothing before it changed.
  package var head = Digest.zero
  /// The first entry that does not follow from the one before it.
  package var firstFault: Int64?
  /// Whether the log still holds the entry that somebody had written down; nil when none was named.
  package var holdsNoted: Bool?

  package var isSound: Bool { firstFault == nil && holdsNoted != false }
}

/// Writes and checks the audit log, inside its caller's transaction: what is done and the line that says
/// so are on the disk together.
enum AuditLog {
  /// How often the same refusal of the same device is written: a laptop that was revoked goes on asking
  /// for months.
  static let refusalGrainMilliseconds: Int64 = 3_600_000

  static func append(_ entry: AuditEntry, _ db: Database) throws {
    var entry = entry
    let last = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT number, link FROM audit ORDER BY number DESC LIMIT 1"))
    let link: Digest = try last?.decode(atIndex: 1) ?? .zero
    entry.number = (last?[0] ?? 0) + 1
    try db.cachedStatement(
      sql: """
        INSERT INTO audit
          (number, milliseconds, event, study, member, device, changes, voidChanges, detail, link)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      entry.number, entry.milliseconds, entry.event, entry.study, entry.member, entry.device,
      entry.changes, entry.voidChanges, entry.detail, entry.link(after: link),
    ])
  }

  /// Writes a refusal, unless the same was written a short while ago.
  static func appendRefusal(_ entry: AuditEntry, _ db: Database) throws {
    let last = try Int64.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT max(milliseconds) FROM audit
          WHERE member IS ? AND study IS ? AND device IS ? AND event = ? AND detail = ?
          """),
      arguments: [entry.member, entry.study, entry.device, entry.event, entry.detail])
    if let last, entry.milliseconds - last < refusalGrainMilliseconds, entry.milliseconds >= last {
      return
    }
    try append(entry, db)
  }

  static func verify(noted: (number: Int64, link: Digest)?, _ db: Database) throws -> AuditCheck {
    var check = AuditCheck()
    if noted != nil { check.holdsNoted = false }
    let rows = try Row.fetchCursor(db, sql: AuditEntry.columns + " FROM audit ORDER BY number")
    while let row = try rows.next() {
      let entry = try AuditEntry(row: row)
      let link = entry.link(after: check.head)
      check.entries += 1
      guard entry.number == check.entries, link == (try row.decode(Digest.self, atIndex: 9)) else {
        check.firstFault = entry.number
        return check
      }
      check.head = link
      if let noted, noted.number == entry.number { check.holdsNoted = link == noted.link }
    }
    return check
  }
}

extension AuditEntry: FetchableRecord {
  fileprivate static let columns = """
    SELECT audit.number, milliseconds, event, audit.study, audit.member, device, changes,
      voidChanges, detail, link
    """

  package init(row: Row) throws {
    number = row[0]
    milliseconds = row[1]
    event = row[2]
    study = row[3]
    member = row[4]
    device = try row.decode(DeviceID?.self, atIndex: 5)
    changes = row[6]
    voidChanges = row[7]
    detail = row[8]
  }
}

/// An entry with the names that its ids and numbers have now.
package struct ToldAuditEntry: Hashable, Sendable {
  package let entry: AuditEntry
  package let study: String?
  package let member: String?
  /// What the device's person calls it.
  package let deviceName: String?
}

extension Ledger {
  /// The last entries of the audit log, the oldest of them first.
  ///
  /// - Parameter study: nil for those of all studies.
  package func audit(of study: Study?, limit: Int) async throws -> [ToldAuditEntry] {
    try await database.read { db in
      let rows = try Row.fetchAll(
        db,
        sql: AuditEntry.columns + """
          , study.title, member.name, d.name
          FROM audit
          LEFT JOIN study ON study.number = audit.study
          LEFT JOIN member ON member.number = audit.member
          LEFT JOIN enrolledDevice AS d ON d.study = audit.study AND d.id = audit.device
          WHERE ?1 IS NULL OR audit.study = ?1
          ORDER BY audit.number DESC LIMIT ?2
          """,
        arguments: [study?.number, limit])
      return try rows.reversed().map { row in
        ToldAuditEntry(
          entry: try AuditEntry(row: row), study: row[10], member: row[11], deviceName: row[12])
      }
    }
  }

  /// Reads the whole audit log against its chain.
  ///
  /// - Parameter noted: an entry that somebody has written down elsewhere: a log that was made anew from
  ///   its beginning hashes well, and only this tells.
  package func checkAudit(noted: (number: Int64, link: Digest)? = nil) async throws -> AuditCheck {
    try await database.readAside { db in try AuditLog.verify(noted: noted, db) }
  }

  /// Keeps that a device was refused.
  package func noteRefusal(of device: EnrolledDevice, _ code: Problem.Code) async throws {
    let entry = AuditEntry(
      .refused, at: now(), study: device.studyNumber, member: device.memberNumber,
      device: device.id, detail: code.rawValue)
    try await database.write { db in try AuditLog.appendRefusal(entry, db) }
  }
}
