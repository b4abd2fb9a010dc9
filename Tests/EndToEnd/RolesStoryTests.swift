import CuadernoTestSupport
import Foundation
import Testing

/// Who may do what, with the two programs as a team has them.
@Suite struct RolesStoryTests {
  private struct Team {
    let server: TeamServer
    let ana: Laptop
    let luis: Laptop
  }

  /// Ana is the owner and Luis a researcher; both hold one interview.
  private func team(in scratch: ScratchFolder) throws -> Team {
    let server = try TeamServer(in: scratch)
    try server.administer("study", "create", "Huallaga")
    let ana = try Laptop(in: scratch, named: "ana")
    let luis = try Laptop(in: scratch, named: "luis")
    try ana.succeed("init", "Huallaga", "--as", "Ana")
    try ana.succeed("interview", "add", "--label", "TOC-001", "--text", "Nadie nos avisó.")
    try ana.succeed("join", try server.invite("Ana", to: "Huallaga", as: "owner"))
    try ana.succeed("sync")
    try luis.succeed("join", try server.invite("Luis", to: "Huallaga"))
    try luis.succeed("sync")
    return Team(server: server, ana: ana, luis: luis)
  }

  @Test func `whoever receives an erase is told of it, and of the files that may still hold it`()
    throws
  {
    let scratch = try ScratchFolder()
    let team = try team(in: scratch)
    let (ana, luis) = (team.ana, team.luis)
    try FileManager.default.createDirectory(
      atPath: luis.notebook + "/drafts", withIntermediateDirectories: true)
    for name in ["copia.cuaderno", "drafts/interview-1.md"] {
      let file = luis.notebook + "/" + name
      #expect(FileManager.default.createFile(atPath: file, contents: Data("Nadie".utf8)))
    }
    try ana.succeed("erase", "TOC-001", "--for-good")
    try ana.succeed("sync")

    let sync = try luis.succeed("sync")
    let news = try luis.succeed("news")

    let besides =
      "Also in the notebook's folder, and not looked into: copia.cuaderno, drafts/interview-1.md. Delete "
      + "what may hold words of it."
    #expect(
      sync.contains(
        "  erased for good: 1; somebody took back their consent: delete older backups, bundles and exports "
          + "of yours, too\n  \(besides)\n"))
    #expect(!sync.contains("deleted"))
    #expect(news.contains("erased for good\n") && news.contains("  \(besides)\n"))
    #expect(!news.contains("deleted\n"))
  }

  @Test func `an owner's erase is taken from the owner, and not from who brings it by a stick`()
    throws
  {
    let scratch = try ScratchFolder()
    let team = try team(in: scratch)
    let (ana, luis) = (team.ana, team.luis)
    let stick = scratch.file("stick.bundle")
    try ana.succeed("erase", "TOC-001", "--for-good")
    try ana.succeed("bundle", "write", stick)
    try luis.succeed("bundle", "read", stick)
    try luis.succeed("note", "add", "--text", "Volver.")
    let before = try team.server.changes(of: "Huallaga")

    let refused = try luis.run("sync")

    #expect(refused.status == 1)
    #expect(refused.errors.contains("nothing proves who wrote it"), "\(refused.errors)")
    #expect(refused.errors.contains("nothing is lost"), "\(refused.errors)")
    #expect(try team.server.changes(of: "Huallaga") == before)
    try ana.succeed("sync")
    try luis.succeed("sync")
    #expect(try team.server.changes(of: "Huallaga") == luis.changes())
    #expect(try luis.succeed("note", "list").contains("Volver."))
  }

  @Test func `a revoked laptop is refused and keeps everything, and an invite brings it in`() throws
  {
    let scratch = try ScratchFolder()
    let team = try team(in: scratch)
    let (server, ana, luis) = (team.server, team.ana, team.luis)
    try luis.succeed("interview", "edit", "TOC-001", "--summary", "Antes de perderla.")

    try server.administer("member", "revoke", "Huallaga", "Luis")
    let refused = try luis.run("sync")
    #expect(refused.status == 1)
    #expect(
      refused.errors.contains(
        "this device is not known here, or was revoked; what it holds is safe on it; ask for a new "
          + "invite and join again"))
    #expect(try luis.succeed("show", "TOC-001").contains("Antes de perderla."))
    try ana.succeed("sync")
    #expect(try !ana.succeed("show", "TOC-001").contains("Antes de perderla."))

    try luis.succeed("join", try server.invite("Luis", to: "Huallaga"))
    try luis.succeed("interview", "edit", "TOC-001", "--title", "Rosa")
    try luis.succeed("sync")
    try ana.succeed("sync")

    let shown = try ana.succeed("show", "TOC-001")
    #expect(shown.contains("Antes de perderla.") && shown.contains("Rosa"))
    #expect(try ana.registers() == luis.registers())
    let audit = try server.administer("audit", "list", "--study", "huallaga")
    let events = audit.split(separator: "\n").filter { $0.contains("Luis") }
      .compactMap { line in
        ["joined", "pushed", "revoked", "refused"].first { line.contains("  \($0)") }
      }
    // Refused once with its token, and once under the id that is enrolled already.
    #expect(
      events == ["joined", "pushed", "revoked", "refused", "refused", "joined", "pushed"])
    #expect(try server.administer("audit", "verify").contains("follow from each other"))
  }

  @Test
  func `a role that was taken away meanwhile is told, and the text is there to be written again`()
    throws
  {
    let scratch = try ScratchFolder()
    let team = try team(in: scratch)
    let (server, ana, luis) = (team.server, team.ana, team.luis)
    try luis.succeed("interview", "edit", "TOC-001", "--summary", "Sin saberlo.")
    try luis.succeed("interview", "add", "--label", "TOC-002", "--text", "Otra.")
    let told = try server.administer("member", "role", "Huallaga", "Luis", "coder")
    #expect(told == "Luis is coder from now on.\n")

    let sync = try luis.run("sync")
    #expect(sync.status == 2, "\(sync.errors)")
    #expect(
      sync.output.contains(
        "2 changes of yours were not taken: the role coder codes and writes notes, and does not edit "
          + "anything else. Your text is kept: cuaderno void list"))
    try ana.succeed("sync")
    #expect(try !ana.succeed("show", "TOC-001").contains("Sin saberlo."))
    #expect(try !luis.succeed("interview", "list").contains("TOC-002"))
    #expect(try ana.registers() == luis.registers())

    // From now on the laptop knows by itself.
    let edit = try luis.run("interview", "edit", "TOC-001", "--title", "Rosa")
    #expect(edit.status == 1)
    #expect(
      edit.errors.contains(
        "the role coder codes and writes notes, and does not edit anything else; nothing was written; "
          + "ask an owner of the study for another role, and sync when you have it"))
    try luis.succeed("note", "add", "--about", "TOC-001", "--text", "Preguntar a Rosa.")
    try luis.succeed("sync")

    let list = try luis.succeed("void", "list")
    #expect(list.contains("TOC-001") && list.contains("summary"))
    let change = try #require(
      list.split(separator: "\n").first { $0.contains("TOC-001") }?.split(separator: " ").first)
    #expect(try luis.succeed("void", "show", String(change)).contains("Sin saberlo."))

    try server.administer("member", "role", "Huallaga", "Luis", "researcher")
    #expect(try luis.run("void", "write", "--all").status == 1)
    try luis.succeed("sync")
    try luis.succeed("void", "write", "--all")
    try luis.succeed("sync")
    try ana.succeed("sync")

    #expect(try ana.succeed("show", "TOC-001").contains("Sin saberlo."))
    #expect(try ana.succeed("show", "TOC-002").contains("Otra."))
    #expect(try luis.succeed("void", "list").contains("Everything you sent was taken."))
    #expect(try ana.registers() == luis.registers())
  }
}
