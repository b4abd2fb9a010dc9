import ArgumentParser
import CuadernoLedger
import Foundation
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Run the server until it is told to stop.",
    discussion: """
      It prints `listening on` and its address once it does. On SIGTERM and Ctrl-C it finishes what \
      it is doing, for at most ten seconds; the second time it ends at once.

      It speaks TLS with a key and a certificate that it made for itself and keeps in its data \
      folder; the invites name the key, so nothing else is needed. With --certificate and --key it \
      shows those, and reads them again when they are renewed. On an address of this machine alone, \
      as behind a reverse proxy, it speaks plain HTTP.

      Every setting may also stand in the environment, as CUADERNO_SERVER_LOG_LEVEL for --log-level, \
      or in the file of --config, as a line log-level = notice. A flag counts before the environment, \
      and the environment before the file.
      Example: cuaderno-server serve
               cuaderno-server serve --host 127.0.0.1 --port 8787
               cuaderno-server serve --config /etc/cuaderno-server.conf
      """)

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A file of settings, one a line: name = value.",
      discussion: "Without it, the one that $CUADERNO_SERVER_CONFIG names, or none.",
      valueName: "file"))
  var config: String?

  @Option(
    name: .long,
    help: "The address to listen on; without it, every address of this machine.")
  var host: String?

  @Option(name: .long, help: "The port, 8787 without it; 0 takes a free one.")
  var port: String?

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
    help: "How much to write to standard error: debug, info, notice or error; info without it.")
  var logLevel: String?

  @Option(name: .long, help: "text, or json for one object a line; text without it.")
  var logFormat: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A port of this machine alone for the status page and for figures.",
      discussion: "Without it there is none. `cuaderno-server status link` opens the page."))
  var ownerPort: String?

  @OptionGroup(title: "Limits") var limits: LimitOptions

  @OptionGroup var folder: FolderOption

  func validate() throws {
    do {
      _ = try plan()
    } catch {
      throw ValidationError(CommandFailure(error)?.description ?? "\(error)")
    }
  }

  /// - Throws: ``SettingFault`` and ``PlanFault``.
  func plan(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> ServePlan {
    var settings = Settings()
    for (setting, text) in flags { settings.add(text, to: setting, from: .flag) }
    try settings.add(environment: environment)
    if let file = config ?? environment[Setting.fileVariable], !file.isEmpty {
      try ConfigurationFile.read(file, into: &settings)
    }
    return try ServePlan(settings, environment: environment)
  }

  private var flags: [(Setting, String?)] {
    [
      (.data, folder.data), (.database, folder.database), (.host, host), (.port, port),
      (.certificate, certificate), (.key, key),
      (.plainHTTP, isPlainHTTPAllowed ? "yes" : nil), (.logLevel, logLevel),
      (.logFormat, logFormat), (.ownerPort, ownerPort),
    ] + limits.flags
  }

  func run() async throws {
    let plan = try plan()
    do {
      try await serve(plan)
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw CommandFailure(
        "port \(plan.port) of \(plan.host)"
          + (plan.ownerPort.map { " or port \($0) of 127.0.0.1" } ?? "")
          + " is in use, maybe by another cuaderno-server; stop that one, or choose another port")
    } catch let error as IOError where error.errnoCode == EACCES {
      throw CommandFailure(
        "port \(plan.port) is for the system; choose one above 1023 with --port")
    } catch {
      throw CommandFailure(error) ?? error
    }
  }

  private func serve(_ plan: ServePlan) async throws {
    let ledger = try FolderOption.ledger(
      of: plan.database, in: plan.folder, isMade: true, ProcessInfo.processInfo.environment)
    let logger = plan.logFormat.logger(plan.logLevel)
    let supervisor = ProcessInfo.processInfo.environment["NOTIFY_SOCKET"]
      .flatMap { SupervisorSocket($0) }
    var limits = plan.limits
    limits.connections = DescriptorLimit.raised(toServe: limits.connections)
    if limits.connections < plan.limits.connections {
      logger.notice(
        "fewer connections than were set, because the system lets a process open no more files",
        metadata: ["connections": .stringConvertible(limits.connections)])
    }
    let transport = try plan.transport()
    let shownHost = plan.host.contains(":") ? "[\(plan.host)]" : plan.host
    let gate = RequestGate(limits, now: systemMilliseconds)
    let server = buildServer(
      ServerConfiguration(
        host: plan.host, port: plan.port, transport: transport, limits: limits),
      ledger: ledger, gate: gate, logger: logger, now: systemMilliseconds,
      onServerRunning: { port in
        let line = "listening on \(transport.scheme)://\(shownHost):\(port)\n"
        FileHandle.standardOutput.write(Data(line.utf8))
        supervisor?.send(.ready)
      })
    var services: [any Service] = [server]
    if let port = plan.ownerPort {
      services.append(
        buildOwnerServer(
          port: port, ledger: ledger, gate: gate, folder: plan.folder, logger: logger,
          now: systemMilliseconds, random: systemRandomBytes,
          onServerRunning: { port in
            let line = "for the owner on http://127.0.0.1:\(port)\n"
            FileHandle.standardOutput.write(Data(line.utf8))
          }))
    }
    try await ServerRun(
      services: services, logger: logger, supervisor: supervisor, identity: transport.renewed
    ).run()
    try ledger.close()
  }
}

extension ServerConfiguration.Transport {
  fileprivate var scheme: String {
    if case .plainHTTP = self { "http" } else { "https" }
  }

  fileprivate var renewed: RenewedIdentity? {
    if case .renewed(let identity) = self { identity } else { nil }
  }
}

/// What those who ask may take; WIRE.md, section 11, says what comes of asking for more.
struct LimitOptions: ParsableArguments {
  @Option(name: .long, help: "Connections at once, 2000 without it.")
  var connections: String?

  @Option(name: .long, help: "Of them, those of one address, 256 without it.")
  var connectionsPerAddress: String?

  @Option(name: .long, help: "Of them, those of one laptop, 8 without it.")
  var connectionsPerDevice: String?

  @Option(name: .long, help: "Requests of one laptop, 20 without it; 0 sets no bound.")
  var requestsPerSecond: String?

  @Option(name: .long, help: "Of them, those at once after a pause, 60 without it.")
  var requestsAtOnce: String?

  @Option(
    name: .long,
    help: "Unknown tokens and invites of one address, 10 without it; 0 sets no bound.")
  var failuresPerMinute: String?

  @Option(
    name: .long,
    help: "Seconds in which somebody must send or read something, 30 without it.")
  var patience: String?

  var flags: [(Setting, String?)] {
    [
      (.connections, connections), (.connectionsPerAddress, connectionsPerAddress),
      (.connectionsPerDevice, connectionsPerDevice), (.requestsPerSecond, requestsPerSecond),
      (.requestsAtOnce, requestsAtOnce), (.failuresPerMinute, failuresPerMinute),
      (.patience, patience),
    ]
  }
}
