import ArgumentParser
import CuadernoLedger

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

struct RestoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Put a backup back, for a server that does not run.",
    discussion: """
      The backup is copied into the data folder and read whole, each change against its hash, before it \
      becomes the ledger. A ledger that is there is replaced only with --replace and when no server has it \
      open, and is kept beside the new one. The notebooks bring back what came after the backup, but who was \
      revoked, given another role or invited since has to be so again. A ledger in PostgreSQL is made with \
      `migrate` from a folder with the backup.
      Example: cuaderno-server restore /var/backups/cuaderno.sqlite --replace
      """)

  @Argument(help: "A file that `backup` has written.")
  var file: String

  @Flag(name: .long, help: "Take the place of the ledger that is there, which is kept.")
  var replace = false

  @OptionGroup var options: LedgerOptions

  func output() async throws -> Output {
    guard !options.folder.isInDatabase else {
      throw CommandFailure(
        "a backup is put back into a folder, and --database or CUADERNO_SERVER_DATABASE names a database; "
          + "nothing was changed. Restore it into a folder (--data FOLDER, with the variable unset), and "
          + "bring that over: cuaderno-server migrate --data FOLDER --to ADDRESS")
    }
    do {
      let folder = options.folder.path
      let restored = try Ledger.restore(
        file, to: folder, replaces: replace, name: String(systemMilliseconds()))
      var words = ["The backup is restored, and sound."]
      if let path = restored.replacedPath {
        words.append("The ledger that was there is \(path); remove it when nobody needs it.")
      }
      words.append(
        "Devices, members and roles are as they were when it was made: revoke again who was revoked since "
          + "(`device list`, `member list`), and invite again who joined since.")
      if unsafe access(folder + "/" + OwnCertificate.keyName, F_OK) != 0 {
        words.append(
          "There is no key.pem in the folder: unless the server shows a certificate of an authority, put "
            + "its copy back before the server starts, or every notebook needs a new invite.")
      }
      return try CheckReport(restored.check).output(success: words.joined(separator: "\n"))
    } catch {
      throw CommandFailure(error) ?? error
    }
  }

  func run() async throws {
    let output = try await output()
    print(options.json ? output.json : output.text)
    if output.isFailure { throw ExitCode.failure }
  }
}
