import CuadernoExchange

/// What a person should know of a file that was written: a number, and what it counts.
struct Remark {
  /// For programs.
  let key: String
  let words: String
  let count: Int

  init(_ key: String, _ words: String, _ count: Int) {
    self.key = key
    self.words = words
    self.count = count
  }

  var line: String { "\(words): \(count)" }
}

extension ConsentCounts {
  var remarks: [Remark] {
    lines.compactMap { line, count in line.words.map { Remark(line.rawValue, $0, count) } }
  }
}
