import CuadernoModel
import CuadernoNotebook
import CuadernoSync
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
