import CuadernoTestSupport
import Foundation
import Testing

/// A text that two people work on, with the programs as a team has them.
@Suite struct SharedTextTests {
  private let scratch: ScratchFolder
  private let server: TeamServer
  private let ana: Laptop
  private let luis: Laptop

  init() throws {
    scratch = try ScratchFolder()
    server = try TeamServer(in: scratch)
    try server.administer("study", "create", "Huallaga")
    ana = try Laptop(in: scratch, named: "ana")
    luis = try Laptop(in: scratch, named: "luis")
    try ana.succeed("init", "Huallaga", "--as", "Ana")
    try ana.succeed(
      "interview", "add", "--label", "TOC-001", "--text", "La ronda vino.\nEl Estado no vino.")
    try ana.succeed("theme", "add", "Miedo")
    try ana.succeed("join", try server.invite("Ana", to: "Huallaga"))
    try ana.succeed("sync")
    try luis.succeed("join", try server.invite("Luis", to: "Huallaga"))
    try luis.succeed("sync")
  }

  /// Both write, Ana syncs first, and Luis has both.
  private func write(_ anas: String, _ luiss: String) throws -> Laptop.Result {
    try ana.succeed("interview", "edit", "TOC-001", "--text", anas)
    try luis.succeed("interview", "edit", "TOC-001", "--text", luiss)
    try ana.succeed("sync")
    return try luis.run("sync")
  }

  @Test func `edits of different words need nobody, and the coding follows both`() throws {
    try luis.succeed("code", "TOC-001", "Miedo", "--quote", "ronda vino")

    let sync = try write(
      "Ayer la ronda vino.\nEl Estado no vino.", "La ronda vino.\nEl Estado tampoco.")

    #expect(sync.status == 0)
    #expect(
      sync.output.contains(
        "parallel: 1 change to other fields or other words of the same records, all kept"))
    let shown = try luis.succeed("show", "TOC-001")
    #expect(shown.contains("Ayer la ronda vino.\nEl Estado tampoco."))
    #expect(shown.contains("merged"))
    #expect(try luis.succeed("conflicts") == "No conflicts.\n")
    #expect(try luis.succeed("coding", "list").contains("exact"))
    #expect(try luis.succeed("coding", "list", "--review") == "No codings to review.\n")
  }

  @Test func `the same words changed twice are told with who says what, and settled`() throws {
    let sync = try write(
      "La patrulla vino.\nEl Estado no vino.", "La policía vino.\nEl Estado no vino.")
    let conflicts = try luis.run("conflicts")

    #expect(sync.status == 2)
    #expect(conflicts.status == 2)
    let lines = conflicts.output.split(separator: "\n").map(String.init)
    #expect(lines.count == 5)
    #expect(lines.first == "interview TOC-001: text")
    #expect(lines.dropFirst().first == "  characters 3 to 19, in place of «ronda»:")
    #expect(lines.contains { $0.hasPrefix("    «patrulla»  ") && $0.contains("  Ana, 20") })
    #expect(lines.contains { $0.hasPrefix("    «policía»  ") && $0.contains("  Luis, 20") })
    #expect(lines.last?.hasSuffix(" text --edit, or --keep shown to leave it as it stands") == true)

    let editor = try scratch.writeProgram(
      "cp \"$1\" \"\(scratch.file("seen"))\"\nprintf '\\nFin.' >> \"$1\"", to: "editor")
    let resolved = try luis.run(
      "resolve", "TOC-001", "text", "--edit",
      extra: ["EDITOR": editor, "CUADERNO_EDITOR_WITHOUT_TERMINAL": "1"])

    #expect(resolved.output == "Settled text; 0 conflicts left.\n")
    let seen = String(decoding: try scratch.bytes(of: "seen"), as: UTF8.self)
    #expect(seen.contains("patrulla") && seen.contains("policía") && !seen.contains("Ana"))
    try luis.succeed("sync")
    try ana.succeed("sync")
    #expect(try ana.run("conflicts").status == 0)
    #expect(try ana.succeed("show", "TOC-001").contains("El Estado no vino."))
  }

  @Test func `keeping what is shown keeps the words of both, and keeping one drops the other's`()
    throws
  {
    _ = try write("La patrulla vino.\nEl Estado no vino.", "La policía vino.\nEl Estado no vino.")
    try ana.run("sync").expect(2)

    try luis.succeed("resolve", "TOC-001", "text", "--keep", "shown")
    let both = try luis.succeed("show", "TOC-001")
    try ana.succeed("resolve", "TOC-001", "text", "--keep", "Luis")
    let one = try ana.succeed("show", "TOC-001")

    #expect(both.contains("patrulla") && both.contains("policía"))
    #expect(one.contains("policía") && !one.contains("patrulla"))
  }

  @Test func `a coding whose words are gone is counted, listed with its quote, and placed anew`()
    throws
  {
    try ana.succeed("code", "TOC-001", "Miedo", "--quote", "La ronda vino.", "--memo", "Ojo")
    try ana.succeed(
      "interview", "edit", "TOC-001", "--text", "Vino la patrulla.\nEl Estado no vino.")

    let status = try ana.run("status")
    let list = try ana.succeed("coding", "list", "--review")

    #expect(status.status == 2)
    #expect(status.output.contains("codings to review  1"))
    #expect(list.contains("La ronda vino."))
    let row = list.split(separator: "\n").last ?? ""
    let id = String(row.prefix { $0 != " " })

    let moved = try ana.succeed("coding", "move", id, "--quote", "Vino la patrulla.")

    #expect(moved == "Moved the coding to characters 0 to 17 (\(id)).\n")
    #expect(try ana.succeed("coding", "list", "--review") == "No codings to review.\n")
    let codings = try ana.succeed("coding", "list")
    #expect(codings.contains("exact") && codings.contains("Miedo") && codings.contains("Ojo"))
    #expect(try ana.run("status").status == 0)
  }
}

extension Laptop.Result {
  fileprivate func expect(_ status: Int32) {
    #expect(self.status == status, "\(errors)")
  }
}
