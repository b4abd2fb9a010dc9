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
    let path = scratch.file("editor")
    try scratch.write(Array("#!/bin/sh\n\(body)\n".utf8), to: "editor")
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
    return path
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
