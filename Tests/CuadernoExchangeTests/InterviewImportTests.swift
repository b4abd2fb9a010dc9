import CuadernoExchange
import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import Testing

@Suite struct InterviewImportTests {
  private let book: TestNotebook

  init() throws {
    book = try TestNotebook()
  }

  private func take(_ text: String, _ name: String = "TOC-001.md") throws -> ImportTally {
    let draft = try InterviewDraft(Array(text.utf8), fileName: name)
    return try book.write { try InterviewImport.write(draft, into: &$0) }.report.tally
  }

  private func only() throws -> Interview {
    let all = try book.notebook.read { try $0.fetchAll(Interview.self) }
    #expect(all.count == 1)
    return try #require(all.first)
  }

  @Test func `a file becomes an interview, with its place and participants found by name`() throws {
    let peru = try book.place("Perú", .country)
    let region = try book.place("San Martín", .region, in: peru)
    let rosa = try book.participant("Rosa Q.")

    let tally = try take(
      """
      ---
      title: Rosa
      place: peru > SAN MARTIN
      participants: rosa q.
      attribute:grabada: true
      ---

      R: Lloré.
      """)

    let interview = try only()
    #expect(tally.new == [.interview: 1])
    #expect(interview.label == "TOC-001")
    #expect(interview.place == region)
    #expect(interview.text == "R: Lloré.")
    let (people, attributes) = try book.notebook.read {
      (
        try $0.references(.Interview.participants, of: interview.id),
        try $0.attributes(of: interview.id)
      )
    }
    #expect(people == [rosa])
    #expect(attributes == [Attribute(name: "grabada", value: "true")])
  }

  @Test func `the same file again writes nothing`() throws {
    let text = "---\ntitle: Rosa\nlanguages: es; qu\nconsent: oral; may quote\n---\n\nR: Sí.\n"
    _ = try take(text)
    let before = try book.changes

    let tally = try take(text)

    #expect(tally.unchanged == [.interview: 1])
    #expect(try book.changes == before)
  }

  @Test func `a label that is there is that interview, and only what differs is written`() throws {
    _ = try take("---\ntitle: Rosa\nsummary: corto\n---\n\nR: Sí.\n")
    let first = try only()
    let before = try book.changes

    let tally = try take("---\nlabel: toc-001\ntitle: Rosa Q.\n---\n\nR: Sí.\n", "otro.md")

    let second = try only()
    #expect(tally.changed == [.interview: 1])
    #expect(try book.changes == before + 1)
    #expect(second.id == first.id)
    #expect(second.title == "Rosa Q.")
    #expect(second.summary == "corto")
    #expect(second.textVersion == first.textVersion)
  }

  @Test func `a label that is also the beginning of an id is a label`() throws {
    _ = try take("uno", "A.txt")
    let id = try only().id.description

    _ = try take("dos", "\(id.prefix(8)).txt")

    #expect(try book.counts()[.interview] == 2)
  }

  @Test func `a label with the sign of a path is found again`() throws {
    _ = try take("uno", "A > B.txt")
    _ = try take("dos", "A > B.txt")
    #expect(try only().text == "dos")
  }

  @Test func `names that are not there, or are there twice, are told with their line`() throws {
    try book.place("Tocache", .province)
    try book.place("Tocache", .district)
    #expect(
      words { _ = try take("---\ntitle: x\nplace: Uchiza\n---\n\nx") }
        == "line 3: no place is called so; add it first, or write its name as `cuaderno place list` "
        + "shows it")
    #expect(
      words { _ = try take("---\nplace: Tocache\n---\n\nx") }
        == "line 2: 2 places are called so; write the whole path, or the whole id")
    #expect(
      words { _ = try take("---\nparticipants: Rosa\n---\n\nx") }
        == "line 2: no participant is called so; add it first, or write its name as `cuaderno "
        + "participant list` shows it")
    #expect(try book.counts()[.interview] == 0)
  }

  @Test func `a kind is what the file says, or what is asked for`() throws {
    let draft = try InterviewDraft(
      Array("Acta".utf8), fileName: "a.txt", kind: .document)
    try book.write { _ = try InterviewImport.write(draft, into: &$0) }
    #expect(try only().kind == .document)
    let said = try InterviewDraft(
      Array("---\nkind: observation\n---\n\nx".utf8), fileName: "a.md", kind: .document)
    #expect(said.kind == .observation)
  }
}
