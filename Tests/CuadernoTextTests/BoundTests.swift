import Testing

@testable import CuadernoText

/// The largest texts a study may hold, made as hostile as we know how.
///
/// Steps are counted, not seconds: a step is the same on every machine.
@Suite(.serialized) struct BoundTests {
  /// A text is refused above 4 MiB.
  private static let bytesMax = 4 << 20

  /// Less than the standard effort, so that these tests are over soon; the bound is the same rule.
  private static let effort = Effort(total: 1 << 20, search: 1 << 18)

  /// Words that no other seed has, each once.
  private static func longWords(seed: Int) -> String {
    let padding = String(repeating: "x", count: 56)
    return (0..<bytesMax / 64).map { "s\(seed)n\($0)\(padding)" }.joined(separator: " ")
  }

  /// Words that recur all the time.
  private static func shortWords(seed: UInt64) -> String {
    var generator = SeededGenerator(seed: seed)
    return (0..<100_000).map { _ in
      let bits = generator.next()
      return String(bits % 2_000, radix: 36) + (bits.isMultiple(of: 13) ? "\n" : " ")
    }.joined()
  }

  private static let hostilePairs: [(name: String, old: String, new: String)] = [
    (
      "one letter, and less of it",
      String(repeating: "a", count: bytesMax), String(repeating: "a", count: bytesMax - 1_000)
    ),
    (
      "two words by turns, and out of step",
      String(repeating: "ab b ", count: bytesMax / 20),
      "b " + String(repeating: "ab b ", count: bytesMax / 20 - 400)
    ),
    (
      "long words with nothing in common",
      longWords(seed: 1), longWords(seed: 2)
    ),
    (
      "everything removed",
      String(repeating: "ñ\n", count: bytesMax / 3), ""
    ),
  ]

  @Test(arguments: 0..<4)
  func `the largest hostile texts are compared within the bound`(pair: Int) throws {
    let (name, oldString, newString) = Self.hostilePairs[pair]
    let old = ScalarText(oldString)
    let new = ScalarText(newString)
    let difference = TextDifference(from: old, to: new, effort: Self.effort)

    // Three grains, each with its effort and a few steps for each of its tokens.
    #expect(difference.steps <= 3 * (Self.effort.total + 5 * (old.utf8.count + new.utf8.count)))
    #expect(difference.applied(to: old) == new, "\(name)")

    // Where nearly all is removed, 10,000 searches are the other test's matter.
    let count = pair == 2 ? 10 : 10_000
    let step = max(1, old.scalarCount / count)
    let spans = (0..<count).compactMap { number in
      QuotedSpan(number * step..<min(old.scalarCount, number * step + 40), of: old)
    }
    for (span, placement) in zip(spans, difference.placements(of: spans)) {
      if case .moved(let range) = placement {
        #expect(new.substring(range)?.bytes == span.quote.bytes)
      }
    }
  }

  @Test func `two texts of short words with nothing in common are compared within the bound`() {
    let old = ScalarText(Self.shortWords(seed: 3))
    let new = ScalarText(Self.shortWords(seed: 4))
    let difference = TextDifference(from: old, to: new, effort: Self.effort)

    #expect(difference.steps <= 3 * (Self.effort.total + 5 * (old.utf8.count + new.utf8.count)))
    #expect(difference.applied(to: old) == new)
  }

  @Test func `the largest texts merge and lose nothing`() {
    let base = ScalarText(Self.hostilePairs[0].old)
    let writes = [
      ScalarText(Self.hostilePairs[0].new + " Ana"),
      ScalarText("Luis " + Self.hostilePairs[0].old),
    ]
    let merged = ThreeWayMerge.merge(base: base, writes: writes, effort: Self.effort)

    #expect(merged.text.occurrences(of: "Ana").count == 1)
    #expect(merged.text.occurrences(of: "Luis").count == 1)
  }

  @Test func `ten thousand spans are placed in a text of repetitions without its history`() {
    let text = ScalarText(String(repeating: "no ", count: 100_000) + "sí")
    let spans = (0..<10_000).map { number in
      QuotedSpan(
        start: 3 * number + 1, end: 3 * number + 3 + 3 * (number % 40),
        quote: String(repeating: "no ", count: number % 40) + (number % 2 == 0 ? "sí" : "no"),
        prefix: "no ", suffix: "")
    }
    let placements = text.placements(of: spans)

    for (number, placement) in placements.enumerated() {
      if number % 2 == 0 {
        let start = text.scalarCount - 2 - 3 * (number % 40)
        #expect(placement == .moved(start..<text.scalarCount))
      } else {
        #expect(placement == .uncertain([]))
      }
    }
  }

  @Test func `a quote that nearly matches everywhere is sought in one reading`() {
    let text = ScalarText(Self.hostilePairs[0].old)
    let half = String(repeating: "a", count: Self.bytesMax / 2)

    #expect(text.occurrences(of: half + "b") == [])
    #expect(text.occurrences(of: half, limit: 1_000).count == 1_000)
    #expect(text.occurrences(of: half).last == Self.bytesMax / 2..<Self.bytesMax)
  }
}
