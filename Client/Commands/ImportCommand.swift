import ArgumentParser
import CuadernoExchange
import CuadernoNotebook
import Foundation

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Bring in tables, a code book, a study or a project of another program.",
    discussion: """
      A file is taken in whole or, when anything in it is refused, not at all. Importing a file again \
      writes only what has changed in it.

      KIND is qdpx (a project of NVivo, ATLAS.ti, MAXQDA, QualCoder and others, exported as REFI-QDA), \
      qdc (their code book), taguette (a project that Taguette exported as SQLite), jsonl, or one of \
      the tables: periods, attributes, places, participants, codebook, codings, notes. Their columns \
      are described in docs/guide/formats.md, and what comes over from other programs in \
      docs/guide/other-programs.md.
      Examples:
        cuaderno import qdpx proyecto.qdpx
        cuaderno import taguette 2017-05-12_coca.sqlite3 --coder Luis
        cuaderno import codebook themes.csv
        cuaderno import codings codings-luis.csv --coder Luis
        cuaderno import jsonl study.jsonl --dry-run
      Texts come in with `cuaderno interview import`.
      """)

  @Argument(
    help: ArgumentHelp(
      "qdpx, qdc, taguette, jsonl, periods, attributes, places, participants, codebook, codings or "
        + "notes."))
  var kind: String

  @Argument(help: "The file.", completion: .file())
  var file: String

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Who coded, for a table of codings (without it, you), or for a project of Taguette that does not "
        + "say it."))
  var coder: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Which project of a database of Taguette with several.", valueName: "number"))
  var project: Int64?

  @Option(
    name: .long, help: "How a table, or the texts of a project, are encoded, when not as Unicode.")
  var encoding: String?

  @Flag(name: .long, help: "Say what would come, and write nothing.")
  var dryRun = false

  @OptionGroup var options: NotebookOptions

  /// The kinds that are no tables.
  private static let others = ["qdpx", "qdc", "taguette", "jsonl"]
  /// Read piece by piece from where they lie.
  private static let unread = ["qdpx", "taguette"]

  func run() throws {
    guard Self.others.contains(kind) || TableImport(rawValue: kind) != nil else {
      let kinds = Self.others + TableImport.allCases.map(\.rawValue)
      throw ValidationError("the kind of file is one of: \(kinds.joined(separator: ", "))")
    }
    let encoding = try encoding.map(EncodingName.read)
    guard !Self.unread.contains(kind) || FileManager.default.isReadableFile(atPath: file) else {
      throw InputFile.Failure.unreadable
    }
    let bytes = Self.unread.contains(kind) ? [] : [UInt8](try InputFile.data(at: file))
    let report = try options.importing(isRehearsal: dryRun) { writer in
      switch kind {
      case "qdpx":
        return ImportReport(try ProjectImport.read(file, as: encoding, into: &writer))
      case "qdc":
        return ImportReport(try QDACodebookImport.read(bytes, into: &writer))
      case "taguette":
        return ImportReport(
          try TaguetteImport.read(file, project: project, coder: coder, into: &writer))
      case "jsonl":
        return ImportReport(try LinesImport.read(bytes, into: &writer))
      default:
        guard let table = TableImport(rawValue: kind) else { throw CleanExit.helpRequest() }
        return ImportReport(
          try table.read(bytes, as: encoding, coder: coder, into: &writer))
      }
    }
    options.show(report.output)
  }
}

/// Ends a write that was only to find out what it would come to: nothing of it stays.
private struct Rehearsed: Error {
  let report: ImportReport
}

extension NotebookOptions {
  /// Runs an import in one write.
  func importing(
    isRehearsal: Bool, _ body: (inout Writer) throws -> ImportReport
  ) throws -> ImportReport {
    do {
      return try write { writer in
        let report = try body(&writer)
        guard !isRehearsal else { throw Rehearsed(report: report) }
        return report
      }
    } catch let rehearsed as Rehearsed {
      var report = rehearsed.report
      report.isRehearsal = true
      return report
    }
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
