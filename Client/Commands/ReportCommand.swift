import ArgumentParser
import CuadernoAnalysis
import CuadernoModel
import CuadernoNotebook
import CuadernoSync

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Count and compare themes.",
    subcommands: [
      ReportThemes.self, ReportCoOccurrence.self, ReportQuotes.self, ReportTable.self,
      ReportCoverage.self, ReportAgreement.self, ReportHTML.self, ReportMarkdown.self,
      ReportDOCX.self,
    ])
}

struct ReportThemes: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "themes",
    abstract: "How often each theme is used, in all or by place, role, period …",
    discussion: """
      Counts are codings. A theme that was merged counts as the one it was merged into.
      Examples:
        cuaderno report themes
        cuaderno report themes --by place --level province
        cuaderno report themes --by period
        cuaderno report themes --by participant:género
        cuaderno report themes --by role --place "Alto Huallaga" --from 2012
      """)

  @OptionGroup var group: DimensionOptions

  @Flag(name: .long, help: "Count a theme with the themes below it.")
  var withBelow = false

  @Option(name: .long, help: ArgumentHelp("Coded by this coder.", valueName: "name"))
  var coder: [String] = []

  @OptionGroup(title: "Which interviews") var selection: SelectionOptions

  @OptionGroup var options: NotebookOptions

  func run() throws {
    let (dimension, data) = try options.read { reader in
      (try group.dimension(reader), try selection.data(reader, coders: coder, isPlaced: false))
    }
    if let dimension {
      let crosstab = data.crosstab(dimension, withThemesBelow: withBelow)
      let whenEmpty = selection.whenEmpty(
        data, coders: coder, else: "No codings. Make one with `cuaderno code`.")
      options.show(.table(table(crosstab, whenEmpty: whenEmpty)))
      if crosstab.countsSeveralTimes, !options.json {
        tell("A coding counts in each column that fits; the total counts it once.")
      }
    } else {
      options.show(.table(Self.table(data.themeCounts())))
    }
  }

  private static func table(_ counts: [ThemeCount]) -> Table {
    Table(
      [
        .init("id", isForPrograms: true), .init("theme"), .init("codings"),
        .init("codingsBelow", "WITH BELOW"), .init("texts"), .init("interviews"),
        .init("participants"),
      ],
      rows: counts.map { count in
        [
          .string(count.theme.description), .string(count.steps.joined(separator: pathSeparator)),
          .integer(count.codings), .integer(count.codingsBelow), .integer(count.texts),
          .integer(count.interviews), .integer(count.participants),
        ]
      }, whenEmpty: "No themes. Add one with `cuaderno theme add NAME`.")
  }

  private func table(_ crosstab: Crosstab, whenEmpty: String) -> Table {
    let columns = crosstab.columns.map { Table.Column($0 ?? "", Terminal.harmless($0 ?? "(none)")) }
    var rows = crosstab.rows.map { row -> [JSON] in
      [.string(row.theme.description), .string(row.steps.joined(separator: pathSeparator))]
        + row.counts.map { .integer($0) } + [.integer(row.total)]
    }
    if !rows.isEmpty, !options.json {
      rows.append(
        [.null, .string("(all)")] + crosstab.columnTotals.map { .integer($0) }
          + [.integer(crosstab.total)])
    }
    return Table(
      [.init("id", isForPrograms: true), .init("theme")] + columns + [.init("total")],
      rows: rows, whenEmpty: whenEmpty)
  }
}

struct ReportCoOccurrence: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cooccurrence",
    abstract: "Which themes lie on overlapping passages, and how often.",
    discussion: """
      With --inside the first theme's passages lie inside the second's.
      Examples:
        cuaderno report cooccurrence --limit 10
        cuaderno report cooccurrence --near 200
        cuaderno report cooccurrence --inside
      """)

  @OptionGroup var together: CoOccurrenceOptions

  @Option(name: .long, help: "How many pairs to show.")
  var limit = 40

  @Option(name: .long, help: ArgumentHelp("Coded by this coder.", valueName: "name"))
  var coder: [String] = []

  @OptionGroup(title: "Which interviews") var selection: SelectionOptions

  @OptionGroup var options: NotebookOptions

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit takes a number from 1 up") }
  }

  func run() throws {
    let data = try options.read { reader in
      try selection.data(reader, coders: coder)
    }
    let pairs = data.coOccurrences(together.rule)
    let rows = pairs.prefix(limit).map { pair -> [JSON] in
      [
        .string(pair.first.description), .string(pair.second.description),
        .string(data.themePaths.path(to: pair.first)),
        .string(data.themePaths.path(to: pair.second)), .integer(pair.pairs),
        .integer(pair.texts),
      ]
    }
    options.show(
      .table(
        Table(
          [
            .init("firstID", isForPrograms: true), .init("secondID", isForPrograms: true),
            .init("first", "THEME"), .init("second", "WITH"), .init("pairs"),
            .init("texts", "IN TEXTS"),
          ], rows: Array(rows),
          whenEmpty: selection.whenEmpty(data, coders: coder, else: together.nothing))))
    guard !options.json else { return }
    if pairs.count > rows.count {
      tell("The \(rows.count) most frequent of \(pairs.count) pairs; --limit shows more.")
    }
    tellUnplaced(data.passages.count { $0.span == nil })
  }
}
