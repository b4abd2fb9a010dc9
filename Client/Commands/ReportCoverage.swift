import ArgumentParser
import CuadernoAnalysis
import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import Foundation

struct ReportCoverage: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coverage",
    abstract: "How much of the texts each theme covers, in all, by group or text by text.",
    discussion: """
      Counted in characters of the texts (Unicode scalars). What several codings lie on is counted once. The \
      share is of all interviews that were selected, coded or not, and of the notes that somebody coded; \
      with --by it is of the texts of each group, and a text with a mayor and a farmer counts in both \
      roles. Every coder is measured by all texts.
      Examples:
        cuaderno report coverage
        cuaderno report coverage --by place --level province --with-below
        cuaderno report coverage --by coder --place Tocache
        cuaderno report coverage --each-text --json
      """)

  @OptionGroup var group: DimensionOptions

  @Flag(name: .long, help: "Each text by itself, with the themes that lie on it.")
  var eachText = false

  @Flag(name: .long, help: "A theme covers what the themes below it cover.")
  var withBelow = false

  @Option(name: .long, help: ArgumentHelp("Coded by this coder.", valueName: "name"))
  var coder: [String] = []

  @OptionGroup(title: "Which interviews") var selection: SelectionOptions

  @OptionGroup var options: NotebookOptions

  func validate() throws {
    guard group.by.isEmpty || !eachText else {
      throw ValidationError("--by and --each-text say different things; leave one out")
    }
  }

  func run() throws {
    try options.read { reader in
      try reader.tellIfBlind()
      let dimension = try group.dimension(reader)
      let data = try StudyData(reader)
      let selected = try selection.selection(reader, coders: coder)
      let codings = data.selecting(selected)
      let whenEmpty = selection.whenEmpty(
        codings, coders: coder, else: "No codings. Make one with `cuaderno code`.")
      let lengths = try TextLengths(reader)
      if eachText {
        let texts = codings.coverageByText(of: lengths, withThemesBelow: withBelow)
        options.show(.table(try table(texts, data, reader, whenEmpty: whenEmpty)))
      } else {
        let coverage = data.coverage(
          of: lengths, in: selected, by: dimension, withThemesBelow: withBelow)
        options.show(
          .table(
            dimension == nil
              ? Self.table(coverage, asJSON: options.json, whenEmpty: whenEmpty)
              : table(byGroup: coverage, whenEmpty: whenEmpty)))
        if !options.json { tellExtent(coverage) }
      }
    }
  }

  private func tellExtent(_ coverage: Coverage) {
    tell(
      "Of \(counted(coverage.length, "character")) in \(counted(coverage.texts, "text")), coded or not."
    )
    tellUnplaced(coverage.unplaced)
  }

  private static func name(_ row: Coverage.Row) -> JSON {
    row.theme == nil ? .string("(any)") : .string(row.steps.joined(separator: pathSeparator))
  }

  /// A share as people read it, or as programs do.
  private static func share(_ part: Int, of whole: Int, asJSON: Bool) -> JSON {
    guard whole > 0 else { return .null }
    let share = Double(part) / Double(whole)
    return asJSON ? .number(share) : .string(String(format: "%.1f %%", share * 100))
  }

  private static func table(
    _ coverage: Coverage, asJSON: Bool, whenEmpty: String
  ) -> Table {
    let rows = coverage.rows.isEmpty ? [] : coverage.rows + [coverage.any]
    return Table(
      [
        .init("id", isForPrograms: true), .init("theme"), .init("characters"),
        .init("of", isForPrograms: true), .init("share"), .init("texts", "IN TEXTS"),
      ],
      rows: rows.map { row in
        [
          .string(row.theme?.description), asJSON && row.theme == nil ? .null : name(row),
          .integer(row.total), .integer(coverage.length),
          share(row.total, of: coverage.length, asJSON: asJSON), .integer(row.texts),
        ]
      }, whenEmpty: whenEmpty)
  }

  /// For people a column for each group, for programs a row for each theme and group.
  private func table(byGroup coverage: Coverage, whenEmpty: String) -> Table {
    let rows = coverage.rows.isEmpty ? [] : coverage.rows + [coverage.any]
    if options.json {
      return Table(
        ["id", "theme", "group", "characters", "of", "share"].map { Table.Column($0) },
        rows: rows.flatMap { row in
          coverage.columns.indices.map { index in
            [
              .string(row.theme?.description), row.theme == nil ? .null : Self.name(row),
              .string(coverage.columns[index]), .integer(row.covered[index]),
              .integer(coverage.lengths[index]),
              Self.share(row.covered[index], of: coverage.lengths[index], asJSON: true),
            ]
          }
        }, whenEmpty: whenEmpty)
    }
    let columns = coverage.columns.map { Table.Column($0 ?? "", Terminal.harmless($0 ?? "(none)")) }
    return Table(
      [.init("theme")] + columns + [.init("all")],
      rows: rows.map { row in
        [Self.name(row)]
          + coverage.columns.indices.map {
            Self.share(row.covered[$0], of: coverage.lengths[$0], asJSON: false)
          } + [Self.share(row.total, of: coverage.length, asJSON: false)]
      }, whenEmpty: whenEmpty)
  }

  private func table(
    _ texts: [TextCoverage], _ data: StudyData, _ reader: Reader, whenEmpty: String
  ) throws -> Table {
    var names = [RecordID: TextName]()
    for source in Set(texts.map(\.source)) { names[source] = try reader.textName(of: source) }
    return Table(
      [
        .init("source", isForPrograms: true), .init("interview"), .init("id", isForPrograms: true),
        .init("theme"), .init("characters"), .init("of"), .init("share"),
      ],
      rows: texts.map { text in
        [
          .string(text.source.description),
          .string(
            options.json ? names[text.source]?.interview : names[text.source]?.shown),
          .string(text.theme.description), .string(data.themePaths.path(to: text.theme)),
          .integer(text.covered), .integer(text.length),
          Self.share(text.covered, of: text.length, asJSON: options.json),
        ]
      }, whenEmpty: whenEmpty)
  }
}
