import ArgumentParser
import CuadernoLedger
import Foundation

/// A command that opens the ledger, answers and is done.
protocol LedgerCommand: AsyncParsableCommand {
  var options: LedgerOptions { get }

  /// Whether it makes a ledger where there is none; elsewhere that is a folder mistyped.
  static var makesLedger: Bool { get }

  func answer(from ledger: Ledger) async throws -> Output
}

extension LedgerCommand {
  static var makesLedger: Bool { false }

  func output() async throws -> Output {
    do {
      let ledger = try options.folder.ledger(isMade: Self.makesLedger)
      let output = try await answer(from: ledger)
      try ledger.close()
      return output
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

/// Which ledger a command works on, and for whom it answers.
struct LedgerOptions: ParsableArguments {
  @OptionGroup var folder: FolderOption

  @Flag(name: .long, help: "Print JSON for programs.")
  var json = false
}

struct FolderOption: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The folder of the server's data.",
      discussion: "Without it, $CUADERNO_SERVER_DATA, or ~/.local/share/cuaderno-server.",
      valueName: "folder"))
  var data: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A PostgreSQL database that keeps the ledger, in place of a file in the folder.",
      discussion: """
        Without it, $CUADERNO_SERVER_DATABASE. Other programs see what a command is given, so a \
        password is better kept there, or in ~/.pgpass.
        """,
      valueName: "address"))
  var database: String?

  func ledger(isMade: Bool) throws -> Ledger {
    let environment = ProcessInfo.processInfo.environment
    return try Self.ledger(
      of: database(environment), in: path(environment), isMade: isMade, environment)
  }

  /// - Parameter database: nil for a ledger in a file of the folder.
  static func ledger(
    of database: String?, in folder: String, isMade: Bool, _ environment: [String: String]
  ) throws -> Ledger {
    guard let database else { return try ledger(in: folder, isMade: isMade, environment) }
    guard Ledger.isDatabase(database) else { throw LedgerError.badDatabaseAddress }
    return try ledger(in: database, isMade: isMade, environment)
  }

  /// - Parameter place: a folder or the address of a database.
  static func ledger(
    in place: String, isMade: Bool,
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> Ledger {
    Ledger.isDatabase(place)
      ? try Ledger(
        database: place, environment: environment, isMade: isMade, now: systemMilliseconds,
        random: systemRandomBytes)
      : try Ledger(
        folder: place, isMade: isMade, now: systemMilliseconds, random: systemRandomBytes)
  }

  /// Nil where the ledger is a file.
  func database(_ environment: [String: String]) -> String? {
    guard let text = database ?? environment[Setting.database.variable], !text.isEmpty else {
      return nil
    }
    return text
  }

  var isInDatabase: Bool { database(ProcessInfo.processInfo.environment) != nil }

  var path: String { path(ProcessInfo.processInfo.environment) }

  func path(_ environment: [String: String]) -> String { Self.path(data, environment) }

  /// After the XDG Base Directory Specification, which passes over a path that is not absolute.
  static func path(_ data: String?, _ environment: [String: String]) -> String {
    if let folder = data ?? environment[Setting.data.variable], !folder.isEmpty { return folder }
    let base = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    return (base ?? (environment["HOME"] ?? "") + "/.local/share") + "/cuaderno-server"
  }
}

/// Why a command did not do what it was asked, in words for whoever asked it.
struct CommandFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }

  /// Nil for an error that has no words.
  init?(_ error: any Error) {
    switch error {
    case let fault as CertificateFault: description = fault.description
    case let fault as SettingFault: description = fault.description
    case let fault as PlanFault: description = fault.description
    case let fault as OwnerLinkFault: description = fault.description
    default:
      guard let words = failureWords(error) else { return nil }
      description = words
    }
  }
}

@Sendable func systemMilliseconds() -> Int64 {
  Int64(Date().timeIntervalSince1970 * 1_000)
}

@Sendable func systemRandomBytes(_ count: Int) -> [UInt8] {
  var generator = SystemRandomNumberGenerator()
  return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
}
