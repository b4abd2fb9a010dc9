import CuadernoTestSupport
import Testing

@testable import CuadernoExchange

@Suite struct FormulaGuardTests {
  @Test(arguments: [
    "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "\u{FF1D}1", "\u{FF0B}1",
    "\u{FF0D}1", "\u{FF20}A", "=\u{301}SUM(A1)", "-\u{20DD}", "'=1", "''@x",
  ])
  func `a cell that begins as a formula does gets an apostrophe`(text: String) {
    #expect(FormulaGuard.guarded(text).utf8.elementsEqual(("'" + text).utf8))
  }

  @Test(arguments: [
    "", "a=1", "'", "''", "'a", " =1", "—no—", "–", "−1", "¿=?", "\u{FF1C}", "\u{EF0C}", "ﾠ",
    "1-2", "#", "\u{2003}=",
  ])
  func `any other cell is left as it is`(text: String) {
    #expect(FormulaGuard.guarded(text) == text)
    #expect(FormulaGuard.unguarded(text) == text)
  }

  /// Law: taking the guard off gives back what was there.
  @Test(arguments: Seeds.upTo(500))
  func `the guard comes off again whatever was there`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let alphabet: [Unicode.Scalar] = [
      "'", "'", "=", "+", "-", "@", "\t", "a", "\u{301}", "\u{FF1D}", "\u{FF20}", "é",
    ]
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      text.append(alphabet[Int.random(in: 0..<alphabet.count, using: &random)])
    }
    let guarded = FormulaGuard.guarded(String(text))

    #expect(FormulaGuard.unguarded(guarded).utf8.elementsEqual(String(text).utf8))
    if let first = guarded.unicodeScalars.first {
      #expect(!alphabet[2..<7].contains(first) && !alphabet[9..<11].contains(first))
    }
  }
}
