import ArgumentParser
import CuadernoExchange
import CuadernoModel
import CuadernoNotebook
import Foundation

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Take coded themes, the code book or the whole study to other tools.",
    subcommands: [
      ExportCodings.self, ExportCodebook.self, ExportLines.self, ExportProject.self,
      ExportQDACodebook.self,
    ])
}

struct TableOptions: ParsableArguments {
  @Flag(name: .long, help: "Begin with a byte-order mark, without which Excel misreads accents.")
  var excel = false

  @Flag(name: .long, help: "End lines with LF alone, as tools on a command line like it.")
  var lf = false

  var csv: CSVWriter.Options {
    CSVWriter.Options(lineEnd: lf ? .lf : .crlf, hasByteOrderMark: excel)
  }
}

extension NotebookOptions {
  /// Writes an export and says so, unless it went to standard output.
  func export(
    _ file: OutputFile, _ body: (Reader, @escaping Sink) throws -> Void
  ) throws {
    let bytes = try read { reader in try file.write { try body(reader, $0) } }
    guard let output = file.output else { return }
    show(
      .message(
        "Wrote \(bytes) bytes.",
        .object([("file", .string(output)), ("bytes", .integer(bytes))])))
  }
}

struct ExportCodings: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "codings",
    abstract: "Coded passages as a CSV table, one row for each coding.",
    discussion: """
      A cell that a spreadsheet could take for a formula begins with an apostrophe.
      Example: cuaderno export codings --output codings.csv --excel
      """)

  @OptionGroup var file: OutputFile
  @OptionGroup var table: TableOptions
  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.export(file) { try CodingsExport.write($0, options: table.csv, to: $1) }
  }
}

struct ExportCodebook: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "codebook",
    abstract: "The code book as a CSV table, which Taguette reads too.",
    discussion: "Example: cuaderno export codebook --output codebook.csv")

  @Flag(name: .long, help: "Add a column with how often each theme is used.")
  var counts = false

  @OptionGroup var file: OutputFile
  @OptionGroup var table: TableOptions
  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.export(file) {
      try CodebookExport.write($0, options: table.csv, hasCodings: counts, to: $1)
    }
  }
}

struct ExportLines: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jsonl",
    abstract: "The whole study as JSON Lines, which `import jsonl` reads back.",
    discussion: """
      It holds every interview, so keep it as safe as the notebook. It holds what is shown now; the \
      history stays in the notebook and its backups.
      Example: cuaderno export jsonl --output study.jsonl
      """)

  @OptionGroup var file: OutputFile
  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.export(file) { try LinesExport.write($0, to: $1) }
  }
}
