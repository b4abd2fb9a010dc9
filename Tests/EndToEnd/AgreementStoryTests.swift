import CuadernoTestSupport
import Foundation
import Testing

/// Two people code the same interview, and ask how far they agree.
@Suite struct AgreementStoryTests {
  private func coded(_ scratch: ScratchFolder) throws -> Laptop {
    let laptop = try Laptop(in: scratch, named: "ana")
    try laptop.succeed("init", "Huallaga", "--as", "Ana")
    try laptop.succeed(
      "interview", "add", "--label", "TOC-001", "--file", "-", input: "nadie avisó\n\nquién sabe\n")
    try laptop.succeed("theme", "add", "Confianza")
    try scratch.write(
      Array("interview,theme,quote\nTOC-001,Confianza,nadie avisó\n".utf8), to: "codings.csv")
    try laptop.succeed("import", "codings", scratch.file("codings.csv"), "--coder", "Ana")
    return laptop
  }

  @Test func `two coders see where they agree, and what was counted`() throws {
    let scratch = try ScratchFolder()
    let laptop = try coded(scratch)
    try scratch.write(
      Array("interview,theme,quote\nTOC-001,Confianza,avisó\n".utf8), to: "codings.csv")
    try laptop.succeed("import", "codings", scratch.file("codings.csv"), "--coder", "Luis")

    let report = try laptop.run("report", "agreement")

    #expect(
      report.output == """
        THEME      Ana  Luis  AGREEMENT  KAPPA  ALPHA  UNITIZING
        Confianza    1     1  1.000      1.000  1.000  0.481
        (all)        1     1  1.000      1.000  1.000  0.481

        """)
    #expect(report.errors == "2 lines in 1 text that each of them coded.\n")
    let rows = try #require(
      try JSONSerialization.jsonObject(
        with: Data(
          try laptop.succeed("report", "agreement", "--unit", "character", "--json").utf8))
        as? [[String: Any]])
    #expect(rows.count == 2)
    #expect(rows[0]["agreement"] as? Double == 18.0 / 24)
    #expect(rows[1]["theme"] is NSNull)
  }

  @Test func `one coder alone is told what it takes`() throws {
    let scratch = try ScratchFolder()
    let laptop = try coded(scratch)

    #expect(try laptop.succeed("report", "agreement").contains("takes two coders or more"))
    let unknown = try laptop.run("report", "agreement", "--coder", "Ana", "--coder", "Nadie")
    #expect(unknown.status == 64)
    #expect(!unknown.errors.contains("Nadie"))
  }

  @Test func `the table of a paper says who said so without a name, and what it holds back`() throws
  {
    let scratch = try ScratchFolder()
    let laptop = try coded(scratch)
    try laptop.succeed("participant", "add", "Rosa", "--role", "agricultora")
    try laptop.succeed("interview", "edit", "TOC-001", "--participant", "Rosa", "--date", "2017-05")

    let withheld = try laptop.run("report", "table", "Confianza")
    #expect(withheld.errors.contains("1 passage counted and not quoted"))
    #expect(!withheld.output.contains("avisó"))

    try laptop.succeed(
      "interview", "edit", "TOC-001", "--consent", "oral", "--consent-level", "may quote")
    let output = scratch.file("table.md")
    try laptop.succeed(
      "report", "table", "Confianza", "--language", "es", "--format", "markdown", "--output", output
    )
    #expect(
      String(decoding: try scratch.bytes(of: "table.md"), as: UTF8.self) == """
        | periodo | Confianza | pasajes | textos | citas |
        | --- | --- | --- | --- | --- |
        |  | Confianza | 1 | 1 | «nadie avisó» (agricultora, 2017) |

        """)
  }
}
