import CuadernoTestSupport
import Foundation
import Testing

/// Looking back and taking back, with the programs as a team has them.
@Suite struct HistoryStoryTests {
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
    try ana.succeed("join", try server.invite("Ana", to: "Huallaga"))
    try luis.succeed("join", try server.invite("Luis", to: "Huallaga"))
  }

  @Test func `a morning of edits is looked through, undone, redone and brought back`() throws {
    try ana.succeed(
      "interview", "add", "--label", "TOC-001", "--text", "Nadie nos avisó del operativo.",
      "--attribute", "grabada=sí")
    try ana.succeed("interview", "edit", "TOC-001", "--title", "Rosa", "--summary", "Primera.")
    try ana.succeed(
      "interview", "edit", "TOC-001", "--text", "Casi nadie nos avisó del operativo.")

    let diff = try ana.succeed("diff", "TOC-001")
    #expect(diff.contains("text, line 1"))
    #expect(diff.contains("[-Nadie-]{+Casi nadie+} nos avisó del operativo."))
    #expect(try ana.succeed("diff", "TOC-001@1", "2").contains("  title\n    + Rosa\n"))
    let log = try ana.succeed("log", "TOC-001")
    #expect(log.contains("added: label, kind, text, attributes"))
    #expect(log.contains("title, summary"))

    #expect(try ana.succeed("undo").contains("text of interview TOC-001."))
    #expect(try ana.succeed("show", "TOC-001").contains("Nadie nos avisó"))
    #expect(try ana.succeed("undo").contains("title, summary of interview TOC-001."))
    #expect(try ana.succeed("undo").contains("interview TOC-001 is deleted."))
    #expect(try ana.run("show", "TOC-001").status != 0)
    let end = try ana.succeed("undo")
    #expect(end.hasPrefix("Nothing to undo"))
    for _ in 0..<3 { try ana.succeed("redo") }
    #expect(try ana.succeed("redo").hasPrefix("Nothing to redo"))
    #expect(try ana.succeed("show", "TOC-001").contains("Casi nadie"))

    let revert = try ana.succeed("revert", "TOC-001@1")
    #expect(revert.hasPrefix("Reverted to "))
    let shown = try ana.succeed("show", "TOC-001", "--json")
    #expect(shown.contains(#""title":null"#))
    #expect(shown.contains(#""text":"Nadie nos avisó del operativo.""#))
    #expect(try ana.succeed("revert", "TOC-001@1").hasPrefix("Nothing to write"))
  }

  @Test func `what another wrote is news once, and undo leaves it alone`() throws {
    try ana.succeed("interview", "add", "--label", "TOC-002", "--text", "Nadie nos avisó.")
    try ana.succeed("interview", "edit", "TOC-002", "--title", "Don Julio", "--summary", "Ana.")
    try ana.succeed("sync")
    try luis.succeed("sync")
    let first = try luis.succeed("news", "--seen")
    #expect(first.contains("interview TOC-002  Ana"))
    #expect(try luis.succeed("news") == "No news.\n")

    try luis.succeed("interview", "edit", "TOC-002", "--summary", "Luis.")
    try luis.succeed("theme", "add", "Miedo")
    try luis.succeed("code", "TOC-002", "Miedo", "--quote", "avisó")
    try luis.succeed("sync")
    try ana.succeed("sync")
    try ana.succeed("news")
    let news = try ana.succeed("news")
    #expect(news.contains("\n  interview TOC-002  Luis: summary\n"))
    #expect(news.contains("1 coding on interview TOC-002  Luis"))
    #expect(news.contains("theme Miedo  Luis"))
    #expect(try ana.succeed("status").contains("not seen yet"))

    let undo = try ana.run("undo")
    #expect(undo.status == 2)
    #expect(undo.output.contains("title of interview TOC-002."))
    #expect(
      undo.output.contains(
        "Left alone: summary of interview TOC-002, which Luis has changed since."))
    try ana.succeed("sync")
    try luis.succeed("sync")
    let shown = try luis.succeed("show", "TOC-002")
    #expect(shown.contains("Luis."))
    #expect(!shown.contains("Don Julio"))
    #expect(try ana.registers() == luis.registers())
  }

  @Test func `merged themes count as one on both laptops until they are taken apart`() throws {
    try ana.succeed("interview", "add", "--label", "TOC-003", "--text", "Nadie nos avisó.")
    for theme in ["Miedo", "Temor"] { try ana.succeed("theme", "add", theme) }
    try ana.succeed("code", "TOC-003", "Miedo", "--quote", "Nadie")
    try ana.succeed("theme", "add", "A la policía", "--parent", "Miedo")
    let merge = try ana.succeed("theme", "merge", "Miedo", "Temor")
    #expect(merge.hasPrefix("Merged Miedo into Temor, with 1 coding."))
    try ana.succeed("sync")
    try luis.succeed("sync")

    #expect(try luis.succeed("theme", "tree") == "Temor (1)\n└─ A la policía\n")
    #expect(try luis.succeed("coding", "list", "--theme", "Miedo").contains("Temor"))
    try luis.succeed("code", "TOC-003", "Miedo", "--quote", "avisó")
    #expect(try luis.succeed("report", "themes", "--json").contains(#""theme":"Temor""#))
    let export = try luis.succeed("export", "codings")
    #expect(export.contains(",Temor,"))
    #expect(!export.contains(",Miedo,"))
    #expect(
      try luis.succeed("theme", "unmerge", "Miedo")
        == "Miedo stands by itself again, with 1 coding.\n")
    #expect(try luis.succeed("theme", "tree").contains("Miedo (1)\n└─ A la policía\n"))
  }
}
