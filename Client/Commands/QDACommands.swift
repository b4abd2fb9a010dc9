import ArgumentParser
import CuadernoExchange
import CuadernoNotebook
import Foundation

struct ExportProject: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "qdpx",
    abstract: "The whole study as a REFI-QDA project, for NVivo, ATLAS.ti, MAXQDA and QualCoder.",
    discussion: """
      Interviews and documents become texts with their codings, themes the code tree, participants \
      cases, places and periods sets, notes memos. It is checked before it is written, and what the \
      format cannot carry is told in numbers. It holds every interview, whatever its consent, so keep \
      it as safe as the notebook. `import qdpx` reads it back.
      What comes over into which program: docs/guide/other-programs.md.
      With options that select, what is left out is counted too. Themes, periods and notes about them \
      are always in it.
      Examples:
        cuaderno export qdpx estudio.qdpx --for nvivo
        cuaderno export qdpx tocache.qdpx --place Tocache --role alcalde
      """)

  @OptionGroup var file: NamedFile

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp(
      "The program that it is for: nvivo, atlas, maxqda or qualcoder.", valueName: "tool"))
  var tool: String?

  @OptionGroup var selected: ExportSelection
  @OptionGroup var options: NotebookOptions

  func run() throws {
    let tool = try tool.map { name in
      guard let tool = QDATool(rawValue: name.lowercased()) else {
        let names = QDATool.allCases.map(\.rawValue)
        throw ValidationError("--for takes one of: \(names.joined(separator: ", "))")
      }
      return tool
    }
    let now = options.surroundings.now()
    let report = try options.read { reader in
      try reader.tellIfBlind()
      let selected = try selected.part(reader, now: now).part
      return try WholeFile.write(file.path) { part in
        try ProjectExport.write(
          reader, of: selected, for: tool, milliseconds: now, to: part)
      }
    }
    options.show(QDAExportLines(report, file.path).output)
  }
}

struct ExportQDACodebook: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "qdc",
    abstract: "The code book as REFI-QDA: themes in their tree, with colours and definitions.",
    discussion: "Example: cuaderno export qdc temas.qdc")

  @OptionGroup var file: NamedFile

  @OptionGroup var options: NotebookOptions

  func run() throws {
    let report = try options.read { reader in
      try WholeFile.write(file.path) { try QDACodebookExport.write(reader, to: $0) }
    }
    options.show(QDAExportLines(report, file.path).output)
  }
}

/// What an export came to.
private struct QDAExportLines {
  private let report: QDAExportReport
  private let file: String

  init(_ report: QDAExportReport, _ file: String) {
    self.report = report
    self.file = file
  }

  var output: Output {
    let counts = QDAExportReport.Line.allCases.compactMap { line in
      report.counts[line].map { (line: line, count: $0) }
    }
    let bytes = WholeFile.bytes(of: file)
    let held = counts.filter { !$0.line.isWarning }
      .map { "\($0.line.rawValue) \($0.count)" }.joined(separator: ", ")
    let warnings = counts.compactMap { line, count in line.words.map { "  \($0): \(count)" } }
    return .lines(
      ["Wrote \(bytes) bytes: \(held.isEmpty ? "an empty study" : held)."] + warnings,
      .object([
        ("file", .string(file)), ("bytes", .integer(bytes)),
        ("counts", .object(counts.map { ($0.line.rawValue, .integer($0.count)) })),
      ]))
  }
}
