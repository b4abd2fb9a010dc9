import Testing

@testable import CuadernoText

@Suite struct EchoTests {
  /// Whether a piece at the end of a run stands again further on, tried at every distance.
  private func standsAgain(_ piece: [UInt8], in text: [UInt8], beyond offset: Int) -> Bool {
    text.offsets(of: piece, limit: .max).contains { $0 > offset }
  }

  private func letters(_ range: Range<Int>, using generator: inout SeededGenerator) -> [UInt8] {
    (0..<generator.number(range)).map { _ in UInt8(ascii: "a") + UInt8(generator.number(0..<2)) }
  }

  @Test(arguments: UInt64(0)..<300)
  func `a range has a twin when the end of its run stands again beside it`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<10 {
      // A hunk, a run of kept text, and another hunk, in a language of two letters.
      let run = letters(1..<14, using: &generator)
      let hunks = (0..<4).map { _ in letters(0..<12, using: &generator) }
      let old = hunks[0] + run + hunks[1]
      let new = hunks[2] + run + hunks[3]
      let echo = Echo(
        ofRun: 1,
        between: [
          ByteHunk(old: 0..<hunks[0].count, new: 0..<hunks[2].count),
          ByteHunk(
            old: hunks[0].count + run.count..<old.count,
            new: hunks[2].count + run.count..<new.count),
        ], old: old, new: new)

      let range = generator.range(within: run.count)
      let head = Array(run.prefix(range.upperBound))
      let tail = Array(run.dropFirst(range.lowerBound))
      let hasTwin = [(hunks[0], hunks[1]), (hunks[2], hunks[3])].contains { before, after in
        let heads = (before + head).offsets(of: head, limit: .max)
        return heads.contains { $0 < before.count }
          || standsAgain(tail, in: tail + after, beyond: 0)
      }
      let inOld = range.lowerBound + hunks[0].count..<range.upperBound + hunks[0].count
      if !range.isEmpty { #expect(echo.reaches(inOld) == hasTwin) }

      let mapped = range.lowerBound + hunks[2].count..<range.upperBound + hunks[2].count
      for twin in echo.twins(of: mapped, from: inOld) where !range.isEmpty {
        #expect(twin != mapped)
        #expect(new[twin] == new[mapped])
      }
    }
  }
}
