import ArgumentParser
import CuadernoExchange
import CuadernoNotebook
import Foundation

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract:
      "Bring in tables, a code book, a study, submissions, or a project of another program.",
    discussion: """
      A file is taken in whole or, when anything in it is refused, not at all. Importing a file again \
      writes only what has changed in it; of interviews, submissions and projects of Taguette what was \
      edited here stays as long as the file says what it said before. --dry-run says what would come.

      KIND is one of
        qdpx         a project of NVivo, ATLAS.ti, MAXQDA, QualCoder and others, as REFI-QDA
        qdc          their code book
        taguette     a project that Taguette exported as SQLite
        submissions  what was sent with ODK or Kobo: CSV with the files of its repeated groups, or JSON
        interviews   a table with a row for each interview; --map says which column is what
        jsonl        a study that `export jsonl` wrote
        periods, attributes, places, participants, codebook, codings, notes
                     tables of our own; their columns are described in docs/guide/formats.md
      What comes over from other programs is in docs/guide/other-programs.md.
      Examples:
        cuaderno import qdpx proyecto.qdpx
        cuaderno import taguette 2017-05-12_coca.sqlite3 --coder Luis
        cuaderno import interviews entrevistas.csv --map label=Código --map text=Transcripción \
          --map date=Fecha --dates dmy --skip Teléfono --rest attributes --dry-run
        cuaderno import submissions censo.csv censo-hijos.csv --map label=codigo --map text=relato
        cuaderno import codings codings-luis.csv --coder Luis
      Texts come in with `cuaderno interview import`.
      """)

  @Argument(
    help: ArgumentHelp(
      "qdpx, qdc, taguette, submissions, interviews, jsonl, periods, attributes, places, participants, "
        + "codebook, codings or notes."))
  var kind: String

  @Argument(help: "The file; submissions may lie in several.", completion: .file())
  var files: [String]

  @OptionGroup(title: "Tables of interviews and submissions") var columns: ColumnOptions

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

  /// The kinds that are no tables of our own.
  private enum Kind: String, CaseIterable {
    case qdpx, qdc, taguette, submissions, interviews, jsonl

    /// Read piece by piece from where they lie.
    var isReadLater: Bool { [.qdpx, .taguette, .jsonl].contains(self) }
  }

  /// A study has a change for this much of its file, and mostly more: a coding takes a few hundred bytes.
  private static let bytesForChange = 4 << 10

  func run() throws {
    let other = Kind(rawValue: kind)
    guard other != nil || TableImport(rawValue: kind) != nil else {
      let kinds = Kind.allCases.map(\.rawValue) + TableImport.allCases.map(\.rawValue)
      throw ValidationError("the kind of file is one of: \(kinds.joined(separator: ", "))")
    }
    guard other == .submissions || files.count == 1, let file = files.first else {
      throw ValidationError("give one file; only submissions may lie in several")
    }
    let encoding = try encoding.map(EncodingName.read)
    if other == .submissions { return try runSubmissions(encoding) }
    let isReadLater = other?.isReadLater ?? false
    guard !isReadLater || FileManager.default.isReadableFile(atPath: file) else {
      throw InputFile.Failure.unreadable
    }
    let bytes = isReadLater ? [] : [UInt8](try InputFile.data(at: file))
    let mapping = try columns.mapping(unsaid: .refuse)
    let changes = other == .jsonl ? InputFile.bytes(at: file) / Self.bytesForChange : 1
    let report = try options.importing(isRehearsal: dryRun, expecting: changes) { writer in
      switch other {
      case .qdpx: ImportReport(try ProjectImport.read(file, as: encoding, into: &writer))
      case .qdc: ImportReport(try QDACodebookImport.read(bytes, into: &writer))
      case .taguette:
        ImportReport(try TaguetteImport.read(file, project: project, coder: coder, into: &writer))
      case .interviews:
        ImportReport(try InterviewTable.read(bytes, as: encoding, mapping, into: &writer))
      case .jsonl:
        ImportReport(try LinesImport.read(try InputFile.source(at: file), into: &writer))
      case .submissions, nil: try table(bytes, encoding, &writer)
      }
    }
    options.show(report.output)
  }

  private func table(
    _ bytes: [UInt8], _ encoding: TextEncoding?, _ writer: inout Writer
  ) throws -> ImportReport {
    guard let table = TableImport(rawValue: kind) else { throw CleanExit.helpRequest() }
    return ImportReport(try table.read(bytes, as: encoding, coder: coder, into: &writer))
  }

  private func runSubmissions(_ encoding: TextEncoding?) throws {
    let mapping = try columns.mapping(unsaid: .attributes)
    var read = [(name: String, file: SubmissionFile)]()
    var files = [String: String]()
    for name in self.files {
      try FileFault.naming(name) {
        let bytes = [UInt8](try InputFile.data(at: name))
        let file = try SubmissionFile(bytes, as: encoding, fileName: name)
        for key in file.keys {
          if let first = files.updateValue(name, forKey: key) {
            throw SameRecord(kind: .submission, first: first)
          }
        }
        read.append((name, file))
      }
    }
    let all = read.map(\.file)
    try SubmissionImport.check(all, mapping)
    let report = try options.importing(isRehearsal: dryRun) { writer in
      var report = SubmissionImport.rest(all)
      for (name, file) in read where file.isMain {
        try FileFault.naming(name) {
          report.add(
            try SubmissionImport.write(file, among: all, mapping, into: &writer))
        }
      }
      return ImportReport(report, unnamed: UnnamedQuestions(all, mapping))
    }
    options.show(report.output)
  }
}

/// Which columns of somebody's table become what.
struct ColumnOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "A field and its column, such as label=Code. Fields are label, title, kind, date, place, "
        + "participants, interviewers, languages, consent, text (several columns are put one after the "
        + "other), summary, source, location (a point of a form), and attribute:NAME.",
      valueName: "field=column"))
  var map: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A column to leave out, such as one with names of people.", valueName: "column"))
  var skip: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "What becomes of all other columns: attributes, skip or refuse. Without it, refuse for a table of "
        + "interviews and attributes for submissions.", valueName: "what"))
  var rest: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "How dates are written that are not as 2017-05-12: dmy (day first) or mdy.",
      valueName: "order"))
  var dates: String?

  @Flag(name: .long, help: "Make places and participants that are not there yet.")
  var create = false

  func mapping(unsaid: ColumnMapping.Rest) throws -> ColumnMapping {
    let rest = try rest.map { name in
      guard let rest = ColumnMapping.Rest(rawValue: name) else {
        throw ValidationError("--rest takes one of: refuse, attributes, skip")
      }
      return rest
    }
    let dates = try dates.map { name in
      guard let order = ColumnMapping.DateOrder(rawValue: name) else {
        throw ValidationError("--dates takes one of: iso, dmy, mdy")
      }
      return order
    }
    do {
      return try ColumnMapping(
        map, skipping: skip, rest: rest ?? unsaid, dates: dates ?? .iso, makesNames: create)
    } catch {
      throw ValidationError(error.description)
    }
  }
}

/// Ends a write that was only to find out what it would come to: nothing of it stays.
private struct Rehearsed: Error {
  let report: ImportReport
}

extension NotebookOptions {
  /// Runs an import in one write.
  ///
  /// - Parameter changes: how many changes are expected at the least.
  func importing(
    isRehearsal: Bool, expecting changes: Int = 1, _ body: (inout Writer) throws -> ImportReport
  ) throws -> ImportReport {
    do {
      return try write(expecting: changes) { writer in
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
