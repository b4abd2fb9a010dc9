import CuadernoTestSupport
import Foundation
import Testing

/// What may be quoted, told and kept apart, by the real program.
@Suite struct QuotableStoryTests {
  private static let secret = "secretísimo"

  /// One interview that may be quoted, one whose consent was withdrawn with a coded note about it, one under an
  /// embargo, one without a consent, and a law.
  private func study(_ scratch: ScratchFolder) throws -> Laptop {
    let laptop = try Laptop(in: scratch, named: "ana")
    try laptop.succeed("init", "Huallaga", "--as", "Ana")
    let consents: [(String, [String])] = [
      ("B-LIBRE", ["--consent", "oral", "--consent-level", "may quote"]),
      ("A-RETIRADA", ["--consent", "oral", "--consent-level", "withdrawn"]),
      (
        "C-EMBARGO",
        ["--consent", "oral", "--consent-level", "may quote", "--embargo", "2999"]
      ), ("D-NADIE", []), ("E-LEY", ["--kind", "document"]),
    ]
    try laptop.succeed("theme", "add", "Miedo")
    for (label, consent) in consents {
      let isOpen = label == "B-LIBRE" || label == "E-LEY"
      try laptop.succeed(
        ["interview", "add", "--label", label, "--file", "-"] + consent,
        input: isOpen ? "dicho en voz alta\n" : "\(Self.secret) de \(label)\n")
      try laptop.succeed("code", label, "Miedo", "--quote", isOpen ? "dicho en voz" : Self.secret)
    }
    try laptop.succeed(
      "note", "add", "--about", "A-RETIRADA", "--text", "Anotó algo \(Self.secret).")
    let note = try #require(
      try rows(laptop.succeed("note", "list", "--json")).first?["id"] as? String)
    try laptop.succeed("code", note, "Miedo", "--quote", Self.secret)
    for about in ["Miedo", "study"] {
      try laptop.succeed("note", "add", "--about", about, "--text", "Alguien dijo \(Self.secret).")
    }
    try laptop.succeed("interview", "edit", "A-RETIRADA", "--attribute", "\(Self.secret)=true")
    return laptop
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private func rows(_ text: String) throws -> [[String: Any]] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
  }

  @Test func `quotes come by label, say what may not be quoted, and leave it out when asked`()
    throws
  {
    let scratch = try ScratchFolder()
    let laptop = try study(scratch)

    let all = try laptop.run("report", "quotes", "Miedo")
    #expect(all.errors.contains("6 passages.\n"))
    #expect(
      all.errors.contains("Not to be quoted, since there is no consent to it or an embargo: 4."))
    let labels = ["A-RETIRADA ", "A-RETIRADA, note ", "B-LIBRE", "C-EMBARGO", "D-NADIE", "E-LEY"]
    let places = labels.map { all.output.range(of: $0)?.lowerBound }
    #expect(
      !places.contains(nil) && places.compactMap(\.self) == places.compactMap(\.self).sorted())
    let json = try rows(laptop.succeed("report", "quotes", "Miedo", "--json"))
    #expect(
      json.map { $0["interview"] as? String } == [
        "A-RETIRADA", "A-RETIRADA", "B-LIBRE", "C-EMBARGO", "D-NADIE", "E-LEY",
      ])
    #expect(json.map { $0["quotable"] as? Bool } == [false, false, true, false, false, true])
    #expect(json.map { $0["note"] is String } == [false, true, false, false, false, false])

    let quotable = try laptop.run("report", "quotes", "Miedo", "--quotable")
    #expect(!quotable.output.contains(Self.secret) && quotable.errors.contains("2 passages."))
    #expect(!quotable.errors.contains("Not to be quoted"))
  }

  @Test func `words that are gone from a text are shown as gone`() throws {
    let scratch = try ScratchFolder()
    let laptop = try study(scratch)
    try laptop.succeed(
      "interview", "edit", "B-LIBRE", "--file", "-", input: "otra cosa del todo distinta\n")

    let quotes = try laptop.succeed("report", "quotes", "Miedo")
    #expect(quotes.contains("STATUS") && quotes.contains("review"))
    let pairs = try laptop.run("report", "cooccurrence")
    #expect(
      pairs.errors.contains("1 coding left out, because their passages have to be looked for"))
    let page = try laptop.succeed("report", "html")
    #expect(page.contains("1 coding, whose place in the text has to be looked for, is counted"))
  }

  @Test(arguments: ["codings", "xlsx", "sqlite", "qdpx", "matrix", "codebook"])
  func `an export of what may be quoted alone holds nothing else`(kind: String) throws {
    let scratch = try ScratchFolder()
    let laptop = try study(scratch)
    let file = scratch.file("out." + kind)
    let counts = kind == "codebook" ? ["--counts"] : []

    let said = try laptop.succeed(["export", kind, file, "--quotable"] + counts)
    let bytes = try unpacked(file, scratch)
    for word in [Self.secret, "A-RETIRADA", "C-EMBARGO", "D-NADIE"] {
      #expect(!bytes.contains(word), "\(word)")
    }
    #expect(kind == "codebook" || bytes.contains("B-LIBRE"))
    #expect(!said.contains("withdrawn") && !said.contains("no consent"))
    if kind != "matrix", kind != "codebook" {
      try FileManager.default.removeItem(atPath: file)
      let whole = try laptop.succeed("export", kind, file)
      #expect(whole.contains("whose consent was withdrawn"))
      #expect(whole.contains("interviews in the file for which no consent is written down: 1"))
    }
  }

  /// The bytes of a file, or of all that is packed in it.
  private func unpacked(_ file: String, _ scratch: ScratchFolder) throws -> String {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    guard bytes.starts(with: [0x50, 0x4B]) else { return String(decoding: bytes, as: UTF8.self) }
    return try UnzipProcess.text(of: nil, in: file)
  }

  @Test func `what asks for care is told on standard error when the table goes to standard output`()
    throws
  {
    let scratch = try ScratchFolder()
    let laptop = try study(scratch)

    for kind in ["codings", "jsonl"] {
      let told = try laptop.run("export", kind).errors
      #expect(told.contains("under an embargo still: 1"))
      #expect(told.contains("whose consent was withdrawn"))
    }
    let written = try object(
      laptop.succeed("export", "codings", scratch.file("c.csv"), "--json"))
    #expect(written["withdrawn"] as? Int == 1 && written["unasked"] as? Int == 1)
    let map = try object(
      laptop.succeed("export", "geojson", scratch.file("m.geojson"), "--json"))
    #expect(map["withoutPlace"] as? Int == 6)
  }

  @Test func `interviews are counted apart from the notes about them`() throws {
    let scratch = try ScratchFolder()
    let laptop = try study(scratch)

    let theme = try #require(try rows(laptop.succeed("report", "themes", "--json")).first)
    #expect(theme["texts"] as? Int == 6 && theme["interviews"] as? Int == 5)
  }

  @Test func `a report that does not show all pairs of themes says how many there are`() throws {
    let scratch = try ScratchFolder()
    let laptop = try study(scratch)
    let names = (1...8).map { "Tema \($0)" }
    try scratch.write(
      Array("path\n\(names.joined(separator: "\n"))\n".utf8), to: "themes.csv")
    try laptop.succeed("import", "codebook", scratch.file("themes.csv"))
    let rows = names.map { "B-LIBRE,\($0),dicho en voz\n" }.joined()
    try scratch.write(Array("interview,theme,quote\n\(rows)".utf8), to: "codings.csv")
    try laptop.succeed("import", "codings", scratch.file("codings.csv"))

    #expect(
      try laptop.succeed("report", "html").contains("The 30 most frequent of 36 pairs of themes."))
    #expect(
      try laptop.run("report", "cooccurrence", "--limit", "7").errors.contains(
        "The 7 most frequent of 36 pairs; --limit shows more."))
  }

  @Test func `a report does not replace the template that it takes its looks from`() throws {
    let scratch = try ScratchFolder()
    let laptop = try study(scratch)
    let file = scratch.file("membrete.docx")
    try laptop.succeed("report", "docx", file)
    let before = try Data(contentsOf: URL(fileURLWithPath: file))

    let refused = try laptop.run("report", "docx", file, "--template", file)
    #expect(refused.status != 0)
    #expect(refused.errors.contains("the template and the report are the same file"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == before)
  }
}
