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

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Bring in tables, a code book, a study or a project of another program.",
    discussion: """
      A file is taken in whole or, when anything in it is refused, not at all. Importing a file again \
      writes only what has changed in it.

      KIND is qdpx (a project of NVivo, ATLAS.ti, MAXQDA, QualCoder and others, exported as REFI-QDA), \
      qdc (their code book), jsonl, or one of the tables: periods, attributes, places, participants, \
      codebook, codings, notes. Their columns are described in docs/guide/formats.md, and what comes \
      over from other programs in docs/guide/other-programs.md.
      Examples:
        cuaderno import qdpx proyecto.qdpx
        cuaderno import codebook themes.csv
        cuaderno import codings codings-luis.csv --coder Luis
        cuaderno import jsonl study.jsonl
      Texts come in with `cuaderno interview import`.
      """)

  @Argument(
    help: ArgumentHelp(
      "qdpx, qdc, jsonl, periods, attributes, places, participants, codebook, codings or notes."))
  var kind: String

  @Argument(help: "The file.", completion: .file())
  var file: String

  @Option(name: .long, help: "Who coded, for a table of codings; without it, you.")
  var coder: String?

  @Option(
    name: .long, help: "How a table, or the texts of a project, are encoded, when not as Unicode.")
  var encoding: String?

  @OptionGroup var options: NotebookOptions

  func run() throws {
    let others = ["qdpx", "qdc", "jsonl"]
    guard others.contains(kind) || TableImport(rawValue: kind) != nil else {
      let kinds = others + TableImport.allCases.map(\.rawValue)
      throw ValidationError("the kind of file is one of: \(kinds.joined(separator: ", "))")
    }
    let encoding = try encoding.map(EncodingName.read)
    // A project is read piece by piece from where it lies.
    guard kind != "qdpx" || FileManager.default.isReadableFile(atPath: file) else {
      throw InputFile.Failure.unreadable
    }
    let bytes = kind == "qdpx" ? [] : [UInt8](try InputFile.data(at: file))
    let notebook = try options.open(for: .writing)
    let report = try notebook.write { writer in
      switch kind {
      case "qdpx":
        return ImportReport(try ProjectImport.read(file, as: encoding, into: &writer))
      case "qdc":
        return ImportReport(try QDACodebookImport.read(bytes, into: &writer))
      case "jsonl":
        return ImportReport(try LinesImport.read(bytes, into: &writer))
      default:
        guard let table = TableImport(rawValue: kind) else { throw CleanExit.helpRequest() }
        return ImportReport(
          try table.read(bytes, as: encoding, coder: coder, into: &writer))
      }
    }
    try notebook.close()
    options.show(report.output)
  }
}

enum EncodingName {
  static func read(_ name: String) throws -> TextEncoding {
    guard let encoding = TextEncoding(name: name) else {
      let names = TextEncoding.allCases.map(\.rawValue)
      throw ValidationError("--encoding takes one of: \(names.joined(separator: ", "))")
    }
    return encoding
  }
}

struct InterviewImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Bring in text and Markdown files, each as an interview or document.",
    discussion: """
      The label is the file's name without its ending. A Markdown file may begin with a block of \
      `key: value` lines between two lines of ---, with label, title, kind, date, place, \
      participants, interviewers, languages, consent, source, summary and attribute:NAME. \
      An interview whose label is there already is brought up to date.
      Examples:
        cuaderno interview import transcripts/*.md
        cuaderno interview import --kind document --encoding windows-1252 acta.txt
      """)

  @Argument(help: "The files.", completion: .file())
  var files: [String]

  @Option(name: .long, help: "interview, focus group, observation or document.")
  var kind: String?

  @Option(name: .long, help: "How the files are encoded, when they are not UTF-8 or UTF-16.")
  var encoding: String?

  @Flag(name: .long, help: "Take everything for text, also a block between lines of ---.")
  var plain = false

  @OptionGroup var options: NotebookOptions

  func run() throws {
    let encoding = try encoding.map(EncodingName.read)
    let kind = try kind.map { name in
      guard let kind = InterviewKind(rawValue: name) else {
        throw NotebookError.fault(
          .notAChoice(field: "--kind", choices: InterviewKind.allCases.map(\.rawValue)))
      }
      return kind
    }
    let notebook = try options.open(for: .writing)
    let tally = try notebook.write { writer in
      var tally = ImportTally()
      for file in files {
        try FileFault.naming(file) {
          let draft = try InterviewDraft(
            [UInt8](InputFile.data(at: file)), fileName: file, encoding: encoding,
            kind: kind, isPlain: plain)
          tally.add(try InterviewImport.write(draft, into: &writer))
        }
      }
      return tally
    }
    try notebook.close()
    options.show(ImportReport(tally).output)
  }
}

/// Says which of several files a fault is in.
struct FileFault: Error, CustomStringConvertible {
  let file: String
  let fault: any Error

  var description: String { "\(Terminal.harmless(file)): \(fault); nothing was imported" }

  static func naming(_ file: String, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let fault as any Error & CustomStringConvertible {
      throw FileFault(file: file, fault: fault)
    }
  }
}
