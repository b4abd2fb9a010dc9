import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// `about,at,text`: about is a label, `place:PATH`, `theme:PATH`, `participant:PSEUDONYM` or `study`.
enum NoteTable {
  static func read(_ table: CSVTable, into writer: inout Writer) throws -> ImportTally {
    try table.refuseOthers(than: ["about", "at", "text"])
    let about = table.column("about")
    let at = table.column("at")
    let text = try table.required("text")
    var known = [RecordID?: [Note]]()
    for note in try writer.reader.fetchAll(Note.self) {
      known[note.about, default: []].append(note)
    }
    var rows = EnteredRows()
    for row in table.rows {
      let subject = try subject(table, row, about, writer.reader)
      let date = try table.date(row, at)
      guard let words = table.cell(row, text) else {
        throw ExchangeError(table.place(row, text), .table(.emptyCell))
      }
      let same = known[subject]?.first { $0.at == date && $0.text == words }
      _ = try writer.enter(
        row, same?.id, .note,
        [
          FieldEdit(.Note.about, value: subject.map { .reference($0.rawValue) }),
          FieldEdit(.Note.at, value: date.map(Value.date)), FieldEdit(.Note.text, words),
        ], &rows)
    }
    return rows.tally
  }

  private static func subject(
    _ table: CSVTable, _ row: CSVTable.Row, _ column: Int?, _ reader: Reader
  ) throws -> RecordID? {
    guard let column, let text = table.line(row, column) else { return nil }
    if text == Kind.study.name { return reader.studyRecord }
    let place = table.place(row, column)
    for kind in [Kind.place, .theme, .participant, .interview] {
      let prefix = kind.name + ":"
      if text.hasPrefix(prefix) {
        let name = String(text.dropFirst(prefix.count)).trimmed
        return try References().one(name, kind, at: place, reader)
      }
    }
    return try References().one(text, .interview, at: place, reader)
  }
}
