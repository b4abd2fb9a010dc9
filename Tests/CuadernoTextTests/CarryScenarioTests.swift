import Testing

@testable import CuadernoText

/// Where a quote from one text is in another, with ranges given as the words they hold.
private enum Outcome: Equatable {
  case moved(String, at: Int)
  case changed(String, at: Int)
  case gone
  case uncertain([Int])
}

@Suite struct CarryScenarioTests {
  /// Carries the nth occurrence of a quote.
  private func outcome(
    of quote: String, occurrence: Int = 0, from old: String, to new: String
  ) throws -> Outcome {
    let oldText = ScalarText(old)
    let newText = ScalarText(new)
    let range = oldText.occurrences(of: quote)[occurrence]
    let span = try #require(QuotedSpan(range, of: oldText))
    return outcome(TextDifference(from: oldText, to: newText).placement(of: span), in: newText)
  }

  private func outcome(_ placement: Placement, in text: ScalarText) -> Outcome {
    switch placement {
    case .moved(let range): .moved(text.substring(range) ?? "?", at: range.lowerBound)
    case .changed(let range): .changed(text.substring(range) ?? "?", at: range.lowerBound)
    case .gone: .gone
    case .uncertain(let ranges): .uncertain(ranges.map(\.lowerBound))
    }
  }

  @Test func `an unchanged text keeps every quote where it is`() throws {
    #expect(
      try outcome(of: "no", occurrence: 1, from: "no, no, no", to: "no, no, no")
        == .moved("no", at: 4))
  }

  @Test func `words inserted before a quote move it`() throws {
    #expect(
      try outcome(of: "vino", from: "La ronda vino.", to: "La ronda de Tocache vino.")
        == .moved("vino", at: 20))
  }

  @Test func `an insertion at the start of a quote stays outside`() throws {
    #expect(
      try outcome(of: "ronda", from: "La ronda vino.", to: "La vieja ronda vino.")
        == .moved("ronda", at: 9))
    #expect(try outcome(of: "ronda", from: "ronda", to: "XXronda") == .moved("ronda", at: 2))
  }

  @Test func `an insertion at the end of a quote stays outside`() throws {
    #expect(
      try outcome(of: "ronda", from: "La ronda vino.", to: "La ronda vieja vino.")
        == .moved("ronda", at: 3))
    #expect(try outcome(of: "ronda", from: "ronda", to: "rondaXX") == .moved("ronda", at: 0))
  }

  @Test func `an insertion inside a quote changes it`() throws {
    #expect(
      try outcome(of: "la ronda vino", from: "Y la ronda vino.", to: "Y la ronda no vino.")
        == .changed("la ronda no vino", at: 2))
  }

  @Test func `a corrected letter changes a quote of one word`() throws {
    #expect(
      try outcome(of: "erradicacion", from: "la erradicacion fue", to: "la erradicación fue")
        == .changed("erradicación", at: 3))
  }

  @Test func `a replaced first word belongs to the quote it began`() throws {
    #expect(
      try outcome(of: "la ronda vieja", from: "vino la ronda vieja.", to: "vino una ronda vieja.")
        == .changed("una ronda vieja", at: 5))
  }

  @Test func `a deletion that reaches over the edge of a quote leaves the rest`() throws {
    #expect(
      try outcome(
        of: "vino la ronda vieja", from: "Ayer vino la ronda vieja.", to: "la ronda vieja.")
        == .changed("la ronda vieja", at: 0))
    #expect(
      try outcome(
        of: "vino la ronda", from: "Ayer vino la ronda vieja.", to: "Ayer vino la.")
        == .changed("vino la", at: 5))
  }

  @Test func `a deletion that ends where a quote begins leaves it whole`() throws {
    #expect(
      try outcome(of: "ronda", from: "Ayer ronda.", to: "ronda.") == .moved("ronda", at: 0))
    #expect(
      try outcome(of: "ronda", from: "ronda vieja", to: "ronda") == .moved("ronda", at: 0))
  }

  @Test func `a rewriting that reaches over the edge of a quote is for a person to see`() throws {
    let outcome = try outcome(
      of: "ronda vino ayer", from: "La vieja ronda vino ayer.", to: "Unos policías vino ayer.")

    guard case .uncertain(let candidates) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(candidates.count == 1)
  }

  @Test func `a removed quote is gone`() throws {
    #expect(
      try outcome(of: "No confío.", from: "Sí. No confío. Nada.", to: "Sí. Nada.") == .gone)
    #expect(try outcome(of: "coca", from: "coca", to: "") == .gone)
    #expect(try outcome(of: "coca", from: "la coca vale", to: "la 山 vale") == .gone)
    #expect(try outcome(of: "la coca", from: "Vi la coca.", to: "Vi 山 川.") == .gone)
  }

  @Test func `a paragraph cut and pasted elsewhere is for a person to see`() throws {
    #expect(
      try outcome(
        of: "Vino el miedo.", from: "Vino el miedo.\nUno dos tres.\nCuatro cinco.\n",
        to: "Uno dos tres.\nCuatro cinco.\nVino el miedo.\n") == .uncertain([28]))
  }

  @Test func `an equal paragraph inserted further up does not draw a quote to it`() throws {
    #expect(
      try outcome(
        of: "R: No.", from: "E: ¿Uno?\nR: No.\nE: ¿Dos?\n",
        to: "R: No.\nE: ¿Uno?\nR: No.\nE: ¿Dos?\n") == .moved("R: No.", at: 16))
    #expect(
      try outcome(
        of: "R: No.", occurrence: 1, from: "E: ¿Uno?\nR: No.\nE: ¿Dos?\nR: No.\nE: ¿Tres?\n",
        to: "E: ¿Cero?\nR: No.\nE: ¿Uno?\nR: No.\nE: ¿Dos?\nR: No.\nE: ¿Tres?\n")
        == .moved("R: No.", at: 42))
  }

  @Test func `an equal paragraph inserted further down does not draw a quote to it`() throws {
    #expect(
      try outcome(
        of: "R: No.", from: "E: ¿Uno?\nR: No.\nE: ¿Dos?\n",
        to: "E: ¿Uno?\nR: No.\nE: ¿Dos?\nR: No.\n") == .moved("R: No.", at: 9))
  }

  @Test func `an equal paragraph inserted right beside a quote leaves open which is which`() throws
  {
    #expect(
      try outcome(of: "Nada.", from: "Uno.\nNada.\nDos.\n", to: "Uno.\nNada.\nNada.\nDos.\n")
        == .uncertain([5, 11]))
  }

  @Test func `one of two equal neighbours removed leaves open which one`() throws {
    for occurrence in 0...1 {
      #expect(
        try outcome(
          of: "Nada.", occurrence: occurrence, from: "Uno.\nNada.\nNada.\nDos.\n",
          to: "Uno.\nNada.\nDos.\n") == .uncertain([5]))
    }
  }

  @Test func `the first words of a text said twice and then once leave open which is left`() throws
  {
    for occurrence in 0...1 {
      #expect(
        try outcome(
          of: "Nada.", occurrence: occurrence, from: "Nada.\nNada.\nDos.\n", to: "Nada.\nDos.\n")
          == .uncertain([0]))
    }
  }

  @Test func `a quote whose words were all replaced is not the words that replaced them`() throws {
    let outcome = try outcome(
      of: "confianza en el Estado", from: "No: confianza en el Estado, no.",
      to: "No: coincidencia con soldados, no.")

    guard case .uncertain(let candidates) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(candidates.count == 1)
  }

  @Test func `a longer quote beside its twin's twin is certain`() throws {
    #expect(
      try outcome(of: "Uno.\nNada.", from: "Uno.\nNada.\nDos.\n", to: "Uno.\nNada.\nNada.\nDos.\n")
        == .moved("Uno.\nNada.", at: 0))
  }

  @Test func `an edited paragraph is not taken for the new one before it`() throws {
    #expect(
      try outcome(
        of: "La ronda vino de noche",
        from: "Uno.\n\nLa ronda vino de noche y nos llevó.\n\nDos.\n",
        to: "Uno.\n\nLa policía no vino.\n\nLa ronda vino de noche y se fue.\n\nDos.\n")
        == .moved("La ronda vino de noche", at: 27))
  }

  @Test func `a quote of spaces and stops can be carried`() throws {
    #expect(try outcome(of: "… ", from: "No… sé", to: "Que no… sé") == .moved("… ", at: 6))
    #expect(try outcome(of: "—", from: "uno — dos", to: "uno dos") == .gone)
  }

  @Test func `half of a combined letter can be quoted and carried`() throws {
    #expect(
      try outcome(of: "\u{301}", from: "cafe\u{301} solo", to: "un cafe\u{301} solo")
        == .moved("\u{301}", at: 7))
    #expect(try outcome(of: "\n", from: "a\r\nb", to: "xa\r\nb") == .moved("\n", at: 3))
  }

  @Test func `a span that the old text does not bear out is looked for in the new one`() {
    let old = ScalarText("uno dos tres")
    let new = ScalarText("cero uno dos tres")
    let difference = TextDifference(from: old, to: new)

    for (start, end) in [(5, 8), (-3, 4), (8, 2), (0, .max), (.min, .max)] {
      let span = QuotedSpan(start: start, end: end, quote: "dos", prefix: "", suffix: "")
      #expect(difference.placement(of: span) == .moved(9..<12))
    }
    let nothing = QuotedSpan(start: 4, end: 4, quote: "", prefix: "uno ", suffix: "dos")
    #expect(difference.placement(of: nothing) == .uncertain([]))
    #expect(difference.placements(of: []) == [])
  }

  @Test func `only a range inside a text that is not empty can be quoted`() throws {
    let text = ScalarText("La vida en Tocache era tranquila antes de la erradicación, señor.")
    let span = try #require(QuotedSpan(41..<57, of: text))

    #expect(span.quote == " la erradicación")
    #expect(span.prefix == "n Tocache era tranquila antes de")
    #expect(span.prefix.unicodeScalars.count == QuotedSpan.contextScalars)
    #expect(span.suffix == ", señor.")
    #expect(QuotedSpan(3..<3, of: text) == nil)
    #expect(QuotedSpan(60..<66, of: text) == nil)
    #expect(QuotedSpan(-1..<3, of: text) == nil)
    #expect(QuotedSpan(Int.max - 1..<Int.max, of: text) == nil)
    #expect(QuotedSpan(0..<1, of: ScalarText("")) == nil)
  }

  @Test func `spans are equal by their bytes`() {
    let one = QuotedSpan(start: 0, end: 1, quote: "é", prefix: "", suffix: "")
    let other = QuotedSpan(start: 0, end: 1, quote: "e\u{301}", prefix: "", suffix: "")

    #expect(one == one)
    #expect(one != other)
  }
}
