import Testing

@testable import CuadernoText

@Suite struct TokenTests {
  private func tokens(_ grain: Grain, _ text: String) -> (all: [String], telling: [String]) {
    let utf8 = text.bytes
    let tokens = grain.tokens(of: utf8, in: 0..<utf8.count)
    let strings = tokens.map { String(decoding: utf8[$0.bytes], as: UTF8.self) }
    return (strings, zip(tokens, strings).filter(\.0.isTelling).map(\.1))
  }

  @Test func `words are letters of any script, digits, accents and emoji`() {
    #expect(
      tokens(.words, "¿Año 2005, cafe\u{301}? «שלום» 山川: 👩🏽‍🌾!").telling
        == ["Año", "2005", "cafe\u{301}", "שלום", "山", "川", "👩🏽‍🌾"])
  }

  @Test func `an apostrophe inside a word belongs to it`() {
    #expect(tokens(.words, "k'anchay, t\u{2019}anta").telling == ["k'anchay", "t\u{2019}anta"])
    #expect(tokens(.words, "'kanchay' ''").all == ["'", "kanchay", "'", " ", "'", "'"])
  }

  @Test func `a carriage return stays with its line, and blank lines tell nothing`() {
    let lines = tokens(.lines, "uno\r\n\r\n \n¡…!\ndos")

    #expect(
      lines.all.map(\.bytes) == ["uno\r\n", "\r\n", " \n", "¡…!\n", "dos"].map(\.bytes))
    #expect(lines.telling.map(\.bytes) == ["uno\r\n", "dos"].map(\.bytes))
  }

  @Test(arguments: UInt64(0)..<200)
  func `tokens are the text, cut between scalars`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let text = SampleText.random(words: 40, using: &generator)
    let edges = Set(
      text.unicodeScalars.indices.map { text.utf8.distance(from: text.startIndex, to: $0) })
    for grain in [Grain.lines, .words] {
      let tokens = grain.tokens(of: text.bytes, in: 0..<text.utf8.count)
      #expect(tokens.flatMap { text.bytes[$0.bytes] } == text.bytes)
      #expect(tokens.allSatisfy { !$0.bytes.isEmpty && edges.contains($0.bytes.lowerBound) })
    }
  }
}
