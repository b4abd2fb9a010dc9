import CuadernoTestSupport
import Foundation
import Testing

/// A team on a network of its own, with no authority and no option: the two programs as they come.
@Suite struct VillageServerTests {
  @Test func `two laptops sync with the server whose key their invites name, and with no other`()
    throws
  {
    let scratch = try ScratchFolder()
    let data = scratch.file("server")
    var server = try TeamServer(data: data, host: "0.0.0.0")
    try server.administer("study", "create", "Huallaga")
    let ana = try Laptop(in: scratch, named: "ana")
    let luis = try Laptop(in: scratch, named: "luis")
    try ana.succeed("init", "Huallaga", "--as", "Ana")
    try ana.succeed("interview", "add", "--label", "TOC-001", "--text", "Nadie nos avisó.")
    let invite = try server.invite("Ana", to: "Huallaga")

    #expect(server.address.hasPrefix("https://127.0.0.1:"))
    #expect(invite.contains(".1-"))
    try ana.succeed("join", invite)
    try ana.succeed("sync")
    try luis.succeed("join", try server.invite("Luis", to: "Huallaga"))
    #expect(try luis.succeed("sync").contains("new: 1 interview"))

    // Another machine takes the address: the same ledger, and a key of its own.
    let port = server.port
    server.stop()
    let own = try key(in: data)
    try FileManager.default.removeItem(atPath: data + "/key.pem")
    try FileManager.default.removeItem(atPath: data + "/certificate.pem")
    server = try TeamServer(data: data, port: port, host: "0.0.0.0")
    try ana.succeed("interview", "edit", "TOC-001", "--title", "Rosa")
    let sync = try ana.run("sync")
    let eva = try Laptop(in: scratch, named: "eva")
    let newInvite = try server.invite("Eva", to: "Huallaga")
    let oldKey = try #require(invite.split(separator: ".").last)
    let newKey = try #require(newInvite.split(separator: ".").last)
    let join = try eva.run("join", newInvite.replacing(newKey, with: oldKey))

    for refused in [sync, join] {
      #expect(refused.status == 1)
      #expect(refused.errors.contains("has another key than the one the invite names"))
      #expect(refused.errors.contains("nothing was sent to it"))
    }
    #expect(try ana.succeed("status").contains("to send"))
    // The secret was not used: it never left.
    try eva.succeed("join", newInvite)

    // The true one is back.
    server.stop()
    try Data(own).write(to: URL(fileURLWithPath: data + "/key.pem"))
    server = try TeamServer(data: data, port: port, host: "0.0.0.0")
    try ana.succeed("sync")
    #expect(try ana.registers() != luis.registers())
    try luis.succeed("sync")
    #expect(try ana.registers() == luis.registers())
  }

  private func key(in data: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: data + "/key.pem")))
  }

  @Test func `commands that need the key at the same time make one`() throws {
    let scratch = try ScratchFolder()
    let data = scratch.file("server")
    let environment = ["PATH": "/usr/bin:/bin"]
    let study = try Program.run(
      "cuaderno-server", ["study", "create", "Huallaga", "--data", data], environment: environment)
    #expect(study.status == 0)

    let processes = try (0..<4).map { _ in
      try Program.startTelling(
        "cuaderno-server", ["certificate", "show", "--data", data], environment: environment)
    }
    let shown = processes.map { $0.output.readDataToEndOfFile() }

    #expect(processes.allSatisfy { $0.child.waitUntilExit() == 0 })
    #expect(Set(shown).count == 1)
    #expect(
      try !FileManager.default.contentsOfDirectory(atPath: data).contains { $0.contains("pem.") })
  }

  @Test func `plain HTTP to another machine is accepted by both sides or not at all`() throws {
    let scratch = try ScratchFolder()
    let server = try TeamServer(in: scratch)
    try server.administer("study", "create", "Huallaga")
    let ana = try Laptop(in: scratch, named: "ana")
    let refused = try Program.run(
      "cuaderno-server",
      [
        "invite", "create", "Huallaga", "--for", "Ana", "--url", "http://10.0.0.1:8787", "--data",
        scratch.file("server"),
      ], environment: ["PATH": "/usr/bin:/bin"])

    let join = try ana.run("join", "http://10.0.0.1:8787#9K3F")

    #expect(refused.status == 64)
    #expect(refused.errors.contains("everything sent to an http address can be read on the way"))
    #expect(join.status == 64)
    #expect(join.errors.contains("is not https"))
  }
}
