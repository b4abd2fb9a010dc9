import CuadernoLog
package import CuadernoModel
package import CuadernoSync
import CuadernoText
import GRDB

/// A record that holds the words looked for, and the passage around them.
package struct SearchHit: Sendable {
  package var id: RecordID
  package var kind: Kind
  package var name: String
  /// A stretch of the text with the words in it, without line breaks.
  package var passage: String
  /// Where the words stand in the passage, in scalars.
  package var marks: [Range<Int>]
}

extension Reader {
  /// The records that hold every word, the best first (BM25; a word in a title counts four times).
  ///
  /// Words are compared without case and accents, but ñ is not n. A word that ends in `*` stands for
  /// all that begin so; words between double quotes must follow each other.
  ///
  /// - Throws: ``NotebookError/indexIncomplete`` before `Notebook.completeIndex()`, since a search
  ///   that leaves records out would say that they do not hold the words.
  package func search(
    _ words: String, kinds: [Kind] = Kind.allCases, limit: Int = 20
  ) throws -> (hits: [SearchHit], total: Int) {
    let query = SearchQuery(words)
    guard let match = query.fts else { return ([], 0) }
    guard try WordIndex.isComplete(view) else { throw NotebookError.indexIncomplete }
    // What is in the index is a record of a kind that is known, so most searches need no look at it.
    var condition = "search MATCH ?" + unlessWithheld("rowid")
    if kinds.count < Kind.allCases.count {
      let list = kinds.map { String($0.rawValue) }.joined(separator: ",")
      condition += " AND (SELECT kind FROM record WHERE number = search.rowid) IN (\(list))"
    }
    let total =
      try Int.fetchOne(
        view.cachedStatement(sql: "SELECT count(*) FROM search WHERE \(condition)"),
        arguments: [match]) ?? 0
    let numbers = try Int64.fetchAll(
      view.cachedStatement(
        sql: """
          SELECT rowid FROM search WHERE \(condition)
          ORDER BY bm25(search, 4.0, 1.0), rowid LIMIT ?
          """),
      arguments: [match, limit])
    let hits = try numbers.compactMap { number -> SearchHit? in
      guard let (id, kind) = try identify(number) else { return nil }
      let passage = query.passage(of: try searchedText(of: id, kind))
      return SearchHit(
        id: id, kind: kind, name: try name(of: id, kind), passage: passage.text,
        marks: passage.marks)
    }
    return (hits, total)
  }

  private func searchedText(of id: RecordID, _ kind: Kind) throws -> String {
    switch kind {
    case .interview:
      let interview = try fetch(Interview.self, id)
      return interview?.text ?? interview?.summary ?? ""
    case .note: return try fetch(Note.self, id)?.text ?? ""
    case .theme: return try fetch(Theme.self, id)?.definition ?? ""
    case .coding: return try fetch(Coding.self, id)?.memo ?? ""
    case .participant: return try fetch(Participant.self, id)?.role ?? ""
    case .study: return try studyHeader().description ?? ""
    case .place: return ""
    }
  }
}

/// Words as somebody typed them, turned into a query of the index and looked for in a text.
struct SearchQuery {
  private struct Term {
    var words: [String]
    var isPrefix: Bool
    /// The words as they are compared in a passage.
    var folded: [String]

    init(words: [String], isPrefix: Bool) {
      self.words = words
      self.isPrefix = isPrefix
      folded = words.map(Folding.folded)
    }
  }

  private let terms: [Term]
  /// The first letters of the words as they are compared.
  private let beginnings: [Unicode.Scalar]

  init(_ text: String) {
    var terms = [Term]()
    for (index, part) in text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
    {
      if index % 2 == 1 {
        let words = Self.words(part)
        if !words.isEmpty { terms.append(Term(words: words, isPrefix: false)) }
        continue
      }
      for piece in part.split(whereSeparator: \.isWhitespace) {
        let words = Self.words(piece)
        guard !words.isEmpty else { continue }
        terms.append(Term(words: words, isPrefix: piece.hasSuffix("*")))
      }
    }
    self.terms = terms
    beginnings = terms.flatMap(\.folded).compactMap(\.unicodeScalars.first)
  }

  private static func words(_ text: Substring) -> [String] {
    text.unicodeScalars.split { !isWord($0) }.map { TextEntry.normalised(String($0)) }
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    // Most scalars of most texts, without the tables.
    switch scalar.value {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: return true
    case 0..<0x80: return false
    default: break
    }
    return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
      || scalar.properties.generalCategory == .nonspacingMark
  }

  /// In the syntax of FTS5 (sqlite.org/fts5.html, section 3): every term a quoted string, so nothing
  /// that is typed can be taken for an operator. Nil when there is no word.
  ///
  /// The tokenizer folds the words as it folded the text; to fold them here as well would lose what
  /// the two fold differently, such as ß.
  var fts: String? {
    guard !terms.isEmpty else { return nil }
    return terms.map { term in
      let words = term.words.map(Folding.searchable).joined(separator: " ")
      return "\"\(words)\"" + (term.isPrefix ? "*" : "")
    }.joined(separator: " AND ")
  }

  /// The most scalars of a passage: two lines of a terminal.
  private static let passageScalars = 160

  /// The stretch of a text where most of the words are.
  func passage(of text: String) -> (text: String, marks: [Range<Int>]) {
    let scalars = Array(text.unicodeScalars)
    var hits = [Range<Int>]()
    var index = 0
    while index < scalars.count {
      guard Self.isWord(scalars[index]) else {
        index += 1
        continue
      }
      let start = index
      while index < scalars.count, Self.isWord(scalars[index]) { index += 1 }
      guard mayMatch(scalars[start..<index]) else { continue }
      var word = String.UnicodeScalarView()
      word.append(contentsOf: scalars[start..<index])
      if matches(Folding.folded(String(word))) { hits.append(start..<index) }
    }
    let window = Self.window(around: hits, length: scalars.count)
    var passage = String.UnicodeScalarView()
    for scalar in scalars[window] {
      passage.append(scalar == "\n" ? " " : scalar)
    }
    let marks = hits.filter {
      window.lowerBound <= $0.lowerBound && $0.upperBound <= window.upperBound
    }
    .map { $0.lowerBound - window.lowerBound..<$0.upperBound - window.lowerBound }
    return (String(passage), marks)
  }

  /// False for a word that begins with another letter than every word looked for, as most do.
  private func mayMatch(_ word: ArraySlice<Unicode.Scalar>) -> Bool {
    guard let first = word.first.flatMap(Folding.foldedAlone) else { return true }
    // What combines with the first letter can make another of it.
    if let second = word.dropFirst().first, second.value >= 0x300 { return true }
    return beginnings.contains(first)
  }

  private func matches(_ word: String) -> Bool {
    terms.contains { term in
      term.folded.contains { word == $0 || term.isPrefix && word.hasPrefix($0) }
    }
  }

  private static func window(around hits: [Range<Int>], length: Int) -> Range<Int> {
    guard length > passageScalars else { return 0..<length }
    guard let first = hits.first else { return 0..<passageScalars }
    var best = first.lowerBound
    var bestCount = 0
    for (index, hit) in hits.enumerated() {
      let end = hit.lowerBound + passageScalars - 40
      let count = hits[index...].prefix { $0.upperBound <= end }.count
      if count > bestCount { (best, bestCount) = (hit.lowerBound, count) }
    }
    let start = max(0, min(best - 40, length - passageScalars))
    return start..<start + passageScalars
  }
}
