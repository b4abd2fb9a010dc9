package import CuadernoModel
import CuadernoNotebook
package import CuadernoSync

/// The table that a paper prints: when, what was done, what came of it, and who said so, without names.
package struct EvidenceTable: Sendable {
  /// Where passages of two themes support the same row.
  package enum Meeting: Hashable, Sendable {
    case overlapping
    /// At most so many characters lie between them.
    case near(Int)
    /// In the same text, wherever.
    case anywhere
  }

  package struct Evidence: Hashable, Sendable {
    package var source: RecordID
    /// One passage, or two that lie apart, in the order of the text.
    package var spans: [Range<Int>]

    package init(source: RecordID, spans: [Range<Int>]) {
      self.source = source
      self.spans = spans
    }
  }

  package struct Row: Sendable {
    /// The value in the dimension that was asked for; nil where there is none, or no dimension.
    package var value: String?
    /// For each theme asked for, the theme right below it, or itself.
    package var themes: [RecordID]
    /// Every passage once.
    package var evidence: [Evidence]
    /// The texts that it lies in.
    package var texts: Int { Set(evidence.map(\.source)).count }
  }

  /// By value in the order of the dimension, then by theme in the order of the code book.
  package var rows: [Row]
  /// Codings with a theme asked for that have no place in their text.
  package var unplaced: Int
}

extension StudyData {
  /// - Parameters:
  ///   - themes: one theme or two; of each, the themes right below it are told apart.
  ///   - dimension: what rows are told apart by as well; a coding counts under each of its values.
  package func evidence(
    for themes: [RecordID], by dimension: Dimension?,
    meeting: EvidenceTable.Meeting = .overlapping
  ) -> EvidenceTable {
    struct Group: Hashable {
      var value: String?
      var themes: [RecordID]
    }
    var groups = [Group: Set<EvidenceTable.Evidence>]()
    var unplaced = 0
    let dimensionValues = dimension.map { values(by: $0) }
    for (source, passages) in Dictionary(grouping: passages, by: \.source) {
      let sides = themes.map { theme in
        passages.compactMap { passage -> (passage: CodedPassage, branch: RecordID)? in
          branch(of: passage.theme, below: theme).map { (passage, $0) }
        }
      }
      unplaced += sides.joined().count { $0.passage.span == nil }
      guard let first = sides.first else { continue }
      for left in first {
        guard let span = left.passage.span else { continue }
        var found = [(themes: [RecordID], spans: [Range<Int>])]()
        if sides.count == 1 {
          found.append(([left.branch], [span]))
        } else {
          for right in sides[1] where right.passage.id != left.passage.id {
            guard let other = right.passage.span, let spans = meeting.spans(span, other) else {
              continue
            }
            found.append(([left.branch, right.branch], spans))
          }
        }
        let values = dimensionValues?.of(left.passage) ?? [nil]
        for meeting in found {
          for value in values {
            groups[Group(value: value, themes: meeting.themes), default: []].insert(
              EvidenceTable.Evidence(source: source, spans: meeting.spans))
          }
        }
      }
    }
    let order = Dictionary(
      uniqueKeysWithValues: orderedThemes().enumerated().map { ($0.element, $0.offset) })
    let columns = dimension.map { ordered(Array(Set(groups.keys.map(\.value))), $0) } ?? [nil]
    let rows = columns.flatMap { value in
      groups.filter { $0.key.value == value }.sorted { left, right in
        left.key.themes.map { order[$0] ?? .max }.lexicographicallyPrecedes(
          right.key.themes.map { order[$0] ?? .max })
      }.map { group, evidence in
        EvidenceTable.Row(value: value, themes: group.themes, evidence: ordered(evidence))
      }
    }
    return EvidenceTable(rows: rows, unplaced: unplaced)
  }

  /// Earlier interviews first, and from each one passage before the second of any.
  private func ordered(_ evidence: Set<EvidenceTable.Evidence>) -> [EvidenceTable.Evidence] {
    var rounds = [[EvidenceTable.Evidence]]()
    for (_, own) in Dictionary(grouping: evidence, by: \.source) {
      let sorted = own.sorted { left, right in
        left.spans.map(\.lowerBound).lexicographicallyPrecedes(right.spans.map(\.lowerBound))
          || left.spans.map(\.lowerBound) == right.spans.map(\.lowerBound)
            && left.spans.map(\.upperBound).lexicographicallyPrecedes(
              right.spans.map(\.upperBound))
      }
      for (round, item) in sorted.enumerated() {
        if rounds.count == round { rounds.append([]) }
        rounds[round].append(item)
      }
    }
    return rounds.flatMap { round in
      round.sorted { left, right in
        (sources[left.source]?.date?.firstDay ?? .max, left.source)
          < (sources[right.source]?.date?.firstDay ?? .max, right.source)
      }
    }
  }

  /// The step of a theme's path right below another, or that one itself; nil when it is not on the path.
  private func branch(of theme: RecordID, below top: RecordID) -> RecordID? {
    let path = themePaths.tree.path(to: theme.rawValue)
    guard let index = path.firstIndex(of: top.rawValue) else { return nil }
    return RecordID(rawValue: index + 1 < path.count ? path[index + 1] : path[index])
  }

  /// Whom a quote is attributed to, without a name: the roles of those who were there, or what kind of
  /// text it is; the place at a level, if there is exactly one; the year.
  package func attribution(
    of source: RecordID, level: PlaceKind, _ kindName: (InterviewKind) -> String
  ) -> [String] {
    guard let source = sources[source] else { return [] }
    let roles = Set(source.participants.compactMap { participantRoles[$0] }).sorted()
    var parts = roles.isEmpty ? [] : [roles.joined(separator: "/")]
    if roles.isEmpty, let kind = source.interviewKind { parts.append(kindName(kind)) }
    if let place = source.place.flatMap({ self.place(from: $0, at: level) }) { parts.append(place) }
    if let year = source.date?.year { parts.append(String(year)) }
    return parts
  }
}

extension EvidenceTable.Meeting {
  /// The passage that two make together, or both where they may lie apart; nil when they do not meet.
  fileprivate func spans(_ left: Range<Int>, _ right: Range<Int>) -> [Range<Int>]? {
    let both = min(left.lowerBound, right.lowerBound)..<max(left.upperBound, right.upperBound)
    switch self {
    case .overlapping: return left.overlaps(right) ? [both] : nil
    case .near(let distance):
      return left.overlaps(right) || Relation.near(distance).holds(left, right) ? [both] : nil
    case .anywhere:
      return left.overlaps(right) ? [both] : [left, right].sorted { $0.lowerBound < $1.lowerBound }
    }
  }
}
