import CuadernoTestSupport
import Foundation
import Testing

/// Texts as they come in: flag, file, standard input, an editor that may fail; and hostile ones.
@Suite struct TypingTests {
  private func laptop(_ scratch: ScratchFolder) throws -> Laptop {
    let laptop = try Laptop(in: scratch, named: "ana")
    try laptop.succeed("init", "Huallaga", "--as", "Ana")
    return laptop
  }

  private func script(_ scratch: ScratchFolder, _ body: String) throws -> String {
    try scratch.writeProgram(body, to: "editor")
  }

  private func drafts(_ laptop: Laptop) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: laptop.notebook + "/drafts")) ?? []
  }

  @Test func `a text from standard input is kept in NFC with line feeds`() throws {
    let scratch = try ScratchFolder()
    let laptop = try laptop(scratch)

    try laptop.succeed(
      "interview", "add", "--label", "TOC-001", "--file", "-", input: "an\u{303}o\r\ndos\r\n")

    let shown = try laptop.succeed("show", "TOC-001", "--json")
    #expect(Array(shown.utf8).count > 0)
    #expect(shown.utf8.elementsEqual(shown.precomposedStringWithCanonicalMapping.utf8))
    #expect(shown.contains("año\\ndos\\n"))
  }

  @Test func `what the editor wrote is saved and its draft is gone`() throws {
    let scratch = try ScratchFolder()
    let laptop = try laptop(scratch)
    let editor = try script(scratch, "echo 'Nadie nos avisó.' > \"$1\"")

    let result = try laptop.run(
      "note", "add", "--editor",
      extra: ["EDITOR": editor, "CUADERNO_EDITOR_WITHOUT_TERMINAL": "1"])

    #expect(result.status == 0)
    #expect(try laptop.succeed("note", "list").contains("Nadie nos avisó."))
    #expect(drafts(laptop).isEmpty)
  }

  @Test(arguments: ["exit 3", "kill -9 $$"])
  func `an editor that ends badly leaves the draft and says where`(ending: String) throws {
    let scratch = try ScratchFolder()
    let laptop = try laptop(scratch)
    let editor = try script(scratch, "echo 'Media frase' > \"$1\"\n\(ending)")

    let result = try laptop.run(
      "note", "add", "--editor",
      extra: ["EDITOR": editor, "CUADERNO_EDITOR_WITHOUT_TERMINAL": "1"])

    #expect(result.status == 1)
    #expect(result.errors.contains("nothing was saved"))
    #expect(try laptop.succeed("note", "list").contains("No notes"))
    let draft = try #require(drafts(laptop).first)
    #expect(result.errors.contains(draft))
    let text = try String(
      contentsOfFile: laptop.notebook + "/drafts/" + draft, encoding: .utf8)
    #expect(text == "Media frase\n")
  }

  @Test func `a text that is refused after editing stays in its draft`() throws {
    let scratch = try ScratchFolder()
    let laptop = try laptop(scratch)
    let editor = try script(scratch, "printf 'con \\033[2J escape' > \"$1\"")

    let result = try laptop.run(
      "note", "add", "--editor",
      extra: ["EDITOR": editor, "CUADERNO_EDITOR_WITHOUT_TERMINAL": "1"])

    #expect(result.status == 1)
    #expect(result.errors.contains("control character U+001B at position 4"))
    #expect(drafts(laptop).count == 1)
  }

  private func edit(
    _ laptop: Laptop, _ scratch: ScratchFolder, _ body: String, _ arguments: String...
  ) throws -> Laptop.Result {
    let editor = try script(scratch, body)
    return try Program.run(
      "cuaderno", arguments,
      environment: laptop.environment.merging(
        ["EDITOR": editor, "CUADERNO_EDITOR_WITHOUT_TERMINAL": "1"]) { $1 })
  }

  @Test func `a text goes to the record that was opened, whatever is called so when it is saved`()
    throws
  {
    let scratch = try ScratchFolder()
    let laptop = try laptop(scratch)
    for label in ["TOC-001", "TOC-002"] {
      try laptop.succeed("interview", "add", "--label", label, "--text", "Texto de \(label).")
    }
    let program = Program.url("cuaderno").path
    // As a sync would do while somebody writes.
    let swap = [("TOC-001", "X"), ("TOC-002", "TOC-001"), ("X", "TOC-002")].map {
      "'\(program)' interview edit \($0) --label \($1) > '\(scratch.file("out"))'\n"
    }.joined()

    let edited = try edit(
      laptop, scratch, swap + "echo 'Escrito en el primero.' > \"$1\"", "interview", "edit",
      "TOC-001", "--editor")
    let noted = try edit(
      laptop, scratch, swap + "echo 'Sobre el segundo.' > \"$1\"", "note", "add", "--about",
      "TOC-001", "--editor")

    #expect(edited.status == 0 && noted.status == 0, "\(edited.errors)\(noted.errors)")
    // They were swapped twice.
    #expect(try laptop.succeed("show", "TOC-001").contains("Escrito en el primero."))
    #expect(try laptop.succeed("show", "TOC-002").contains("Texto de TOC-002."))
    #expect(try laptop.succeed("note", "list", "TOC-002").contains("Sobre el segundo."))
  }

  @Test func `an editor that is closed without a change, or on nothing, writes nothing`() throws {
    let scratch = try ScratchFolder()
    let laptop = try laptop(scratch)
    try laptop.succeed("interview", "add", "--label", "TOC-001", "--text", "Nadie vino.\n")
    let before = try laptop.changes()

    let commands = [
      ["interview", "add", "--label", "TOC-002", "--editor"], ["note", "add", "--editor"],
      ["interview", "edit", "TOC-001", "--title", "X", "--editor"],
    ]
    for command in commands {
      for body in ["true", "printf '\\n' >> \"$1\""] where body == "true" || command[1] == "add" {
        let editor = try script(scratch, body)
        let result = try Program.run(
          "cuaderno", command,
          environment: laptop.environment.merging(
            ["EDITOR": editor, "CUADERNO_EDITOR_WITHOUT_TERMINAL": "1"]) { $1 })
        #expect(result.status == 1, "\(command)")
        #expect(
          result.errors.contains("editor was closed without a change, so nothing was written"))
      }
    }
    let emptied = try edit(
      laptop, scratch, ": > \"$1\"", "interview", "edit", "TOC-001", "--editor")
    #expect(emptied.errors.contains("the text came back from the editor empty"))
    let gone = try edit(laptop, scratch, "rm \"$1\"", "interview", "edit", "TOC-001", "--editor")
    #expect(gone.errors.contains("editor left no file behind, so nothing was saved"))
    #expect(emptied.status == 1 && gone.status == 1)
    #expect(try laptop.changes() == before)
    #expect(drafts(laptop).isEmpty)
  }

  @Test func `a draft that cannot be written is told in words, before an editor opens`() throws {
    let scratch = try ScratchFolder()
    let laptop = try laptop(scratch)
    _ = FileManager.default.createFile(atPath: laptop.notebook + "/drafts", contents: nil)

    let result = try edit(laptop, scratch, "true", "note", "add", "--editor")

    #expect(result.status == 1)
    #expect(result.errors.contains("no draft can be written in the notebook's folder"))
  }

  @Test func `a file of no text is refused, and says by which command it comes in`() throws {
    let scratch = try ScratchFolder()
    let laptop = try laptop(scratch)
    try laptop.succeed("interview", "add", "--label", "TOC-001", "--text", "Nadie vino.")
    let before = try laptop.changes()

    for (name, bytes, words) in [
      ("empty.txt", [UInt8](), "there is no text in the file, so nothing was written"),
      ("lines.txt", Array(" \n\n".utf8), "there is no text in the file, so nothing was written"),
      ("acta.docx", [0x50, 0x4B, 0x03, 0x04, 0], "`cuaderno interview import FILE` brings it in"),
      (
        "latin.txt", [0x61, 0xF1, 0x6F], "`cuaderno interview import FILE --encoding windows-1252`"
      ),
    ] {
      try scratch.write(bytes, to: name)
      let result = try laptop.run("interview", "edit", "TOC-001", "--file", scratch.file(name))
      #expect(result.status == 1)
      #expect(result.errors.contains(words), "\(result.errors)")
    }
    #expect(try laptop.changes() == before)
    try laptop.succeed("interview", "edit", "TOC-001", "--text", "")
    #expect(try !laptop.succeed("show", "TOC-001").contains("Nadie vino."))
  }

  @Test func `a second record of one name is refused, in any case and with any accents`() throws {
    let scratch = try ScratchFolder()
    let laptop = try laptop(scratch)
    try laptop.succeed("interview", "add", "--label", "TOC-001")
    try laptop.succeed("participant", "add", "Rosa Peña")
    try laptop.succeed("place", "add", "San Martín")
    try laptop.succeed("place", "add", "Tocache", "--parent", "San Martín")
    try laptop.succeed("theme", "add", "Estado")
    let before = try laptop.changes()

    for (command, words) in [
      (["interview", "add", "--label", "toc-001"], "an interview with that label already"),
      (["participant", "add", "rosa peña"], "a participant of that pseudonym already"),
      (["place", "add", "san martin"], "a place of that name in the same place already"),
      (
        ["place", "add", "TOCACHE", "--parent", "san martin"],
        "a place of that name in the same place already"
      ),
      (["theme", "add", "ESTADO"], "a theme of that name in the same place already"),
    ] {
      let result = try Program.run("cuaderno", command, environment: laptop.environment)
      #expect(result.status == 1, "\(command)")
      #expect(result.errors.contains("there is \(words); nothing was written"), "\(result.errors)")
    }
    #expect(try laptop.changes() == before)
    // Neither by another way.
    try laptop.succeed("interview", "add", "--label", "TOC-002")
    try laptop.succeed("place", "add", "Tocache", "--parent", "San Martín > Tocache")
    try laptop.succeed("theme", "add", "Mercado")
    for (command, words) in [
      (["interview", "edit", "TOC-002", "--label", "toc-001"], "an interview with that label"),
      (
        ["place", "edit", "San Martín > Tocache > Tocache", "--parent", "San Martín"],
        "a place of that name in the same place"
      ),
      (["theme", "edit", "Mercado", "--name", "estado"], "a theme of that name in the same place"),
    ] {
      let result = try Program.run("cuaderno", command, environment: laptop.environment)
      #expect(result.status == 1, "\(command)")
      #expect(
        result.errors.contains("there is \(words) already; nothing was written; choose another"),
        "\(result.errors)")
    }
    // What has the name keeps it, in another spelling too.
    try laptop.succeed("interview", "edit", "TOC-002", "--label", "Toc-002", "--title", "Rosa")
    try laptop.succeed("theme", "edit", "Estado", "--name", "ESTADO")
    // ñ is a letter of its own.
    try laptop.succeed("participant", "add", "Rosa Pena")
  }

  @Test func `escape codes and direction marks in a text are shown and never sent`() throws {
    let scratch = try ScratchFolder()
    let laptop = try laptop(scratch)

    try laptop.succeed("interview", "add", "--label", "TOC-001", "--title", "a\u{202E}b\u{200B}c")
    let table = try laptop.succeed("interview", "list")
    let json = try laptop.succeed("interview", "list", "--json")

    #expect(table.contains("a<U+202E>b<U+200B>c"))
    #expect(json.contains("a\\u202eb\\u200bc"))
  }

  @Test func `wrong usage ends with 64 and failure with 1`() throws {
    let scratch = try ScratchFolder()
    let laptop = try laptop(scratch)

    #expect(try laptop.run("interview", "add", "--nonsense").status == 64)
    #expect(try laptop.run("code", "a", "b").status == 64)
    #expect(try laptop.run("show", "nobody").status == 1)
    #expect(try laptop.run("interview", "add", "--label", "X", "--date", "2017-02-30").status == 1)
  }
}
