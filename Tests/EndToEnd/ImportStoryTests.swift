import CuadernoTestSupport
import Foundation
import Testing

/// Files of other programs, through the real program.
@Suite struct ImportStoryTests {
  @Test func `a rehearsal of an import writes nothing and says what would come`() throws {
    let scratch = try ScratchFolder()
    let laptop = try Laptop(in: scratch, named: "ana")
    try laptop.succeed("init", "Coca", "--as", "Ana")
    try scratch.write(Array("Código,Texto\nTOC-1,Nada\n".utf8), to: "e.csv")
    let command = ["import", "interviews", scratch.file("e.csv"), "--map", "label=código"]
    let before = try laptop.changes()

    let refused = try Program.run("cuaderno", command, environment: laptop.environment, input: "")
    #expect(refused.status == 1)
    #expect(refused.errors.contains("column 2: nothing says what this column is"))
    let rehearsed = try Program.run(
      "cuaderno", command + ["--map", "text=texto", "--dry-run"],
      environment: laptop.environment, input: "")
    #expect(
      rehearsed.output == "Nothing was written. This would come:\n  new: 1 interview\n")
    #expect(try laptop.changes() == before)

    let taken = try Program.run(
      "cuaderno", command + ["--map", "text=texto"], environment: laptop.environment, input: "")
    #expect(taken.output == "Imported.\n  new: 1 interview\n")
  }

  @Test func `of several submission files the one at fault is named, and none is taken`() throws {
    let scratch = try ScratchFolder()
    let laptop = try Laptop(in: scratch, named: "ana")
    try laptop.succeed("init", "Coca", "--as", "Ana")
    try scratch.write(Array("q,KEY\nsí,uuid:1\n".utf8), to: "a.csv")
    try scratch.write(Array("q,KEY\nno,uuid:2\nno,\n".utf8), to: "b.csv")
    let before = try laptop.changes()

    let result = try laptop.run(
      "import", "submissions", scratch.file("a.csv"), scratch.file("b.csv"))

    #expect(result.status == 1)
    #expect(
      result.errors.contains(
        "b.csv: line 3, column KEY: submission has no id; export it anew from ODK or Kobo; nothing was "
          + "imported"))
    #expect(try laptop.changes() == before)
  }

  @Test func `a document without its converter says what to install`() throws {
    let scratch = try ScratchFolder()
    let laptop = try Laptop(in: scratch, named: "ana")
    try laptop.succeed("init", "Coca", "--as", "Ana")
    try scratch.write([1, 2, 3], to: "acta.docx")

    let result = try laptop.run(
      "interview", "import", scratch.file("acta.docx"), extra: ["PATH": scratch.path])

    #expect(result.status == 1)
    #expect(result.errors.contains("acta.docx: pandoc is not installed, which reads DOCX"))
  }
}
