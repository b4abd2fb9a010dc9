import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// `interview,theme,quote,memo,coder`
///
/// A quote must stand once in the text. A coding is there already when the same coder has put the
/// same theme on the same passage.
struct CodingTable {
  /// What makes two codings the same.
  private struct Key: Hashable {
    var target: RecordID
    var theme: RecordID
    var coder: String
    var start: Int
    var end: Int
  }

  private let table: CSVTable
  private let coder: String
  private var references = References()
  private var texts: [RecordID: (maker: AnchorMaker, field: Field)] = [:]
  /// The codings on those texts, where they lie now.
  private var codings: [Key: RecordID] = [:]
  private var rows = EnteredRows()

  /// - Parameter coder: who made the codings of the rows that do not say.
  static func read(
    _ table: CSVTable, coder: String, into writer: inout Writer
  ) throws -> ImportTally {
    var reading = CodingTable(table, coder)
    try reading.read(into: &writer)
    return reading.rows.tally
  }

  private init(_ table: CSVTable, _ coder: String) {
    self.table = table
    self.coder = TextEntry.normalised(coder)
  }

  private mutating func read(into writer: inout Writer) throws {
    try table.refuseOthers(than: ["interview", "theme", "quote", "memo", "coder"])
    let interview = try table.required("interview")
    let theme = try table.required("theme")
    let quote = try table.required("quote")
    let memo = table.column("memo")
    let named = table.column("coder")
    for row in table.rows {
      let target = try references.known(
        try table.required(row, interview), .interview, at: table.place(row, interview),
        writer.reader)
      let themeID = try references.known(
        try table.required(row, theme), .theme, at: table.place(row, theme), writer.reader)
      guard let words = table.cell(row, quote) else {
        throw ExchangeError(table.place(row, quote), .table(.emptyCell))
      }
      guard let text = try text(of: target, writer.reader) else {
        throw ExchangeError(table.place(row, quote), .fault(.quoteNotFound))
      }
      let anchor = try ExchangeError.at(table.place(row, quote)) {
        try text.maker.anchor(quote: words)
      }
      let key = Key(
        target: target, theme: themeID, coder: table.line(row, named) ?? coder,
        start: anchor.start, end: anchor.end)
      let edits = [
        FieldEdit(
          .Coding.target,
          value: .target(Target(record: target.rawValue, field: text.field.number))),
        FieldEdit(.Coding.anchor, value: .anchor(anchor)),
        FieldEdit(.Coding.theme, value: .reference(themeID.rawValue)),
        FieldEdit(.Coding.coder, key.coder), FieldEdit(.Coding.memo, table.cell(row, memo)),
      ]
      // A coding that is there keeps its anchor: it lies where the row puts it.
      let found = codings[key]
      codings[key] = try writer.enter(
        row, found, .coding,
        found == nil ? edits : edits.filter { $0.field == .Coding.memo }, &rows)
    }
  }

  /// A text that is coded; its codings are remembered when it is first asked for.
  private mutating func text(
    of target: RecordID, _ reader: Reader
  ) throws -> (maker: AnchorMaker, field: Field)? {
    if let text = texts[target] { return text }
    guard let (field, text, version) = try reader.codedText(of: target), let version else {
      return nil
    }
    for placed in try reader.placed(reader.codings(on: target), on: target) {
      guard let theme = placed.coding.theme, let span = placed.span else { continue }
      let key = Key(
        target: target, theme: theme, coder: placed.coding.coder ?? "", start: span.lowerBound,
        end: span.upperBound)
      codings[key] = placed.coding.id
    }
    let coded = (AnchorMaker(text: text, version: version), field)
    texts[target] = coded
    return coded
  }
}
