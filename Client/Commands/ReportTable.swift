import ArgumentParser
import CuadernoAnalysis
import CuadernoExchange
import CuadernoModel
import CuadernoNotebook
import CuadernoSync

struct ReportTable: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "table",
    abstract: "The table of a paper: when, what was done, what came of it, and who said so.",
    discussion: """
      A row for each theme right below the first (kinds of intervention, say), with each right below the \
      second (outcomes) on overlapping passages, in each period. Quotes name nobody: they say the roles \
      of those who were there, the place (where --level leaves exactly one) and the year. Only what consent allows is quoted, and no \
      embargoed interview; everything is counted.
      Examples:
        cuaderno report table Intervenciones Resultados --format markdown --output table.md
        cuaderno report table Intervenciones Resultados --by role --near 300
        cuaderno report table Intervenciones --by period --language es
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text, markdown, csv
  }

  @Argument(help: "A theme, or two: names, paths or ids.")
  var themes: [String]

  @OptionGroup var group: ReportDimensionOptions

  @Option(
    name: .long,
    help: "Passages that do not overlap count too with at most so many characters between them.")
  var near: Int?

  @Flag(name: .long, help: "Passages count wherever they lie in the same text.")
  var anywhere = false

  @Option(name: .long, help: "How many quotes a row has at most.")
  var quotes = 3

  @Option(
    name: .long,
    help: """
      How exact places are, in rows and in attributions: country, region, province, district, town or \
      valley.
      """)
  var level = PlaceKind.province

  @Option(name: .long, help: "text, markdown or csv.")
  var format = Format.text

  @Option(name: .long, help: "The language of headings and attributions: en or es.")
  var language = ReportLanguage.en

  @Option(name: .long, help: ArgumentHelp("Coded by this coder.", valueName: "name"))
  var coder: [String] = []

  @OptionGroup(title: "Which interviews") var selection: SelectionOptions
  @OptionGroup var file: OutputOption
  @OptionGroup var options: NotebookOptions

  func validate() throws {
    guard (1...2).contains(themes.count) else {
      throw ValidationError("give one theme or two, and \(themes.count) were given")
    }
    guard near == nil || !anywhere else {
      throw ValidationError("--near and --anywhere say different things; leave one out")
    }
    guard near.map({ $0 >= 0 }) ?? true, quotes >= 0 else {
      throw ValidationError("--near and --quotes take a number from 0 up")
    }
  }

  func run() throws {
    let (sheet, unplaced) = try options.read { reader in
      let dimension = try group.dimension(reader, level: level)
      let data = try selection.data(reader, coders: coder)
      let merged = try reader.mergedThemes()
      let tops = try themes.map { name in
        let id = try reader.resolve(name, .theme).id
        return merged[id] ?? id
      }
      let table = data.evidence(
        for: tops, by: dimension,
        meeting: anywhere ? .anywhere : near.map { .near($0) } ?? .overlapping)
      var sheet = EvidenceSheet(
        [language.heading(dimension.word)] + tops.map { data.themes[$0] ?? "" }, in: language)
      sheet.whenEmpty = selection.whenEmpty(data, coders: coder, else: sheet.whenEmpty)
      var quoting = try Quoting(reader, data, now: options.surroundings.now())
      for row in table.rows {
        let quotable = row.evidence.filter { quoting.isAllowed($0) }
        sheet.withheld += row.evidence.count - quotable.count
        sheet.lines.append(
          EvidenceSheet.Line(
            cells: [row.value ?? ""] + row.themes.map { data.themes[$0] ?? "" },
            passages: row.evidence.count, texts: row.texts,
            quotes: try quotable.prefix(quotes).map {
              try quoting.quote($0, level: level, in: language)
            }))
      }
      return (sheet, table.unplaced)
    }
    try write(sheet)
    guard !options.json else { return }
    // The text says it itself.
    if sheet.lines.isEmpty, format != .text { tell(sheet.whenEmpty) }
    if sheet.withheld > 0 {
      tell(
        "\(counted(sheet.withheld, "passage")) counted and not quoted: no consent to quote, or an "
          + "embargo.")
    }
    tellUnplaced(unplaced)
  }

  private func write(_ sheet: EvidenceSheet) throws {
    _ = try file.write { sink in
      if options.json || format == .text {
        try sink(Array(Output.table(sheet.table).rendered(asJSON: options.json).utf8))
      } else if format == .markdown {
        try sink(Array(sheet.markdown.utf8))
      } else {
        var writer = try CSVWriter(to: sink)
        for row in sheet.rows { try writer.row(row) }
        try writer.finish()
      }
    }
  }
}
