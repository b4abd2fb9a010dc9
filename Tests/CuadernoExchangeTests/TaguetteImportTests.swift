import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import Testing

@testable import CuadernoExchange

/// Projects of Taguette; positions count bytes of the text of the HTML.
@Suite struct TaguetteImportTests {
  private func quotes(_ book: TestNotebook) throws -> [String] {
    try book.notebook.read { reader in try reader.allPlacedCodings().map(\.quote) }
  }

  private func highlight(
    _ id: Int, _ start: Int, _ end: Int, _ snippet: String, tags: [Int]
  ) -> String {
    "INSERT INTO highlights VALUES (\(id), 1, \(start), \(end), '\(snippet)');"
      + tags.map { "INSERT INTO highlight_tags VALUES (\(id), \($0));" }.joined()
  }

  @Test func `documents, tags with their tree and highlights become interviews, themes, codings`()
    throws
  {
    let book = try TestNotebook()

    // "Señor: ¿" is 10 bytes, "qué" 4.
    let report = try book.importTaguette(
      highlight(1, 10, 20, "<strong>qué</strong> pasó", tags: [1, 2]))

    #expect(try quotes(book) == ["qué pasó", "qué pasó"])
    #expect(report.counts.isEmpty)
    #expect(report.tally.new == [.interview: 1, .theme: 2, .coding: 2])
    try book.notebook.read { reader in
      let interview = try #require(try reader.fetchAll(Interview.self).first)
      #expect(interview.label == "Entrevista 1")
      #expect(interview.source == "toc-1.docx")
      #expect(interview.text == "Señor: ¿qué pasó?\n\nNadie vino & nada.")
      let names = try reader.themePaths()
      #expect(
        try reader.fetchAll(Theme.self).map { names.steps(to: $0.id) }.sorted {
          $0.count < $1.count
        }
          == [["estado"], ["estado", "confianza"]])
      #expect(try reader.fetchAll(Theme.self).compactMap(\.definition) == ["El Estado"])
    }
  }

  @Test func `a project taken in twice, or exported anew under other numbers, changes nothing`()
    throws
  {
    let book = try TestNotebook()
    let sql = highlight(1, 0, 6, "Señor", tags: [1]) + highlight(2, 22, 27, "Nadie", tags: [])
    try book.importTaguette(sql)
    let changes = try book.changes

    try book.importTaguette(sql)
    try book.importTaguette(
      sql + """
        UPDATE projects SET id = 7; UPDATE documents SET id = 30, project_id = 7;
        UPDATE tags SET project_id = 7, id = id + 5;
        UPDATE highlights SET id = id + 90, document_id = 30;
        UPDATE highlight_tags SET tag_id = tag_id + 5, highlight_id = highlight_id + 90;
        """)

    #expect(try book.changes == changes)
  }

  @Test func `white space that a browser runs together is one place`() throws {
    let book = try TestNotebook()

    // Behind the 21 bytes of the first paragraph and a line end.
    let report = try book.importTaguette(highlight(1, 22, 36, "Nadie   vino &amp;", tags: [1]))

    #expect(try quotes(book) == ["Nadie vino &"])
    #expect(report.counts.isEmpty)
  }

  @Test func `a position inside a character takes all of it, and is told`() throws {
    let book = try TestNotebook()

    // The ñ of Señor is the bytes 2 and 3.
    let report = try book.importTaguette(highlight(4, 3, 6, "or", tags: [1]))

    #expect(try quotes(book) == ["ñor"])
    #expect(report.counts == [.movedEnds: 1])
    #expect(report.places[.movedEnds] == [.row(table: "highlights", id: 4)])
  }

  @Test(arguments: [
    (-3, 5), (5, 5), (6, 2), (0, 10_000), (10_000, 10_005), (-9_223_372_036_854_775_808, 3),
    (0, 9_223_372_036_854_775_807), (21, 22),
  ])
  func `what does not lie in its text is kept as a note, with its tags and words`(
    start: Int, end: Int
  ) throws {
    let book = try TestNotebook()

    let report = try book.importTaguette(
      highlight(1, start, end, "<b>unas</b> palabras", tags: [2]))

    #expect(try quotes(book).isEmpty)
    #expect(report.counts == [.unplacedHighlights: 1])
    let notes = try book.notebook.read { try $0.fetchAll(Note.self).map(\.text) }
    #expect(notes == ["estado.confianza: «unas palabras»"])
  }

  @Test func `a place that does not hold the words that were highlighted is not coded`() throws {
    let book = try TestNotebook()

    let report = try book.importTaguette(highlight(1, 0, 6, "Nadie vino", tags: [1]))

    #expect(report.counts == [.unplacedHighlights: 1])
    #expect(try quotes(book).isEmpty)
  }

  @Test func `many highlights of one place are told apart, and known again`() throws {
    let book = try TestNotebook()
    let rows = (1...300).map { "(\($0), 1, 0, 6, '')" }.joined(separator: ", ")

    let report = try book.importTaguette("INSERT INTO highlights VALUES \(rows);")
    let again = try book.importTaguette("INSERT INTO highlights VALUES \(rows);")

    #expect(report.counts == [.untaggedHighlights: 300])
    #expect(report.tally.new[.note] == 300)
    #expect(again.tally.unchanged[.note] == 300)
  }

  @Test func `highlights without a tag, of unknown tags and of no document are told`() throws {
    let book = try TestNotebook()

    let report = try book.importTaguette(
      highlight(1, 0, 6, "Señor", tags: []) + highlight(2, 10, 14, "qué", tags: [99, 1])
        + "INSERT INTO highlights VALUES (3, 55, 0, 6, '');")

    #expect(
      report.counts == [.untaggedHighlights: 1, .danglingTags: 1, .danglingHighlights: 1])
    #expect(try book.notebook.read { try $0.fetchAll(Note.self).map(\.text) } == ["«Señor»"])
    #expect(try quotes(book) == ["qué"])
  }

  @Test func `the coder is who the project says, and else who was named`() throws {
    let commands = """
      INSERT INTO commands VALUES
        (1, '2017', 'luis', 1, 1, '{"type": "highlight_add", "highlight_id": 1, "tags": [1]}'),
        (2, '2017', 'admin', 1, 1, '{"type": "highlight_add", "highlight_id": 2, "tags": [1]}'),
        (3, '2017', 'eva', 1, 1, '{"type": "highlight_add", "highlight_id": 1, "tags": []}');
      """
    let sql = highlight(1, 0, 6, "Señor", tags: [1]) + highlight(2, 10, 14, "qué", tags: [1])
    let named = try TestNotebook()
    let unnamed = try TestNotebook()

    try named.importTaguette(sql + commands, coder: "Ana")
    try unnamed.importTaguette(sql + commands)

    func coders(_ book: TestNotebook) throws -> [String] {
      try book.notebook.read { try $0.allPlacedCodings().map { $0.coding.coder ?? "" } }
    }
    #expect(try coders(named) == ["luis", "Ana"])
    #expect(try coders(unnamed) == ["luis", "admin"])
  }

  @Test func `a theme that stands at a tag's path already is that theme`() throws {
    let book = try TestNotebook()
    let state = try book.theme("Estado")

    try book.importTaguette(highlight(1, 0, 6, "Señor", tags: [2]))

    try book.notebook.read { reader in
      #expect(try reader.fetchAll(Theme.self).count == 2)
      let coding = try #require(try reader.fetchAll(Coding.self).first)
      let theme = try #require(coding.theme)
      #expect(try reader.fetch(Theme.self, theme)?.parent == state)
    }
  }

  @Test func `its code book as a table, as REFI-QDA and in the project are the same themes`() throws
  {
    let book = try TestNotebook()
    let table = """
      tag,description,number of highlights,number of documents\r
      estado,El Estado,3,1\r
      estado.confianza,,2,1\r

      """
    let qdc = """
      <?xml version="1.0" encoding="utf-8"?>
      <CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="Taguette 1.5.2"><Codes>\
      <Code guid="2F1F46E1-6CA6-566D-89DC-0C90EB31F702" name="estado" isCodable="true"/>\
      <Code guid="470EBC26-CB5C-5848-98DE-3014798FEC03" name="estado.confianza" isCodable="true"/>\
      </Codes><Sets/></CodeBook>
      """

    #expect(try book.take(.codebook, table).new == [.theme: 2])
    #expect(try book.importCodebook(qdc).tally.unchanged == [.theme: 2])
    #expect(try book.importTaguette().tally.unchanged == [.theme: 2])

    // The ids that Taguette itself gives them.
    let ids = try book.notebook.read { try $0.fetchAll(Theme.self).map(\.id.guid) }
    #expect(
      ids.sorted() == [
        "2F1F46E1-6CA6-566D-89DC-0C90EB31F702", "470EBC26-CB5C-5848-98DE-3014798FEC03",
      ])
  }

  @Test(arguments: [
    ("estado.confianza", ["estado", "confianza"]), ("Sr. alcalde", ["Sr. alcalde"]),
    ("etc.", ["etc."]), (".x", [".x"]), ("ley 1.2", ["ley 1.2"]), ("a.b.c", ["a", "b", "c"]),
    ("a..b", ["a..b"]), ("a.1", ["a", "1"]), ("", [""]),
  ])
  func `a dot parts steps only between letters`(path: String, steps: [String]) {
    #expect(TaguetteTags.steps(path) == steps)
  }

  @Test func `of several projects one is chosen by its number`() throws {
    let book = try TestNotebook()
    let second = "INSERT INTO projects VALUES (4, 'Otro', '', '2018-01-01 00:00:00');"

    #expect(
      words { try book.importTaguette(second) }
        == "database holds 2 projects; say which with --project and one of the numbers 1, 4")
    #expect(
      words { try book.importTaguette(second, project: 3) }
        == "database has no project of that number; it has 1, 4")
    #expect(try book.importTaguette(second, project: 4).tally.new == [:])
    #expect(try book.importTaguette(second, project: 1).tally.new[.interview] == 1)
  }
}
