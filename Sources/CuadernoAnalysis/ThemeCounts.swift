import CuadernoModel
import CuadernoNotebook
package import CuadernoSync

/// How often a theme is used.
package struct ThemeCount: Hashable, Sendable {
  package var theme: RecordID
  /// The names from the top of the code book down to it.
  package var steps: [String]
  /// Codings with the theme itself.
  package var codings: Int
  /// Codings with it or a theme below it.
  package var codingsBelow: Int
  /// Interviews and notes with a coding of it or below it.
  package var texts: Int
  /// Those interviews, and those that such notes are about, each once.
  package var interviews: Int
  /// Participants of those interviews.
  package var participants: Int
}

extension StudyData {
  /// Every theme in the order of the code book, used or not.
  package func themeCounts() -> [ThemeCount] {
    var own = [RecordID: Int]()
    var below = [RecordID: Int]()
    var sourcesBelow = [RecordID: Set<RecordID>]()
    for passage in passages {
      own[passage.theme, default: 0] += 1
      for step in themePaths.tree.path(to: passage.theme.rawValue) {
        let theme = RecordID(rawValue: step)
        below[theme, default: 0] += 1
        sourcesBelow[theme, default: []].insert(passage.source)
      }
    }
    return orderedThemes().map { theme in
      let touched = sourcesBelow[theme, default: []]
      let people = Set(touched.flatMap { sources[$0]?.participants ?? [] })
      return ThemeCount(
        theme: theme, steps: themePaths.steps(to: theme), codings: own[theme, default: 0],
        codingsBelow: below[theme, default: 0], texts: touched.count,
        interviews: Set(touched.compactMap { sources[$0]?.interview }).count,
        participants: people.count)
    }
  }

  /// The themes as a tree is read: each before those below it, brothers by name.
  package func orderedThemes() -> [RecordID] {
    themes.keys.map { (themePaths.steps(to: $0), $0) }
      .sorted { left, right in
        left.0 != right.0
          ? left.0.lexicographicallyPrecedes(right.0) : left.1 < right.1
      }
      .map(\.1)
  }
}
