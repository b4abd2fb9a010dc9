import CuadernoTestSupport
import Foundation
import Testing

/// What the program says where something else was meant, or where a file asks for care.
@Suite struct PlainWordsTests {
  private func laptop(_ scratch: ScratchFolder) throws -> Laptop {
    let laptop = try Laptop(in: scratch, named: "ana")
    try laptop.succeed("init", "Huallaga", "--as", "Ana")
    return laptop
  }

  @Test func `an option before the command is told where it goes`() throws {
    let result = try laptop(ScratchFolder()).run("--notebook", "x", "status")

    #expect(result.status == 64)
    #expect(
      result.errors.contains(
        "--notebook goes after the command, such as `cuaderno status --notebook FOLDER`"))
  }

  @Test func `a file that is no backup is not to be restored from a backup`() throws {
    let scratch = try ScratchFolder()
    let laptop = try Laptop(in: scratch, named: "ana")
    try scratch.write(Array(repeating: 0x61, count: 5_000), to: "foto.jpg")
    try scratch.write([], to: "nada")

    for name in ["foto.jpg", "nada"] {
      let result = try laptop.run("restore", scratch.file(name))
      #expect(result.status == 1)
      #expect(
        result.errors.contains(
          "file is no backup of a notebook, or is damaged; nothing was restored; take another one"))
    }
  }

  @Test func `exports of words tell whose consent asks for care`() throws {
    let scratch = try ScratchFolder()
    let laptop = try laptop(scratch)
    try laptop.succeed("theme", "add", "Miedo")
    for (label, level) in [("TOC-001", "may paraphrase"), ("TOC-002", "withdrawn")] {
      try laptop.succeed(
        "interview", "add", "--label", label, "--text", "Nadie vino.", "--consent", "oral",
        "--consent-level", level)
    }
    try laptop.succeed("code", "TOC-001", "Miedo", "--quote", "Nadie")

    let codings = try laptop.succeed("export", "codings", scratch.file("c.csv"))
    let study = try laptop.succeed("export", "jsonl", scratch.file("s.jsonl"))

    let paraphrased = "  interviews in the file that may be paraphrased and not quoted: 1\n"
    #expect(codings.hasSuffix(" bytes.\n" + paraphrased))
    #expect(study.contains(paraphrased))
    #expect(study.contains("  interviews in the file whose consent was withdrawn; "))
  }
}
