import CuadernoExchange
import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import Testing

@Suite struct ConsentCountsTests {
  @Test func `interviews that may not be quoted are counted, each by its reason`() throws {
    let book = try TestNotebook()
    for level in ConsentLevel.allCases {
      let interview = try book.interview(level.rawValue, "Dijo algo.")
      _ = try book.write {
        try $0.update(
          interview,
          [FieldEdit(.Interview.consent, value: .consent(Consent(form: "oral", level: level)))])
      }
    }
    try book.interview("nadie preguntó", "Dijo algo.")
    let law = try book.interview("ley", "Artículo 1.")
    _ = try book.write {
      try $0.update(law, [FieldEdit(.Interview.kind, InterviewKind.document.rawValue)])
    }

    let counts = try counts(book, hasCodings: false)
    #expect(counts.withdrawn == 1 && counts.paraphrased == 1 && counts.archived == 1)
    #expect(counts.unasked == 1)
    #expect(counts.lines.map(\.count) == [1, 1, 1, 1])
  }

  @Test func `an interview counts whose notes alone are coded`() throws {
    let book = try TestNotebook()
    let theme = try book.theme("Miedo")
    let interview = try book.interview("TOC-001", "Lloré mucho.")
    try book.interview("TOC-002", "Nada.")
    let first = try book.note("Dijo que lloró.", about: interview)
    try book.code(try book.note("Que lloró lo dijo.", about: first), "lloró", theme)

    #expect(try counts(book, hasCodings: true).unasked == 1)
  }

  @Test
  func `a note about a coding is about the interview, and a long row of notes is told at once`()
    throws
  {
    let book = try TestNotebook()
    let interview = try book.interview("TOC-001", "Lloré mucho.")
    let coding = try book.code(interview, "Lloré", try book.theme("Miedo"))
    var notes = [RecordID]()
    var about = coding
    for number in 0..<400 {
      about = try book.note("nota \(number)", about: about)
      notes.append(about)
    }
    let (left, right) = (try book.note("a", about: about), try book.note("b", about: about))
    _ = try book.write {
      try $0.update(left, [FieldEdit(.Note.about, value: .reference(right.rawValue))])
      return try $0.update(right, [FieldEdit(.Note.about, value: .reference(left.rawValue))])
    }

    let subjects = try book.notebook.read { try $0.noteSubjects() }
    #expect(notes.allSatisfy { subjects[$0] == interview })
    #expect(subjects[left] == nil && subjects[right] == nil)
  }

  private func counts(_ book: TestNotebook, hasCodings: Bool) throws -> ConsentCounts {
    try book.notebook.read {
      try ConsentCounts(
        $0, of: .everything, hasCodings: hasCodings, milliseconds: TestNotebook.exportMilliseconds)
    }
  }
}
