import CuadernoTestSupport
import Dispatch
import Foundation
import Synchronization
import Testing

/// What was acknowledged before a process was killed is there afterwards, once.
///
/// `CUADERNO_KILLS` sets how many processes each test kills, and `CUADERNO_SEED` when.
@Suite struct KillTests {
  private func random() -> SplitMix64 {
    SplitMix64(seed: UInt64(rounds("CUADERNO_SEED", else: 17)))
  }

  @Test
  func `a command killed at any moment leaves every acknowledged note and a working notebook`()
    throws
  {
    let scratch = try ScratchFolder()
    let laptop = try Laptop(in: scratch, named: "ana")
    try laptop.succeed("init", "Huallaga", "--as", "Ana")
    let kills = rounds("CUADERNO_KILLS", else: 25)
    var random = random()
    var acknowledged = [String]()
    var window: UInt32 = 120_000
    var silent = 0

    for round in 0..<kills {
      let text = "nota número \(round)."
      let (process, output) = try Program.startTelling(
        "cuaderno", ["note", "add", "--text", text], environment: laptop.environment)
      // From the start of the process to well after its commit, however slow the machine is just now.
      usleep(UInt32.random(in: 0..<window, using: &random))
      process.send(SIGKILL)
      process.waitUntilExit()
      let said = output.readDataToEndOfFile()
      if said.isEmpty {
        silent += 1
      } else {
        acknowledged.append(text)
        silent = 0
      }
      if silent >= 8 {
        window = min(window * 2, 5_000_000)
        silent = 0
      }
    }

    let notes = try laptop.succeed("note", "list", "--json")
    for text in acknowledged {
      #expect(notes.components(separatedBy: "\"\(text)\"").count == 2)
    }
    #expect(try laptop.succeed("doctor").contains(" 0 damaged"))
    print("killed commands: \(kills); \(acknowledged.count) notes acknowledged")
    // Otherwise nothing was tried.
    #expect(!acknowledged.isEmpty && acknowledged.count < kills)
  }

  @Test func `a notebook that is killed in its making can be made again`() throws {
    let scratch = try ScratchFolder()
    var random = random()
    for round in 0..<min(rounds("CUADERNO_KILLS", else: 8), 200) {
      let laptop = try Laptop(in: scratch, named: "\(round)")
      let process = try Program.start(
        "cuaderno", ["init", "Huallaga", "--as", "Ana"], environment: laptop.environment)
      usleep(UInt32.random(in: 5_000..<60_000, using: &random))
      process.send(SIGKILL)
      process.waitUntilExit()

      // Whole or not there at all.
      let again = try laptop.run("init", "Huallaga", "--as", "Ana")
      #expect(again.status == 0 || again.errors.contains("notebook here already"))
      #expect(try laptop.succeed("status").contains("Huallaga"))
      try laptop.succeed("note", "add", "--text", "uno")
    }
  }

  @Test func `a server killed while it takes what is sent has what it acknowledged, once`() throws {
    let scratch = try ScratchFolder()
    var server = try TeamServer(in: scratch)
    let port = server.port
    try server.administer("study", "create", "Huallaga")
    let ana = try Laptop(in: scratch, named: "ana")
    try ana.succeed("join", try server.invite("Ana", to: "Huallaga"))
    let kills = rounds("CUADERNO_KILLS", else: 8)
    var random = random()
    var (written, acknowledged) = (0, 0)

    for round in 0..<kills {
      let text =
        "nota \(round) "
        + String(repeating: "larga ", count: Int.random(in: 1...9_000, using: &random))
      try ana.succeed("note", "add", "--text", text)
      written += 1
      let process = try Program.start("cuaderno", ["sync"], environment: ana.environment)
      usleep(UInt32.random(in: 5_000..<90_000, using: &random))
      server.killNow()
      // Half of the time the notebook is killed with it; otherwise it is waited for, and gives up.
      process.send(SIGKILL)
      process.waitUntilExit()
      server = try TeamServer(in: scratch, port: port)
      #expect(try server.changes(of: "Huallaga") >= acknowledged, "round \(round)")
      // A sync that succeeds is an acknowledgement of everything.
      if round % 4 == 3 {
        #expect([0, 2].contains(try ana.run("sync").status), "round \(round)")
        acknowledged = try #require(try ana.changes())
        #expect(try server.changes(of: "Huallaga") == acknowledged, "round \(round)")
      }
    }

    #expect([0, 2].contains(try ana.run("sync").status))
    #expect(try server.changes(of: "Huallaga") == ana.changes())
    #expect(try server.administer("check").contains("Everything is sound."))
    let luis = try Laptop(in: scratch, named: "luis")
    try luis.succeed("join", try server.invite("Luis", to: "Huallaga"))
    try luis.succeed("sync")
    let notes = try luis.succeed("note", "list", "--json")
    for round in 0..<written {
      #expect(notes.components(separatedBy: "\"nota \(round) ").count == 2)
    }
    #expect(try ana.succeed("doctor").contains(" 0 damaged"))
    print("killed servers and syncs: \(kills); \(acknowledged) changes acknowledged by a sync")
  }
}
