import Testing

@testable import CuadernoClient

@Suite struct TerminalTests {
  @Test(arguments: [
    ("\u{1B}[2J", "<U+001B>[2J"),
    ("\u{9B}31m", "<U+009B>31m"),
    ("\u{1B}]52;c;aGk=\u{07}", "<U+001B>]52;c;aGk=<U+0007>"),
    ("\u{7F}", "<U+007F>"),
    ("a\u{202E}b", "a<U+202E>b"),
    ("a\u{2066}b", "a<U+2066>b"),
    ("a\u{200B}b", "a<U+200B>b"),
    ("a\u{FEFF}b", "a<U+FEFF>b"),
    ("a\u{0}b", "a<U+0000>b"),
    ("a\u{E0041}b", "a<U+E0041>b"),
  ])
  func `what a terminal would act on is shown as its code point`(text: String, shown: String) {
    #expect(Terminal.harmless(text) == shown)
  }

  @Test func `ordinary text of any language is left alone`() {
    for text in ["año, ¿qué?", "Ñawpaq pacha", "नमस्ते", "👩🏽‍🌾", "e\u{301}"] {
      #expect(Terminal.harmless(text) == text)
    }
  }

  @Test func `line breaks and tabs stand in a text and are shown in a cell`() {
    #expect(Terminal.harmless("a\n\tb", keepsLines: true) == "a\n\tb")
    #expect(Terminal.harmless("a\n\tb") == "a<U+000A><U+0009>b")
  }

  @Test func `a carriage return cannot overwrite a line`() {
    #expect(Terminal.harmless("bien\rmal", keepsLines: true) == "bien<U+000D>mal")
  }
}

@Suite struct OutputTests {
  private let table = Table(
    [.init("id", isForPrograms: true), .init("label"), .init("codings")],
    rows: [
      [.string("1f"), .string("TOC-001"), .integer(3)],
      [.string("2f"), .string("año"), .integer(12)],
    ], whenEmpty: "None.")

  @Test func `a table lines up by what is seen and leaves ids to programs`() {
    let text = Output.table(table).rendered(asJSON: false)

    #expect(text == "LABEL    CODINGS\nTOC-001        3\naño           12\n")
  }

  @Test func `the same table for programs has every column`() {
    let text = Output.table(table).rendered(asJSON: true)

    #expect(
      text == """
        [{"id":"1f","label":"TOC-001","codings":3},{"id":"2f","label":"año","codings":12}]

        """)
  }

  @Test func `an empty table says so to people and is an empty list to programs`() {
    let empty = Table([.init("id")], rows: [], whenEmpty: "None.")

    #expect(Output.table(empty).rendered(asJSON: false) == "None.\n")
    #expect(Output.table(empty).rendered(asJSON: true) == "[]\n")
  }

  @Test func `JSON escapes quotes, controls and what turns the direction`() {
    let json = JSON.object([("a\"b", .string("\\ \n \u{1B} \u{202E} \u{E0041} ñ"))])

    #expect(
      json.description
        == #"{"a\"b":"\\ \n \u001b \u202e \udb40\udc41 ñ"}"#)
  }

  @Test func `a card shows what has a value, and the text below`() {
    let card = Card(
      title: "TOC-001",
      fields: [
        ("date", "date", .string("2017")), ("place", "place", .null), ("", "id", .string("1f")),
      ], body: "uno\ndos")

    #expect(Output.card(card).rendered(asJSON: false) == "TOC-001\n  date  2017\n\nuno\ndos\n")
    #expect(
      Output.card(card).rendered(asJSON: true)
        == #"{"date":"2017","place":null,"id":"1f","text":"uno\ndos"}"# + "\n")
  }
}
