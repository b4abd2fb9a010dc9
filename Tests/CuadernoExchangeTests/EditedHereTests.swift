import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoExchange

/// A file that is taken in again after people worked here on what came with it.
@Suite struct EditedHereTests {
  private let book: TestNotebook

  init() throws {
    book = try TestNotebook()
  }

  private func take(_ text: String) throws -> IntakeReport {
    let draft = try InterviewDraft(Array(text.utf8), fileName: "TOC-001.md")
    return try book.write { try InterviewImport.write(draft, into: &$0) }.report
  }

  private func only() throws -> Interview {
    let all = try book.notebook.read { try $0.fetchAll(Interview.self) }
    #expect(all.count == 1)
    return try #require(all.first)
  }

  @Test func `what the file said before stays as edited here, and what it says anew is written`()
    throws
  {
    let head = "---\ntitle: Rosa\nkind: interview\nattribute:edad: 40\n---\n\n"
    _ = try take(head + "Nadie abiso.")
    let id = try only().id
    try book.write { writer in
      let key = writer.keys.key(named: "edad")
      _ = try writer.update(
        id,
        [
          FieldEdit(.Interview.text, "Nadie avisó."), FieldEdit(.Interview.title, "Rosa Q."),
          FieldEdit(
            .Interview.attributes, key: key,
            value: .attribute(Attribute(name: "edad", value: nil))),
        ])
    }
    let before = try book.changes

    let again = try take(head + "Nadie abiso.")
    #expect(again.tally.unchanged == [.interview: 1])
    #expect(again.counts == [.editedTexts: 1, .editedFields: 2])
    #expect(try book.changes == before)

    let changed = try take(head.replacing("Rosa", with: "Rosa R.") + "Nadie abiso.")
    #expect(changed.tally.changed == [.interview: 1])
    #expect(changed.counts == [.editedTexts: 1, .editedFields: 1])
    #expect(try only().title == "Rosa R.")
    #expect(try only().text == "Nadie avisó.")
  }

  @Test func `a participant who was taken off, and a place made coarser, do not come back`() throws
  {
    let form =
      "codigo,lugar,punto-Latitude,punto-Longitude,punto-Altitude,punto-Accuracy,quien,KEY\n"
      + "T-1,Tocache,-8.1887,-76.51,500,5,Rosa,uuid:1\n"
    func takeForm() throws -> IntakeReport {
      let mapping = try ColumnMapping(
        ["label=codigo", "place=lugar", "location=punto", "participants=quien"], rest: .attributes,
        makesNames: true)
      let file = try SubmissionFile(Array(form.utf8), fileName: "f.csv")
      return try book.write {
        try SubmissionImport.write(file, among: [file], mapping, into: &$0)
      }
    }
    _ = try takeForm()
    let interview = try only()
    try book.write { writer in
      let rosa = try #require(try writer.reader.ids(of: .participant).first)
      let tocache = try #require(try writer.reader.ids(of: .place).first)
      _ = try writer.update(
        interview.id,
        [
          FieldEdit(
            .Interview.participants, key: writer.keys.key(rosa.rawValue),
            value: .membership(rosa.rawValue, isMember: false))
        ])
      _ = try writer.update(tocache, [FieldEdit(.Place.location, value: nil)])
    }
    let before = try book.changes

    let again = try takeForm()

    #expect(again.counts[.editedFields] == 2)
    #expect(try book.changes == before)
  }

  @Test func `highlights of Taguette lie on their words when the text was edited here`() throws {
    let first =
      "INSERT INTO highlights VALUES (1, 1, 10, 20, 'qué pasó');"
      + "INSERT INTO highlight_tags VALUES (1, 1);"
    try book.importTaguette(first)
    let id = try only().id
    try book.setText(id, "Entonces: Señor, ¿qué pasó?\n\nNadie vino & nada.")
    let before = try book.changes

    let again = try book.importTaguette(first)
    #expect(again.counts == [.editedTexts: 1])
    #expect(try book.changes == before)

    // One more, in the places of the file's own text.
    let more = try book.importTaguette(
      first + "INSERT INTO highlights VALUES (2, 1, 22, 27, 'Nadie');"
        + "INSERT INTO highlight_tags VALUES (2, 1);")
    #expect(more.tally.new == [.coding: 1])
    let placed = try book.notebook.read { try $0.codingSpans() }
    let text = Array(try #require(try only().text).unicodeScalars)
    let words = placed.compactMap(\.span).map { span in
      String(String.UnicodeScalarView(text[span]))
    }
    #expect(words.sorted() == ["Nadie", "qué pasó"])
  }

  @Test func `an interview that is new and of no kind is an interview`() throws {
    _ = try take("R: Sí.")
    #expect(try only().kind == .interview)
    let id = try only().id
    try book.write { writer in
      _ = try writer.update(id, [FieldEdit(.Interview.kind, InterviewKind.document.rawValue)])
    }

    _ = try take("R: Que sí.")

    #expect(try only().kind == .document)
  }

  @Test func `a document of Taguette is an interview`() throws {
    try book.importTaguette()

    #expect(try only().kind == .interview)
  }
}

/// A project of REFI-QDA that is taken in again after people worked here on what came with it.
@Suite struct EditedHereProjectTests {
  private let book: TestNotebook
  private static let person = "55555555-5555-4555-8555-555555555555"
  private static let below = "66666666-6666-4666-8666-666666666666"

  init() throws {
    book = try TestNotebook()
  }

  private func take(_ label: String = "E1", code: String = "Confianza") throws -> QDAImportReport {
    let codes =
      #"<Code guid="\#(ForeignProjectTests.code)" name="\#(code)" isCodable="true"/>"#
      + #"<Code guid="\#(Self.below)" name="Estado" isCodable="true"/>"#
    let source =
      #"<TextSource guid="\#(ForeignProjectTests.source)" name="\#(label)">"#
      + "<PlainTextContent>Rosa lloró mucho.</PlainTextContent>"
      + ForeignProjectTests.selection(5, 10, 1) + "</TextSource>"
    return try book.importProject(
      ForeignProjectTests.project(
        codes: codes, sources: source,
        rest: #"<Cases><Case guid="\#(Self.person)" name="Rosa Quispe"/></Cases>"#), texts: [:])
  }

  @Test func `names, texts, themes and codings that were edited here stay so`() throws {
    _ = try take()
    let theme = try #require(RecordID(guid: ForeignProjectTests.code))
    let other = try #require(RecordID(guid: Self.below))
    let interview = try #require(RecordID(guid: ForeignProjectTests.source))
    let person = try #require(RecordID(guid: Self.person))
    try book.write { writer in
      _ = try writer.update(theme, [FieldEdit(.Theme.name, "Mi tema")])
      _ = try writer.update(
        other, [FieldEdit(.Theme.parent, value: .reference(theme.rawValue))])
      _ = try writer.update(person, [FieldEdit(.Participant.pseudonym, "P-01")])
      _ = try writer.update(
        interview,
        [FieldEdit(.Interview.label, "TOC-1"), FieldEdit(.Interview.text, "Ella lloró mucho.")])
    }
    let lines = try book.lines()
    let changes = try book.changes

    let again = try take()

    #expect(try book.changes == changes)
    #expect(try book.lines() == lines)
    #expect(again.tally.changed.isEmpty)
    let kept = Dictionary(
      uniqueKeysWithValues: again.counts.map { ($0.key.rawValue, $0.value) })
    #expect(kept == ["editedTexts": 1, "editedFields": 4])
  }

  /// The root is where a theme is of which a file says nothing.
  @Test func `a theme that a later project put at the root stays where somebody put it since`()
    throws
  {
    func code(_ guid: String, _ name: String, _ inside: String = "") -> String {
      #"<Code guid="\#(guid)" name="\#(name)" isCodable="true">\#(inside)</Code>"#
    }
    func take(_ codes: String) throws {
      _ = try book.importProject(ForeignProjectTests.project(codes: codes, sources: ""), texts: [:])
    }
    let (first, other) = (ForeignProjectTests.code, Self.below)
    let apart = code(first, "Confianza") + code(other, "Estado") + code(Self.person, "Miedo")
    try take(code(first, "Confianza", code(other, "Estado")) + code(Self.person, "Miedo"))
    try take(apart)
    let (theme, new) = (
      try #require(RecordID(guid: other)), try #require(RecordID(guid: Self.person))
    )
    func parent() throws -> RecordID? {
      try book.notebook.read { try $0.fetch(Theme.self, theme)?.parent }
    }
    #expect(try parent() == nil)
    try book.write {
      _ = try $0.update(theme, [FieldEdit(.Theme.parent, value: .reference(new.rawValue))])
    }

    try take(apart)

    #expect(try parent() == new)
  }

  @Test func `what a later export of the project says anew is written`() throws {
    _ = try take()
    let theme = try #require(RecordID(guid: ForeignProjectTests.code))
    try book.write { _ = try $0.update(theme, [FieldEdit(.Theme.name, "Mi tema")]) }

    let again = try take("E1 bis", code: "Desconfianza")

    #expect(again.tally.changed == [.theme: 1, .interview: 1])
    let name = try book.notebook.read { try $0.fetch(Theme.self, theme)?.name }
    #expect(name == "Desconfianza")
    let labels = try book.notebook.read { try $0.fetchAll(Interview.self).map(\.label) }
    #expect(labels == ["E1 bis"])
  }
}
