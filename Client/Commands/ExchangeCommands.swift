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
      ExportCodings.self, ExportCodebook.self, ExportWorkbook.self, ExportMatrix.self,
      ExportDatabase.self, ExportArchive.self, ExportLines.self, ExportProject.self,
      ExportQDACodebook.self, ExportGeoJSON.self, ExportAnnotations.self, ExportGraphML.self,
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
    _ file: some ExportDestination, _ body: (Reader, @escaping Sink) throws -> Void
  ) throws {
    try exportAndRemark(file) { reader, sink in
      try body(reader, sink)
      return []
    }
  }

  /// The same where there is something to know of what was written, which is told on standard error when
  /// the file is on standard output.
  ///
  /// - Parameter body: answers what to tell of it.
  func exportAndRemark(
    _ file: some ExportDestination, _ body: (Reader, @escaping Sink) throws -> [Remark]
  ) throws {
    var remarks = [Remark]()
    let bytes = try read { reader in
      try reader.tellIfBlind()
      return try file.write { remarks = try body(reader, $0).filter { $0.count > 0 } }
    }
    guard let path = file.path else {
      for remark in remarks { tell(remark.line) }
      return
    }
    show(
      .lines(
        ["Wrote \(bytes) bytes."] + remarks.map { "  \($0.line)" },
        .object(
          [("file", .string(path)), ("bytes", .integer(bytes))]
            + remarks.map { ($0.key, .integer($0.count)) })))
  }
}

struct ExportCodings: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "codings",
    abstract: "Coded passages as a CSV table, one row for each coding.",
    discussion: """
      A cell that a spreadsheet could take for a formula begins with an apostrophe.
      Examples:
        cuaderno export codings codings.csv --excel
        cuaderno export codings tocache.csv --place Tocache --from 2012 --coder Ana
      """)

  @OptionGroup var selected: ExportSelection
  @OptionGroup var file: OutputFile
  @OptionGroup var table: TableOptions
  @OptionGroup var options: NotebookOptions

  func run() throws {
    let now = options.surroundings.now()
    try options.exportAndRemark(file) { reader, sink in
      let part = try selected.part(reader, now: now).part
      try CodingsExport.write(reader, of: part, options: table.csv, to: sink)
      return try ConsentCounts(reader, of: part, hasCodings: true, milliseconds: now).remarks
    }
  }
}

struct ExportCodebook: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "codebook",
    abstract: "The code book as a CSV table, which Taguette reads too.",
    discussion: """
      The themes are all there, whatever is selected; what is selected is what --counts counts.
      Example: cuaderno export codebook codebook.csv --counts --period "Conflicto armado"
      """)

  @Flag(name: .long, help: "Add a column with how often each theme is used.")
  var counts = false

  @OptionGroup var selected: ExportSelection
  @OptionGroup var file: OutputFile
  @OptionGroup var table: TableOptions
  @OptionGroup var options: NotebookOptions

  func run() throws {
    let now = options.surroundings.now()
    try options.export(file) { reader, sink in
      let part = try counts ? selected.part(reader, now: now).part : .everything
      try CodebookExport.write(
        reader, of: part, options: table.csv, hasCodings: counts, to: sink)
    }
  }
}

struct ExportLines: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jsonl",
    abstract: "The whole study as JSON Lines, which `import jsonl` reads back.",
    discussion: """
      It holds every interview, so keep it as safe as the notebook. It holds what is shown now; the \
      history stays in the notebook and its backups. It takes no options that select: it is the copy \
      that a study is brought back from, and one with gaps would look the same. While coding is blind it \
      holds your own codings alone, and says so; a backup holds everything.
      Example: cuaderno export jsonl study.jsonl
      """)

  @OptionGroup var file: OutputFile
  @OptionGroup var options: NotebookOptions

  func run() throws {
    let now = options.surroundings.now()
    try options.exportAndRemark(file) { reader, sink in
      try LinesExport.write(reader, to: sink)
      return try ConsentCounts(reader, of: .everything, hasCodings: false, milliseconds: now)
        .remarks
    }
  }
}
