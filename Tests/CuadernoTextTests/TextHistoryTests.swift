import Testing

@testable import CuadernoText

@Suite struct TextHistoryTests {
  private func placement(of quote: String, along versions: [String]) throws -> Placement {
    let texts = versions.map(ScalarText.init)
    let first = try #require(texts.first)
    let span = try #require(QuotedSpan(first.occurrences(of: quote)[0], of: first))
    return TextHistory(texts).placements(of: [span])[0]
  }

  @Test func `a quote is carried through every version`() throws {
    #expect(
      try placement(
        of: "ronda", along: ["La ronda.", "Y la ronda.", "Y la ronda vino.", "La ronda."])
        == .moved(3..<8))
    #expect(
      try placement(of: "ronda", along: ["La ronda.", "Y la ronda.", "Ayer y la ronda."])
        == .moved(10..<15))
  }

  @Test func `a quote edited and put right is whole again`() throws {
    let versions = ["Sí, la ronda vino.", "Sí, la rondita vino.", "No, la ronda vino."]

    #expect(try placement(of: "la ronda vino", along: versions) == .moved(4..<17))
    #expect(
      try placement(of: "la ronda vino", along: [versions[0], versions[1]]) == .changed(4..<19))
  }

  @Test func `a paragraph deleted and restored is found again`() throws {
    #expect(
      try placement(
        of: "Nada.", along: ["Uno.\nNada.\nDos.", "Uno.\nDos.", "Cero.\nUno.\nNada.\nDos."])
        == .moved(11..<16))
  }

  @Test func `a paragraph deleted for good is gone`() throws {
    #expect(
      try placement(of: "Nada.", along: ["Uno.\nNada.\nDos.", "Uno.\nDos.", "Cero.\nUno.\nDos."])
        == .gone)
  }

  @Test func `small steps place what one large step cannot`() throws {
    // In one step the twin beside the quote leaves open which is which.
    let steps = [
      "Uno. Nada. Dos.", "Uno. Nada XX. Dos.", "Uno. Nada. Nada XX. Dos.", "Uno. Nada. Nada. Dos.",
    ]

    #expect(
      try placement(of: "Nada", along: [steps[0], steps[3]]) == .uncertain([5..<9, 11..<15]))
    #expect(try placement(of: "Nada.", along: steps) == .moved(11..<16))
  }

  @Test func `without versions or with one there is nothing to carry through`() throws {
    let span = QuotedSpan(start: 4, end: 7, quote: "dos", prefix: "", suffix: "")

    #expect(TextHistory([]).placements(of: [span]) == [.uncertain([])])
    #expect(TextHistory([ScalarText("uno dos")]).placements(of: [span]) == [.moved(4..<7)])
    #expect(TextHistory([ScalarText("dos uno")]).placements(of: [span]) == [.moved(0..<3)])
    #expect(TextHistory([]).placements(of: []) == [])
  }

  @Test(arguments: UInt64(0)..<150)
  func `through many versions a claim is borne out by the last`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var versions = [ScalarText(SampleText.interview)]
    for _ in 0..<generator.number(1..<5) {
      let last = versions[versions.count - 1].string
      versions.append(
        ScalarText(
          generator.chance(15)
            ? SampleText.interview : SampleText.edited(last, edits: 3, using: &generator)))
    }
    let spans = (0..<20).compactMap { _ in
      QuotedSpan(generator.range(within: versions[0].scalarCount), of: versions[0])
    }
    let placements = TextHistory(versions).placements(of: spans)

    #expect(placements.count == spans.count)
    for (span, placement) in zip(spans, placements) {
      let last = versions[versions.count - 1]
      switch placement {
      case .moved(let range): #expect(last.substring(range)?.bytes == span.quote.bytes)
      case .changed(let range): #expect(last.substring(range)?.bytes != span.quote.bytes)
      case .uncertain(let ranges): #expect(ranges.allSatisfy { last.substring($0) != nil })
      case .gone: break
      }
      if versions[0] == last { #expect(placement == .moved(span.start..<span.end)) }
    }
  }

  @Test(arguments: UInt64(0)..<100)
  func `through many versions a quote that nobody touched is where it was taken`(
    seed: UInt64
  ) throws {
    var generator = SeededGenerator(seed: seed)
    var tracked = TrackedText(SampleText.interview)
    var versions = [tracked.text]
    for _ in 0..<generator.number(1..<6) {
      let start = generator.number(0..<tracked.elements.count)
      let end = min(tracked.elements.count, start + generator.number(0..<40))
      tracked.replace(start..<end, with: tracked.freshScalars(generator.number(1..<6)))
      versions.append(tracked.text)
    }
    for _ in 0..<20 {
      let from = generator.number(0..<versions[0].scalarCount)
      let to = min(versions[0].scalarCount, from + generator.number(1..<80))
      guard case .untouched(let moved) = tracked.fate(of: from..<to) else { continue }
      let span = try #require(QuotedSpan(from..<to, of: versions[0]))
      switch TextHistory(versions).placements(of: [span])[0] {
      case .moved(let found): #expect(found == moved)
      case .uncertain(let candidates): #expect(candidates.contains(moved))
      case .changed, .gone: Issue.record("an untouched quote is given up")
      }
    }
  }
}
