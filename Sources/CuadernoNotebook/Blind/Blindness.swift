import CuadernoLog
import CuadernoModel
import CuadernoSync
import GRDB

/// What the member at a notebook is not shown while coding is blind.
///
/// This is the one place that decides it. Withheld is every coding of somebody else, and what is on or
/// about a record that is withheld: the notes about it, and codings on those. It follows from the changes
/// and the member's name alone, and it is a matter of showing: the log, the registers and whatever is
/// sent hold all of it, and a ``Reader`` leaves it out of its answers.
struct Blindness {
  /// Whether anything may be withheld here. Without it no query is any different.
  let isOn: Bool
  /// The one who reads.
  private let member: String

  /// Looks whether coding is blind to the member, and gathers what is withheld then.
  init(_ view: Database, _ log: Database, _ identity: Notebook.Identity) throws {
    member = identity.member
    let open = try String.fetchOne(
      view.cachedStatement(
        sql: """
          SELECT codingsOpenTo FROM study WHERE record = (SELECT number FROM record WHERE id = ?)
          """),
      arguments: [RecordID(rawValue: identity.study.rawValue)])
    isOn = open.map { !Columns.list($0).contains(identity.member) } ?? false
    if isOn { try gather(view, log) }
  }

  /// A further condition of a query, on the number of a record.
  func unlessWithheld(_ number: String) -> String {
    isOn ? " AND \(number) NOT IN temp.withheld" : ""
  }

  // MARK: - What is withheld

  private func gather(_ view: Database, _ log: Database) throws {
    try view.execute(
      sql: """
        CREATE TEMP TABLE IF NOT EXISTS withheld (number INTEGER PRIMARY KEY);
        DELETE FROM temp.withheld
        """)
    try view.cachedStatement(
      sql: "INSERT INTO temp.withheld SELECT record FROM coding WHERE coder <> ?"
    ).execute(arguments: [member])
    try gatherUnsigned(view, log)
    var isGrowing = true
    while isGrowing {
      isGrowing = false
      for sql in Self.dependants {
        try view.cachedStatement(sql: sql).execute()
        isGrowing = isGrowing || view.changesCount > 0
      }
    }
  }

  /// Codings whose row names no coder, and those that have no row, since they were deleted.
  private func gatherUnsigned(_ view: Database, _ log: Database) throws {
    let rows = try Row.fetchAll(
      view.cachedStatement(
        sql: """
          SELECT number, state FROM record JOIN coding ON coding.record = number WHERE coder IS NULL
          UNION ALL
          SELECT number, state FROM record
          WHERE isAlive <> 1 AND isAlive = 0 AND kind = \(Kind.coding.rawValue)
          """))
    for row in rows {
      guard
        let state = try? RecordState(canonicalBytes: row.decode(Blob.self, atIndex: 1).bytes)
      else { throw StoreError.damaged }
      guard try coder(of: state, view, log) != member else { continue }
      try view.cachedStatement(sql: "INSERT OR IGNORE INTO temp.withheld VALUES (?)")
        .execute(arguments: [try row.decode(Int64.self, atIndex: 0)])
    }
  }

  /// The coder as the registers say it, or the member whose device says what text the coding is on: that
  /// is not written again when somebody moves it or gives it another theme.
  private func coder(of state: RecordState, _ view: Database, _ log: Database) throws -> String? {
    let field = FieldID(Field.Coding.coder.number)
    if let write = state.shown(field),
      let change = try Notebook.changes.entry(at: write.dot, log)?.change,
      case .text(let name) = change.storedValue(field)?.value
    {
      return name
    }
    let fields: [Field] = [.Coding.target, .Coding.theme, .Coding.anchor]
    guard let write = fields.lazy.compactMap({ state.shown(FieldID($0.number)) }).first else {
      return nil
    }
    return try Self.memberName(of: write.dot.device, view)
  }

  private static func memberName(of device: DeviceID, _ view: Database) throws -> String? {
    try String.fetchOne(
      view.cachedStatement(sql: "SELECT name FROM member WHERE key = ?"),
      arguments: [Blob(device.bytes)])
  }

  /// What is on or about something that is withheld; the last of them for what is out of sight.
  private static let dependants = [
    """
    INSERT OR IGNORE INTO temp.withheld
    SELECT note.record FROM note JOIN record ON record.id = note.about
    WHERE record.number IN temp.withheld
    """,
    """
    INSERT OR IGNORE INTO temp.withheld
    SELECT coding.record FROM note JOIN record ON record.number = note.record
      JOIN coding ON coding.target = record.id
    WHERE note.record IN temp.withheld
    """,
    """
    INSERT OR IGNORE INTO temp.withheld
    SELECT hiddenBy.record FROM hiddenBy JOIN record ON record.id = hiddenBy.host
    WHERE record.number IN temp.withheld
    """,
  ]

  // MARK: - Single records

  func withholds(_ record: RecordID, _ view: Database) throws -> Bool {
    guard isOn else { return false }
    return try isWithheld(record, view) ?? false
  }

  /// Whether a change is to a record that is withheld. One that has no row, since none of its changes
  /// is good, is whose device wrote it.
  func withholds(_ envelope: Envelope, _ view: Database) throws -> Bool {
    guard isOn else { return false }
    if let isWithheld = try isWithheld(envelope.record, view) { return isWithheld }
    guard [Kind.coding.rawValue, Kind.note.rawValue].contains(envelope.kind) else { return false }
    return try Self.memberName(of: envelope.dot.device, view) != member
  }

  /// Nil for a record that has no row.
  private func isWithheld(_ record: RecordID, _ view: Database) throws -> Bool? {
    try Bool.fetchOne(
      view.cachedStatement(sql: "SELECT number IN temp.withheld FROM record WHERE id = ?"),
      arguments: [record])
  }
}
