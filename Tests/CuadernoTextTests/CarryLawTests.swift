import Testing

@testable import CuadernoText

/// A text none of whose scalars occurs twice, so that nothing in it can be taken for anything else.
private func textOfDistinctScalars(using generator: inout SeededGenerator) -> String {
  var scalars: [Unicode.Scalar] = []
  // Letters with and without accents, marks, Hebrew, Arabic, ideographs, emoji, spaces, controls.
  for range in [
    0x00..<0x80, 0xA0..<0x180, 0x300..<0x330, 0x5D0..<0x5EB, 0x620..<0x650, 0x2000..<0x2030,
    0x4E00..<0x4E60, 0x1F600..<0x1F640,
  ] as [Range<UInt32>] {
    scalars += range.compactMap(Unicode.Scalar.init)
  }
  scalars.shuffle(using: &generator)
  return String(scalars.prefix(generator.number(1..<200)))
}

@Suite struct CarryLawTests {
  private func edit(_ text: inout TrackedText, using generator: inout SeededGenerator) {
    let count = text.elements.count
    let start = generator.number(0..<count + 1)
    let removed = generator.chance(60) ? generator.number(0..<min(12, count - start) + 1) : 0
    let added = removed == 0 || generator.chance(50) ? generator.number(1..<9) : 0
    text.replace(start..<start + removed, with: text.freshScalars(added))
  }

  @Test(arguments: UInt64(0)..<400)
  func `where every scalar is known a quote is where it was taken or not claimed`(
    seed: UInt64
  ) throws {
    var generator = SeededGenerator(seed: seed)
    let string = textOfDistinctScalars(using: &generator)
    let old = ScalarText(string)
    var tracked = TrackedText(string)
    for _ in 0..<generator.number(0..<8) { edit(&tracked, using: &generator) }
    let new = tracked.text
    let difference = TextDifference(from: old, to: new)

    for _ in 0..<15 {
      let range = generator.range(within: old.scalarCount)
      guard let span = QuotedSpan(range, of: old) else { continue }
      let placement = difference.placement(of: span)
      switch tracked.fate(of: range) {
      case .untouched(let moved):
        #expect(placement == .moved(moved))
      case .removed:
        #expect(placement == .gone)
      case .edited:
        switch placement {
        case .moved: Issue.record("an edited quote is claimed as whole")
        case .changed(let found): #expect(found.count > 0 && found.upperBound <= new.scalarCount)
        case .gone, .uncertain: break
        }
      }
    }
  }

  @Test(arguments: UInt64(0)..<200)
  func `an edit inside a quote whose ends stand leaves it between its ends`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let string = textOfDistinctScalars(using: &generator)
    let count = string.unicodeScalars.count
    guard count >= 8 else { return }
    let start = generator.number(0..<count - 7)
    let quote = start..<generator.number(start + 7..<count) + 1
    var tracked = TrackedText(string)
    let inside = quote.lowerBound + 3..<quote.upperBound - 3
    let cut = inside.lowerBound + generator.number(0..<inside.count)
    tracked.replace(cut..<cut, with: tracked.freshScalars(generator.number(1..<9)))
    let span = try #require(QuotedSpan(quote, of: ScalarText(string)))
    let grown = tracked.elements.count - count

    #expect(
      TextDifference(from: ScalarText(string), to: tracked.text).placement(of: span)
        == .changed(quote.lowerBound..<quote.upperBound + grown))
  }

  /// In real speech words recur, so an edit can be ambiguous. Then no wrong claim may be made.
  @Test(arguments: UInt64(0)..<300)
  func `after one edit in an interview a claim is right and doubt names the right place`(
    seed: UInt64
  ) throws {
    var generator = SeededGenerator(seed: seed)
    let old = ScalarText(SampleText.interview)
    var tracked = TrackedText(SampleText.interview)
    let start = generator.number(0..<old.scalarCount)
    let end = min(old.scalarCount, start + generator.number(0..<80))
    let added = generator.chance(50) ? tracked.freshScalars(generator.number(0..<6)) : []
    tracked.replace(start..<end, with: added)
    let new = tracked.text
    let difference = TextDifference(from: old, to: new)

    for _ in 0..<20 {
      let from = generator.number(0..<old.scalarCount)
      let to = min(old.scalarCount, from + generator.number(1..<60))
      let span = try #require(QuotedSpan(from..<to, of: old))
      let placement = difference.placement(of: span)
      if case .untouched(let moved) = tracked.fate(of: from..<to) {
        switch placement {
        case .moved(let found): #expect(found == moved)
        case .uncertain(let candidates): #expect(candidates.contains(moved))
        case .changed, .gone: Issue.record("an untouched quote is given up: \(placement)")
        }
      }
      if case .moved(let found) = placement {
        #expect(new.substring(found)?.bytes == span.quote.bytes)
      }
    }
  }

  @Test(arguments: UInt64(0)..<200)
  func `after many edits in an interview no sentence is claimed to be where it is not`(
    seed: UInt64
  ) throws {
    var generator = SeededGenerator(seed: seed)
    let old = ScalarText(SampleText.interview)
    var tracked = TrackedText(SampleText.interview)
    for _ in 0..<generator.number(1..<10) {
      let start = generator.number(0..<tracked.elements.count)
      let end = min(tracked.elements.count, start + generator.number(0..<60))
      let added = SampleText.random(words: generator.number(0..<8), using: &generator)
      let range = start..<(generator.chance(50) ? start : end)
      tracked.replace(range, with: Array(added.unicodeScalars))
    }
    let difference = TextDifference(from: old, to: tracked.text)

    for _ in 0..<20 {
      let from = generator.number(0..<old.scalarCount - 20)
      let to = min(old.scalarCount, from + generator.number(20..<100))
      let span = try #require(QuotedSpan(from..<to, of: old))
      guard case .untouched(let moved) = tracked.fate(of: from..<to) else { continue }
      switch difference.placement(of: span) {
      case .moved(let found): #expect(found == moved)
      case .uncertain(let candidates): #expect(candidates.contains(moved))
      case .changed, .gone: Issue.record("an untouched sentence is given up")
      }
    }
  }

  @Test func `doubt is rare`() throws {
    var untouched = 0
    var doubted = 0
    for seed in UInt64(0)..<200 {
      var generator = SeededGenerator(seed: 7_000 + seed)
      let old = ScalarText(SampleText.interview)
      var tracked = TrackedText(SampleText.interview)
      let start = generator.number(0..<old.scalarCount)
      let end = min(old.scalarCount, start + generator.number(0..<40))
      tracked.replace(start..<end, with: tracked.freshScalars(generator.number(0..<3)))
      let difference = TextDifference(from: old, to: tracked.text)
      for _ in 0..<20 {
        let from = generator.number(0..<old.scalarCount)
        let to = min(old.scalarCount, from + generator.number(20..<100))
        guard case .untouched = tracked.fate(of: from..<to) else { continue }
        untouched += 1
        let span = try #require(QuotedSpan(from..<to, of: old))
        if case .uncertain = difference.placement(of: span) { doubted += 1 }
      }
    }

    #expect(untouched > 3_000)
    #expect(doubted * 200 < untouched, "\(doubted) of \(untouched)")
  }

  @Test(arguments: UInt64(0)..<200)
  func `whatever is edited, a claim of wholeness is borne out by the text`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let old = ScalarText(SampleText.random(words: 50, using: &generator))
    let new = ScalarText(SampleText.edited(old.string, edits: 6, using: &generator))
    let difference = TextDifference(from: old, to: new)
    for _ in 0..<30 {
      guard let span = QuotedSpan(generator.range(within: old.scalarCount), of: old) else {
        continue
      }
      switch difference.placement(of: span) {
      case .moved(let range): #expect(new.substring(range)?.bytes == span.quote.bytes)
      case .changed(let range): #expect(new.substring(range) != nil && !range.isEmpty)
      case .uncertain(let ranges): #expect(ranges.allSatisfy { new.substring($0) != nil })
      case .gone: break
      }
    }
  }

  @Test(arguments: UInt64(0)..<50)
  func `many spans at once fare as each alone`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let old = ScalarText(SampleText.interview)
    let new = ScalarText(SampleText.edited(old.string, edits: 9, using: &generator))
    let difference = TextDifference(from: old, to: new)
    let spans = (0..<60).compactMap { _ in
      let start = generator.number(0..<old.scalarCount)
      return QuotedSpan(
        start..<min(old.scalarCount, start + generator.number(1..<50)), of: old)
    }

    #expect(difference.placements(of: spans) == spans.map(difference.placement))
    #expect(new.placements(of: spans) == spans.map(new.placement))
  }
}
