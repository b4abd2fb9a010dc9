import ArgumentParser
import CuadernoAnalysis
import CuadernoExchange
import CuadernoModel
import CuadernoNotebook
import CuadernoSync

struct ExportMatrix: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "matrix",
    abstract: "Themes by interview, participant, place or anything, as a CSV table of numbers.",
    discussion: """
      A row for each case and a column for each theme of the code book, also for those without a \
      coding. Counts are codings; with --presence 1 where there is any and 0 where there is none, as \
      QCA and cluster analyses take it. A case with several values, such as an interview with two roles, \
      counts in each of them. Without --by the cases are interviews.
      Examples:
        cuaderno export matrix casos.csv --by interview --presence
        cuaderno export matrix --by place --level province --with-below
        cuaderno export matrix --by participant:género --period "Conflicto armado" --themes-as rows
      """)

  enum Axis: String, CaseIterable, ExpressibleByArgument { case rows, columns }

  @OptionGroup var group: DimensionOptions

  @Flag(name: .long, help: "1 where a theme occurs and 0 where it does not, instead of counts.")
  var presence = false

  @Flag(name: .long, help: "Count a theme with the themes below it.")
  var withBelow = false

  @Option(name: .long, help: "Whether themes are rows or columns.")
  var themesAs = Axis.columns

  @Option(name: .long, help: "The language of the headings: en or es.")
  var language = ReportLanguage.en

  @OptionGroup var selected: ExportSelection
  @OptionGroup var file: OutputFile
  @OptionGroup var table: TableOptions
  @OptionGroup var options: NotebookOptions

  func run() throws {
    let now = options.surroundings.now()
    try options.export(file) { reader, sink in
      let dimension = try group.dimension(reader) ?? .interview
      let (part, selectedData) = try selected.part(reader, now: now)
      let data = try selectedData ?? StudyData(reader, isPlaced: false)
      let matrix = data.matrix(dimension, of: part, withThemesBelow: withBelow)
      try MatrixExport.write(
        MatrixExport.Table(
          rowHeading: language.heading(dimension.word), themeHeading: language.theme,
          themes: matrix.themeNames(data),
          rows: matrix.rows.map { row in
            (row.name ?? "", presence ? row.counts.map { min($0, 1) } : row.counts)
          }),
        hasThemesAsRows: themesAs == .rows, options: table.csv, to: sink)
    }
  }
}

extension ThemeMatrix {
  /// The paths of the themes, told apart where two are the same.
  func themeNames(_ data: StudyData) -> [String] {
    let names = StudyData.toldApart(
      Dictionary(uniqueKeysWithValues: themes.map { ($0, data.themePaths.path(to: $0)) }))
    return themes.map { names[$0] ?? "" }
  }
}
