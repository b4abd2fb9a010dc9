import CuadernoModel
import CuadernoNotebook
import Testing

@testable import CuadernoExchange

@Suite struct InterviewDraftTests {
  private func draft(
    _ text: String, _ name: String = "TOC-001.md", isPlain: Bool = false
  ) throws -> InterviewDraft {
    try InterviewDraft(Array(text.utf8), fileName: name, isPlain: isPlain)
  }

  private func words(_ text: String, _ name: String = "TOC-001.md") -> String {
    CuadernoExchangeTests.words { _ = try draft(text, name) }
  }

  @Test func `a block of very many keys is read in its time`() throws {
    let keys = (0..<30_000).map { "attribute:n\($0): x\n" }.joined()

    let draft = try InterviewDraft(Array("---\n\(keys)---\nTexto.".utf8), fileName: "a.md")

    #expect(draft.attributes.count == 30_000)
    #expect(draft.text == "Texto.")
  }

  @Test func `the block of keys is read into fields, and the text begins after an empty line`()
    throws
  {
    let draft = try draft(
      """
      ---
      label: TOC-007
      title: Grupo focal: mujeres
      kind: Focus Group
      date: 2009-06-20T14:00 America/Lima
      place: Perú > San Martín
      participants: Lucha M.; Señora Zoila
      interviewers: Ana ; Luis
      languages: es; qu
      consent: oral; may quote; 2009-06-20; 2030-01-01
      source:
      attribute:duración (min): 95
      ---

      E: Hola: ¿qué siembran?

      R1: Plátano.

      """)

    #expect(draft.label == "TOC-007")
    #expect(draft.title == "Grupo focal: mujeres")
    #expect(draft.kind == .focusGroup)
    #expect(draft.date?.description == "2009-06-20T14:00 America/Lima")
    #expect(draft.placePath == "Perú > San Martín")
    #expect(draft.participants == ["Lucha M.", "Señora Zoila"])
    #expect(draft.interviewers == ["Ana", "Luis"])
    #expect(draft.languages == ["es", "qu"])
    #expect(draft.consent?.level == .mayQuote)
    #expect(draft.consent?.embargo?.description == "2030-01-01")
    #expect(draft.source == nil)
    #expect(draft.attributes == [Attribute(name: "duración (min)", value: "95")])
    #expect(draft.text == "E: Hola: ¿qué siembran?\n\nR1: Plátano.\n")
  }

  @Test(arguments: [
    ("TOC-001.txt", "TOC-001"), ("folder/a.b.md", "a.b"), ("acta", "acta"), (".hidden", ".hidden"),
    ("min\u{303}ga.md", "mi\u{F1}ga"),
  ])
  func `a label is made of the file's name`(name: String, label: String) throws {
    #expect(try draft("texto", name).label.utf8.elementsEqual(label.utf8))
  }

  @Test func `plain text is text, whatever it begins with`() throws {
    let text = "---\nlabel: X\n---\n\nhola"
    #expect(try draft(text, "a.txt").text == text)
    #expect(try draft(text, "a.md", isPlain: true).text == text)
    #expect(try draft(text, "a.md").text == "hola")
  }

  @Test func `a line of dashes without a second one is text`() throws {
    #expect(try draft("---\nhola: tú\n").text == "---\nhola: tú\n")
    #expect(try draft("hola\n---\nx: y\n---\n").text == "hola\n---\nx: y\n---\n")
  }

  @Test func `line ends become line feeds, and accents one scalar`() throws {
    #expect(try draft("uno\r\ndos\rmun\u{303}eca", "a.txt").text == "uno\ndos\nmu\u{F1}eca")
    #expect(try draft("---\r\ntitle: x\r\n---\r\n\r\nuno\r\n").text == "uno\n")
  }

  @Test(
    arguments: [
      ("", "file is empty"),
      (
        "---\nlabel: x\ntono: y\n---\n",
        "line 3: key is not one of: label, title, kind, date, place, participants, interviewers, "
          + "languages, consent, source, summary, attribute:NAME; mend it, or import the file with "
          + "--plain"
      ),
      (
        "---\nlabel: x\nno hay clave\n---\n",
        "line 3: line between the two --- lines is not written as key: value; mend it, or import the "
          + "file with --plain if it begins with no such block"
      ),
      ("---\ntitle: x\nTitle: y\n---\n", "line 3: key stands twice"),
      (
        "---\nkind: encuesta\n---\n",
        "line 2: kind must be one of: interview, focus group, observation, document"
      ),
      (
        "---\ndate: 2017-02-30\n---\n",
        "line 2: date: date has day 30; that month has 28 days"
      ),
      (
        "---\ndate: 2017-05-12T09:30 America/Tocache\n---\n",
        "line 2: date: time zone is not known; use a name such as America/Lima, or an offset such as "
          + "-05:00"
      ),
      (
        "---\nconsent: oral\n---\n",
        "line 2: consent is written as form; level; date, such as oral; may quote; 2017-05-12, with "
          + "the date of an embargo as a fourth part"
      ),
      (
        "---\nconsent: oral; quizás\n---\n",
        "line 2: consent level must be one of: may quote, may paraphrase, may archive, withdrawn"
      ),
      (
        "---\nlabel: x\n---\n\nuno\ndos \u{C} tres\n",
        "line 6: text has the control character U+000C at position 8; only tab and line break may "
          + "stand in a text"
      ),
      (
        "a\0b",
        "line 1: text has the control character U+0000 at position 1; only tab and line break may "
          + "stand in a text"
      ),
      (
        "\u{1B}]52;c;bWFs\u{7}",
        "line 1: text has the control character U+001B at position 0; only tab and line break may "
          + "stand in a text"
      ),
    ] as [(String, String)])
  func `what cannot be taken is told with its line`(text: String, expected: String) {
    #expect(words(text) == expected)
  }

  @Test func `a text past the limit is told with its size`() {
    let text = String(repeating: "a", count: Limits.textBytes + 1)
    #expect(
      words(text, "a.txt") == "text is 4194305 bytes; the limit is 4194304; split it into two")
  }
}
