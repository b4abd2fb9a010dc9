import CuadernoModel
import CuadernoNotebook

/// `pseudonym,role,attribute:NAME …`
enum ParticipantTable {
  static func read(_ table: CSVTable, into writer: inout Writer) throws -> ImportTally {
    try table.refuseOthers(than: ["pseudonym", "role"], allowsAttributes: true)
    let pseudonym = try table.required("pseudonym")
    let role = table.column("role")
    var rows = EnteredRows()
    for row in table.rows {
      let called = try table.required(row, pseudonym)
      let found = try writer.reader.ids(named: called, .participant)
      guard found.count <= 1 else {
        throw ExchangeError(
          table.place(row, pseudonym), .ambiguous(.participant, matches: found.count))
      }
      let edits =
        [FieldEdit(.Participant.role, table.line(row, role))]
        + table.attributes(row, .Participant.attributes, writer.keys)
      _ = try writer.enter(
        row, found.first, .participant, named: FieldEdit(.Participant.pseudonym, called), edits,
        &rows)
    }
    return rows.tally
  }
}
