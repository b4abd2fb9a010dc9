import CuadernoTestSupport
import Foundation
import Testing

/// The same part of a study, told apart in the same way, by every report and export.
@Suite struct SelectionStoryTests {
  private static let places = """
    name,kind,parent,within
    Perú,country,,
    Valle Alto,valley,Perú,
    Monzón,valley,Perú,
    Tocache,province,Perú,Perú > Valle Alto
    Omas,province,Perú,Perú > Valle Alto; Perú > Monzón
    Casa de Rosa,town,Perú > Tocache,
    Casa de Juan,town,Perú > Omas,

    """

  private func study(_ scratch: ScratchFolder) throws -> Laptop {
    let laptop = try Laptop(in: scratch, named: "ana")
    try laptop.succeed("init", "Huallaga", "--as", "Ana")
    try scratch.write(Array(Self.places.utf8), to: "places.csv")
    try laptop.succeed("import", "places", scratch.file("places.csv"))
    try laptop.succeed("study", "attribute", "edad", "--of", "participant", "--type", "integer")
    try laptop.succeed("study", "attribute", "lengua", "--of", "interview")
    for (name, gender, age, role) in [
      ("Rosa", "mujer", "9", "agricultora"), ("Juan", "hombre", "38", "rondero"),
      ("Zoila", "otro", "110", "alcaldesa"),
    ] {
      try laptop.succeed(
        "participant", "add", name, "--role", role, "--attribute", "género=\(gender)",
        "--attribute", "edad=\(age)")
    }
    for (label, place, person, date) in [
      ("TOC-001", "Casa de Rosa", "Rosa", "2017"), ("OMA-001", "Casa de Juan", "Juan", "2017"),
      ("OMA-002", "Omas", "Zoila", "2018"),
    ] {
      try laptop.succeed(
        "interview", "add", "--label", label, "--place", place, "--participant", person, "--date",
        date, "--consent", "oral", "--consent-level", "may quote", "--file", "-",
        input: "nadie avisó a \(label)\n")
    }
    try laptop.succeed("theme", "add", "Miedo")
    try scratch.write(
      Array(
        "interview,theme,quote\nTOC-001,Miedo,nadie avisó\nOMA-001,Miedo,nadie\nOMA-002,Miedo,avisó\n"
          .utf8), to: "codings.csv")
    try laptop.succeed("import", "codings", scratch.file("codings.csv"), "--coder", "Ana")
    return laptop
  }

  private func run(_ laptop: Laptop, _ arguments: [String]) throws -> Laptop.Result {
    try Program.run("cuaderno", arguments, environment: laptop.environment)
  }

  @Test func `values of one attribute are alternatives, and of two attributes both hold`() throws {
    let scratch = try ScratchFolder()
    let laptop = try study(scratch)
    let women = ["--with", "participant:género=mujer"]
    let men = ["--with", "participant:GENERO=hombre"]
    let young = ["--with", "participant:edad=9"]

    for (options, labels) in [
      (women, ["TOC-001"]), (women + men, ["OMA-001", "TOC-001"]),
      (women + men + young, ["TOC-001"]),
      (men + young, []),
    ] {
      let table = try run(laptop, ["export", "codings", "--lf"] + options)
      let found = ["TOC-001", "OMA-001", "OMA-002"].filter(table.output.contains).sorted()
      #expect(found == labels, "\(options)")
      let quotes = try run(laptop, ["report", "quotes", "Miedo", "--json"] + options)
      #expect(
        quotes.output.components(separatedBy: "\"interview\"").count == labels.count + 1,
        "\(options)")
      let map = try run(laptop, ["export", "geojson"] + options)
      #expect(map.output.contains("\"codings\":\(labels.count),") || labels.isEmpty, "\(options)")
    }
  }

  @Test func `an attribute is found however its name is typed, and refused where there is none`()
    throws
  {
    let scratch = try ScratchFolder()
    let laptop = try study(scratch)
    let commands = [
      ["report", "themes"], ["report", "coverage"], ["report", "table", "Miedo"],
      ["report", "html"], ["report", "docx", scratch.file("a.docx")], ["export", "matrix"],
      ["export", "xlsx", scratch.file("a.xlsx")],
    ]
    for command in commands {
      let folded = try run(laptop, command + ["--by", "participant:GENERO"])
      #expect(folded.status == 0, "\(command) \(folded.errors)")
      let refused = try run(laptop, command + ["--by", "participant:nada"])
      #expect(refused.status == 1, "\(command)")
      #expect(
        refused.errors.hasPrefix(
          "Error: no participant has an attribute of the name given with --by; "), "\(command)")
      // Somebody defined it, and nobody has it yet.
      let unused = try run(laptop, command + ["--by", "interview:lengua"])
      #expect(unused.status == 0, "\(command) \(unused.errors)")
    }
    #expect(
      try laptop.succeed("export", "matrix", "--lf", "--by", "participant:GENERO")
        == "participant:género,Miedo\nhombre,1\nmujer,1\notro,1\n")
    let archive = ["export", "archive", scratch.file("a.zip"), "--attribute"]
    let named = try run(
      laptop, archive + ["participant:Genero", "--attribute", "participant:género"])
    #expect(
      named.output.contains("attributes left out, since --attribute does not name them: 2\n"))
    let refused = try run(laptop, archive + ["participant:nada"])
    #expect(refused.status == 1)
    #expect(refused.errors.contains("of the name given with --attribute"))
  }

  @Test func `numbers stand by their value, in crosstabs and in matrices`() throws {
    let scratch = try ScratchFolder()
    let laptop = try study(scratch)

    #expect(
      try laptop.succeed("report", "themes", "--by", "participant:edad").hasPrefix(
        "THEME  9  38  110  TOTAL\n"))
    #expect(
      try laptop.succeed("export", "matrix", "--lf", "--by", "participant:edad")
        == "participant:edad,Miedo\n9,1\n38,1\n110,1\n")
  }

  @Test func `a valley has what lies within it, in every table as on the map`() throws {
    let scratch = try ScratchFolder()
    let laptop = try study(scratch)

    let table = try laptop.run("report", "themes", "--by", "place", "--level", "valley")
    #expect(
      table.output == """
        THEME  Monzón  Valle Alto  TOTAL
        Miedo       2           3      3
        (all)       2           3      3

        """)
    #expect(
      table.errors == "A coding counts in each column that fits; the total counts it once.\n")
    #expect(try laptop.run("report", "themes", "--by", "place", "--level", "province").errors == "")
    #expect(
      try laptop.succeed("export", "matrix", "--lf", "--by", "place", "--level", "valley")
        == "place,Miedo\nMonzón,2\nValle Alto,3\n")
    let page = try laptop.succeed("report", "html", "--by", "place", "--level", "valley")
    #expect(page.contains("Monzón") && page.contains(">agricultora, Valle Alto, 2017<"))
    #expect(page.contains(">rondero, 2017<"))
  }

  @Test func `the table of a paper tells no place finer than its level`() throws {
    let scratch = try ScratchFolder()
    let laptop = try study(scratch)

    #expect(
      try laptop.succeed("report", "table", "Miedo", "--by", "place", "--format", "markdown") == """
        | place | Miedo | passages | texts | quotes |
        | --- | --- | --- | --- | --- |
        | Omas | Miedo | 2 | 2 | “nadie” (rondero, Omas, 2017)<br><br>“avisó” (alcaldesa, Omas, 2018) |
        | Tocache | Miedo | 1 | 1 | “nadie avisó” (agricultora, Tocache, 2017) |

        """)
    #expect(
      try laptop.succeed(
        "report", "table", "Miedo", "--by", "place", "--level", "town", "--format", "csv"
      ).contains("Casa de Rosa,Miedo,1,1,"))
  }

  @Test func `a report says how it was cut, and names nothing finer than its level`() throws {
    let scratch = try ScratchFolder()
    let laptop = try study(scratch)
    try laptop.succeed("study", "period", "Después", "--from", "2012")
    func scope(_ arguments: [String]) throws -> String {
      let page = try run(laptop, ["report", "html"] + arguments)
      #expect(page.status == 0, "\(page.errors)")
      #expect(!page.output.contains("OMA-00") && !page.output.contains("TOC-00"))
      if !arguments.contains("town") { #expect(!page.output.contains("Casa")) }
      let start = page.output.components(separatedBy: "<p class=\"scope\">").dropFirst().first
      return start?.components(separatedBy: "</p>").first ?? ""
    }
    let spanish = ["--language", "es"]

    #expect(try scope([]).hasPrefix("Quoted is only what consent allows"))
    for (options, english, inSpanish) in [
      (
        ["--place", "Casa de Juan"], "one place finer than province",
        "un lugar más pequeño que una provincia"
      ),
      (
        ["--place", "Casa de Juan", "--place", "Casa de Rosa"], "2 places finer than province",
        "2 lugares más pequeños que una provincia"
      ),
      (
        ["--place", "Tocache", "--place", "Omas", "--place", "Casa de Juan"],
        "place Omas or Tocache or one finer than province",
        "lugar Omas o Tocache o uno más pequeño que una provincia"
      ),
      (
        ["--place", "Casa de Juan", "--level", "town"], "place Casa de Juan", "lugar Casa de Juan"
      ),
      (["--interview", "TOC-001"], "one chosen interview", "una entrevista elegida"),
      (
        ["--interview", "TOC-001", "--interview", "OMA-001"], "2 chosen interviews",
        "2 entrevistas elegidas"
      ),
      (
        ["--consent", "none", "--consent", "may quote"], "consent may quote or none",
        "consentimiento para citar o ninguno"
      ),
      (
        [
          "--with", "participant:genero=OTRO", "--with", "participant:genero=mujer", "--with",
          "participant:edad=9", "--with", "participant:edad=110",
        ], "attribute participant:género=mujer or otro; attribute participant:edad=9 or 110",
        "atributo participant:género=mujer u otro; atributo participant:edad=9 o 110"
      ),
      (
        [
          "--role", "RONDERO", "--period", "despues", "--kind", "document", "--from", "2012",
          "--to", "2018-05", "--coder", "ana",
        ], "role rondero; period Después; kind document; from 2012; to a day in 2018; coder Ana",
        "rol rondero; periodo Después; tipo documento; desde 2012; hasta un día de 2018; codifica Ana"
      ),
    ] {
      #expect(try scope(options) == "Only: \(english).")
      #expect(try scope(options + spanish) == "Solo: \(inSpanish).")
    }
  }

  @Test func `a place that was given by its id is told by its name`() throws {
    let scratch = try ScratchFolder()
    let laptop = try study(scratch)
    let json = try laptop.succeed("place", "list", "--json")
    let places = try #require(
      JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
    let id = try #require(places.first { $0["path"] as? String == "Perú > Tocache" }?["id"])

    let page = try laptop.succeed("report", "html", "--place", "\(id)")
    #expect(page.contains("<p class=\"scope\">Only: place Tocache.</p>"))
  }

  @Test func `where options leave no coding, that is what is said`() throws {
    let scratch = try ScratchFolder()
    let laptop = try study(scratch)
    let nothing = "No coding fits all the options that select; leave one of them out.\n"

    for command in [
      ["report", "coverage"], ["report", "coverage", "--each-text"],
      ["report", "coverage", "--by", "role"], ["report", "themes", "--by", "role"],
      ["report", "cooccurrence"], ["report", "agreement"], ["report", "table", "Miedo"],
    ] {
      #expect(try run(laptop, command + ["--kind", "document"]).output == nothing, "\(command)")
    }
    for format in ["markdown", "csv"] {
      let cut = try laptop.run(
        "report", "table", "Miedo", "--format", format, "--kind", "document")
      #expect(cut.errors == nothing && cut.output.contains("passages"))
      try laptop.succeed("theme", "add", format)
      let whole = try laptop.run("report", "table", format, "--format", format)
      #expect(whole.errors == "No passage with these themes is like that.\n")
    }
    #expect(
      try laptop.run("report", "agreement").output.hasPrefix(
        "Agreement takes two coders or more; code the same texts"))
    #expect(
      try laptop.run("report", "agreement", "--place", "Tocache").output
        == "Agreement takes two coders or more, and fewer coded what the options select; leave one of "
        + "them out.\n")
  }
}
