package import ArgumentParser
import CuadernoLedger

/// The command of whoever runs a team's hub.
package struct ServerCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "cuaderno-server",
    abstract: "The hub of a research team's notebooks.",
    discussion: """
      It keeps every change that the team's notebooks send and merges them, without reading a note. \
      The commands work while the server runs.

      To begin:
        cuaderno-server study create "Alto Huallaga"
        cuaderno-server invite create "Alto Huallaga" --for Ana --role owner
        cuaderno-server serve
      Give Ana the line that the second one prints; she types it on her laptop.
      """,
    version: "cuaderno-server 0.1.0",
    subcommands: [
      ServeCommand.self, StudyCommand.self, MemberCommand.self, DeviceCommand.self,
      InviteCommand.self, CertificateCommand.self, AuditCommand.self, StatusCommand.self,
      BackupCommand.self, RestoreCommand.self, CheckCommand.self, MigrateCommand.self,
    ])

  package init() {}

  package static func run() async {
    Ledger.beginProcess()
    await main()
  }
}
