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
      it is doing, for at most ten seconds.

      It speaks TLS with a key and a certificate that it made for itself and keeps in its data \
      folder; the invites name the key, so nothing else is needed. With --certificate and --key it \
      shows those. On an address of this machine alone, as behind a reverse proxy, it speaks \
      plain HTTP.
      Example: cuaderno-server serve
               cuaderno-server serve --host 127.0.0.1 --port 8787
      """)

  @Option(
    name: .long,
    help: "The address to listen on; without it, every address of this machine.")
  var host = "0.0.0.0"

  @Option(name: .long, help: "The port; 0 takes a free one.")
  var port = 8787

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A certificate in PEM, and after it those of its authority.", valueName: "file"))
  var certificate: String?

  @Option(name: .long, help: ArgumentHelp("The certificate's key in PEM.", valueName: "file"))
  var key: String?

  @Flag(
    name: .customLong("plain-http"),
    help: "Speak plain HTTP to other machines too, although everything can be read on the way.")
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
    guard (certificate == nil) == (key == nil) else {
      throw ValidationError("--certificate and --key go together; give both or neither")
    }
    guard certificate == nil || !isPlainHTTPAllowed else {
      throw ValidationError("--plain-http shows no certificate; leave one of the two out")
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
    let transport = try transport()
    let scheme = if case .plainHTTP = transport { "http" } else { "https" }
    let server = buildServer(
      ServerConfiguration(host: host, port: port, transport: transport), ledger: ledger,
      logger: logger, now: systemMilliseconds,
      onServerRunning: { port in
        let line = "listening on \(scheme)://\(shownHost):\(port)\n"
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

extension ServeCommand {
  /// Plain HTTP only where it does not leave this machine, or where it was asked for.
  func transport() throws -> ServerConfiguration.Transport {
    if let certificate, let key {
      return .tls(try TLSIdentity(certificateFile: certificate, keyFile: key))
    }
    guard !isPlainHTTPAllowed, !isLoopback(host) else { return .plainHTTP }
    return .tls(try OwnCertificate(folder: folder.path).identity())
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
