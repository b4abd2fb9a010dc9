import CuadernoTestSupport
import Foundation
import Testing

/// A disk that is full or read-only: said clearly, reading goes on, and nothing has to be mended.
@Suite(
  .enabled(if: SmallDisk.isPossible, "left out: a small disk of their own needs root"),
  .serialized)
struct DiskFaultTests {
  private let scratch: ScratchFolder
  private let disk: SmallDisk

  init() throws {
    scratch = try ScratchFolder()
    disk = try SmallDisk(megabytes: 8, in: scratch)
  }

  /// Ana's notebook lies on the small disk and what her machine remembers on another.
  private func ana() throws -> Laptop {
    var laptop = try Laptop(in: scratch, named: "ana")
    laptop.notebook = disk.path + "/notebook"
    return laptop
  }

  private static let reading = [
    ["note", "list"], ["search", "avisó"], ["show", "TOC-001"], ["log"],
  ]

  @Test func `on a full disk writing says so, reading and sending go on, and room mends it`()
    throws
  {
    let ana = try ana()
    let server = try TeamServer(in: scratch)
    try server.administer("study", "create", "Huallaga")
    try ana.succeed("join", try server.invite("Ana", to: "Huallaga"))
    try ana.succeed("interview", "add", "--label", "TOC-001", "--text", "Nadie nos avisó.")
    var added = 0
    try disk.fill()

    var refused: Laptop.Result?
    for number in 0..<200 where refused == nil {
      let text = "nota \(number) " + String(repeating: "larga ", count: 2_000)
      let result = try ana.run("note", "add", "--text", text)
      if result.status == 0 { added += 1 } else { refused = result }
    }
    #expect(refused?.status == 1)
    #expect(refused?.errors.contains("disk is full") == true, "\(refused?.errors ?? "")")
    for arguments in Self.reading {
      let result = try Program.run("cuaderno", arguments, environment: ana.environment)
      #expect(result.status == 0, "\(arguments): \(result.errors)")
    }
    let sync = try ana.run("sync")
    #expect(sync.status == 0, "\(sync.errors)")
    #expect(try server.changes(of: "Huallaga") == ana.changes())

    try disk.makeRoom()
    try ana.succeed("note", "add", "--text", "después")
    #expect(try ana.succeed("doctor").contains(" 0 damaged"))
    try ana.succeed("sync")
    #expect(try server.changes(of: "Huallaga") == ana.changes())
    let notes = try ana.succeed("note", "list", "--json")
    #expect(notes.components(separatedBy: "\"nota ").count == added + 1)
  }

  @Test func `where the log fits and its view does not, reading goes on`() throws {
    let ana = try ana()
    try ana.succeed("init", "Huallaga", "--as", "Ana")
    try ana.succeed("interview", "add", "--label", "TOC-001", "--text", "Nadie nos avisó.")
    try ana.succeed("note", "add", "--text", "Volver.")
    for name in try FileManager.default.contentsOfDirectory(atPath: ana.notebook)
    where name.hasPrefix("view") {
      try FileManager.default.removeItem(atPath: ana.notebook + "/" + name)
    }
    try disk.fill()

    for arguments in Self.reading {
      let result = try Program.run("cuaderno", arguments, environment: ana.environment)
      #expect(result.status == 0, "\(arguments): \(result.errors)")
    }
    #expect(try ana.succeed("note", "list").contains("Volver."))

    try disk.makeRoom()
    try ana.succeed("note", "add", "--text", "después")
    #expect(try ana.succeed("doctor").contains(" 0 damaged"))
  }

  @Test func `a text that finds no room stays in its draft`() throws {
    let ana = try ana()
    try ana.succeed("init", "Huallaga", "--as", "Ana")
    let editor = try scratch.writeProgram(
      """
      head -c 40000 /dev/zero | tr '\\0' 'x' > "$1"
      head -c 20000000 /dev/zero > \(disk.path)/filler 2>/dev/null
      exit 0
      """, to: "editor.sh")

    let result = try ana.run(
      "note", "add", "--editor",
      extra: ["EDITOR": editor, "CUADERNO_EDITOR_WITHOUT_TERMINAL": "1"])

    #expect(result.status == 1)
    #expect(result.errors.contains("disk is full"), "\(result.errors)")
    let drafts = try FileManager.default.contentsOfDirectory(atPath: ana.notebook + "/drafts")
    try #require(drafts.count == 1)
    let draft = try Data(contentsOf: URL(fileURLWithPath: ana.notebook + "/drafts/" + drafts[0]))
    #expect(draft == Data(repeating: 0x78, count: 40_000))
    #expect(result.errors.contains(drafts[0]), "\(result.errors)")
  }

  @Test func `a server with a full disk says so, and takes all when there is room again`() throws {
    let server = try TeamServer(data: disk.path + "/server")
    try server.administer("study", "create", "Huallaga")
    let ana = try Laptop(in: scratch, named: "ana")
    try ana.succeed("join", try server.invite("Ana", to: "Huallaga"))
    try ana.succeed("sync")
    for number in 0..<4 {
      let text = "\(number) " + String(repeating: "larga ", count: 4_000)
      try ana.succeed("note", "add", "--text", text)
    }
    let before = try server.changes(of: "Huallaga")
    try disk.fill()

    let refused = try ana.run("sync")

    #expect(refused.status == 1)
    #expect(refused.errors.contains("hub's disk is full"), "\(refused.errors)")
    #expect(try server.changes(of: "Huallaga") == before)
    try disk.makeRoom()
    // The same server, which nobody has restarted.
    #expect(try ana.run("sync").status == 0)
    #expect(try server.changes(of: "Huallaga") == ana.changes())
    #expect(try server.administer("check").contains("Everything is sound."))
  }

  @Test func `in a folder that is read-only reading works and writing says why not`() throws {
    let ana = try ana()
    try ana.succeed("init", "Huallaga", "--as", "Ana")
    try ana.succeed("interview", "add", "--label", "TOC-001", "--text", "Nadie nos avisó.")
    try ana.succeed("note", "add", "--text", "uno")
    try disk.makeReadOnly()

    for arguments in Self.reading {
      let result = try Program.run("cuaderno", arguments, environment: ana.environment)
      #expect(result.status == 0, "\(arguments): \(result.errors)")
    }
    let refused = try ana.run("note", "add", "--text", "dos")
    #expect(refused.status == 1)
    #expect(refused.errors.contains("read-only"), "\(refused.errors)")

    try disk.makeWritable()
    try ana.succeed("note", "add", "--text", "tres")
    #expect(try ana.succeed("doctor").contains(" 0 damaged"))
  }
}
