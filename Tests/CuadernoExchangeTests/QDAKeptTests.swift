import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoExchange

/// What a project of another program has and a study has no place for is kept in words, or counted.
@Suite struct QDAKeptTests {
  private static let source = ForeignProjectTests.source
  private static let coding =
    #"<Coding guid="\#(id(1))"><CodeRef targetGUID="\#(ForeignProjectTests.code)"/>"#

  private static func id(_ number: Int) -> String {
    "aaaaaaaa-0000-4000-8000-0000000000\(number + 10)"
  }

  private static func note(_ number: Int, _ content: String, _ more: String = "") -> String {
    #"<Note guid="\#(id(number))"\#(more)>\#(content)</Note>"#
  }

  private static let plain =
    #"<TextSource guid="\#(source)" name="E1"><PlainTextContent>Lloré mucho.</PlainTextContent></TextSource>"#

  private let book: TestNotebook

  init() throws {
    book = try TestNotebook()
  }

  private func take(_ sources: String, _ rest: String = "") throws -> QDAImportReport {
    let report = try book.importProject(
      ForeignProjectTests.project(sources: sources, rest: rest), texts: [:])
    let changes = try book.changes
    try book.importProject(book.folder.file("in.qdpx"))
    #expect(try book.changes == changes)
    return report
  }

  private func notes() throws -> [Note] { try book.notebook.read { try $0.fetchAll(Note.self) } }

  private func quotes() throws -> [String] {
    try book.notebook.read { try $0.allPlacedCodings().map(\.quote) }
  }

  private func count(_ report: QDAImportReport, _ line: String) -> Int? {
    report.counts.first { $0.key.rawValue == line }?.value
  }

  // MARK: - Texts

  @Test func `each transcript of a recording is a text of its own, with its codings`() throws {
    let sources = """
      <AudioSource guid="\(Self.source)" name="A" path="internal://a.mp3">\
      <Transcript guid="\(Self.id(2))" name="Original"><PlainTextContent>PRIMERO</PlainTextContent>\
      </Transcript><Transcript guid="\(Self.id(3))" name="Traducción">\
      <Description>De Luis</Description><PlainTextContent>SEGUNDO texto</PlainTextContent>\
      <PlainTextSelection guid="\(Self.id(4))" startPosition="0" endPosition="7">\(Self.coding)\
      </Coding></PlainTextSelection></Transcript></AudioSource>
      """
    let rest = """
      <Cases><Case guid="\(Self.id(5))" name="Rosa"><SourceRef targetGUID="\(Self.source)"/></Case>\
      </Cases>
      """

    let report = try take(sources, rest)

    #expect(count(report, "furtherTexts") == 1)
    #expect(report.counts[.mediaSources] == 1)
    #expect(try quotes() == ["SEGUNDO"])
    try book.notebook.read { reader in
      let found = try reader.fetchAll(Interview.self).sorted { $0.label ?? "" < $1.label ?? "" }
      #expect(found.map(\.label) == ["A", "A (Traducción)"])
      #expect(found.map(\.title) == ["Original", "Traducción"])
      #expect(found.map(\.text) == ["PRIMERO", "SEGUNDO texto"])
      #expect(found.map(\.summary) == [nil, "De Luis"])
      #expect(found.map(\.kind) == [.document, .document])
      for interview in found {
        #expect(try reader.references(.Interview.participants, of: interview.id).count == 1)
      }
    }
  }

  @Test func `a note with selections keeps its name and description, and its codings their words`()
    throws
  {
    let content = """
      <Description>DESCRIPCIÓN</Description><PlainTextContent>Hola cacao fin</PlainTextContent>\
      <PlainTextSelection guid="\(Self.id(4))" startPosition="5" endPosition="10">\(Self.coding)\
      </Coding></PlainTextSelection>
      """

    _ = try take(Self.plain, "<Notes>\(Self.note(2, content, #" name="TÍTULO 😀""#))</Notes>")

    #expect(try notes().map(\.text) == ["TÍTULO 😀\n\nDESCRIPCIÓN\n\nHola cacao fin"])
    #expect(try quotes() == ["cacao"])
  }

  @Test(arguments: [
    ("2019-03-04T10:00:07.1234567Z", "2019-03-04T10:00:07Z"),
    ("2019-03-04T10:00:07.123", "2019-03-04T10:00:07"),
    ("2019-03-04T10:00:07.1-05:00", "2019-03-04T10:00:07-05:00"),
    ("2019-03-04", "2019-03-04"), ("2019-03-04T25:00:00.5Z", "2019-03-04"),
  ])
  func `a note keeps its time of day, whatever fractions stand behind it`(
    written: String, kept: String
  ) throws {
    let content = "<PlainTextContent>n</PlainTextContent>"
    _ = try take(
      Self.plain, "<Notes>\(Self.note(2, content, #" creationDateTime="\#(written)""#))</Notes>")

    #expect(try notes().map { $0.at?.description } == [kept])
  }

  // MARK: - Coded places elsewhere

  @Test func `the words of a passage of a PDF, and what is coded in them, are kept`() throws {
    let sources = """
      <PDFSource guid="\(Self.source)" name="A" path="internal://a.pdf"><PDFSelection \
      guid="\(Self.id(2))" page="1" firstX="1" firstY="1" secondX="2" secondY="2">\
      <Description>MEMO</Description><Representation guid="\(Self.id(3))">\
      <PlainTextContent>PALABRAS DEL PDF</PlainTextContent>\
      <PlainTextSelection guid="\(Self.id(4))" startPosition="9" endPosition="12">\
      <Coding guid="\(Self.id(5))"><CodeRef targetGUID="\(ForeignProjectTests.code)"/></Coding>\
      </PlainTextSelection></Representation>\(Self.coding)<NoteRef targetGUID="\(Self.id(6))"/>\
      </Coding></PDFSelection></PDFSource>
      """

    let report = try take(
      sources, "<Notes>\(Self.note(6, "<PlainTextContent>Sobre.</PlainTextContent>"))</Notes>")

    let all = try notes()
    #expect(
      Set(all.map(\.text)) == [
        "Confianza: page 1, firstx 1, firsty 1, secondx 2, secondy 2\n\n«PALABRAS DEL PDF»\n\nMEMO",
        "Confianza: «DEL»", "Sobre.",
      ])
    #expect(all.allSatisfy { $0.about == RecordID(guid: Self.source) })
    #expect(report.counts[.mediaSelections] == 2)
  }

  @Test func `a memo on a link is about what the link begins at`() throws {
    let rest = """
      <Notes>\(Self.note(2, "<PlainTextContent>Por qué.</PlainTextContent>"))</Notes>\
      <Links><Link guid="\(Self.id(3))" name="causa" originGUID="\(Self.source)" \
      targetGUID="\(ForeignProjectTests.code)"><NoteRef targetGUID="\(Self.id(2))"/></Link></Links>
      """

    _ = try take(Self.plain, rest)

    let memo = try notes().first { $0.text == "Por qué." }
    #expect(memo?.about == RecordID(guid: Self.source))
  }

  // MARK: - Sets

  @Test func `sets that are empty, hold notes or what is not there are kept as notes`() throws {
    let rest = """
      <Notes>\(Self.note(2, "<PlainTextContent>n</PlainTextContent>", #" name="Memo""#))</Notes>\
      <Sets><Set guid="\(Self.id(3))" name="VACÍO"><Description>DESC</Description></Set>\
      <Set guid="\(Self.id(4))" name="NOTAS"><MemberNote targetGUID="\(Self.id(2))"/></Set>\
      <Set guid="\(Self.id(5))" name="NADA"><MemberSource targetGUID="\(Self.id(9))"/></Set>\
      <Set guid="\(Self.id(6))" name="TODO"><MemberSource targetGUID="\(Self.source)"/></Set></Sets>
      """

    let report = try take(Self.plain, rest)

    let study = try book.notebook.read { $0.studyRecord }
    let kept = try notes().filter { $0.about == study }.compactMap(\.text)
    #expect(Set(kept) == ["set: VACÍO\n\nDESC", "set: NOTAS\n\nMemo", "set: NADA"])
    #expect(report.counts[.sets] == 1)
    #expect(count(report, "setNotes") == 3)
    #expect(report.counts[.danglingReferences] == 1)
  }

  @Test func `two passages of one id are both kept`() throws {
    let selections = [(0, 5), (6, 11)].map {
      #"<PlainTextSelection guid="\#(Self.id(2))" startPosition="\#($0.0)" endPosition="\#($0.1)"/>"#
    }.joined()
    _ = try take(Self.plain.replacing("</TextSource>", with: selections + "</TextSource>"))

    #expect(Set(try notes().compactMap(\.text)) == ["«Lloré»", "«mucho»"])
  }

  // MARK: - Our own

  @Test func `a definition that begins as our own words do comes back as it was`() throws {
    let words = "Named otherwise in Cuaderno\nName: Otro\nLabel: Otra\n\nDefinición."
    let theme = try book.theme("Miedo")
    let interview = try book.interview("A", "Uno.")
    try book.write { writer in
      _ = try writer.update(theme, [FieldEdit(.Theme.definition, words)])
      _ = try writer.update(interview, [FieldEdit(.Interview.summary, words)])
    }
    try book.exportProject()
    let other = try TestNotebook(seed: 5, study: 8)
    try other.importProject(book.folder.file("out.qdpx"))
    #expect(try other.lines() == book.lines())

    let third = try TestNotebook(seed: 6, study: 9)
    try third.importCodebook(try book.exportCodebook())
    let themes = try third.notebook.read { try $0.fetchAll(Theme.self) }
    #expect(themes.map(\.name) == ["Miedo"])
    #expect(themes.map(\.definition) == [words])
  }

  @Test func `a tree as deep as a study may have comes back`() throws {
    var above: RecordID?
    for level in 1...Limits.treeDepth { above = try book.theme("t\(level)", in: above) }
    let last = try #require(above)
    try book.write { _ = try $0.update(last, [FieldEdit(.Theme.definition, "d")]) }
    try book.exportProject()
    let other = try TestNotebook(seed: 5, study: 8)

    try other.importProject(book.folder.file("out.qdpx"))
    #expect(try other.lines() == book.lines())

    let third = try TestNotebook(seed: 6, study: 9)
    try third.importCodebook(try book.exportCodebook())
    #expect(try third.counts()[.theme] == Limits.treeDepth)
  }
}
