import ArgumentParser
import CuadernoAnalysis
import CuadernoExchange
import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoText

struct ReportQuotes: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quotes",
    abstract: "The passages with a theme, and how they lie to those with others.",
    discussion: """
      A theme stands for itself and those below it. With several conditions all have to hold. It is for \
      you and shows what may not be quoted too, and says how much of it; --quotable leaves that out. The \
      words are those that stand in the text now; STATUS says where they were edited, are gone or have to \
      be looked for.
      Examples:
        cuaderno report quotes "Confianza en el Estado" --place Tocache
        cuaderno report quotes Miedo --and Silencio
        cuaderno report quotes Miedo --and Silencio --and Rumor --common
        cuaderno report quotes Miedo --not Violencia --role agricultora
        cuaderno report quotes Miedo --inside Violencia
        cuaderno report quotes Miedo --near Silencio --distance 200
        cuaderno report quotes Miedo --quotable
      """)

  @Argument(help: "Name, path or id of the theme.")
  var theme: String

  @Option(
    name: .customLong("and"),
    help: ArgumentHelp("Overlapping a passage with this theme.", valueName: "theme"))
  var overlapping: [String] = []

  @Option(
    name: .customLong("inside"),
    help: ArgumentHelp("Wholly inside a passage with this theme.", valueName: "theme"))
  var inside: [String] = []

  @Option(
    name: .customLong("near"),
    help: ArgumentHelp(
      "Near a passage with this theme, and not overlapping it.", valueName: "theme"))
  var near: [String] = []

  @Option(
    name: .customLong("not"),
    help: ArgumentHelp("Overlapping no passage with this theme.", valueName: "theme"))
  var excluded: [String] = []

  @Flag(
    name: .long,
    help: "With --and: only the words that passages of all these themes have in common.")
  var common = false

  @Option(name: .long, help: "How many characters may lie between, with --near.")
  var distance = 250

  @Flag(
    name: .long,
    help: "Only from interviews whose consent allows to quote, and that no embargo holds back.")
  var quotable = false

  @Option(name: .long, help: ArgumentHelp("Coded by this coder.", valueName: "name"))
  var coder: [String] = []

  @OptionGroup(title: "Which interviews") var selection: SelectionOptions

  @OptionGroup var options: NotebookOptions

  func validate() throws {
    guard distance >= 0 else { throw ValidationError("--distance takes a number from 0 up") }
    guard !common || !overlapping.isEmpty && inside.isEmpty && near.isEmpty && excluded.isEmpty
    else {
      throw ValidationError("--common goes with --and alone")
    }
  }

  func run() throws {
    let now = options.surroundings.now()
    let rows = try options.read { reader -> [Row] in
      let today = try reader.embargoDay(now)
      let data = try selection.data(reader, coders: coder)
        .selecting(Selection(quotableOn: quotable ? today : nil))
      let merged = try reader.mergedThemes()
      func resolved(_ name: String) throws -> RecordID {
        let id = try reader.resolve(name, .theme).id
        return merged[id] ?? id
      }
      var rows =
        if common {
          try reader.rows(data.commonStretches(of: ([theme] + overlapping).map(resolved)))
        } else {
          try reader.rows(
            data.passages(
              with: try resolved(theme),
              where: try overlapping.map { (try resolved($0), .overlapping) }
                + inside.map { (try resolved($0), .within) }
                + near.map { (try resolved($0), .near(distance)) },
              unless: try excluded.map { (try resolved($0), .overlapping) }), data)
        }
      for index in rows.indices {
        rows[index].isQuotable = data.mayBeQuoted(rows[index].source, today: today)
      }
      return rows.sorted { $0.isBefore($1) }
    }
    show(rows)
  }

  private func show(_ rows: [Row]) {
    let hasStatus = rows.contains { $0.status != .exact }
    options.show(
      .table(
        Table(
          [
            .init("id", isForPrograms: true), .init("interview"),
            .init("note", isForPrograms: true), .init("theme"), .init("coder"),
            .init("status", isForPrograms: !hasStatus), .init("start", isForPrograms: true),
            .init("end", isForPrograms: true), .init("quotable", isForPrograms: true),
            .init("quote"),
          ],
          rows: rows.map { row in
            [
              .string(row.id?.description),
              .string(options.json ? row.name.interview : row.name.shown),
              .string(row.name.note?.description), .string(row.theme), .string(row.coder),
              .string(row.status.rawValue), row.span.map { .integer($0.lowerBound) } ?? .null,
              row.span.map { .integer($0.upperBound) } ?? .null, .boolean(row.isQuotable),
              .string(row.quote),
            ]
          }, whenEmpty: "No passage is like that.")))
    guard !options.json, !rows.isEmpty else { return }
    tell("\(counted(rows.count, "passage")).")
    let withheld = rows.count { !$0.isQuotable }
    if withheld > 0 {
      tell(
        "Not to be quoted, since there is no consent to it or an embargo: \(withheld). --quotable "
          + "leaves them out.")
    }
  }
}

/// A passage as it is shown.
private struct Row {
  /// Nil for a stretch that belongs to no one coding.
  var id: RecordID?
  var source: RecordID
  var name: TextName
  var theme: String
  var coder: String?
  var status: PlacedCoding.Status
  var span: Range<Int>?
  var quote: String
  var isQuotable = false

  /// By what a person looks for, then as they stand in the text.
  func isBefore(_ other: Row) -> Bool {
    let (own, others) = (span?.lowerBound ?? .max, other.span?.lowerBound ?? .max)
    return (name.shown, source, own, id ?? source) < (
      other.name.shown, other.source, others, other.id ?? other.source
    )
  }
}

extension Reader {
  /// Stretches that belong to no one coding.
  fileprivate func rows(_ stretches: [StudyData.Stretch]) throws -> [Row] {
    var texts = [RecordID: (name: TextName, text: ScalarText)]()
    return try stretches.map { stretch in
      let (name, text) =
        try texts[stretch.source]
        ?? (textName(of: stretch.source), ScalarText(codedText(of: stretch.source)?.text ?? ""))
      texts[stretch.source] = (name, text)
      return Row(
        id: nil, source: stretch.source, name: name,
        theme: stretch.themes.joined(separator: " + "),
        coder: stretch.coders.joined(separator: ", "), status: .exact, span: stretch.span,
        quote: text.substring(stretch.span) ?? "")
    }
  }

  /// Passages with what stands there now.
  fileprivate func rows(
    _ passages: [StudyData.CodedPassage], _ data: StudyData
  ) throws -> [Row] {
    var found = [Row]()
    for (source, passages) in Dictionary(grouping: passages, by: \.source) {
      let wanted = Dictionary(passages.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
      let name = try textName(of: source)
      for placed in try placed(codings(on: source), on: source) {
        guard let passage = wanted[placed.coding.id] else { continue }
        found.append(
          Row(
            id: passage.id, source: source, name: name,
            theme: data.themePaths.path(to: passage.theme), coder: passage.coder,
            status: placed.status, span: passage.span, quote: placed.quote))
      }
    }
    return found
  }
}
