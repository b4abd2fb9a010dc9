import Testing

@testable import CuadernoText

@Suite struct PlacingTests {
  private func span(_ start: Int, _ prefix: String, _ quote: String, _ suffix: String) -> QuotedSpan
  {
    QuotedSpan(
      start: start, end: start + quote.unicodeScalars.count, quote: quote, prefix: prefix,
      suffix: suffix)
  }

  @Test func `a quote at its position is there, whatever its twins`() {
    #expect(ScalarText("no no no").placement(of: span(3, "x", "no", "y")) == .moved(3..<5))
  }

  @Test func `a quote that stands in one place only is there`() {
    #expect(
      ScalarText("ayer vino la ronda").placement(of: span(0, "x", "ronda", "y"))
        == .moved(13..<18))
  }

  @Test func `of several the one between its own neighbours is meant`() {
    let text = ScalarText("una no dos no tres no cuatro")

    #expect(text.placement(of: span(0, "dos ", "no", " tres")) == .moved(11..<13))
    #expect(
      text.placement(of: span(0, "dos ", "no", " cuatro")) == .uncertain([4..<6, 11..<13, 19..<21]))
    #expect(text.placement(of: span(0, "", "no", " cuatro")) == .moved(19..<21))
    #expect(text.placement(of: span(0, "", "no", "")) == .uncertain([4..<6, 11..<13, 19..<21]))
  }

  @Test func `neighbours that recur with the quote decide nothing`() {
    #expect(
      ScalarText("a no b a no b").placement(of: span(1, "a ", "no", " b"))
        == .uncertain([2..<4, 9..<11]))
  }

  @Test func `a quote that is nowhere may be what stands between its neighbours`() {
    let text = ScalarText("Ayer vino la policía de noche.")

    #expect(text.placement(of: span(13, "vino la ", "ronda", " de noche")) == .uncertain([13..<20]))
    #expect(text.placement(of: span(13, "vino la policía", "ronda", " de noche")) == .uncertain([]))
    #expect(text.placement(of: span(13, "nunca", "ronda", "jamás")) == .uncertain([]))
  }

  @Test func `more places than a person can look at are not listed`() {
    let text = ScalarText(String(repeating: "no ", count: Placement.candidatesMax + 1))

    #expect(text.placement(of: span(1, "", "no", "")) == .uncertain([]))
    #expect(
      ScalarText(String(repeating: "no ", count: Placement.candidatesMax))
        .placement(of: span(1, "", "no", "")).candidates?.count == Placement.candidatesMax)
  }

  @Test func `spans that make no sense are placed nowhere`() {
    for text in ["", "x"] {
      for span in [
        span(0, "", "", ""), span(.min, "", "", ""), span(.max - 1, "a", "b", "c"),
        QuotedSpan(start: 5, end: 1, quote: "b", prefix: "", suffix: ""),
      ] {
        #expect(ScalarText(text).placement(of: span) == .uncertain([]))
      }
    }
  }

  @Test(arguments: UInt64(0)..<300)
  func `a claim is always borne out by the text`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let old = ScalarText(SampleText.random(words: 30, using: &generator))
    let new = ScalarText(SampleText.edited(old.string, edits: 3, using: &generator))
    for _ in 0..<10 {
      guard let span = QuotedSpan(generator.range(within: old.scalarCount), of: old) else {
        continue
      }
      let occurrences = new.occurrences(of: span.quote)
      switch new.placement(of: span) {
      case .moved(let range):
        #expect(occurrences.contains(range))
        if !occurrences.contains(span.start..<span.end), occurrences.count > 1 {
          let whole = span.prefix + span.quote + span.suffix
          #expect(new.occurrences(of: whole).count == 1)
        }
      case .uncertain(let candidates):
        #expect(occurrences.count != 1)
        if (2...Placement.candidatesMax).contains(occurrences.count) {
          #expect(candidates == occurrences)
        }
      case .changed, .gone: Issue.record("nothing of the sort can be known")
      }
    }
  }
}

extension Placement {
  fileprivate var candidates: [Range<Int>]? {
    if case .uncertain(let candidates) = self { return candidates }
    return nil
  }
}
