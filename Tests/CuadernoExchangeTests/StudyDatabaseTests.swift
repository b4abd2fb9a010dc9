import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoExchange

/// Tidy tables in a file of SQLite's.
@Suite struct StudyDatabaseTests {
  @discardableResult
  private func export(
    _ book: TestNotebook, of part: StudyPart = .everything, hasTexts: Bool = true,
    to name: String = "out.sqlite"
  ) throws -> DatabaseReport {
    try book.folder.write([], to: name)
    return try book.notebook.read { reader in
      try StudyDatabase.write(
        reader, of: part, hasTexts: hasTexts, milliseconds: TestNotebook.exportMilliseconds,
        to: book.folder.file(name))
    }
  }

  private func ask(_ book: TestNotebook, _ sql: String) throws -> [String] {
    try TableDatabase(book.folder.file("out.sqlite")).texts(sql)
  }

  @Test func `a small study gives these tables`() throws {
    let book = try LinesExportTests.small()

    let report = try export(book)

    #expect(report.rows["interviews"] == 1)
    #expect(report.rows["codings"] == 1)
    #expect(report.rows["notes"] == 2)
    #expect(try book.folder.names().filter { $0.hasPrefix("out.sqlite") } == ["out.sqlite"])
    #expect(
      try ask(book, "SELECT title || ' ' || written FROM study") == [
        "Coca y Estado 2017-05-20T12:34:56Z"
      ])
    #expect(
      try ask(
        book,
        "SELECT label || ' ' || date || ' ' || first_day || ' ' || last_day || ' ' || year FROM interviews"
      )
        == ["TOC-001 2017-05 2017-05-01 2017-05-31 2017"])
    #expect(
      try ask(
        book,
        "SELECT place || '|' || province || '|' || theme || '|' || quote || '|' || memo FROM coding_facts"
      )
        == ["Perú > Tocache|Tocache|Estado > Confianza|Lloré mucho.|=epígrafe"])
    #expect(
      try ask(
        book,
        "SELECT path || ' ' || codings || ' ' || codings_with_below || ' ' || texts_with_below FROM theme_counts"
      )
        == ["Estado 0 1 1", "Estado > Confianza 1 1 1"])
    #expect(
      try ask(book, "SELECT record_kind || ' ' || name || ' ' || value FROM attributes")
        == ["participant género mujer"])
    #expect(
      try ask(book, "SELECT theme || ' ' || period || ' ' || codings FROM theme_by_period")
        == ["Estado > Confianza Después 1"])
    #expect(
      try ask(book, "SELECT theme || ' ' || role || ' ' || codings FROM theme_by_role")
        == ["Estado > Confianza agricultora 1"])
    #expect(
      try ask(book, "SELECT at || ' ' || first_day FROM notes WHERE interview IS NOT NULL")
        == ["2017-05-12T18:40 America/Lima 2017-05-12"])
    #expect(
      try ask(
        book, "SELECT typeof(latitude) || typeof(accuracy) FROM places WHERE latitude IS NOT NULL")
        == ["realreal"])
  }

  @Test func `the same study and the same time make the same bytes`() throws {
    let book = try LinesExportTests.small()
    try export(book, to: "a.sqlite")
    try export(book, to: "b.sqlite")
    #expect(try book.folder.bytes(of: "a.sqlite") == book.folder.bytes(of: "b.sqlite"))
  }

  @Test(arguments: [
    "'); DROP TABLE codings; --", "=1+1", "👩🏽‍🌾", "שלום \u{202E}abc", "e\u{301}ñ", "", " ",
    String(repeating: "Nadie vino. ", count: 90_000),
  ])
  func `a text comes out as it went in`(text: String) throws {
    let book = try TestNotebook()
    try book.interview("A", text)

    try export(book)

    let stored = TextEntry.normalised(text)
    #expect(
      try ask(book, "SELECT coalesce(text, '') FROM interviews")[0].unicodeScalars.elementsEqual(
        stored.unicodeScalars))
    #expect(
      try ask(book, "SELECT length(text) FROM interviews") == ["\(stored.unicodeScalars.count)"])
  }

  @Test func `what has a zero in it is bound whole`() throws {
    let folder = try ScratchFolder()
    try folder.write([], to: "t.sqlite")
    let database = try TableDatabase(folder.file("t.sqlite"))
    try database.run("CREATE TABLE t (a TEXT, b TEXT, c INTEGER, d REAL, e TEXT)")
    let insertion = try database.insertion(into: "t", columns: 5)
    try insertion.insert(.text("a\u{0}b"), .text(""), .integer(-7), .number(0.5), .null)
    #expect(
      try database.texts(
        "SELECT hex(a) || typeof(b) || typeof(c) || typeof(d) || typeof(e) FROM t")
        == ["610062textintegerrealnull"])
    #expect(throws: TableDatabaseFault.library(code: 25)) {
      try insertion.insert(.null, .null, .null, .null, .null, .null)
    }
  }

  @Test func `without texts the quotes stay`() throws {
    let book = try LinesExportTests.small()
    try export(book, hasTexts: false)
    #expect(try ask(book, "SELECT count(text) FROM interviews") == ["0"])
    #expect(try ask(book, "SELECT count(text) FROM notes") == ["0"])
    #expect(try ask(book, "SELECT quote FROM codings") == ["Lloré mucho."])
  }

  @Test func `a part of the study has keys that hold`() throws {
    let book = try LinesExportTests.small()
    let lima = try book.place("Lima", .region)
    let other = try book.interview("TOC-002", "Nadie vino.", place: lima)
    let note = try book.note("Nadie dijo nada.", about: other)
    let fear = try book.theme("Miedo")
    let first = try book.code(other, "Nadie", fear)
    let second = try book.code(note, "nada", fear)

    // As if the note alone were of the period that was asked for.
    let report = try export(book, of: StudyPart([note, second]))

    #expect(report.rows["interviews"] == 0)
    #expect(report.rows["codings"] == 1)
    #expect(
      try ask(book, "SELECT count(*) FROM codings WHERE interview IS NULL AND note IS NOT NULL")
        == ["1"])
    #expect(report.codingsWithoutText == 0)

    let more = try export(book, of: StudyPart([other, lima, first, second]))
    #expect(more.rows["places"] == 1)
    #expect(more.rows["codings"] == 1)
    #expect(more.codingsWithoutText == 1)
    #expect(try ask(book, "SELECT label FROM interviews") == ["TOC-002"])
  }

  @Test func `codings of merged themes are with the one that stayed`() throws {
    let book = try TestNotebook()
    let old = try book.theme("Temor")
    let new = try book.theme("Miedo")
    try book.code(try book.interview("A", "uno"), "uno", old)
    _ = try book.write {
      try $0.update(old, [FieldEdit(.Theme.mergedInto, value: .reference(new.rawValue))])
    }
    try export(book)
    #expect(try ask(book, "SELECT path || codings FROM theme_counts") == ["Miedo1"])
  }

  @Test func `a database that lacks a row or points to nothing does not pass`() throws {
    let folder = try ScratchFolder()
    try folder.write([], to: "t.sqlite")
    let database = try TableDatabase(folder.file("t.sqlite"))
    try database.run(
      "CREATE TABLE a (id PRIMARY KEY); CREATE TABLE b (a REFERENCES a (id)); INSERT INTO a VALUES (1)"
    )
    try database.verify(["a": 1, "b": 0])
    #expect(throws: TableDatabaseFault.notAsWritten) { try database.verify(["a": 2]) }
    try database.run("INSERT INTO b VALUES (7)")
    #expect(throws: TableDatabaseFault.notAsWritten) { try database.verify(["b": 1]) }
  }
}
