import ArgumentParser
import CuadernoLedger
import Foundation
import Hummingbird
import Logging
import ServiceLifecycle
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Run the server until it is told to stop.",
    discussion: """
      It prints `listening on` and its address once it does. SIGTERM and SIGINT let requests under \
      way finish. This version speaks plain HTTP: on this machine alone, or behind a reverse proxy \
      that adds TLS.
      Example: cuaderno-server serve --port 8787
      """)

  @Option(name: .long, help: "The address to listen on.")
  var host = "127.0.0.1"

  @Option(name: .long, help: "The port; 0 takes a free one.")
  var port = 8787

  @Flag(
    name: .long,
    help: "Listen on other addresses than this machine's own, although nothing is encrypted.")
  var plainHTTP = false

  @OptionGroup var options: LedgerOptions

  func validate() throws {
    guard (0...65_535).contains(port) else {
      throw ValidationError("--port takes a number from 0 to 65535")
    }
    guard plainHTTP || ["127.0.0.1", "::1", "localhost"].contains(host) else {
      throw ValidationError(
        "without TLS everything sent to \(host) can be read on the way; put a reverse proxy with "
          + "TLS before the server, or accept that with --plain-http")
    }
  }

  func run() async throws {
    let ledger = try options.ledger()
    var logger = Logger(label: "cuaderno-server") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .notice
    let host = host.contains(":") ? "[\(host)]" : host
    let server = buildServer(
      ServerConfiguration(host: self.host, port: port), ledger: ledger, logger: logger,
      now: systemMilliseconds,
      onServerRunning: { port in
        FileHandle.standardOutput.write(Data("listening on http://\(host):\(port)\n".utf8))
      })
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [.init(service: server)],
        gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
    try await group.run()
    try ledger.close()
  }
}
