import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// `interview,theme,quote,memo`
///
/// A quote must stand once in the text. A coding is there already when the same coder has put the
/// same theme on the same passage.
enum CodingTable {
  /// What makes two codings the same.
  private struct Key: Hashable {
    var theme: RecordID
    var coder: String
    var start: Int
    var end: Int
  }

  /// A text that is coded, and the codings that lie on it.
  private struct Coded {
    var maker: AnchorMaker
    var field: Field
    var codings: [Key: RecordID]
  }

  static func read(
    _ table: CSVTable, coder: String, into writer: inout Writer
  ) throws -> ImportTally {
    try table.refuseOthers(than: ["interview", "theme", "quote", "memo", "coder"])
    let interview = try table.required("interview")
    let theme = try table.required("theme")
    let quote = try table.required("quote")
    let memo = table.column("memo")
    let named = table.column("coder")
    var references = References()
    var texts = [RecordID: Coded]()
    var tally = ImportTally()
    for row in table.rows {
      let target = try references.known(
        try table.required(row, interview), .interview, at: table.place(row, interview),
        writer.reader)
      let themeID = try references.known(
        try table.required(row, theme), .theme, at: table.place(row, theme), writer.reader)
      guard let text = try texts[target] ?? coded(target, writer.reader) else {
        throw ExchangeError(table.place(row, quote), .fault(.quoteNotFound))
      }
      guard let words = table.cell(row, quote) else {
        throw ExchangeError(table.place(row, quote), .table(.emptyCell))
      }
      let anchor = try ExchangeError.at(table.place(row, quote)) {
        try text.maker.anchor(quote: words)
      }
      let key = Key(
        theme: themeID, coder: TextEntry.normalised(table.line(row, named) ?? coder),
        start: anchor.start, end: anchor.end)
      let edits = [
        FieldEdit(
          .Coding.target,
          value: .target(Target(record: target.rawValue, field: text.field.number))),
        FieldEdit(.Coding.anchor, value: .anchor(anchor)),
        FieldEdit(.Coding.theme, value: .reference(themeID.rawValue)),
        FieldEdit(.Coding.coder, key.coder), FieldEdit(.Coding.memo, table.cell(row, memo)),
      ]
      texts[target] = text
      texts[target]?.codings[key] = try enter(row, text.codings[key], edits, &writer, &tally)
    }
    return tally
  }

  /// A coding that is there keeps its anchor: it lies where the row puts it.
  private static func enter(
    _ row: CSVTable.Row, _ found: RecordID?, _ edits: [FieldEdit], _ writer: inout Writer,
    _ tally: inout ImportTally
  ) throws -> RecordID {
    let edits = found == nil ? edits : edits.filter { $0.field == .Coding.memo }
    return try writer.enter(row, found, .coding, edits, &tally)
  }

  private static func coded(_ target: RecordID, _ reader: Reader) throws -> Coded? {
    guard let (field, text, version) = try reader.codedText(of: target), let version else {
      return nil
    }
    var codings = [Key: RecordID]()
    for placed in try reader.placed(reader.codings(on: target), on: target) {
      guard let theme = placed.coding.theme, let span = placed.span else { continue }
      let key = Key(
        theme: theme, coder: placed.coding.coder ?? "", start: span.lowerBound,
        end: span.upperBound)
      codings[key] = placed.coding.id
    }
    return Coded(maker: AnchorMaker(text: text, version: version), field: field, codings: codings)
  }
}

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
    var tally = ImportTally()
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
        ], &tally)
    }
    return tally
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
