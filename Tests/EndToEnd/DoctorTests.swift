import CuadernoTestSupport
import Foundation
import Testing

/// What a person sees when a disk has altered the notebook.
@Suite struct DoctorTests {
  @Test func `the doctor mends a damaged log, says so, and fetches what is missing from a backup`()
    throws
  {
    let scratch = try ScratchFolder()
    let ana = try Laptop(in: scratch, named: "ana")
    try ana.succeed("init", "Huallaga", "--as", "Ana")
    for number in 1...5 { try ana.succeed("note", "add", "--text", "nota \(number) de mayo.") }
    let backup = scratch.file("respaldo")
    try ana.succeed("backup", backup)
    // A backup is a log with everything in its own file.
    let log = URL(fileURLWithPath: ana.notebook + "/log.sqlite")
    var bytes = try Data(contentsOf: URL(fileURLWithPath: backup))
    let place = try #require(bytes.firstRange(of: Data("nota 3".utf8))).lowerBound
    bytes[place] ^= 3
    for suffix in ["-wal", "-shm"] { try FileManager.default.removeItem(atPath: log.path + suffix) }
    try bytes.write(to: log)
    try FileManager.default.removeItem(atPath: ana.notebook + "/view.sqlite")

    let refused = try ana.run("note", "list")
    #expect(refused.status == 1)
    #expect(refused.errors.contains("does not match its stored hash"), "\(refused.errors)")
    #expect(refused.errors.contains("run `cuaderno doctor`"), "\(refused.errors)")
    #expect(!refused.output.contains("mota 3"))

    let mended = try ana.run("doctor")
    #expect(mended.status == 2)
    let lines = mended.output.split(separator: "\n").map(String.init)
    #expect(lines.first == "log was damaged and has been mended: 4 changes kept, 1 missing")
    #expect(
      lines.contains(
        "2 changes of yours built on what is missing; what they say was kept and written anew"))
    #expect(lines.contains("this notebook goes on as a new device"))
    #expect(lines.contains { $0.hasPrefix("missing: change ") && $0.hasSuffix(":5") })
    #expect(
      lines.last
        == "what is missing comes back with the next `cuaderno sync`, or from a backup with "
        + "`cuaderno doctor --from BACKUP`")
    #expect(!mended.output.contains("nota") && !mended.output.contains("Ana"))
    let four = try ana.succeed("note", "list", "--json")
    for number in [1, 2, 4, 5] { #expect(four.contains("nota \(number) de mayo.")) }

    let healed = try ana.run("doctor", "--from", backup)
    #expect(healed.status == 0, "\(healed.output)\(healed.errors)")
    #expect(healed.output.hasPrefix("3 changes taken from the backup\n"))
    let all = try ana.succeed("note", "list", "--json")
    for number in 1...5 {
      #expect(all.components(separatedBy: "\"nota \(number) de mayo.\"").count == 2)
    }
    #expect(try ana.run("conflicts").status == 0)
    #expect(try ana.succeed("doctor").hasPrefix("9 changes read, 0 damaged\n"))
  }

  @Test func `one flipped bit is turned back, and nothing else is needed`() throws {
    let scratch = try ScratchFolder()
    let ana = try Laptop(in: scratch, named: "ana")
    try ana.succeed("init", "Huallaga", "--as", "Ana")
    try ana.succeed("note", "add", "--text", "nota de mayo.")
    let backup = scratch.file("respaldo")
    try ana.succeed("backup", backup)
    let log = URL(fileURLWithPath: ana.notebook + "/log.sqlite")
    var bytes = try Data(contentsOf: URL(fileURLWithPath: backup))
    bytes[try #require(bytes.firstRange(of: Data("nota".utf8))).lowerBound] ^= 1
    for suffix in ["-wal", "-shm"] { try FileManager.default.removeItem(atPath: log.path + suffix) }
    try bytes.write(to: log)

    let lines = try ana.succeed("doctor").split(separator: "\n").map(String.init)

    #expect(lines.first == "log was damaged and has been mended: 3 changes kept, 0 missing")
    #expect(lines.dropFirst().first == "flipped bits turned back, as the hashes prove: 1")
    #expect(try ana.succeed("note", "list", "--json").contains("\"nota de mayo.\""))
  }
}
