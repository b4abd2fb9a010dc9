import CuadernoLog
package import CuadernoModel
package import CuadernoSync
import GRDB

/// Reads a notebook as it is shown, within one transaction of both files.
package struct Reader {
  let view: Database
  let log: Database
  package let identity: Notebook.Identity
  /// What is left out of every answer.
  let blindness: Blindness

  init(view: Database, log: Database, identity: Notebook.Identity) throws {
    self.view = view
    self.log = log
    self.identity = identity
    blindness = try Blindness(view, log, identity)
  }

  /// A further condition of a query, on the number of a record; empty where everything is shown.
  func unlessWithheld(_ number: String) -> String { blindness.unlessWithheld(number) }

  // MARK: - Records

  /// The record that holds the study's title, periods, definitions and members: every notebook of a
  /// study knows its id without asking.
  package var studyRecord: RecordID { RecordID(rawValue: identity.study.rawValue) }

  package func state(of record: RecordID) throws -> RecordState? {
    guard try !blindness.withholds(record, view) else { return nil }
    return try RecordRow(view: view).find(record)?.state
  }

  /// The record with this id; nil when there is none of this kind, or it was deleted.
  package func fetch<Kind: RowRecord>(_ type: Kind.Type = Kind.self, _ id: RecordID) throws -> Kind?
  {
    try view.cachedStatement(
      sql: type.selection + unlessWithheld("record.number") + " WHERE record.id = ?"
    ).first([.id(id)]) { row in
      var columns = RowColumns(row)
      return try Kind(&columns)
    }
  }

  /// Every record of a kind, in the order in which they came here.
  package func fetchAll<Kind: RowRecord>(_ type: Kind.Type = Kind.self) throws -> [Kind] {
    var result = [Kind]()
    try forEach(type) { result.append($0) }
    return result
  }

  /// Reads every record of a kind without holding them all.
  package func forEach<Kind: RowRecord>(
    _ type: Kind.Type = Kind.self, _ body: (Kind) throws -> Void
  ) throws {
    try view.cachedStatement(
      sql: type.selection + unlessWithheld("record.number")
        + " ORDER BY \(type.kind.name).record"
    ).scan([]) { row in
      var columns = RowColumns(row)
      try body(try Kind(&columns))
      return true
    }
  }

  static func selection<Kind: RowRecord>(_ type: Kind.Type) -> String {
    let table = type.kind.name
    let columns = type.columns.split(separator: ",").map {
      "\(table).\($0.drop { $0 == " " || $0 == "\n" })"
    }
    return """
      SELECT record.id, \(columns.joined(separator: ", "))
      FROM \(table) JOIN record ON record.number = \(table).record
      """
  }

  /// The codings on a record, in the order of their places in its text as they were made.
  package func codings(on target: RecordID) throws -> [Coding] {
    try fetchAll(
      Coding.self, where: "coding.target = ? ORDER BY coding.start, coding.\"end\"", target)
  }

  package func notes(about record: RecordID) throws -> [Note] {
    try fetchAll(Note.self, where: "note.about = ? ORDER BY note.record", record)
  }

  private func fetchAll<Kind: RowRecord>(
    _ type: Kind.Type, where condition: String, _ argument: RecordID
  ) throws -> [Kind] {
    var result = [Kind]()
    try view.cachedStatement(
      sql: type.selection + unlessWithheld("record.number") + " WHERE " + condition
    ).scan([.id(argument)]) { row in
      var columns = RowColumns(row)
      result.append(try Kind(&columns))
      return true
    }
    return result
  }

  /// How many records of each kind are alive.
  package func counts() throws -> [Kind: Int] {
    var counts = [Kind: Int]()
    guard blindness.isOn else {
      for kind in Kind.allCases { counts[kind] = 0 }
      try view.cachedStatement(sql: "SELECT kind, count FROM kindCount").scan([]) { row in
        if let kind = Kind(rawValue: UInt32(clamping: row.integer(0))) {
          counts[kind] = Int(row.integer(1))
        }
        return true
      }
      return counts
    }
    for kind in Kind.allCases {
      let sql = "SELECT count(*) FROM \(kind.name) WHERE true" + unlessWithheld("record")
      counts[kind] = try Int.fetchOne(view, sql: sql) ?? 0
    }
    return counts
  }

  /// How many records name another in a field of one reference.
  package func count(of field: Field, naming record: RecordID) throws -> Int {
    // Most themes that are deleted have no coding, and then none has to be read.
    if field == .Coding.theme, try Tally.count(of: record, view) == 0 { return 0 }
    return try Int.fetchOne(
      view.cachedStatement(
        sql: """
          SELECT count(*) FROM \(field.kind.name)
          WHERE \(field.name) = ? \(unlessWithheld("record"))
          """),
      arguments: [record]) ?? 0
  }

  /// The id and kind of a record's row; nil for a kind that this notebook does not know.
  func identify(_ number: Int64) throws -> (id: RecordID, kind: Kind)? {
    guard
      let row = try Row.fetchOne(
        view.cachedStatement(
          sql: "SELECT id, kind FROM record WHERE number = ?" + unlessWithheld("number")),
        arguments: [number]),
      let kind = Kind(rawValue: UInt32(clamping: try row.decode(Int64.self, atIndex: 1)))
    else { return nil }
    return (try row.decode(atIndex: 0), kind)
  }

  func number(of record: RecordID) throws -> Int64? {
    try Int64.fetchOne(
      view.cachedStatement(
        sql: "SELECT number FROM record WHERE id = ?" + unlessWithheld("number")),
      arguments: [record])
  }

  package func registersDigest() throws -> Digest {
    guard
      let digest = try Digest.fetchOne(
        view.cachedStatement(sql: "SELECT registers FROM progress"))
    else { throw StoreError.damaged }
    return digest
  }

  /// A register's value by the write that made it; nil when it cleared the field, or a newer
  /// notebook wrote what this one cannot read, or the payload was erased.
  package func value(_ field: FieldID, of write: RecordState.Write) throws -> Value? {
    guard let entry = try Notebook.changes.entry(at: write.dot, log) else {
      throw StoreError.damagedChange(write.dot)
    }
    guard let index = entry.change.envelope.fields.firstIndex(of: field) else { return nil }
    return Projection.values(of: entry.change)?[index]
  }

  // MARK: - The study

  package func studyHeader() throws -> Study {
    let row = try Row.fetchOne(
      view.cachedStatement(
        sql: """
          SELECT title, description FROM study
          WHERE record = (SELECT number FROM record WHERE id = ?)
          """),
      arguments: [studyRecord])
    return Study(title: row?[0], description: row?[1])
  }

  package func periods() throws -> [Period] {
    var periods = [Period]()
    try view.cachedStatement(
      sql: #"SELECT name, "from", "to", description FROM period ORDER BY "from", name"#
    ).scan([]) { row in
      var columns = RowColumns(row)
      periods.append(
        Period(
          name: try columns.next() ?? "", from: try columns.date(), to: try columns.date(),
          description: try columns.next() ?? ""))
      return true
    }
    return periods
  }

  package func attributeDefinitions() throws -> [AttributeDefinition] {
    var definitions = [AttributeDefinition]()
    try view.cachedStatement(
      sql: """
        SELECT name, kind, type, description, choices FROM attributeDefinition
        ORDER BY kind, name
        """
    ).scan([]) { row in
      var columns = RowColumns(row)
      let name: String? = try columns.next()
      let kind = try columns.next(Int64.self).flatMap { Kind(rawValue: UInt32(clamping: $0)) }
      let type = try columns.next(String.self).flatMap(AttributeDefinition.ValueType.init)
      let description: String? = try columns.next()
      guard let name, let kind, let type else { return true }
      definitions.append(
        AttributeDefinition(
          name: name, record: kind, type: type, description: description ?? "",
          choices: try columns.list()))
      return true
    }
    return definitions
  }

  /// The members by their devices.
  package func members() throws -> [DeviceID: Member] {
    let rows = try Row.fetchAll(
      view.cachedStatement(sql: "SELECT key, name, device FROM member"))
    var members = [DeviceID: Member]()
    for row in rows {
      guard let device = DeviceID(blob: try row.decode(Blob.self, atIndex: 0).bytes) else {
        continue
      }
      members[device] = Member(name: try row.decode(atIndex: 1), device: try row.decode(atIndex: 2))
    }
    return members
  }

  package func memberName(of device: DeviceID) throws -> String? {
    try String.fetchOne(
      view.cachedStatement(sql: "SELECT name FROM member WHERE key = ?"),
      arguments: [Blob(device.bytes)])
  }

  // MARK: - Keyed fields

  /// The attributes of a record, sorted by name.
  package func attributes(of record: RecordID) throws -> [Attribute] {
    let rows = try Row.fetchAll(
      view.cachedStatement(
        sql: """
          SELECT name, value FROM attribute
          WHERE record = (SELECT number FROM record WHERE id = ?) ORDER BY name
          """),
      arguments: [record])
    return rows.map { Attribute(name: $0[0], value: $0[1]) }
  }

  /// The attributes of every record of a kind.
  package func attributes(of kind: Kind) throws -> [RecordID: [Attribute]] {
    let rows = try Row.fetchCursor(
      view.cachedStatement(
        sql: """
          SELECT record.id, name, value FROM attribute CROSS JOIN record ON record.number = record
          WHERE record.kind = ? ORDER BY name
          """),
      arguments: [Int64(kind.rawValue)])
    var result = [RecordID: [Attribute]]()
    while let row = try rows.next() {
      let id = try row.decode(RecordID.self, atIndex: 0)
      result[id, default: []].append(
        Attribute(name: try row.decode(atIndex: 1), value: try row.decode(atIndex: 2)))
    }
    return result
  }

  /// The members of a set, such as an interview's participants.
  package func references(_ field: Field, of record: RecordID) throws -> [RecordID] {
    try RecordID.fetchAll(
      view.cachedStatement(
        sql: """
          SELECT member FROM membership
          WHERE record = (SELECT number FROM record WHERE id = ?) AND field = ? ORDER BY member
          """),
      arguments: [record, Int64(field.number)])
  }

  /// The members of a set for every record of a kind.
  package func references(_ field: Field) throws -> [RecordID: [RecordID]] {
    let rows = try Row.fetchCursor(
      view.cachedStatement(
        sql: """
          SELECT record.id, member FROM membership CROSS JOIN record ON record.number = record
          WHERE record.kind = ? AND field = ? ORDER BY member
          """),
      arguments: [Int64(field.kind.rawValue), Int64(field.number)])
    var result = [RecordID: [RecordID]]()
    while let row = try rows.next() {
      result[try row.decode(atIndex: 0), default: []].append(try row.decode(atIndex: 1))
    }
    return result
  }

  /// Whether a new record may be put under another without making the tree too deep.
  func hasRoomBelow(_ id: Reference, _ field: Field) throws -> Bool {
    let statement = try view.cachedStatement(
      sql: """
        SELECT \(field.name) FROM \(field.kind.name)
        WHERE record = (SELECT number FROM record WHERE id = ?)
        """)
    var node = RecordID(rawValue: id)
    for _ in 1..<Limits.treeDepth {
      guard let parent = try RecordID.fetchOne(statement, arguments: [node]) else { return true }
      node = parent
    }
    return false
  }

  /// The tree that a field of places or themes makes as it was written; ``themeTree()`` is the one
  /// that is drawn of themes.
  package func tree(_ field: Field) throws -> Tree {
    Tree(try treeNodes(field))
  }

  func treeNodes(_ field: Field) throws -> [Tree.Node] {
    let table = field.kind.name
    // CROSS keeps SQLite from reading every record to find the few that are in the table
    // (sqlite.org/optoverview.html, section 8.2).
    let rows = try Row.fetchCursor(
      view.cachedStatement(
        sql: """
          SELECT record.id, \(field.name), \(field.name)Stamp, \(field.name)Device
          FROM \(table) CROSS JOIN record ON record.number = \(table).record
          """))
    var nodes = [Tree.Node]()
    while let row = try rows.next() {
      nodes.append(
        Tree.Node(
          id: try row.decode(RecordID.self, atIndex: 0).rawValue,
          parent: try row.decode(RecordID?.self, atIndex: 1)?.rawValue,
          stamp: UInt64(bitPattern: (try row.decode(Int64?.self, atIndex: 2)) ?? 0),
          device: try row.decode(DeviceID?.self, atIndex: 3)?.rawValue ?? 0))
    }
    return nodes
  }
}
