import ArgumentParser
import CuadernoExchange
import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import Foundation

struct InterviewImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Bring in text, Markdown, DOCX, ODT, RTF, PDF and HTML files, each as an interview.",
    discussion: """
      The label is the file's name without its ending. A Markdown file may begin with a block of \
      `key: value` lines between two lines of ---, with label, title, kind, date, place, \
      participants, interviewers, languages, consent, source, summary and attribute:NAME. \
      An interview whose label is there already is brought up to date; what was edited here since the same \
      file was imported stays.
      DOCX, ODT and HTML need the program pandoc, PDF needs pdftotext (in Debian's package \
      poppler-utils); comments in a DOCX become notes. Of a PDF that is a scan there is no text to take.
      Examples:
        cuaderno interview import transcripts/*.md
        cuaderno interview import entrevistas/*.docx --dry-run
        cuaderno interview import --kind document --encoding windows-1252 acta.txt
      """)

  @Argument(help: "The files.", completion: .file())
  var files: [String]

  @Option(name: .long, help: "interview, focus group, observation or document.")
  var kind: String?

  @Option(name: .long, help: "How text files are encoded, when they are not UTF-8 or UTF-16.")
  var encoding: String?

  @Flag(name: .long, help: "Take everything for text, also a block between lines of ---.")
  var plain = false

  @Flag(name: .long, help: "Say what would come, and write nothing.")
  var dryRun = false

  @OptionGroup var options: NotebookOptions

  /// A file that was read, on its way into the notebook.
  private enum Incoming {
    case text(InterviewDraft)
    case document(DocumentImport)
  }

  func run() throws {
    let encoding = try encoding.map(EncodingName.read)
    let kind = try kind.map { name in
      guard let kind = InterviewKind(rawValue: name) else {
        throw NotebookError.fault(
          .notAChoice(field: "--kind", choices: InterviewKind.allCases.map(\.rawValue)))
      }
      return kind
    }
    // Converters take their time, and nobody has to wait for the notebook meanwhile.
    try options.open(for: .writing).close()
    var incoming = [(file: String, content: Incoming)]()
    for file in files {
      try FileFault.naming(file) { incoming.append((file, try read(file, encoding, kind))) }
    }
    let report = try options.importing(isRehearsal: dryRun) { writer in
      var report = IntakeReport()
      var files = [RecordID: String]()
      for (file, content) in incoming {
        try FileFault.naming(file) {
          let (record, more) =
            switch content {
            case .text(let draft): try InterviewImport.write(draft, into: &writer)
            case .document(let document): try document.write(into: &writer)
            }
          report.add(more)
          // The second would be written over the first.
          if let first = files.updateValue(file, forKey: record) {
            throw SameRecord(kind: .interview, first: first)
          }
        }
      }
      return ImportReport(report)
    }
    options.show(report.output)
  }

  private func read(
    _ file: String, _ encoding: TextEncoding?, _ kind: InterviewKind?
  ) throws -> Incoming {
    guard !plain, let format = DocumentConverter.Format(fileName: file) else {
      return .text(
        try InterviewDraft(
          [UInt8](InputFile.data(at: file)), fileName: file, encoding: encoding, kind: kind,
          isPlain: plain))
    }
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let document = try DocumentConverter(path: path).document(at: file, format)
    return .document(try DocumentImport(document, fileName: file, kind: kind))
  }
}

/// Two files of one command lead to one record.
struct SameRecord: Error, CustomStringConvertible {
  enum Kind {
    case interview, submission
  }

  let kind: Kind
  let first: String

  var description: String {
    let first = Terminal.harmless(first)
    return switch kind {
    case .interview:
      "has the label of \(first), so it would be written over it; rename one of them, or give it a label "
        + "in a block of keys"
    case .submission:
      "holds a submission that \(first) holds too; take the newer of the two files"
    }
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
