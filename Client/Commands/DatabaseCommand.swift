import ArgumentParser
import CuadernoExchange
import CuadernoNotebook

struct ExportDatabase: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sqlite",
    abstract: "Tidy tables in one SQLite file, for R, Python and others.",
    discussion: """
      interviews, participants, places, themes, codings, notes, periods and attributes, with keys that \
      hold, and views that count: theme_counts, theme_by_interview, theme_by_participant, \
      theme_by_place, theme_by_role, theme_by_period and coding_facts. Days are ISO dates; a date that \
      is known less exactly has its first_day and last_day. Like all tables it holds every interview, \
      whatever its consent, unless options select. The tables are described in docs/guide/formats.md.
      Examples:
        cuaderno export sqlite estudio.sqlite
        cuaderno export sqlite mujeres.sqlite --with participant:género=mujer --no-texts
      """)

  @OptionGroup var file: NamedFile

  @Flag(name: .long, help: "Leave out the texts of interviews and notes; quotes stay.")
  var noTexts = false

  @OptionGroup var selected: ExportSelection
  @OptionGroup var options: NotebookOptions

  func run() throws {
    let now = options.surroundings.now()
    let report = try options.read { reader in
      try reader.tellIfBlind()
      let part = try selected.part(reader, now: now).part
      return try WholeFile.write(file.path) { path in
        try StudyDatabase.write(
          reader, of: part, hasTexts: !noTexts, milliseconds: now, to: path)
      }
    }
    let loose = report.codingsWithoutText
    options.show(
      TableExportLines(
        file.path, held: report.rows,
        order: ["interviews", "codings", "themes", "participants", "places", "periods", "notes"],
        warnings: loose > 0
          ? ["\(counted(loose, "coding")) left out, since what they lie on is not there"] : [],
        consents: report.consents, counts: [("codingsWithoutText", loose)]
      ).output)
  }
}
