import CuadernoTestSupport
import Foundation
import Testing

/// What was acknowledged before the process was killed is there afterwards, once.
@Suite struct KillTests {
  @Test
  func `a command killed at any moment leaves every acknowledged note and a working notebook`()
    throws
  {
    let scratch = try ScratchFolder()
    let laptop = try Laptop(in: scratch, named: "ana")
    try laptop.succeed("init", "Huallaga", "--as", "Ana")
    let rounds = Int(ProcessInfo.processInfo.environment["CUADERNO_KILLS"] ?? "") ?? 25
    var random = SplitMix64(seed: 17)
    var acknowledged = [String]()

    for round in 0..<rounds {
      let text = "nota número \(round)."
      let process = Program.process(
        "cuaderno", ["note", "add", "--text", text], environment: laptop.environment)
      let output = Pipe()
      process.standardOutput = output
      process.standardError = FileHandle.nullDevice
      try process.run()
      // From the start of the process to well after its commit.
      usleep(UInt32.random(in: 0..<60_000, using: &random))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      let said = output.fileHandleForReading.readDataToEndOfFile()
      if !said.isEmpty { acknowledged.append(text) }
    }

    let notes = try laptop.succeed("note", "list", "--json")
    for text in acknowledged {
      #expect(notes.components(separatedBy: "\"\(text)\"").count == 2)
    }
    #expect(try laptop.succeed("doctor").contains("0 damaged"))
  }
}
