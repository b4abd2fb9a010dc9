import ArgumentParser
import CuadernoAnalysis
import CuadernoExchange
import CuadernoModel
import CuadernoNotebook
import CuadernoSync

struct ExportAnnotations: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "annotations",
    abstract: "Codings as W3C Web Annotations (JSON-LD), one for each.",
    discussion: """
      Each says the theme, the coder, the memo, and where the words lie: their place in characters, and \
      the words with 32 characters before and after. It quotes every interview, whatever its consent, and \
      you are told how many may not be; with --quotable only what consent allows to be quoted is in it.
      Examples:
        cuaderno export annotations anotaciones.jsonld
        cuaderno export annotations citas.jsonld --quotable --period "Conflicto armado"
      """)

  @Flag(
    name: .long,
    help: "Only from interviews whose consent allows to quote, and that no embargo holds back.")
  var quotable = false

  @Option(name: .long, help: ArgumentHelp("Coded by this coder.", valueName: "name"))
  var coder: [String] = []

  @OptionGroup(title: "Which interviews") var selection: SelectionOptions
  @OptionGroup var file: OutputFile
  @OptionGroup var options: NotebookOptions

  func run() throws {
    let now = options.surroundings.now()
    try options.exportAndRemark(file) { reader, sink in
      Self.remarks(
        try AnnotationExport.write(
          reader, only: try selected(reader, now), milliseconds: now, to: sink))
    }
  }

  static func remarks(_ report: AnnotationExportReport) -> [Remark] {
    AnnotationExportReport.Line.allCases.map {
      Remark($0.rawValue, $0.words, report.counts[$0] ?? 0)
    }
  }

  /// Nil for all codings: where nothing is chosen, nothing has to be counted first.
  private func selected(_ reader: Reader, _ now: Int64) throws -> Set<RecordID>? {
    let selection = try selection.selection(reader, coders: coder)
    guard quotable || !selection.isEverything else { return nil }
    let data = try StudyData(reader).selecting(selection)
    let quoting = try Quoting(reader, data, now: now)
    return Set(
      data.passages.filter { passage in
        !quotable || quoting.isAllowed(.init(source: passage.source, spans: []))
      }.map(\.id))
  }
}
