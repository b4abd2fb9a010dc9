package import CuadernoSync

/// Two themes whose passages meet in the same text.
package struct CoOccurrence: Hashable, Sendable {
  /// How two passages have to lie to each other to count.
  package enum Rule: Hashable, Sendable {
    /// They share at least one character.
    case overlapping
    /// The first lies wholly in the second.
    case inside
    /// They overlap, or at most so many characters lie between them.
    case near(Int)
  }

  /// In the order of their ids; where one lies in the other, that one first.
  package var first: RecordID
  package var second: RecordID
  /// The pairs of codings, one of each theme, that lie so.
  package var pairs: Int
  /// The texts in which there is such a pair.
  package var texts: Int
}

extension StudyData {
  /// Every two themes that meet somewhere, the most frequent first.
  ///
  /// A sweep over the passages of each text in the order of their beginnings: what is compared is
  /// only what is open there. Passages without a place in the text are left out.
  package func coOccurrences(_ rule: CoOccurrence.Rule = .overlapping) -> [CoOccurrence] {
    struct Pair: Hashable {
      var first: RecordID
      var second: RecordID
    }
    var pairs = [Pair: Int]()
    var places = [Pair: Set<RecordID>]()
    for (source, passages) in Dictionary(grouping: passages, by: \.source) {
      func count(_ first: RecordID, _ second: RecordID) {
        let pair = Pair(first: first, second: second)
        pairs[pair, default: 0] += 1
        places[pair, default: []].insert(source)
      }
      let placed = passages.compactMap { passage in
        passage.span.map { (span: $0, theme: passage.theme) }
      }.sorted { $0.span.lowerBound < $1.span.lowerBound }
      var open = [(span: Range<Int>, theme: RecordID)]()
      for passage in placed {
        open.removeAll { !rule.reaches($0.span.upperBound, passage.span.lowerBound) }
        for other in open where other.theme != passage.theme {
          guard rule == .inside else {
            count(min(other.theme, passage.theme), max(other.theme, passage.theme))
            continue
          }
          // On the same words each lies in the other.
          if Relation.within.holds(passage.span, other.span) { count(passage.theme, other.theme) }
          if Relation.within.holds(other.span, passage.span) { count(other.theme, passage.theme) }
        }
        open.append(passage)
      }
    }
    return pairs.map { pair, count in
      CoOccurrence(
        first: pair.first, second: pair.second, pairs: count,
        texts: places[pair, default: []].count)
    }.sorted { left, right in
      left.pairs != right.pairs
        ? left.pairs > right.pairs : (left.first, left.second) < (right.first, right.second)
    }
  }
}

extension CoOccurrence.Rule {
  /// Whether a passage that ends here can still meet one that begins there, or any after it.
  fileprivate func reaches(_ end: Int, _ start: Int) -> Bool {
    switch self {
    case .overlapping, .inside: end > start
    case .near(let distance): start - end <= distance
    }
  }
}
