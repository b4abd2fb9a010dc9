import CuadernoLog
import CuadernoModel
import CuadernoSync
import GRDB

/// The rows of one record in the typed tables, the names and the full-text index.
struct RecordTables {
  let view: Database
  let record: ProjectedRecord
  let kind: Kind

  func insert(
    _ values: [ShownValue], _ words: inout WordIndex, _ tally: inout Tally,
    _ frequent: FrequentStatements
  ) throws {
    let table = KindTable.of(kind)
    var bindings = [Binding](repeating: .null, count: table.width)
    bindings[0] = .integer(record.number)
    for shown in values {
      if let column = table.column(shown.field) {
        Columns.set(column, shown, in: &bindings, at: column.offset)
      }
    }
    try frequent(.insert(kind)).run(bindings)
    tally.add(record, kind, values)
    for shown in values where table.column(shown.field) == nil { try setKeyed(shown) }
    guard Searchable.isSearchable(kind, values.lazy.map(\.field)) else { return }
    let searchable = Searchable(kind: kind, values: values)
    try searchable.insertNames(record.number, view)
    try words.insert(searchable.words, record.number)
  }

  func update(
    _ values: [ShownValue], _ words: inout WordIndex, _ tally: inout Tally
  ) throws {
    guard !values.isEmpty else { return }
    let table = KindTable.of(kind)
    let fields = values.lazy.map(\.field)
    if Searchable.isSearchable(kind, fields) { try words.willChange(record.number, kind) }
    let isNamed = Searchable.isNamed(kind, fields)
    let named = isNamed ? try Searchable(kind: kind, record: record.number, view) : nil
    try tally.willChange(record, kind, fields, view)
    for shown in values {
      if let column = table.column(shown.field) {
        var bindings = [Binding](repeating: .null, count: column.width + 1)
        Columns.set(column, shown, in: &bindings, at: 0)
        bindings[column.width] = .integer(record.number)
        try view.cachedStatement(sql: column.update).run(bindings)
      } else {
        try setKeyed(shown)
      }
    }
    try tally.hasChanged(record, kind, fields, view)
    guard let named else { return }
    try named.removeNames(record.number, view)
    try Searchable(kind: kind, record: record.number, view).insertNames(record.number, view)
  }

  func remove(_ words: inout WordIndex, _ tally: inout Tally) throws {
    let before = try Searchable(kind: kind, record: record.number, view)
    try before.removeNames(record.number, view)
    try words.willRemove(record.number, before.words)
    try tally.willRemove(record, kind, view)
    try view.cachedStatement(sql: KindTable.of(kind).delete).execute(arguments: [record.number])
    for table in ["period", "attributeDefinition", "member", "membership", "attribute", "conflict"]
    {
      try view.cachedStatement(sql: "DELETE FROM \(table) WHERE record = ?")
        .execute(arguments: [record.number])
    }
  }

  // MARK: - Keyed fields

  private func setKeyed(_ shown: ShownValue) throws {
    guard let field = Field.find(kind, shown.field.number), field.shape.isKeyed else { return }
    let key = Blob(shown.field.key)
    switch shown.value {
    case .attribute(let attribute):
      try replace(
        "attribute", key, ["name", "value"],
        attribute.value.map { [attribute.name, $0] })
    case .attributeDefinition(let definition):
      try replace(
        "attributeDefinition", key, ["name", "kind", "type", "description", "choices"],
        definition.isDefined
          ? [
            definition.name, Int64(definition.record.rawValue), definition.type.rawValue,
            definition.description, Columns.list(definition.choices),
          ] : nil)
    case .period(let period):
      try replace(
        "period", key, ["name", "from", "to", "description"],
        period.isDefined
          ? [period.name, period.from?.description, period.to?.description, period.description]
          : nil)
    case .member(let member):
      try replace("member", key, ["name", "device"], [member.name, member.device])
    case .membership(let reference, let isMember):
      try setMembership(field, RecordID(rawValue: reference), isMember)
    case nil, .text, .list, .date, .consent, .location, .reference, .target, .anchor:
      try clearKeyed(field, key)
    }
  }

  /// For a field that was cleared, and for a value that this notebook cannot read: what stood there
  /// before is not what is shown.
  private func clearKeyed(_ field: Field, _ key: Blob) throws {
    switch field.shape {
    case .attributes: try replace("attribute", key, [], nil)
    case .attributeDefinitions: try replace("attributeDefinition", key, [], nil)
    case .periods: try replace("period", key, [], nil)
    case .members: try replace("member", key, [], nil)
    case .references:
      if let member = RecordID(bytes: key.bytes) { try setMembership(field, member, false) }
    case .line, .text, .lines, .languages, .choice, .date, .consent, .location, .colour,
      .reference, .target, .anchor:
      return
    }
  }

  private func replace(
    _ table: String, _ key: Blob, _ columns: [String],
    _ values: [(any DatabaseValueConvertible)?]?
  ) throws {
    guard let values else {
      try view.cachedStatement(sql: "DELETE FROM \(table) WHERE record = ? AND key = ?")
        .execute(arguments: [record.number, key])
      return
    }
    let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
    let marks = String(repeating: ", ?", count: columns.count)
    try view.cachedStatement(
      sql: "INSERT OR REPLACE INTO \(table) (record, key, \(names)) VALUES (?, ?\(marks))"
    ).execute(arguments: StatementArguments([record.number, key] + values))
  }

  private func setMembership(_ field: Field, _ member: RecordID, _ isMember: Bool) throws {
    let sql =
      isMember
      ? "INSERT OR IGNORE INTO membership (record, field, member) VALUES (?, ?, ?)"
      : "DELETE FROM membership WHERE record = ? AND field = ? AND member = ?"
    try view.cachedStatement(sql: sql)
      .run([.integer(record.number), .integer(Int64(field.number)), .id(member)])
  }
}
