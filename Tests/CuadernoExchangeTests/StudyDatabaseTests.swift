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

  @Test
  func `codings come in the order in which they were made, whether they stand or were looked for`()
    throws
  {
    let book = try TestNotebook()
    let interview = try book.interview("A", "uno dos tres cuatro")
    let theme = try book.theme("Miedo")
    for quote in ["cuatro", "dos", "tres"] { try book.code(interview, quote, theme) }
    _ = try book.write {
      try $0.update(interview, [FieldEdit(.Interview.text, "uno dos y tres cuatro")])
    }
    try book.code(interview, "uno", theme)

    try export(book)

    #expect(
      try ask(book, "SELECT quote || ' ' || start || ' ' || status FROM codings ORDER BY rowid")
        == ["cuatro 15 exact", "dos 4 exact", "tres 10 exact", "uno 0 exact"])
  }

  @Test
  func `a view that is found damaged while it is read is made anew, and the tables are whole`()
    throws
  {
    let book = try LinesExportTests.small()
    let view = try TableDatabase(book.folder.file("notebook/view.sqlite"))
    try view.run("UPDATE coding SET theme = x'01'")
    try view.close()
    var runs = 0

    let report = try book.notebook.read { reader in
      runs += 1
      try book.folder.write([], to: "out.sqlite")
      return try StudyDatabase.write(
        reader, milliseconds: TestNotebook.exportMilliseconds, to: book.folder.file("out.sqlite"))
    }

    #expect(runs == 2)
    #expect(report.rows["codings"] == 1)
    #expect(try ask(book, "SELECT count(theme) FROM codings") == ["1"])
    #expect(try book.folder.names().filter { $0.hasPrefix("out.sqlite") } == ["out.sqlite"])
  }

  @Test func `a coding on an earlier text is carried, though its words stand where they stood`()
    throws
  {
    let book = try TestNotebook()
    let interview = try book.interview("A", "uno, nadie vino, fin")
    try book.code(interview, "nadie vino", try book.theme("Miedo"))
    _ = try book.write {
      try $0.update(
        interview, [FieldEdit(.Interview.text, "así, nadie vino uno, nadie vino, fin")])
    }

    try export(book)

    #expect(try book.notebook.read { try $0.codingSpans().map { $0.span?.lowerBound } } == [21])
    #expect(try ask(book, "SELECT start || ' ' || status FROM codings") == ["21 exact"])
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
    let path = folder.file("t.sqlite")
    let database = try TableDatabase(path)
    try database.run(
      "CREATE TABLE a (id PRIMARY KEY); CREATE TABLE b (a REFERENCES a (id)); INSERT INTO a VALUES (1)"
    )
    try TableCheck.complete(path, indexes: "", rows: ["a": 1, "b": 0])
    #expect(throws: TableDatabaseFault.notAsWritten) {
      try TableCheck.complete(path, indexes: "", rows: ["a": 2])
    }
    try database.run("INSERT INTO b VALUES (7)")
    #expect(throws: TableDatabaseFault.notAsWritten) {
      try TableCheck.complete(path, indexes: "", rows: ["b": 1])
    }
  }

  /// Whichever core looks at the table: the one for the largest, or the one for the others.
  @Test(arguments: ["a", "b"])
  func `an index that does not fit its table does not pass`(largest: String) throws {
    let folder = try ScratchFolder()
    try folder.write([], to: "t.sqlite")
    let path = folder.file("t.sqlite")
    let other = largest == "a" ? "b" : "a"
    let database = try TableDatabase(path)
    try database.run(
      """
      CREATE TABLE a (x, y); CREATE INDEX i ON a (x); CREATE TABLE b (x);
      INSERT INTO a VALUES (1, 2); INSERT INTO \(largest) (x) VALUES (3), (4);
      """)
    let rows = [largest: largest == "a" ? 3 : 2, other: largest == "a" ? 0 : 1]
    try TableCheck.complete(path, indexes: "", rows: rows)

    try database.run(
      """
      PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = 'CREATE INDEX i ON a (y)' WHERE name = 'i';
      """)
    try database.close()

    #expect(throws: TableDatabaseFault.notAsWritten) {
      try TableCheck.complete(path, indexes: "", rows: rows)
    }
  }

  /// What was put in one order is said to be in another, in which B comes before or after a.
  @Test(arguments: [
    (
      "CREATE TABLE w (k TEXT PRIMARY KEY) WITHOUT ROWID; INSERT INTO w VALUES ('a'), ('B')",
      "CREATE TABLE w (k TEXT PRIMARY KEY COLLATE NOCASE) WITHOUT ROWID"
    ),
    (
      "CREATE TABLE w (k); CREATE INDEX i ON w (k COLLATE NOCASE); INSERT INTO w VALUES ('a'), ('B')",
      "CREATE INDEX i ON w (k)"
    ),
  ])
  func `keys that are not in order do not pass`(made: String, said: String) throws {
    let folder = try ScratchFolder()
    try folder.write([], to: "t.sqlite")
    let path = folder.file("t.sqlite")
    let database = try TableDatabase(path)
    try database.run(made)
    try database.run(
      """
      PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = '\(said)' WHERE name = '\(said.contains("INDEX") ? "i" : "w")';
      """)
    try database.close()

    #expect(throws: TableDatabaseFault.notAsWritten) {
      try TableCheck.complete(path, indexes: "", rows: ["w": 2])
    }
  }

  /// SQLite orders values of one column by their types first.
  @Test(arguments: Seeds.upTo(20))
  func `indexes over any values pass, in the order that SQLite gives them`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let folder = try ScratchFolder()
    try folder.write([], to: "t.sqlite")
    let values = [
      "NULL", "0", "-1", "2.5", "9007199254740993", "''", "'a'", "'a' || char(0)", "'a' || char(1)",
      "'ñ'", "'ab'", "x''", "x'00'", "x'61'", "'\u{10FFFF}'",
    ]
    let rows = (0..<200).map { _ in
      "(\(values.randomElement(using: &random)!), \(values.randomElement(using: &random)!))"
    }
    let database = try TableDatabase(folder.file("t.sqlite"))
    try database.run(
      "CREATE TABLE a (x, y); INSERT INTO a VALUES \(rows.joined(separator: ", "))")
    try database.close()

    try TableCheck.complete(
      folder.file("t.sqlite"), indexes: "CREATE INDEX i ON a (x, y); CREATE INDEX j ON a (y);",
      rows: ["a": 200])

    let written = try TableDatabase(folder.file("t.sqlite"))
    #expect(try written.texts("SELECT name FROM pragma_index_list('a')").sorted() == ["i", "j"])
    let check = try IndexCheck(written, table: "a")
    #expect(try check.found(written) == check.expected(written))
  }
}
