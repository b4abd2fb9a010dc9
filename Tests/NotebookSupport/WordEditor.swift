import CuadernoTestSupport

/// Writes and edits texts in which no word ever occurs twice, so that a word is its own identity: where
/// a passage went can be read off any later text, however it came about.
package struct WordEditor {
  private var generator: SplitMix64
  private let author: String
  private var count = 0

  /// - Parameter author: one letter, different for everybody who writes.
  package init(seed: UInt64, author: String) {
    generator = SplitMix64(seed: seed)
    self.author = author
  }

  private mutating func number(_ range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &generator)
  }

  private mutating func words(_ range: ClosedRange<Int>) -> [String] {
    (0..<number(range)).map { _ in
      count += 1
      let stem = ["coca", "año", "niña", "ronda", "qʼero", "Estado"][number(0...5)]
      return "\(stem)\(count)\(author)"
    }
  }

  package mutating func text() -> String {
    (0..<number(1...6)).map { _ in words(1...9).joined(separator: " ") }.joined(separator: "\n")
  }

  /// A text after one to three edits of words and lines.
  ///
  /// - Parameter moves: whether passages may be cut and pasted somewhere else.
  package mutating func edited(_ text: String, moves: Bool) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
      $0.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    }
    for _ in 0..<number(1...3) { editOnce(&lines, moves: moves) }
    return lines.map { $0.joined(separator: " ") }.joined(separator: "\n")
  }

  private mutating func editOnce(_ lines: inout [[String]], moves: Bool) {
    let line = number(0...lines.count - 1)
    let start = number(0...lines[line].count)
    let end = min(lines[line].count, start + number(1...4))
    switch number(0...(moves ? 10 : 8)) {
    case 0...2: lines[line].insert(contentsOf: words(1...3), at: start)
    case 3, 4: lines[line].removeSubrange(start..<end)
    case 5: lines[line].replaceSubrange(start..<end, with: words(1...3))
    case 6: lines.insert(words(1...6), at: number(0...lines.count))
    case 7 where lines.count > 1: lines.remove(at: line)
    case 8:
      lines.insert(Array(lines[line][start...]), at: line + 1)
      lines[line].removeSubrange(start...)
    case 9, 10:
      let passage = Array(lines[line][start..<end])
      lines[line].removeSubrange(start..<end)
      let other = number(0...lines.count - 1)
      lines[other].insert(contentsOf: passage, at: number(0...lines[other].count))
    default: break
    }
  }

  /// A stretch of whole words, in scalars; nil when there is no word.
  package mutating func passage(of text: String) -> Range<Int>? {
    let words = Self.words(of: text)
    guard !words.isEmpty else { return nil }
    let first = number(0...words.count - 1)
    let last = min(words.count - 1, first + number(0...7))
    return words[first].range.lowerBound..<words[last].range.upperBound
  }

  /// The words of a text with their places in scalars.
  package static func words(of text: String) -> [(word: String, range: Range<Int>)] {
    let scalars = Array(text.unicodeScalars)
    var words = [(word: String, range: Range<Int>)]()
    var start: Int?
    for index in 0...scalars.count {
      let isSpace = index == scalars.count || scalars[index] == " " || scalars[index] == "\n"
      if isSpace, let from = start {
        var word = String.UnicodeScalarView()
        word.append(contentsOf: scalars[from..<index])
        words.append((String(word), from..<index))
        start = nil
      } else if !isSpace, start == nil {
        start = index
      }
    }
    return words
  }
}
