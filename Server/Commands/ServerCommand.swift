package import ArgumentParser
import CuadernoLedger
import Foundation

/// The command of whoever runs a team's server.
package struct ServerCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "cuaderno-server",
    abstract: "The hub of a research team's notebooks.",
    discussion: """
      It keeps every change that the team's notebooks send and merges them, without reading a note. \
      The commands work while the server runs.

      To begin:
        cuaderno-server study create "Alto Huallaga"
        cuaderno-server serve
        cuaderno-server invite create "Alto Huallaga" --for Ana --url http://127.0.0.1:8787
      Give Ana what the last one prints; she types `cuaderno join` and that.
      """,
    version: "cuaderno-server 0.1.0",
    subcommands: [
      ServeCommand.self, StudyCommand.self, MemberCommand.self, DeviceCommand.self,
      InviteCommand.self, BackupCommand.self, CheckCommand.self,
    ])

  package init() {}

  package static func run() async {
    await main()
  }
}

/// Which ledger a command works on, and how it answers.
struct LedgerOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The folder of the server's data.",
      discussion: "Without it, $CUADERNO_SERVER_DATA, or ~/.local/share/cuaderno-server.",
      valueName: "folder"))
  var data: String?

  @Flag(name: .long, help: "Print JSON for programs.")
  var json = false

  var folder: String {
    let environment = ProcessInfo.processInfo.environment
    if let folder = data ?? environment["CUADERNO_SERVER_DATA"], !folder.isEmpty { return folder }
    let home = environment["HOME"] ?? "/"
    let base = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    return (base ?? home + "/.local/share") + "/cuaderno-server"
  }

  func ledger() throws -> Ledger {
    try Ledger(folder: folder, now: systemMilliseconds, random: systemRandomBytes)
  }

  /// Prints a listing: one object a row for programs, aligned columns for people.
  func show(_ columns: [String], _ rows: [[String]], whenEmpty: String) throws {
    if json {
      let objects = rows.map { row in
        Dictionary(zip(columns, row), uniquingKeysWith: { first, _ in first })
      }
      try show(json: objects)
    } else if rows.isEmpty {
      print(whenEmpty)
    } else {
      let lines = [columns.map { $0.uppercased() }] + rows
      let widths = columns.indices.map { column in
        lines.map { $0[column].unicodeScalars.count }.max() ?? 0
      }
      for line in lines {
        let cells = line.enumerated().map { index, cell in
          let padding = widths[index] - cell.unicodeScalars.count
          return index == line.count - 1 ? cell : cell + String(repeating: " ", count: padding)
        }
        print(cells.joined(separator: "  "))
      }
    }
  }

  func show(json value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
  }
}

@Sendable func systemMilliseconds() -> Int64 {
  Int64(Date().timeIntervalSince1970 * 1000)
}

@Sendable private func systemRandomBytes(_ count: Int) -> [UInt8] {
  var generator = SystemRandomNumberGenerator()
  return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
}

/// A point in time as it is printed: UTC, to the second.
func moment(_ milliseconds: Int64?) -> String {
  guard let milliseconds else { return "" }
  return Date(timeIntervalSince1970: Double(milliseconds) / 1000).formatted(.iso8601)
}
