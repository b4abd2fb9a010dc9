import CuadernoTestSupport
import Foundation
import Testing

/// The real server on a free port of this machine, stopped with the last who holds it.
final class TeamServer: Sendable {
  private let data: String
  /// The address of the database that the ledger is in; nil when it is in the folder.
  private let database: String?
  private let child: ChildProgram
  /// Held, so that what it says later goes somewhere.
  private let output: FileHandle
  let address: String

  convenience init(in scratch: ScratchFolder, port: Int = 0) throws {
    try self.init(data: scratch.file("server"), port: port)
  }

  /// - Parameters:
  ///   - host: the program's own choice, every address with TLS, is tried with 0.0.0.0.
  ///   - arguments: of `serve`, besides.
  init(
    data: String, port: Int = 0, host: String = "127.0.0.1", database: String? = nil,
    arguments: [String] = [], environment: [String: String] = [:]
  ) throws {
    self.data = data
    self.database = database
    let (child, output) = try Program.startTelling(
      "cuaderno-server",
      ["serve", "--data", data, "--host", host, "--port", String(port)] + arguments,
      environment: Self.environment(
        database, ["PATH": "/usr/bin:/bin", "HOME": data].merging(environment) { $1 }))
    self.child = child
    self.output = output
    var line = ""
    while !line.contains("\n") {
      let piece = output.availableData
      guard !piece.isEmpty else { break }
      line += String(decoding: piece, as: UTF8.self)
    }
    let prefix = "listening on "
    let first = line.split(separator: "\n").first ?? ""
    try #require(first.hasPrefix(prefix), "the server did not start")
    address = String(first.dropFirst(prefix.count)).replacing("0.0.0.0", with: "127.0.0.1")
  }

  deinit {
    child.send(SIGKILL)
    child.waitUntilExit()
  }

  private static func environment(
    _ database: String?, _ more: [String: String] = [:]
  ) -> [String: String] {
    var environment = more
    environment["PATH"] = "/usr/bin:/bin"
    environment["CUADERNO_SERVER_DATABASE"] = database
    return environment
  }

  var pid: pid_t { child.processIdentifier }

  /// The port that it listens on, for one that takes its place.
  var port: Int { Int(address.split(separator: ":").last ?? "") ?? 0 }

  func stop() {
    end(with: SIGTERM)
  }

  /// As a power cut or the kernel would: without a chance to say anything.
  func killNow() {
    end(with: SIGKILL)
  }

  private func end(with signal: Int32) {
    stopped(by: signal)
  }

  /// - Returns: its exit status; -1 when a signal ended it.
  @discardableResult
  func stopped(by signal: Int32) -> Int32 {
    child.send(signal)
    return child.waitUntilExit()
  }

  /// How many changes of a study the server holds.
  func changes(of study: String) throws -> Int {
    let output = try administer("study", "show", study, "--json")
    let object = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
    return try #require(object?["changes"] as? Int)
  }

  /// Runs an administration command on the server's data.
  @discardableResult
  func administer(_ arguments: String...) throws -> String {
    try administer(arguments)
  }

  private func administer(_ arguments: [String]) throws -> String {
    let result = try Program.run(
      "cuaderno-server", arguments + ["--data", data], environment: Self.environment(database))
    #expect(result.status == 0, "\(result.errors)")
    return result.output
  }

  func invite(
    _ member: String, to study: String, as role: String? = nil
  ) throws -> String {
    let output = try administer(
      ["invite", "create", study, "--for", member, "--url", address, "--json"]
        + (role.map { ["--role", $0] } ?? []))
    let start = try #require(output.range(of: address + "#"))
    return String(output[start.lowerBound...].prefix { $0 != "\"" })
  }
}
