import Testing

@testable import CuadernoText

@Suite struct VersionTreeTests {
  private func span(_ quote: String, _ text: String) throws -> QuotedSpan {
    let text = ScalarText(text)
    return try #require(QuotedSpan(text.occurrences(of: quote)[0], of: text))
  }

  private func placements(
    _ next: [Int], _ texts: [String], _ spans: [(version: Int, span: QuotedSpan)]
  ) -> [Placement] {
    VersionTree(next: next).placements(of: spans) { ScalarText(texts[$0]) }
  }

  @Test func `spans from both sides of a merge meet in it`() throws {
    let texts = [
      "Ayer la ronda vino y el Estado no.", "la ronda vino y el Estado no.", "Ayer la ronda vino.",
    ]
    let spans = [
      (version: 1, span: try span("el Estado", texts[1])),
      (version: 2, span: try span("ronda", texts[2])),
      (version: 0, span: try span("vino", texts[0])),
    ]

    #expect(
      placements([0, 0, 0], texts, spans) == [.moved(21..<30), .moved(8..<13), .moved(14..<18)])
  }

  @Test func `a span is carried from version to version and not in one jump`() throws {
    let texts = [
      "Uno. Nada. Nada. Dos.", "Uno. Nada. Nada XX. Dos.", "Uno. Nada XX. Dos.", "Uno. Nada. Dos.",
    ]
    let made = (version: 3, span: try span("Nada.", texts[3]))

    #expect(placements([0, 0, 1, 2], texts, [made]) == [.moved(11..<16)])
    #expect(
      placements([0, 0], [texts[0], texts[3]], [(1, made.span)]) == [.uncertain([5..<10, 11..<16])])
  }

  @Test func `a quote that one version broke is whole where a later one put it right`() throws {
    let texts = ["No, la ronda vino.", "Sí, la rondita vino.", "Sí, la ronda vino."]

    #expect(
      placements([0, 0, 1], texts, [(2, try span("la ronda vino", texts[2]))]) == [.moved(4..<17)])
  }

  @Test func `a span that its own text does not bear out is looked for`() {
    let stray = QuotedSpan(start: 0, end: 4, quote: "vino", prefix: "", suffix: "")

    #expect(placements([0], ["la ronda vino"], [(0, stray)]) == [.moved(9..<13)])
    #expect(
      placements([0, 0], ["Y la ronda vino", "la ronda vino"], [(1, stray)]) == [.moved(11..<15)])
    #expect(placements([0], ["la ronda"], [(0, stray)]) == [.uncertain([])])
  }

  @Test func `without spans no text is asked for`() {
    let tree = VersionTree(next: [0, 0])

    #expect(tree.placements(of: []) { _ in preconditionFailure("asked") } == [])
  }
}
