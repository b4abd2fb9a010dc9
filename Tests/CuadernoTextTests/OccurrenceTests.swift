import Testing

@testable import CuadernoText

/// The obvious search: compare at every scalar.
private func naiveOccurrences(of quote: String, in text: String) -> [Range<Int>] {
  let needle = Array(quote.unicodeScalars)
  let hay = Array(text.unicodeScalars)
  guard !needle.isEmpty, needle.count <= hay.count else { return [] }
  return (0...hay.count - needle.count).filter { start in
    hay[start..<start + needle.count].elementsEqual(needle)
  }.map { $0..<$0 + needle.count }
}

@Suite struct OccurrenceTests {
  @Test(arguments: UInt64(0)..<200)
  func `every occurrence is found and no other`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    // Few letters, so that quotes recur and overlap.
    let alphabet = Array(seed.isMultiple(of: 2) ? "ab".unicodeScalars : "ñé山".unicodeScalars)
    for _ in 0..<20 {
      let scalars = (0..<generator.number(0..<80)).map { _ in
        alphabet[generator.number(0..<alphabet.count)]
      }
      let quote = (0..<generator.number(0..<6)).map { _ in
        alphabet[generator.number(0..<alphabet.count)]
      }
      let expected = naiveOccurrences(of: String(quote), in: String(scalars))
      let text = ScalarText(String(scalars))

      #expect(text.occurrences(of: String(quote)) == expected)
      #expect(text.occurrences(of: String(quote), limit: 2) == Array(expected.prefix(2)))
    }
  }

  @Test(arguments: UInt64(0)..<100)
  func `quotes taken from a text are found where they were taken`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let string = SampleText.random(words: 60, using: &generator)
    let text = ScalarText(string)
    for _ in 0..<10 {
      let range = generator.range(within: text.scalarCount)
      let quote = try #require(text.substring(range))

      #expect(text.occurrences(of: quote) == naiveOccurrences(of: quote, in: string))
      if !range.isEmpty { #expect(text.occurrences(of: quote).contains(range)) }
    }
  }

  @Test func `occurrences overlap`() {
    #expect(ScalarText("ananana").occurrences(of: "ana") == [0..<3, 2..<5, 4..<7])
  }

  @Test func `nothing and less than nothing are found nowhere`() {
    #expect(ScalarText("ana").occurrences(of: "") == [])
    #expect(ScalarText("").occurrences(of: "ana") == [])
    #expect(ScalarText("ana").occurrences(of: "a", limit: 0) == [])
    #expect(ScalarText("ana").occurrences(of: "a", limit: -1) == [])
  }

  @Test func `a letter is not found in another spelling of it`() {
    #expect(ScalarText("cafe\u{301}").occurrences(of: "café") == [])
    #expect(ScalarText("cafe\u{301}").occurrences(of: "cafe") == [0..<4])
  }

  @Test(arguments: UInt64(0)..<200)
  func `sorted suffixes find what reading finds`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let letters = generator.number(1..<5)
    let bytes = (0..<generator.number(0..<200)).map { _ in
      UInt8(generator.number(0..<letters) * (255 / letters))
    }
    let order = SuffixOrder(of: bytes)
    for _ in 0..<20 {
      let range = generator.range(within: bytes.count)
      var quote = Array(bytes[range])
      if generator.chance(30) { quote.append(UInt8(generator.number(0..<256))) }
      let limit = generator.number(0..<8)

      #expect(
        order.offsets(of: quote, limit: limit)
          == QuoteSearch.offsetsByReading(of: quote, in: bytes, limit: limit))
      #expect(
        order.offsets(of: quote, limit: .max - 1)
          == QuoteSearch.offsetsByReading(of: quote, in: bytes, limit: .max - 1))
    }
  }

  @Test func `sorting puts the suffixes of every short text in order`() {
    // All texts of up to seven letters over three.
    for count in 0...7 {
      for number in 0..<Int((0..<count).reduce(1) { product, _ in product * 3 }) {
        var rest = number
        let bytes = (0..<count).map { _ in
          defer { rest /= 3 }
          return UInt8(rest % 3)
        }
        let order = SuffixOrder(of: bytes)
        for start in 0..<count {
          for end in start + 1..<count + 1 {
            let quote = Array(bytes[start..<end])
            #expect(
              order.offsets(of: quote, limit: 100)
                == QuoteSearch.offsetsByReading(of: quote, in: bytes, limit: 100))
          }
        }
      }
    }
  }
}
