import CuadernoTestSupport
import Foundation
import Testing

/// Coded themes on their way to a map, to a graph, to annotations and into a Word file, by the real program.
@Suite struct MapStoryTests {
  private func study(_ scratch: ScratchFolder) throws -> Laptop {
    let laptop = try Laptop(in: scratch, named: "ana")
    try laptop.succeed("init", "Huallaga", "--as", "Ana")
    let places = """
      name,kind,parent,latitude,longitude
      Tocache,province,,-8.2512,-76.5534
      Casa de Rosa,town,Tocache,-8.18831,-76.50942

      """
    try scratch.write(Array(places.utf8), to: "places.csv")
    try laptop.succeed("import", "places", scratch.file("places.csv"))
    for (label, consent) in [("TOC-001", "may quote"), ("TOC-002", "may archive")] {
      try laptop.succeed(
        "interview", "add", "--label", label, "--file", "-", "--place", "Casa de Rosa",
        "--consent", "oral", "--consent-level", consent, input: "nadie avisó en \(label)\n")
    }
    try laptop.succeed("theme", "add", "Confianza")
    try laptop.succeed("theme", "add", "Miedo")
    let codings = """
      interview,theme,quote
      TOC-001,Confianza,nadie avisó
      TOC-001,Miedo,avisó
      TOC-002,Miedo,nadie avisó

      """
    try scratch.write(Array(codings.utf8), to: "codings.csv")
    try laptop.succeed("import", "codings", scratch.file("codings.csv"))
    return laptop
  }

  private func json(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func `a map leads to no house unless somebody asks for it`() throws {
    let scratch = try ScratchFolder()
    let laptop = try study(scratch)

    let map = try laptop.succeed("export", "geojson")
    #expect(!map.contains("Casa") && !map.contains("-8.18") && !map.contains("-8.2512"))
    #expect(map.contains("\"coordinates\":[-76.55,-8.25]"))
    #expect(map.contains("\"n_miedo\":2,\"own_miedo\":2"))

    let whole = try laptop.succeed("export", "geojson", "--level", "town", "--round", "5")
    #expect(whole.contains("Casa de Rosa") && whole.contains("[-76.50942,-8.18831]"))
    let none = try laptop.run("export", "geojson", "--level", "country")
    #expect(none.status == 0)
    #expect(
      none.errors.contains("codings left out, at finer places than --level says and with none"))
  }

  @Test func `annotations can be of what consent allows alone`() throws {
    let scratch = try ScratchFolder()
    let laptop = try study(scratch)

    let all = try laptop.run("export", "annotations")
    #expect(try json(all.output)["total"] as? Int == 3)
    #expect(all.errors.contains("annotations: 3\ntexts that they are on: 2\n"))
    #expect(all.errors.contains("texts quoted in the file that may be archived and not quoted: 1"))
    let quotable = try laptop.run("export", "annotations", "--quotable")
    #expect(try json(quotable.output)["total"] as? Int == 2)
    #expect(!quotable.output.contains("TOC-002"))
    let one = try laptop.run("export", "annotations", "--quotable", "--coder", "Nadie")
    #expect(one.status == 1)
    #expect(one.errors.contains("nobody of the name given with --coder"))
  }

  @Test func `a graph has the edges that the report counts`() throws {
    let scratch = try ScratchFolder()
    let laptop = try study(scratch)

    let graph = try laptop.succeed("export", "graphml", "--inside")
    #expect(graph.contains("edgedefault=\"directed\""))
    #expect(graph.contains("<data key=\"weight\">1</data>"))
    let report = try laptop.succeed("report", "cooccurrence", "--inside")
    #expect(
      report == """
        THEME  WITH       PAIRS  IN TEXTS
        Miedo  Confianza      1         1

        """)
    #expect(try !laptop.succeed("export", "graphml", "--at-least", "2").contains("<edge"))
  }

  @Test func `a Word file is whole, its owner's alone, and left alone when a template is refused`()
    throws
  {
    let scratch = try ScratchFolder()
    let laptop = try study(scratch)
    let output = scratch.file("informe.docx")

    #expect(
      try laptop.succeed("report", "docx", "--language", "es", "--output", output).hasPrefix(
        "Wrote "))
    let written = try scratch.bytes(of: "informe.docx")
    #expect(try scratch.permissions(of: "informe.docx") == 0o600)
    #expect(written.prefix(2) == [0x50, 0x4B])

    // What it wrote is a template too, and the same report in it is the same again.
    try laptop.succeed(
      "report", "docx", "--language", "es", "--template", output, "--output",
      scratch.file("otra.docx"))
    try laptop.succeed(
      "report", "docx", "--language", "es", "--template", scratch.file("otra.docx"), "--output",
      scratch.file("tercera.docx"))
    #expect(try scratch.bytes(of: "tercera.docx") == scratch.bytes(of: "otra.docx"))

    try scratch.write(Array("no".utf8), to: "membrete.docx")
    let refused = try laptop.run(
      "report", "docx", "--template", scratch.file("membrete.docx"), "--output", output)
    #expect(refused.status == 1)
    #expect(refused.errors.contains("template is no Word document (.docx), or is damaged"))
    #expect(try scratch.bytes(of: "informe.docx") == written)
    #expect(try !scratch.names().contains { $0.hasSuffix(".part") })
  }
}
