import ArgumentParser
import CuadernoExchange
import CuadernoModel
import CuadernoNotebook
import Foundation

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
