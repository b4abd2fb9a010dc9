import ArgumentParser
import Foundation
import NIOCore
import NIOPosix
import NIOSSL

/// Many notebooks at once on one hub, for the measurements of `load.py`.
///
/// Reads one invite's secret a line, joins with each as a device of its own over a connection of its own,
/// brings all of them up to date, and only then begins to measure. One thread does all of it and its CPU is
/// printed, so that nobody takes the driver's limits for the server's.
struct LoadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cuaderno-load",
    abstract: "Load a hub with devices that write and sync.",
    discussion: """
      Reads invites' secrets from standard input, one a line, and prints what was measured as JSON.
      Example: cuaderno-load --port 8787 --rounds 15 < secrets
      """)

  @Option(help: "The server's address.") var host = "127.0.0.1"

  @Option(help: "The server's port.") var port: Int

  @Flag(help: "Speak TLS 1.3, without comparing the server's key.") var tls = false

  @Option(help: "How many sessions each device has, one right after the other.") var rounds = 15

  @Option(help: "How many changes a device writes before each session.") var changes = 10

  @Option(help: "Bytes of each change's payload.") var payload = 120

  @Option(help: "For how many seconds the devices go on in place of --rounds.") var seconds: Int?

  @Option(help: "Milliseconds between the beginnings of two sessions of a device.") var pace = 0

  @Option(
    help: "For how many seconds the devices stay connected, once they have joined, and ask nothing."
  )
  var idle: Int?

  @Option(help: "A file for what the server has acknowledged: a device and a number a line.")
  var journal: String?

  @Flag(help: "Go on when the server goes away and comes back.") var outlives = false

  func run() throws {
    let secrets = String(
      decoding: try FileHandle.standardInput.readToEnd() ?? Data(), as: UTF8.self
    ).split(separator: "\n").map(String.init)
    guard !secrets.isEmpty else { throw ValidationError("no invites stand on standard input") }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let plan = LoadPlan(
      rounds: seconds == nil && idle == nil ? rounds : idle == nil ? .max : 0, changes: changes,
      payloadBytes: payload, paceMilliseconds: Int64(pace), seconds: seconds, outlives: outlives)
    let dialer = Dialer(
      group: group, host: host, port: port, tls: tls ? try tlsContext() : nil)
    let journal = try journal.map { path in
      _ = FileManager.default.createFile(atPath: path, contents: nil)
      return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }
    let figures = try group.next().flatSubmit {
      LoadRun(plan, secrets: secrets, dialer: dialer, journal: journal).start()
    }.wait()
    if let idle {
      FileHandle.standardOutput.write(Data("connected \(secrets.count)\n".utf8))
      Thread.sleep(forTimeInterval: Double(idle))
    }
    print(figures)
    try group.syncShutdownGracefully()
  }

  /// That a notebook speaks to no other server is tested elsewhere; a handshake costs the same.
  private func tlsContext() throws -> NIOSSLContext {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv13
    tls.certificateVerification = .none
    return try NIOSSLContext(configuration: tls)
  }
}

/// What the devices are to do.
struct LoadPlan: Sendable {
  var rounds: Int
  var changes: Int
  var payloadBytes: Int
  var paceMilliseconds: Int64
  var seconds: Int?
  var outlives: Bool
}
