package import CuadernoSync

/// Two themes on overlapping passages of the same text.
package struct CoOccurrence: Hashable, Sendable {
  /// In the order of their ids.
  package var first: RecordID
  package var second: RecordID
  /// The pairs of codings, one of each theme, that share at least one character.
  package var pairs: Int
  /// The texts in which there is such a pair.
  package var sources: Int
}

extension StudyData {
  /// Every two themes that meet somewhere, the most frequent first.
  ///
  /// A sweep over the passages of each text in the order of their beginnings: what is compared is
  /// only what is open there. Passages without a place in the text are left out.
  package func coOccurrences() -> [CoOccurrence] {
    struct Pair: Hashable {
      var first: RecordID
      var second: RecordID
    }
    var pairs = [Pair: Int]()
    var places = [Pair: Set<RecordID>]()
    for (source, passages) in Dictionary(grouping: passages, by: \.source) {
      let placed = passages.compactMap { passage in
        passage.span.map { (span: $0, theme: passage.theme) }
      }.sorted { $0.span.lowerBound < $1.span.lowerBound }
      var open = [(span: Range<Int>, theme: RecordID)]()
      for passage in placed {
        open.removeAll { $0.span.upperBound <= passage.span.lowerBound }
        for other in open where other.theme != passage.theme {
          let pair = Pair(
            first: min(other.theme, passage.theme), second: max(other.theme, passage.theme))
          pairs[pair, default: 0] += 1
          places[pair, default: []].insert(source)
        }
        open.append(passage)
      }
    }
    return pairs.map { pair, count in
      CoOccurrence(
        first: pair.first, second: pair.second, pairs: count,
        sources: places[pair, default: []].count)
    }.sorted { left, right in
      left.pairs != right.pairs
        ? left.pairs > right.pairs : (left.first, left.second) < (right.first, right.second)
    }
  }
}
