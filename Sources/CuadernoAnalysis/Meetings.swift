import CuadernoModel
import CuadernoNotebook
package import CuadernoSync

/// How the passages of two themes lie to each other.
package enum Relation: Hashable, Sendable {
  /// They share at least one character.
  case overlapping
  /// The first lies wholly in the second.
  case within
  /// They do not overlap, and at most so many characters lie between them.
  case near(Int)

  package func holds(_ first: Range<Int>, _ second: Range<Int>) -> Bool {
    switch self {
    case .overlapping: first.overlaps(second)
    case .within: second.lowerBound <= first.lowerBound && first.upperBound <= second.upperBound
    case .near(let distance):
      !first.overlaps(second)
        && max(first.lowerBound - second.upperBound, second.lowerBound - first.upperBound)
          <= distance
    }
  }
}

extension StudyData {
  /// A theme with those below it.
  package func themesBelow(_ theme: RecordID) -> Set<RecordID> {
    Set(
      themes.keys.filter { themePaths.tree.path(to: $0.rawValue).contains(theme.rawValue) })
  }

  /// The passages with one theme, or with one below it, that stand so to a passage of each of some others,
  /// and to none of those excluded.
  ///
  /// - Parameters:
  ///   - others: each with how its passages must lie to the first.
  ///   - excluded: likewise, of which there may be none.
  /// - Returns: in the order of the texts' ids and of the texts; what has no place in its text comes last,
  ///   and only where nothing is asked of how it lies.
  package func passages(
    with theme: RecordID, where others: [(theme: RecordID, relation: Relation)] = [],
    unless excluded: [(theme: RecordID, relation: Relation)] = []
  ) -> [CodedPassage] {
    let bySource = Dictionary(grouping: passages, by: \.source)
    let wanted = themesBelow(theme)
    let asked = others.map { (themes: themesBelow($0.theme), relation: $0.relation) }
    let refused = excluded.map { (themes: themesBelow($0.theme), relation: $0.relation) }
    return passages.filter { passage in
      guard wanted.contains(passage.theme) else { return false }
      guard let span = passage.span else { return asked.isEmpty && refused.isEmpty }
      func meets(_ other: (themes: Set<RecordID>, relation: Relation)) -> Bool {
        bySource[passage.source, default: []].contains { candidate in
          guard candidate.id != passage.id, other.themes.contains(candidate.theme),
            let place = candidate.span
          else { return false }
          return other.relation.holds(span, place)
        }
      }
      return asked.allSatisfy(meets) && !refused.contains(where: meets)
    }
  }
}
