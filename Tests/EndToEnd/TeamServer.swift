import CuadernoTestSupport
import Foundation
import Testing

/// The real server on a free port of this machine, stopped with the last who holds it.
final class TeamServer: Sendable {
  private let data: String
  private let pid: pid_t
  let address: String

  init(in scratch: ScratchFolder, port: Int = 0) throws {
    data = scratch.file("server")
    let output = Pipe()
    let process = Program.process(
      "cuaderno-server", ["serve", "--data", data, "--port", String(port)],
      environment: ["PATH": "/usr/bin:/bin", "HOME": scratch.path])
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    pid = process.processIdentifier
    var line = ""
    while !line.contains("\n") {
      let piece = output.fileHandleForReading.availableData
      guard !piece.isEmpty else { break }
      line += String(decoding: piece, as: UTF8.self)
    }
    let prefix = "listening on "
    let first = line.split(separator: "\n").first ?? ""
    try #require(first.hasPrefix(prefix), "the server did not start")
    address = String(first.dropFirst(prefix.count))
  }

  deinit {
    kill(pid, SIGKILL)
  }

  func stop() {
    kill(pid, SIGTERM)
    var status: Int32 = 0
    unsafe waitpid(pid, &status, 0)
  }

  /// Runs an administration command on the server's data.
  @discardableResult
  func administer(_ arguments: String...) throws -> String {
    let result = try Program.run(
      "cuaderno-server", arguments + ["--data", data], environment: ["PATH": "/usr/bin:/bin"])
    #expect(result.status == 0, "\(result.errors)")
    return result.output
  }

  func invite(_ member: String, to study: String) throws -> String {
    let output = try administer(
      "invite", "create", study, "--for", member, "--url", address, "--json")
    let start = try #require(output.range(of: address + "#"))
    return String(output[start.lowerBound...].prefix { $0 != "\"" })
  }
}
