import Testing

@testable import CuadernoText

@Suite struct TextDifferenceTests {
  /// Rebuilds the new text from the old one and the hunks' scalar ranges, independently of `applied`.
  private func rebuilt(_ difference: TextDifference) -> String {
    let old = Array(difference.old.string.unicodeScalars)
    let new = Array(difference.new.string.unicodeScalars)
    var result: [Unicode.Scalar] = []
    var done = 0
    for hunk in difference.hunks {
      result += old[done..<hunk.old.lowerBound]
      result += new[hunk.new]
      done = hunk.old.upperBound
    }
    return String(result + old[done...])
  }

  /// Whether the hunks are in order, change something, and have kept text between them.
  private func areApart(_ hunks: [TextDifference.Hunk]) -> Bool {
    zip(hunks, hunks.dropFirst()).allSatisfy { one, next in
      let kept = next.old.lowerBound - one.old.upperBound
      return kept > 0 && kept == next.new.lowerBound - one.new.upperBound
    } && hunks.allSatisfy { !$0.old.isEmpty || !$0.new.isEmpty }
  }

  @Test(arguments: UInt64(0)..<300)
  func `applying a difference gives the new text, byte for byte`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<5 {
      let old = SampleText.random(words: generator.number(0..<60), using: &generator)
      let new =
        generator.chance(20)
        ? SampleText.random(words: generator.number(0..<60), using: &generator)
        : SampleText.edited(old, edits: generator.number(0..<6), using: &generator)
      let effort =
        generator.chance(70)
        ? Effort.standard
        : Effort(total: generator.number(-500..<100), search: generator.number(-500..<50))
      let difference = TextDifference(from: ScalarText(old), to: ScalarText(new), effort: effort)

      #expect(difference.applied(to: ScalarText(old))?.utf8 == new.bytes)
      #expect(rebuilt(difference).bytes == new.bytes)
      #expect(areApart(difference.hunks))
      #expect(difference.isEmpty == (old.bytes == new.bytes))
    }
  }

  @Test(arguments: UInt64(0)..<200)
  func `a difference between edited interviews applies too`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let old = SampleText.edited(SampleText.interview, edits: 5, using: &generator)
    let new = SampleText.edited(old, edits: generator.number(0..<20), using: &generator)
    let difference = TextDifference(from: ScalarText(old), to: ScalarText(new))

    #expect(difference.applied(to: ScalarText(old))?.utf8 == new.bytes)
    #expect(rebuilt(difference).bytes == new.bytes)
    #expect(areApart(difference.hunks))
  }

  @Test(arguments: UInt64(0)..<100)
  func `the same two texts differ the same way every time`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let old = SampleText.random(words: 80, using: &generator)
    let new = SampleText.edited(old, edits: 8, using: &generator)
    let difference = TextDifference(from: ScalarText(old), to: ScalarText(new))
    let again = TextDifference(from: ScalarText(old), to: ScalarText(new))

    #expect(difference.hunks == again.hunks)
    #expect(difference.passages() == again.passages())
  }

  @Test func `a difference applies to no other text`() {
    let difference = TextDifference(from: ScalarText("é"), to: ScalarText("a"))

    #expect(difference.applied(to: ScalarText("e\u{301}")) == nil)
  }

  @Test(arguments: [
    ("", "", []),
    ("", "coca", [TextDifference.Hunk(old: 0..<0, new: 0..<4)]),
    ("coca", "", [TextDifference.Hunk(old: 0..<4, new: 0..<0)]),
    ("la niña", "la niño", [TextDifference.Hunk(old: 6..<7, new: 6..<7)]),
    ("la coca", "la hoja de coca", [TextDifference.Hunk(old: 3..<3, new: 3..<11)]),
    ("e\u{301}l", "el", [TextDifference.Hunk(old: 1..<2, new: 1..<1)]),
    ("a\r\nb", "a\nb", [TextDifference.Hunk(old: 1..<2, new: 1..<1)]),
    ("uno\ndos\n", "uno\nnuevo\ndos\n", [TextDifference.Hunk(old: 4..<4, new: 4..<10)]),
  ])
  func `small edits give small hunks`(
    old: String, new: String, hunks: [TextDifference.Hunk]
  ) {
    #expect(TextDifference(from: ScalarText(old), to: ScalarText(new)).hunks == hunks)
  }

  @Test func `a new paragraph is whole, even between paragraphs that begin alike`() {
    let old = "El alcalde vino en mayo.\n\nEl policía vino en junio.\n"
    let new = "El alcalde vino en mayo.\n\nEl juez no vino.\n\nEl policía vino en julio.\n"
    let difference = TextDifference(from: ScalarText(old), to: ScalarText(new))

    #expect(difference.hunks.count == 2)
    #expect(difference.new.substring(difference.hunks[0].new) == "El juez no vino.\n\n")
    #expect(difference.new.substring(difference.hunks[1].new) == "l")
  }
}

@Suite struct PassageTests {
  @Test(arguments: UInt64(0)..<200)
  func `the pieces of a passage are the two texts of its ranges`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let old = ScalarText(SampleText.random(words: 80, using: &generator))
    let new = ScalarText(SampleText.edited(old.string, edits: 5, using: &generator))
    let passages = TextDifference(from: old, to: new)
      .passages(context: generator.number(-1..<80))

    var done = (old: 0, new: 0)
    var rest: [UInt8] = []
    for passage in passages {
      var before: [UInt8] = []
      var after: [UInt8] = []
      for piece in passage.pieces {
        switch piece {
        case .kept(let text):
          before += text.bytes
          after += text.bytes
        case .removed(let text): before += text.bytes
        case .added(let text): after += text.bytes
        }
      }
      #expect(old.substring(passage.old)?.bytes == before)
      #expect(new.substring(passage.new)?.bytes == after)
      let skipped = old.substring(done.old..<passage.old.lowerBound)?.bytes
      #expect(skipped == new.substring(done.new..<passage.new.lowerBound)?.bytes)
      let lines = old.string.unicodeScalars.prefix(passage.old.lowerBound).count { $0 == "\n" }
      #expect(passage.oldLine == lines + 1)
      rest += (skipped ?? []) + after
      done = (passage.old.upperBound, passage.new.upperBound)
    }
    let last = new.substring(done.new..<new.scalarCount)?.bytes ?? []
    #expect(rest + last == new.utf8)
  }

  @Test func `a passage shows whole words between a few others`() {
    let old = ScalarText("Uno.\nLa coca era la vida de la comunidad.\nTres.\n")
    let new = ScalarText("Uno.\nLa coca era la vidita de la comunidad.\nTres.\n")

    let passages = TextDifference(from: old, to: new).passages(context: 12)

    #expect(
      passages == [
        ChangedPassage(
          old: 8..<30, new: 8..<32, oldLine: 2, newLine: 2,
          pieces: [
            .kept("coca era la "), .removed("vida"), .added("vidita"), .kept(" de la"),
          ])
      ])
  }

  @Test func `equal texts have no passages, however much context is asked for`() {
    let text = ScalarText("La coca")

    #expect(TextDifference(from: text, to: text).passages(context: .max) == [])
    #expect(
      TextDifference(from: text, to: ScalarText("La hoja")).passages(context: .max).first?.pieces
        == [.kept("La "), .removed("coca"), .added("hoja")])
  }
}
