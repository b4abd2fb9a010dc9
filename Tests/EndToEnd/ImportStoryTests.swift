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

  @Test func `two files of one command that lead to one record are refused, and none is taken`()
    throws
  {
    let scratch = try ScratchFolder()
    let laptop = try Laptop(in: scratch, named: "ana")
    try laptop.succeed("init", "Coca", "--as", "Ana")
    try scratch.write(Array("Primero.\n".utf8), to: "TOC-1.txt")
    try scratch.write(Array("Segundo.\n".utf8), to: "toc-1.md")
    try scratch.write(Array("q,KEY\nsí,uuid:1\n".utf8), to: "a.csv")
    try scratch.write(Array("q,KEY\nno,uuid:1\n".utf8), to: "b.csv")
    let before = try laptop.changes()

    let texts = try laptop.run(
      "interview", "import", scratch.file("TOC-1.txt"), scratch.file("toc-1.md"))
    let forms = try laptop.run(
      "import", "submissions", scratch.file("a.csv"), scratch.file("b.csv"))

    #expect(texts.status == 1 && forms.status == 1)
    #expect(
      texts.errors.contains(
        "toc-1.md: has the label of \(scratch.file("TOC-1.txt")), so it would be written over it"))
    #expect(
      forms.errors.contains(
        "b.csv: holds a submission that \(scratch.file("a.csv")) holds too"))
    #expect(try laptop.changes() == before)
  }

  @Test func `a rehearsal of submissions says which questions nobody named`() throws {
    let scratch = try ScratchFolder()
    let laptop = try Laptop(in: scratch, named: "ana")
    try laptop.succeed("init", "Coca", "--as", "Ana")
    try scratch.write(
      Array("relato,nombre,teléfono,KEY\nVinieron.,Luz,99,uuid:1\n".utf8), to: "a.csv")

    let all = try laptop.succeed(
      "import", "submissions", scratch.file("a.csv"), "--map", "text=relato", "--dry-run")
    let skipped = try laptop.succeed(
      "import", "submissions", scratch.file("a.csv"), "--map", "text=relato", "--skip", "nombre",
      "--skip", "teléfono", "--dry-run")

    #expect(
      all.contains(
        "  questions as attributes: nombre, teléfono\n  Leave out with --skip those with names,"))
    #expect(!skipped.contains("questions as attributes"))
  }

  @Test func `what was corrected here stays when the same file is imported again`() throws {
    let scratch = try ScratchFolder()
    let laptop = try Laptop(in: scratch, named: "ana")
    try laptop.succeed("init", "Coca", "--as", "Ana")
    try scratch.write(Array("Nadie abiso.\n".utf8), to: "TOC-1.txt")
    try laptop.succeed("interview", "import", scratch.file("TOC-1.txt"))
    try laptop.succeed("interview", "edit", "TOC-1", "--text", "Nadie avisó.")

    let again = try laptop.succeed("interview", "import", scratch.file("TOC-1.txt"))
    #expect(
      again == "Imported.\n  as it was: 1 interview\n  texts kept as edited here: 1\n")
    #expect(try laptop.succeed("show", "TOC-1").contains("Nadie avisó."))

    try scratch.write(Array("Nadie abiso, de nuevo.\n".utf8), to: "TOC-1.txt")
    let changed = try laptop.succeed("interview", "import", scratch.file("TOC-1.txt"))
    #expect(changed == "Imported.\n  changed: 1 interview\n")
    #expect(try laptop.succeed("show", "TOC-1").contains("Nadie abiso, de nuevo."))
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
