import CuadernoNotebook
import CuadernoTestSupport
import Foundation
import Testing

@Suite struct TextEntryTests {
  @Test(arguments: [
    ("a\r\nb", "a\nb"), ("a\rb", "a\nb"), ("\r\n\r\n", "\n\n"), ("\r\r", "\n\n"), ("\n\r", "\n\n"),
    ("a\r\n\nb", "a\n\nb"), ("\r", "\n"), ("ab", "ab"), ("", ""),
    ("a\u{301}", "\u{E1}"), ("n\u{303}", "\u{F1}"), ("e\u{301}\r\n", "\u{E9}\n"),
    ("\u{1100}\u{1161}", "\u{AC00}"), ("\u{2126}", "\u{3A9}"), ("\u{FB01}", "\u{FB01}"),
  ])
  func `text is kept in NFC with line feeds`(text: String, expected: String) {
    #expect(Array(TextEntry.normalised(text).unicodeScalars) == Array(expected.unicodeScalars))
  }

  @Test func `normalising twice changes nothing more`() {
    for seed in Seeds.upTo(2_000) {
      let text = arbitraryText(seed)
      let once = TextEntry.normalised(text)
      if Array(TextEntry.normalised(once).utf8) != Array(once.utf8) {
        Issue.record("\(Seeds.replay(seed))")
      }
    }
  }

  @Test func `canonically equivalent texts become the same bytes`() {
    for seed in Seeds.upTo(2_000) {
      let text = arbitraryText(seed)
      let spellings = [
        text, text.decomposedStringWithCanonicalMapping, text.precomposedStringWithCanonicalMapping,
      ]
      let normalised = Set(spellings.map { Array(TextEntry.normalised($0).utf8) })
      if normalised.count != 1 { Issue.record("\(Seeds.replay(seed))") }
    }
  }

  @Test func `no return is left`() {
    for seed in Seeds.upTo(500) {
      let text = arbitraryText(seed)
      if TextEntry.normalised(text).unicodeScalars.contains("\r") {
        Issue.record("\(Seeds.replay(seed))")
      }
    }
  }

  /// They are looked for in words of eight bytes, and one by one at the end.
  @Test(arguments: ["\r", "a\u{301}", "\u{CC}", "\u{2FF}", "\u{300}", "\u{2126}", "\u{1F468}"])
  func `what has to be changed is found wherever it stands`(sign: String) {
    for before in 0..<20 {
      for after in 0..<10 {
        for letter in ["x", "\u{7F}", "é", "\u{2CB}"] {
          let text =
            String(repeating: letter, count: before) + sign
            + String(repeating: "\u{C}", count: after)
          let expected = text.precomposedStringWithCanonicalMapping
            .replacingOccurrences(of: "\r", with: "\n")
          #expect(TextEntry.normalised(text).utf8.elementsEqual(expected.utf8))
        }
      }
    }
  }

  @Test(arguments: [
    ("Tocache", "tocache"), ("ERRADICACIÓN", "erradicacion"), ("  Ana\n", "ana"),
    ("pingüino", "PINGUINO"), ("cafe\u{301}", "Café"), ("Ñandú", "ñandu"), ("n\u{303}o", "ÑO"),
  ])
  func `two spellings of one name are folded to the same`(left: String, right: String) {
    #expect(Folding.folded(left) == Folding.folded(right))
  }

  @Test(arguments: [("año", "ano"), ("caña", "cana"), ("a b", "ab"), ("ñ", "n"), ("1", "2")])
  func `two different names are not`(left: String, right: String) {
    #expect(Folding.folded(left) != Folding.folded(right))
  }

  @Test func `a letter folded by itself is folded as Foundation folds it`() {
    for value in UInt32(0)..<0x3100 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      for text in ["\(scalar)", "x\(scalar)Y", "\(scalar) a", "a \(scalar)", "n\(scalar)"]
      where Folding.folded(text) != Folding.foldedWhole(text) {
        Issue.record("U+\(String(value, radix: 16)) in \(text.unicodeScalars.count) scalars")
      }
    }
  }

  @Test func `a text is folded as Foundation folds it`() {
    for seed in Seeds.upTo(2_000) {
      let text = arbitraryText(seed)
      if Array(Folding.folded(text).utf8) != Array(Folding.foldedWhole(text).utf8) {
        Issue.record("\(Seeds.replay(seed))")
      }
    }
  }

  private func arbitraryText(_ seed: UInt64) -> String {
    var generator = SplitMix64(seed: seed)
    // Without a Hangul jamo after a syllable, which Foundation does not compose.
    let alphabet: [Unicode.Scalar] = [
      "a", "n", "e", "\u{301}", "\u{303}", "\u{308}", "\u{F1}", "\u{E9}", "\r", "\n", " ",
      "\u{1100}", "\u{1161}", "\u{AC00}", "\u{FB01}", "\u{2126}", "\u{1F468}",
      "\u{200D}", "\u{315}", "\u{5D0}", "\u{5B7}", "\u{E0F1}", "\u{0344}", "\u{2ADC}", "\u{CC}",
    ]
    var scalars = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...12, using: &generator) {
      scalars.append(alphabet[Int.random(in: alphabet.indices, using: &generator)])
    }
    return String(scalars)
  }
}
