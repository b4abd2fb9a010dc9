import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// `name,from,to,description`
enum PeriodTable {
  static func read(_ table: CSVTable, into writer: inout Writer) throws -> ImportTally {
    try table.refuseOthers(than: ["name", "from", "to", "description"])
    let name = try table.required("name")
    let (from, to) = (table.column("from"), table.column("to"))
    let description = table.column("description")
    var edits = [FieldEdit]()
    var rows = EnteredRows()
    for row in table.rows {
      let period = Period(
        name: try table.required(row, name), from: try table.date(row, from),
        to: try table.date(row, to), description: table.cell(row, description) ?? "")
      try ExchangeError.at(.line(row.line)) {
        try Validation.check(.period(period), for: .Study.periods)
      }
      let edit = FieldEdit(
        .Study.periods, key: writer.keys.key(named: period.name), value: .period(period))
      try rows.note([edit], of: writer.reader.studyRecord, .period, line: row.line)
      edits.append(edit)
    }
    return try writer.enterStudy(edits)
  }
}

/// `name,record,type,description,values`
enum AttributeTable {
  static func read(_ table: CSVTable, into writer: inout Writer) throws -> ImportTally {
    try table.refuseOthers(than: ["name", "record", "type", "description", "values"])
    let name = try table.required("name")
    let record = try table.required("record")
    let type = table.column("type")
    let description = table.column("description")
    let values = table.column("values")
    var edits = [FieldEdit]()
    var rows = EnteredRows()
    for row in table.rows {
      let definition = AttributeDefinition(
        name: try table.required(row, name), record: try kind(table, row, record),
        type: try valueType(table, row, type), description: table.cell(row, description) ?? "",
        choices: table.line(row, values)?.listEntries ?? [])
      try ExchangeError.at(.line(row.line)) {
        try Validation.check(.attributeDefinition(definition), for: .Study.attributeDefinitions)
      }
      let edit = FieldEdit(
        .Study.attributeDefinitions,
        key: writer.keys.key(definitionNamed: definition.name, of: definition.record),
        value: .attributeDefinition(definition))
      try rows.note([edit], of: writer.reader.studyRecord, .attribute, line: row.line)
      edits.append(edit)
    }
    return try writer.enterStudy(edits)
  }

  private static func kind(
    _ table: CSVTable, _ row: CSVTable.Row, _ column: Int
  ) throws -> Kind {
    let kinds = Kind.allCases.filter { kind in
      Field.fields(of: kind).contains { $0.shape == .attributes }
    }
    guard let kind = Kind(name: try table.required(row, column)), kinds.contains(kind) else {
      throw ExchangeError(
        table.place(row, column),
        .fault(.notAChoice(field: table.columns[column], choices: kinds.map(\.name))))
    }
    return kind
  }

  private static func valueType(
    _ table: CSVTable, _ row: CSVTable.Row, _ column: Int?
  ) throws -> AttributeDefinition.ValueType {
    guard let column, let text = table.line(row, column) else { return .text }
    guard let type = AttributeDefinition.ValueType(rawValue: text) else {
      throw ExchangeError(
        table.place(row, column),
        .fault(
          .notAChoice(
            field: table.columns[column],
            choices: AttributeDefinition.ValueType.allCases.map(\.rawValue))))
    }
    return type
  }
}

extension Writer {
  fileprivate mutating func enterStudy(_ edits: [FieldEdit]) throws -> ImportTally {
    var tally = ImportTally()
    guard !edits.isEmpty else { return tally }
    let record = reader.studyRecord
    tally.count(.study, try ExchangeError.at(.file) { try enter(record, .study, edits) })
    return tally
  }
}
