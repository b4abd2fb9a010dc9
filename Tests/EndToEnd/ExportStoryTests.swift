import CuadernoTestSupport
import Foundation
import Testing

/// A study goes to Excel, R and an archive, whole and in part.
@Suite struct ExportStoryTests {
  private func coded(_ scratch: ScratchFolder) throws -> Laptop {
    let laptop = try Laptop(in: scratch, named: "ana")
    try laptop.succeed("init", "Huallaga", "--as", "Ana")
    try laptop.succeed("place", "add", "Tocache", "--kind", "province")
    try laptop.succeed("place", "add", "Lima", "--kind", "region")
    try laptop.succeed("participant", "add", "Rosa", "--role", "agricultora")
    try laptop.succeed("theme", "add", "Miedo")
    for (label, place, text) in [
      ("TOC-001", "Tocache", "nadie avisó\n"), ("LIM-001", "Lima", "=quién sabe\n"),
    ] {
      try laptop.succeed(
        "interview", "add", "--label", label, "--place", place, "--participant", "Rosa", "--date",
        "2017", "--file", "-", input: text)
    }
    try scratch.write(
      Array("interview,theme,quote\nTOC-001,Miedo,nadie avisó\nLIM-001,Miedo,=quién\n".utf8),
      to: "codings.csv")
    try laptop.succeed("import", "codings", scratch.file("codings.csv"), "--coder", "Ana")
    return laptop
  }

  @Test func `each export holds everything, or the part that was asked for, and says so`() throws {
    let scratch = try ScratchFolder()
    let laptop = try coded(scratch)

    let workbook = try laptop.succeed("export", "xlsx", scratch.file("a.xlsx"))
    #expect(
      workbook.contains(
        " bytes: codings 2, themes 1, interviews 2, participants 1, places 2.\n"
          + "  4 dates written as words: years, months, and days before March 1900\n"))
    let database = try laptop.succeed(
      "export", "sqlite", scratch.file("a.sqlite"), "--place", "Tocache", "--json")
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(database.utf8)) as? [String: Any])
    let counts = try #require(json["counts"] as? [String: Int])
    #expect(counts["interviews"] == 1)
    #expect(counts["codings"] == 1)
    #expect(counts["places"] == 1)
    let archive = try laptop.succeed("export", "archive", scratch.file("a.zip"))
    #expect(
      archive.contains(
        "bytes: an empty study.\n  interviews left out, since no consent is written down: 2\n"))
    let project = try laptop.succeed(
      "export", "qdpx", scratch.file("a.qdpx"), "--interview", "LIM-001")
    #expect(project.contains("texts 1, codings 1"))
    #expect(project.contains("interviews left out, since they were not selected: 1"))
    for name in ["a.xlsx", "a.sqlite", "a.zip", "a.qdpx"] {
      #expect(try scratch.permissions(of: name) == 0o600)
    }
    #expect(try scratch.names() == ["a.qdpx", "a.sqlite", "a.xlsx", "a.zip", "ana", "codings.csv"])
  }

  @Test func `matrices and tables of codings take the same words`() throws {
    let scratch = try ScratchFolder()
    let laptop = try coded(scratch)

    #expect(
      try laptop.succeed("export", "matrix", "--lf") == "interview,Miedo\nLIM-001,1\nTOC-001,1\n")
    #expect(
      try laptop.succeed(
        "export", "matrix", "--lf", "--by", "role", "--presence", "--language", "es",
        "--themes-as", "rows") == "tema,agricultora\nMiedo,1\n")
    #expect(
      try laptop.succeed("export", "matrix", "--lf", "--place", "Tocache")
        == "interview,Miedo\nTOC-001,1\n")
    for (option, value, rows) in [
      ("--place", "Lima", 1), ("--role", "AGRICULTÓRA", 2), ("--coder", "ana", 2),
      ("--from", "2018", 0), ("--to", "2017", 2), ("--consent", "none", 2),
      ("--consent", "withdrawn", 0), ("--interview", "TOC-001", 1), ("--kind", "Document", 0),
    ] {
      let table = try laptop.succeed("export", "codings", "--lf", option, value)
      #expect(table.split(separator: "\n").count == rows + 1, "\(option) \(value)")
    }
  }

  @Test
  func `a filter that fits nothing in the study is refused, and no empty table is made of it`()
    throws
  {
    let scratch = try ScratchFolder()
    let laptop = try coded(scratch)
    try laptop.succeed("study", "edit", "--title", "Coca")

    for (option, value, words) in [
      ("--role", "nada", "no participant has the role"),
      ("--coder", "Zoe", "nobody of the name given with --coder"),
      ("--period", "Después", "no period of the name"),
      ("--kind", "entrevista", "--kind takes one of: interview, focus group"),
      ("--with", "participant:altura=3", "no participant has an attribute of the name"),
    ] {
      for command in [["export", "codings"], ["report", "themes"]] {
        let result = try Program.run(
          "cuaderno", command + [option, value], environment: laptop.environment)
        #expect(result.status == 1, "\(option)")
        #expect(result.errors.contains(words), "\(result.errors)")
        #expect(result.output.isEmpty && !result.errors.contains(value), "\(option)")
      }
    }
    let years = try laptop.run("report", "themes", "--from", "2019", "--to", "2010")
    #expect(years.status == 1)
    #expect(years.errors.contains("--from is later than --to"))
  }

  @Test func `an attribute and its value are found in any case and with any accents`() throws {
    let scratch = try ScratchFolder()
    let laptop = try coded(scratch)
    try laptop.succeed("interview", "edit", "TOC-001", "--attribute", "duración=Año")

    for value in ["interview:duracion=AÑO", "interview:Duración=Año"] {
      let table = try laptop.succeed("export", "codings", "--lf", "--with", value)
      #expect(table.split(separator: "\n").count == 2, "\(value)")
    }
    let other = try laptop.run("export", "codings", "--with", "interview:duracion=ano")
    #expect(other.status == 1)
    #expect(other.errors.contains("no interview has the value given with --with"))
    let wrong = try laptop.run("export", "codings", "--consent", "tal vez")
    #expect(wrong.status == 64)
    #expect(wrong.errors.contains("--consent takes one of: may quote, may paraphrase"))
  }

  @Test func `what cannot be written leaves what was there`() throws {
    let scratch = try ScratchFolder()
    let laptop = try coded(scratch)
    for format in ["xlsx", "sqlite", "archive", "qdpx"] {
      let file = scratch.file("old.\(format)")
      try scratch.write(Array("old".utf8), to: "old.\(format)")
      // Where the file would be made lies a folder.
      try FileManager.default.createDirectory(
        atPath: file + ".part", withIntermediateDirectories: false)
      let result = try laptop.run("export", format, file)
      #expect(result.status == 1, "\(format)")
      #expect(result.errors.contains("file cannot be written there"), "\(format)")
      #expect(try scratch.bytes(of: "old.\(format)") == Array("old".utf8))
    }
  }
}
