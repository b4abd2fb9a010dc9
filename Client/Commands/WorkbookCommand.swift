import ArgumentParser
import CuadernoAnalysis
import CuadernoExchange
import CuadernoModel
import CuadernoNotebook
import CuadernoSync

struct ExportWorkbook: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "xlsx",
    abstract: "A workbook for Excel and LibreOffice: codings, code book, interviews, matrices.",
    discussion: """
      A sheet each for the codings, the code book, interviews, participants and places, and one for \
      themes against each of what --by names: a row for every case, with zeros where there is nothing. \
      Days are real dates; what is known less exactly, such as 2017, stays as it is known. Words are \
      always words, never formulas. A text longer than a cell takes is on a sheet of its own as a whole. \
      Like all tables it holds every interview, whatever its consent, unless options select.
      Examples:
        cuaderno export xlsx estudio.xlsx --language es
        cuaderno export xlsx tocache.xlsx --place Tocache --by role --by participant:género
      """)

  @OptionGroup var file: NamedFile

  @Option(
    name: .long,
    help: """
      A matrix of themes by this: interview, participant, place, role, period, kind, coder, consent, or \
      an attribute; without it, the first five.
      """)
  var by: [String] = []

  @Flag(name: .long, help: "Count a theme with the themes below it, in the matrices.")
  var withBelow = false

  @Option(name: .long, help: "The language of sheets and headings: en or es.")
  var language = ReportLanguage.en

  @OptionGroup var selected: ExportSelection
  @OptionGroup var options: NotebookOptions

  func validate() throws { _ = try typed }

  private var typed: [Dimension] {
    get throws {
      let names = by.isEmpty ? ["interview", "participant", "place", "role", "period"] : by
      return try names.map { try Dimension(typed: $0) }
    }
  }

  func run() throws {
    let typed = try typed
    let now = options.surroundings.now()
    let report = try options.read { reader in
      try reader.tellIfBlind()
      var dimensions = [Dimension]()
      for dimension in try typed.map({ try reader.known($0, givenWith: "--by") })
      where !dimensions.contains(dimension) {
        dimensions.append(dimension)
      }
      let (part, selectedData) = try selected.part(reader, now: now)
      let data = try selectedData ?? StudyData(reader, isPlaced: false)
      let matrices = dimensions.map { dimension in
        StudyWorkbook.Matrix(
          data.matrix(dimension, of: part, withThemesBelow: withBelow), of: dimension.word, data)
      }
      return try WholeFile.write(file.path) { path in
        try StudyWorkbook.write(
          reader, of: part, matrices: matrices,
          in: language == .es ? .spanish : .english, milliseconds: now, to: path)
      }
    }
    var lines = [String]()
    if report.longTexts > 0 {
      lines.append(
        "\(counted(report.longTexts, "text")) too long for a cell, whole on a sheet of "
          + "their own")
    }
    if report.furtherSheets > 0 {
      lines.append(
        "\(counted(report.furtherSheets, "further sheet")), since one holds 1,048,576 rows")
    }
    if report.datesAsText > 0 {
      lines.append(
        "\(counted(report.datesAsText, "date")) written as words: years, months, and days before "
          + "March 1900")
    }
    options.show(
      TableExportLines(
        file.path, held: report.rows,
        order: ["codings", "themes", "interviews", "participants", "places"],
        warnings: lines, consents: report.consents,
        counts: [
          ("longTexts", report.longTexts), ("furtherSheets", report.furtherSheets),
          ("datesAsText", report.datesAsText),
        ]
      ).output)
  }
}

extension StudyWorkbook.Matrix {
  init(_ matrix: ThemeMatrix, of name: String, _ data: StudyData) {
    self.init(
      dimension: name, themes: matrix.themeNames(data),
      rows: matrix.rows.map { ($0.name, $0.counts) })
  }
}
