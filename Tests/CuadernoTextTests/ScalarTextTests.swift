import Testing

@testable import CuadernoText

@Suite struct ScalarTextTests {
  @Test(arguments: UInt64(0)..<100)
  func `positions convert as walking over the scalars does`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let string = SampleText.random(words: generator.number(0..<120), using: &generator)
    let text = ScalarText(string)
    let scalars = Array(string.unicodeScalars)

    #expect(text.scalarCount == scalars.count)
    var offset = 0
    for (position, scalar) in scalars.enumerated() {
      #expect(text.utf8Offset(ofScalar: position) == offset)
      #expect(text.scalarOffset(ofUTF8: offset) == position)
      for inside in 1..<max(1, scalar.utf8.count) {
        #expect(text.scalarOffset(ofUTF8: offset + inside) == nil)
      }
      offset += scalar.utf8.count
    }
    #expect(text.utf8Offset(ofScalar: scalars.count) == offset)
    #expect(text.scalarOffset(ofUTF8: offset) == scalars.count)
  }

  @Test(arguments: UInt64(0)..<100)
  func `a substring is the scalars of its range`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let string = SampleText.random(words: 100, using: &generator)
    let text = ScalarText(string)
    let scalars = Array(string.unicodeScalars)

    for _ in 0..<20 {
      let range = generator.range(within: scalars.count)
      let substring = try #require(text.substring(range))
      #expect(substring.bytes == String(scalars[range]).bytes)
    }
  }

  @Test(arguments: [0, 1, 63, 64, 65, 127, 128, 129, 640])
  func `counts around the index's stride are exact`(count: Int) {
    for letter in ["a", "ñ", "山", "🌾"] {
      let text = ScalarText(String(repeating: letter, count: count))

      #expect(text.scalarCount == count)
      #expect(text.utf8Offset(ofScalar: count) == letter.utf8.count * count)
      #expect(text.scalarOffset(ofUTF8: letter.utf8.count * count) == count)
      #expect(text.utf8Offset(ofScalar: count + 1) == nil)
      #expect(text.scalarOffset(ofUTF8: letter.utf8.count * count + 1) == nil)
    }
  }

  @Test(arguments: UInt64(0)..<100)
  func `a quote stands where the text has its bytes`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let string = SampleText.random(words: 60, using: &generator)
    let text = ScalarText(string)
    let range = generator.range(within: text.scalarCount)
    let quote = try #require(text.substring(range)).bytes
    let found = text.utf8Range(of: quote.span, at: range)

    #expect(found.map { Array(text.utf8[$0]) } == (range.isEmpty ? nil : quote))
    let wider = range.lowerBound..<range.upperBound + 1
    #expect(text.utf8Range(of: quote.span, at: wider) == nil)
    guard var other = range.isEmpty ? nil : quote else { return }
    other[generator.number(0..<other.count)] ^= 1
    #expect(text.utf8Range(of: other.span, at: range) == nil)
  }

  @Test(arguments: [
    ([0x61, 0xFF, 0xC3, 0xB1], "a\u{FFFD}ñ"), ([0xC3], "\u{FFFD}"), ([0x61, 0xB1], "a\u{FFFD}"),
    (Array("año".utf8), "año"), ([], ""),
  ])
  func `bytes that are no text become one`(bytes: [UInt8], text: String) {
    let repaired = ScalarText(repairing: bytes)

    #expect(repaired == ScalarText(text))
    #expect(repaired.scalarCount == text.unicodeScalars.count)
  }

  @Test func `a range outside the text has no substring`() {
    let text = ScalarText("año")

    #expect(text.substring(0..<3) == "año")
    #expect(text.substring(3..<3) == "")
    #expect(text.substring(0..<4) == nil)
    #expect(text.substring(-1..<2) == nil)
    #expect(text.substring(Int.max - 1..<Int.max) == nil)
    #expect(text.substring(Int.min..<Int.min + 1) == nil)
  }

  @Test func `a carriage return and its line feed are two scalars`() {
    let text = ScalarText("a\r\nb")

    #expect(text.scalarCount == 4)
    #expect(text.substring(2..<4)?.bytes == "\nb".bytes)
  }

  @Test func `two spellings of a letter are two texts`() {
    #expect("é" == "e\u{301}")
    #expect(ScalarText("é") != ScalarText("e\u{301}"))
  }
}
