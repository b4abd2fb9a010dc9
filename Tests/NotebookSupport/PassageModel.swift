package import CuadernoNotebook

/// What may be said of a passage of unique words in a later text: the slow and obvious model, which
/// knows nothing of differences and asks of every word where it stands.
package struct PassageModel {
  private let quote: String
  private let words: [String]
  private let others: Set<String>

  /// - Parameters:
  ///   - passage: of whole words, in scalars.
  ///   - text: that it was coded in.
  package init(_ passage: Range<Int>, of text: String) {
    let all = WordEditor.words(of: text)
    let inside = all.filter { passage.contains($0.range.lowerBound) }
    words = inside.map(\.word)
    others = Set(all.map(\.word)).subtracting(words)
    var quote = String.UnicodeScalarView()
    quote.append(contentsOf: Array(text.unicodeScalars)[passage])
    self.quote = String(quote)
  }

  /// What is wrong with a placement; nil when nothing is.
  ///
  /// - Parameters:
  ///   - isSimple: whether nobody ever moved words, and no two people changed the same ones, so that
  ///     what is left of a passage has kept its order and its neighbours.
  package func fault(of placed: PlacedCoding, in text: String, isSimple: Bool) -> String? {
    let now = WordEditor.words(of: text)
    let scalars = Array(text.unicodeScalars)
    let places = places(in: now, scalars)
    switch placed.status {
    case .exact:
      return placed.span.map(places.contains) == true ? nil : "it is not where it is said to be"
    case .changed:
      guard let span = placed.span, !span.isEmpty, span.upperBound <= scalars.count else {
        return "it has no place"
      }
      if places.count == 1 { return "it stands whole and is called changed" }
      guard isSimple else { return nil }
      let found = Set(now.filter { $0.range.overlaps(span) }.map(\.word))
      let left = Set(now.map(\.word)).intersection(words)
      if !left.isSubset(of: found) { return "it was shortened" }
      return found.isDisjoint(with: others) ? nil : "it took in what was not coded"
    case .gone:
      if !places.isEmpty { return "it stands whole and is called gone" }
      let isLeft = now.contains { words.contains($0.word) }
      return isSimple && isLeft ? "words of it are left and it is called gone" : nil
    case .review:
      if placed.span != nil { return "it is doubted and claimed at once" }
      return places.count == 1 && !placed.candidates.contains(places[0])
        ? "the place where it stands is not among those to look at" : nil
    }
  }

  /// Where the passage stands whole.
  private func places(
    in now: [(word: String, range: Range<Int>)], _ scalars: [Unicode.Scalar]
  ) -> [Range<Int>] {
    let wanted = Array(quote.unicodeScalars)
    return now.filter { $0.word == words.first }.compactMap { first in
      let range = first.range.lowerBound..<first.range.lowerBound + wanted.count
      return range.upperBound <= scalars.count && Array(scalars[range]) == wanted ? range : nil
    }
  }
}
