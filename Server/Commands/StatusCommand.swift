import ArgumentParser
import CuadernoLedger
import Foundation

struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "The page in the browser for whoever runs the server.",
    subcommands: [StatusLink.self])
}

struct StatusLink: LedgerCommand {
  static let configuration = CommandConfiguration(
    commandName: "link",
    abstract: "Make a link to the status page of the running server, and print it, this once.",
    discussion: """
      It works once, within five minutes, in a browser on this machine, while `serve --owner-port` \
      runs; the browser may then look for eight hours. From another machine, go through SSH first: \
      ssh -L 8788:127.0.0.1:8788 SERVER
      Example: cuaderno-server status link
      """)

  @Option(name: .long, help: "The port that `serve --owner-port` listens on, 8788 without it.")
  var ownerPort: Int?

  @OptionGroup var options: LedgerOptions

  func validate() throws {
    guard ownerPort.map({ (1...65_535).contains($0) }) != false else {
      throw ValidationError("--owner-port takes a number from 1 to 65535")
    }
  }

  func answer(from ledger: Ledger) async throws -> Output {
    let set = ProcessInfo.processInfo.environment[Setting.ownerPort.variable].flatMap { Int($0) }
    let secret = try OwnerLink(folder: options.folder.path)
      .make(systemRandomBytes(32), at: systemMilliseconds())
    let link = "http://127.0.0.1:\(ownerPort ?? set ?? 8_788)/enter?\(secret)"
    return try Output(
      """
      Open this on the server's machine within five minutes; it works once:
        \(link)
      """, json: ["link": link])
  }
}
