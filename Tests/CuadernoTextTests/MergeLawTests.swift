import Testing

@testable import CuadernoText

@Suite struct MergeLawTests {
  private func merge(_ base: String, _ writes: [String]) -> MergedText {
    ThreeWayMerge.merge(base: ScalarText(base), writes: writes.map { ScalarText($0) })
  }

  private func sample(using generator: inout SeededGenerator) -> String {
    generator.chance(50)
      ? SampleText.random(words: generator.number(0..<40), using: &generator)
      : SampleText.interview
  }

  @Test(arguments: UInt64(0)..<200)
  func `merging with a side that changed nothing gives the other`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let base = sample(using: &generator)
    let write = SampleText.edited(base, edits: generator.number(0..<8), using: &generator)

    for writes in [[write], [write, base], [base, write], [base, write, base]] {
      let merged = merge(base, writes)
      #expect(merged.text.utf8 == write.bytes)
      #expect(merged.conflicts == [])
    }
    #expect(merge(base, []).text.utf8 == base.bytes)
  }

  @Test(arguments: UInt64(0)..<200)
  func `the same change on all sides is made once`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let base = sample(using: &generator)
    let write = SampleText.edited(base, edits: generator.number(0..<8), using: &generator)

    for count in 2...4 {
      let merged = merge(base, Array(repeating: write, count: count))
      #expect(merged.text.utf8 == write.bytes)
      #expect(merged.conflicts == [])
    }
  }

  /// Words that occur nowhere else, set between or in place of words of the base.
  private func write(
    on base: String, named name: String, using generator: inout SeededGenerator
  ) -> (text: String, words: [String]) {
    var scalars = Array(base.unicodeScalars)
    var words: [String] = []
    for number in 0..<generator.number(0..<6) {
      let word = "\(name)\(number)ñ"
      let edges = scalars.indices.filter { $0 == 0 || scalars[$0 - 1] == " " }
      let start = edges.randomElement(using: &generator) ?? 0
      let end = generator.chance(50) ? start : min(scalars.count, start + generator.number(0..<15))
      // Not into another word of this writer's own.
      if scalars[start..<end].contains("ñ") { continue }
      let isGlued = generator.chance(20)
      scalars.replaceSubrange(start..<end, with: (isGlued ? word : word + " ").unicodeScalars)
      words.append(word)
    }
    return (String(scalars), words)
  }

  @Test(arguments: UInt64(0)..<500)
  func `no word that any side wrote is missing`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let base = "Antes la vida era de la coca y la coca era vida. Nada mas.\nE: Uno dos.\n\nR: Nada."
    let writes = (0..<generator.number(1..<5)).map {
      write(on: base, named: "w\($0)x", using: &generator)
    }
    let merged = merge(base, writes.map(\.text))

    for write in writes {
      for word in write.words where write.text.contains(word) {
        #expect(merged.text.string.contains(word), "\(word) of \(write.text)")
      }
      // Nor has it grown into another word: what stands in a write stands in the merged text.
      let tokens = Set(words(of: merged.text))
      for token in words(of: ScalarText(write.text)) where token.contains("ñ") {
        #expect(tokens.contains(token), "\(token)")
      }
    }
  }

  /// Words set anywhere among the words and marks of a text that says the same few things.
  private func writeAmongMarks(
    on base: String, side: Int, using generator: inout SeededGenerator
  ) -> String {
    let marks = [" ", " ", ", ", ".", "\n", "-", "\n\n", ""]
    let utf8 = base.bytes
    var tokens = Grain.words.tokens(of: utf8, in: 0..<utf8.count)
      .map { String(decoding: utf8[$0.bytes], as: UTF8.self) }
    for number in 0..<generator.number(1..<5) {
      let start = generator.number(0..<tokens.count + 1)
      let end = min(tokens.count, start + generator.number(0..<3))
      if tokens[start..<end].contains(where: { $0.contains("ñ") }) { continue }
      let before = marks.randomElement(using: &generator) ?? ""
      let after = marks.randomElement(using: &generator) ?? ""
      tokens.replaceSubrange(start..<end, with: [before, "w\(side)x\(number)ñ", after])
    }
    return tokens.joined()
  }

  @Test(arguments: UInt64(0)..<400)
  func `no word that any side wrote is missing or torn, whatever marks it stands among`(
    seed: UInt64
  ) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<5 {
      let base = (0..<generator.number(0..<14)).map { _ in
        let word = ["la", "de", "coca", "vida"][generator.number(0..<4)]
        return word + [" ", ", ", ".", "\n", "-"][generator.number(0..<5)]
      }.joined()
      let writes = (0..<generator.number(2..<4)).map {
        writeAmongMarks(on: base, side: $0, using: &generator)
      }
      let merged = merge(base, writes)

      let tokens = Set(words(of: merged.text))
      for write in writes {
        for word in words(of: ScalarText(write)) where word.contains("ñ") {
          #expect(tokens.contains(word), "\(base.debugDescription) \(writes)")
        }
      }
    }
  }

  @Test(arguments: UInt64(0)..<300)
  func `writing everything twice changes nothing`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let letters = ["a", "b", " ", "\n", "ñ", "."]
    for _ in 0..<10 {
      let texts = (0..<4).map { _ in
        (0..<generator.number(0..<24)).map { _ in letters[generator.number(0..<6)] }.joined()
      }
      let once = merge(texts[0], Array(texts[1...]))
      let twice = merge(texts[0], texts[1...] + texts[1...] + [texts[0]])

      #expect(twice.text == once.text)
      #expect(twice.conflicts.map(\.span) == once.conflicts.map(\.span))
    }
  }

  private func words(of text: ScalarText) -> [String] {
    Grain.words.tokens(of: text.utf8, in: 0..<text.utf8.count).filter(\.isTelling)
      .map { String(decoding: text.utf8[$0.bytes], as: UTF8.self) }
  }

  @Test(arguments: UInt64(0)..<300)
  func `a conflict holds every alternative, in order, in its span`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let base = sample(using: &generator)
    let writes = (0..<generator.number(2..<5)).map { _ in
      SampleText.edited(base, edits: generator.number(0..<8), using: &generator)
    }
    let merged = merge(base, writes)

    var done = 0
    for conflict in merged.conflicts {
      #expect(conflict.span.lowerBound >= done)
      done = conflict.span.upperBound
      #expect(conflict.alternatives.count > 1)
      #expect(Set(conflict.alternatives.map(\.text.bytes)).count == conflict.alternatives.count)
      #expect(base.bytes.contains(sequence: conflict.base.bytes))
      var inside = conflict.span.lowerBound
      for alternative in conflict.alternatives {
        #expect(merged.text.substring(alternative.span)?.bytes == alternative.text.bytes)
        #expect(alternative.span.lowerBound >= inside)
        // At most the one scalar that keeps two words apart.
        #expect(alternative.span.lowerBound <= inside + 1)
        inside = alternative.span.upperBound
        for write in alternative.writes {
          #expect(ScalarText(writes[write]).utf8.contains(sequence: alternative.text.bytes))
        }
      }
      #expect(inside == conflict.span.upperBound)
      let order = conflict.alternatives.compactMap(\.writes.first)
      #expect(order == order.sorted())
      let all = conflict.alternatives.flatMap(\.writes)
      #expect(Set(all).count == all.count)
    }
    #expect(done <= merged.text.scalarCount)
  }

  @Test(arguments: UInt64(0)..<200)
  func `the order of stamps changes only the order inside conflicts`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let base = sample(using: &generator)
    let writes = (0..<3).map { _ in
      SampleText.edited(base, edits: generator.number(0..<6), using: &generator)
    }
    let merged = merge(base, writes)
    let reversed = merge(base, writes.reversed())

    #expect(merge(base, writes) == merged)
    #expect(
      merged.text.scalarCount - scalarsBetween(merged) == reversed.text.scalarCount
        - scalarsBetween(reversed))
    #expect(outside(merged) == outside(reversed))
    #expect(merged.conflicts.map(\.base.bytes) == reversed.conflicts.map(\.base.bytes))
    for (one, other) in zip(merged.conflicts, reversed.conflicts) {
      #expect(Set(one.alternatives.map(\.text.bytes)) == Set(other.alternatives.map(\.text.bytes)))
    }
  }

  /// The scalars that keep alternatives apart: their number depends on who stands beside whom.
  private func scalarsBetween(_ merged: MergedText) -> Int {
    merged.conflicts.reduce(0) { count, conflict in
      count + conflict.span.count - conflict.alternatives.map(\.span.count).reduce(0, +)
    }
  }

  private func outside(_ merged: MergedText) -> [[UInt8]?] {
    var pieces: [[UInt8]?] = []
    var done = 0
    for conflict in merged.conflicts {
      pieces.append(merged.text.substring(done..<conflict.span.lowerBound)?.bytes)
      done = conflict.span.upperBound
    }
    return pieces + [merged.text.substring(done..<merged.text.scalarCount)?.bytes]
  }

  @Test(arguments: UInt64(0)..<200)
  func `edits in different paragraphs merge without a conflict into both`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let paragraphs = (0..<9).map { "Párrafo \($0): la vida era así, y así era la vida.\n\n" }
    var both = paragraphs
    let writes = (0..<3).map { number in
      // Each writer has three paragraphs of their own, and a neighbour's stands between any two.
      var mine = paragraphs
      let own = 3 * generator.number(0..<3) + number
      let words = " \(SampleText.random(words: 3, using: &generator)) vino \(number). "
      mine[own] = "\(words)Párrafo \(own)\(words): la vida era otra.\n\n"
      both[own] = mine[own]
      return mine.joined()
    }
    let merged = merge(paragraphs.joined(), writes)

    #expect(merged.text.utf8 == both.joined().bytes)
    #expect(merged.conflicts == [])
  }

  @Test(arguments: UInt64(0)..<200)
  func `with too few steps nothing is lost either`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let base = SampleText.interview
    let writes = (0..<3).map { write(on: base, named: "w\($0)x", using: &generator) }
    let merged = ThreeWayMerge.merge(
      base: ScalarText(base), writes: writes.map { ScalarText($0.text) },
      effort: Effort(total: -10_000, search: -10_000))

    for write in writes {
      for word in write.words where write.text.contains(word) {
        #expect(merged.text.string.contains(word))
      }
    }
  }
}

extension [UInt8] {
  fileprivate func contains(sequence: [UInt8]) -> Bool {
    sequence.isEmpty || !offsets(of: sequence, limit: 1).isEmpty
  }
}
