import CuadernoLog
package import CuadernoSync

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

  /// Counts 1, 2, 3 … within its study.
  package var number: Int64 = 0
  package var milliseconds: Int64
  /// Text and no closed set, so that an older server reads what a newer one wrote.
  package var event: String
  /// The numbers that a study and a member have here.
  let study: Int64
  var member: Int64?
  package var device: DeviceID?
  /// How many changes were new.
  package var changes: Int64 = 0
  /// How many of them are void.
  package var voidChanges: Int64 = 0
  /// A role, or a problem's code.
  package var detail = ""

  init(
    _ event: Event, at milliseconds: Int64, study: Int64, member: Int64? = nil,
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
    appendFixed64(UInt64(bitPattern: study), to: &bytes)
    bytes.append(member == nil ? 0 : 1)
    appendFixed64(UInt64(bitPattern: member ?? 0), to: &bytes)
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

/// Writes and checks the audit log, inside its caller's transaction: what is done and the line that says
/// so are on the disk together.
///
/// Each study has a chain of its own: one over all of them would let no two studies be pushed to at once.
enum AuditLog {
  /// How often the same refusal of the same device is written: a laptop that was revoked goes on asking
  /// for months.
  static let refusalGrainMilliseconds: Int64 = 3_600_000

  /// Where a study's chain ends.
  struct End {
    var number: Int64 = 0
    var link = Digest.zero
  }

  /// - Precondition: the study is locked.
  static func askEnd(of study: Int64, _ db: some LedgerTransaction) throws -> Answer<End> {
    try db.askFirst(last, [.integer(study)]) {
      $0.isNull(0) ? End() : End(number: try $0.integer(0), link: try $0.digest(1))
    }.map { $0 ?? End() }
  }

  private static let last = RowStatement.select(
    ["number", "link"].map { column in
      "(SELECT \(column) FROM audit WHERE study = registerSum.study ORDER BY number DESC LIMIT 1)"
    }, from: "registerSum", where: [.integer("study")])

  static func append(_ entry: AuditEntry, _ db: some LedgerTransaction) throws {
    try db.lock(study: entry.study)
    try append(entry, after: try askEnd(of: entry.study, db).value(), db)
  }

  static func append(
    _ entry: AuditEntry, after end: End, _ db: some LedgerTransaction
  ) throws {
    var entry = entry
    entry.number = end.number + 1
    try db.write(
      [
        .integer(entry.study), .integer(entry.number), .integer(entry.milliseconds),
        .text(entry.event), Binding(entry.member), Binding(entry.device), .integer(entry.changes),
        .integer(entry.voidChanges), .text(entry.detail), .digest(entry.link(after: end.link)),
      ], by: insertion)
  }

  private static let insertion = RowStatement.insert(
    into: "audit",
    [
      .integer("study"), .integer("number"), .integer("milliseconds"), .text("event"),
      .integer("member"), .bytes("device"), .integer("changes"), .integer("voidChanges"),
      .text("detail"), .bytes("link"),
    ])

  /// Writes a refusal of a member, unless the same was written a short while ago.
  static func appendRefusal(
    _ entry: AuditEntry, of member: Int64, _ db: some LedgerTransaction
  ) throws {
    try db.lock(study: entry.study)
    let last = try db.first(
      """
      SELECT max(milliseconds) FROM audit
      WHERE study = ? AND member = ? AND event = ? AND detail = ?
        AND device IS NOT DISTINCT FROM ?
      """,
      [
        .integer(entry.study), .integer(member), .text(entry.event), .text(entry.detail),
        Binding(entry.device),
      ]
    ) { try $0.optionalInteger(0) }
    if let last = last.flatMap({ $0 }), entry.milliseconds >= last,
      entry.milliseconds - last < refusalGrainMilliseconds
    {
      return
    }
    try append(entry, db)
  }
}

extension AuditEntry {
  static let columns = """
    SELECT audit.study, audit.number, milliseconds, event, audit.member, device, changes,
      voidChanges, detail, link
    """

  /// How many columns those are.
  fileprivate static let columnCount = 10

  init(_ row: some ResultRow) throws {
    study = try row.integer(0)
    number = try row.integer(1)
    milliseconds = try row.integer(2)
    event = try row.text(3)
    member = try row.optionalInteger(4)
    device = try row.optionalID(5)
    changes = try row.integer(6)
    voidChanges = try row.integer(7)
    detail = try row.text(8)
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
      let (which, values) =
        study.map {
          ("WHERE audit.study = ? ORDER BY audit.number DESC", [Binding.integer($0.number)])
        } ?? ("ORDER BY milliseconds DESC, audit.study DESC, audit.number DESC", [])
      return try db.all(
        AuditEntry.columns + """
          , study.title, member.name, d.name
          FROM audit
          LEFT JOIN study ON study.number = audit.study
          LEFT JOIN member ON member.number = audit.member
          LEFT JOIN enrolledDevice AS d ON d.study = audit.study AND d.id = audit.device
          \(which) LIMIT ?
          """, values + [.integer(Int64(limit))]
      ) { row in
        let next = AuditEntry.columnCount
        return ToldAuditEntry(
          entry: try AuditEntry(row), study: try row.optionalText(next),
          member: try row.optionalText(next + 1), deviceName: try row.optionalText(next + 2))
      }.reversed()
    }
  }

  /// Keeps that a device was refused.
  package func noteRefusal(of device: EnrolledDevice, _ code: Problem.Code) async throws {
    let entry = AuditEntry(
      .refused, at: now(), study: device.studyNumber, member: device.memberNumber,
      device: device.id, detail: code.rawValue)
    try await database.write { db in
      try AuditLog.appendRefusal(entry, of: device.memberNumber, db)
    }
  }
}
