package import ArgumentParser
import CuadernoNotebook
import Foundation

/// The command that a researcher types.
package struct CuadernoCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "cuaderno",
    abstract: "A field notebook for interview research that works with no network.",
    discussion: """
      Everything is kept on this laptop and saved when a command returns. When there is a link, \
      `cuaderno sync` exchanges what is new with your team's server; nothing that anybody wrote is \
      lost when two people changed the same thing.

      A first day:
        cuaderno init "Coca y confianza en el Estado" --as Ana
        cuaderno place add Tocache --kind province
        cuaderno interview add --label TOC-001 --date 2017-05-12 --place Tocache --file toc-001.txt
        cuaderno theme add "Confianza en el Estado"
        cuaderno code TOC-001 "Confianza en el Estado" --quote "nadie nos avisó"
        cuaderno report themes
        cuaderno export codings codings.csv

      Records are named by their label, name or pseudonym, by a path such as "Perú > San Martín", or \
      by the first letters of their id; case and accents do not matter.

      Exit status: 0 done, 1 failed, 2 nothing is wrong but something needs you, 64 wrong usage.
      """,
    version: "cuaderno 0.1.0",
    groupedSubcommands: [
      CommandGroup(
        name: "The notebook",
        subcommands: [
          InitCommand.self, JoinCommand.self, StatusCommand.self, StudyCommand.self,
          DoctorCommand.self, BackupCommand.self, RestoreCommand.self,
        ]),
      CommandGroup(
        name: "What you write",
        subcommands: [
          InterviewCommand.self, NoteCommand.self, PlaceCommand.self, ParticipantCommand.self,
          ThemeCommand.self, CodeCommand.self, CodingCommand.self, TrashCommand.self,
          UndeleteCommand.self, EraseCommand.self,
        ]),
      CommandGroup(
        name: "Looking",
        subcommands: [
          SearchCommand.self, ShowCommand.self, ReportCommand.self,
        ]),
      CommandGroup(
        name: "What was written",
        subcommands: [
          NewsCommand.self, LogCommand.self, DiffCommand.self, UndoCommand.self, RedoCommand.self,
          RevertCommand.self,
        ]),
      CommandGroup(
        name: "Working together",
        subcommands: [
          SyncCommand.self, BundleCommand.self, ConflictsCommand.self, ResolveCommand.self,
          VoidCommand.self,
        ]),
      CommandGroup(
        name: "In and out", subcommands: [ExportCommand.self, ImportCommand.self]),
    ])

  package init() {}

  /// Runs what the command line says, and ends the process with its exit status.
  package static func run(_ arguments: [String]) {
    // A reader that closes early, such as `head`, ends the output and is no fault.
    signal(SIGPIPE, SIG_DFL)
    Notebook.beginProcess()
    if let words = misplacedOption(arguments) { end(with: ValidationError(words)) }
    do {
      var command = try parseLeaf(arguments) ?? parseAsRoot(arguments)
      // Most commands wait for nothing, and take no thread but this one.
      guard command is any AsyncParsableCommand else { return try command.run() }
    } catch {
      end(with: error)
    }
    Task {
      do {
        let command = try parseLeaf(arguments) ?? parseAsRoot(arguments)
        if var command = command as? any AsyncParsableCommand { try await command.run() }
        exit()
      } catch {
        end(with: error)
      }
    }
    dispatchMain()
  }

  /// Ends the process with what an error says.
  private static func end(with error: any Error) -> Never {
    let code = exitCode(for: error)
    guard !code.isSuccess else { exit(withError: error) }
    let words = words(for: error)
    if !words.isEmpty { tell(words) }
    Foundation.exit(code.rawValue)
  }

  /// What is printed of an error. Some of it may be a server's words, or those of a file.
  package static func words(for error: any Error) -> String {
    Terminal.harmless(fullMessage(for: error), keepsLines: true)
  }

  /// Options stand behind the command that they are of; the library would take their value for one.
  package static func misplacedOption(_ arguments: [String]) -> String? {
    guard let first = arguments.first else { return nil }
    let option = first.split(separator: "=").first.map(String.init) ?? first
    guard ["--notebook", "--json"].contains(option) else { return nil }
    return "\(option) goes after the command, such as `cuaderno status \(option)"
      + (option == "--notebook" ? " FOLDER`" : "`")
  }
}
