import ArgumentParser
import CuadernoLedger
import Foundation
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Run the server until it is told to stop.",
    discussion: """
      It prints `listening on` and its address once it does. On SIGTERM and Ctrl-C it finishes what \
      it is doing, for at most ten seconds. This version has no TLS yet: it serves this machine \
      alone, or stands behind a reverse proxy that adds TLS.
      Example: cuaderno-server serve --port 8787
      """)

  @Option(name: .long, help: "The address to listen on.")
  var host = "127.0.0.1"

  @Option(name: .long, help: "The port; 0 takes a free one.")
  var port = 8787

  @Flag(
    name: .customLong("plain-http"),
    help: "Listen on other addresses than this machine's own, although nothing is encrypted.")
  var isPlainHTTPAllowed = false

  @Option(
    name: .long,
    help: "How much to write to standard error: debug, info, notice or error.")
  var logLevel = LogLevel.info

  @OptionGroup var folder: FolderOption

  func validate() throws {
    guard (0...65_535).contains(port) else {
      throw ValidationError("--port takes a number from 0 to 65535")
    }
    guard isPlainHTTPAllowed || isLoopback(host) else {
      throw ValidationError(
        "without TLS everything sent to \(host) can be read on the way; put a reverse proxy with "
          + "TLS before the server, or accept that with --plain-http")
    }
  }

  func run() async throws {
    do {
      try await serve()
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw CommandFailure(
        "port \(port) of \(host) is in use, maybe by another cuaderno-server; stop that one, or "
          + "choose another port with --port")
    } catch let error as IOError where error.errnoCode == EACCES {
      throw CommandFailure("port \(port) is for the system; choose one above 1023 with --port")
    } catch {
      throw CommandFailure(error) ?? error
    }
  }

  private func serve() async throws {
    let ledger = try folder.ledger(isMade: true)
    var logger = Logger(label: "cuaderno-server") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = logLevel.level
    let shownHost = host.contains(":") ? "[\(host)]" : host
    let server = buildServer(
      ServerConfiguration(host: host, port: port), ledger: ledger, logger: logger,
      now: systemMilliseconds,
      onServerRunning: { port in
        let line = "listening on http://\(shownHost):\(port)\n"
        FileHandle.standardOutput.write(Data(line.utf8))
      })
    var configuration = ServiceGroupConfiguration(
      services: [.init(service: server)], gracefulShutdownSignals: [.sigterm, .sigint],
      logger: logger)
    // A laptop on a bad line must not keep the server from being restarted; what was not
    // acknowledged it sends again.
    configuration.maximumGracefulShutdownDuration = .seconds(10)
    try await ServiceGroup(configuration: configuration).run()
    try ledger.close()
  }
}

/// Whether an address is this machine's own (RFC 1122, section 3.2.1.3; RFC 4291, section 2.5.3).
func isLoopback(_ host: String) -> Bool {
  if host == "localhost" || host == "::1" { return true }
  let parts = host.split(separator: ".", omittingEmptySubsequences: false)
  return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
}

/// How much a person wants to read: every request, those that change something, those that were
/// refused, or only what failed.
enum LogLevel: String, ExpressibleByArgument {
  case debug, info, notice, error

  var level: Logger.Level {
    switch self {
    case .debug: .debug
    case .info: .info
    case .notice: .notice
    case .error: .error
    }
  }
}
