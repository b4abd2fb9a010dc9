package import CuadernoModel
import CuadernoNotebook
package import CuadernoSync

/// What themes are set against.
package enum Dimension: Hashable, Sendable {
  /// The places of this kind that the interview's own is, lies below or is within, as a map counts them;
  /// its own place when nil.
  case place(level: PlaceKind?)
  case interviewKind
  case period
  case role
  case coder
  /// The interview itself, or the one that a note is about.
  case interview
  case participant
  /// What the interview's consent allows; "none" where there is none.
  case consent
  /// An attribute of the interview, its participants or its place.
  case attribute(Kind, name: String)
}

/// Themes against a dimension, counted in codings.
package struct Crosstab: Sendable {
  /// In the order of the table; nil stands for codings that have no value there.
  package var columns: [String?]

  package struct Row: Sendable {
    package var theme: RecordID
    package var steps: [String]
    /// One for each column.
    package var counts: [Int]
    /// The codings of the row, each once, also where the dimension has several values for one.
    package var total: Int
  }

  /// The themes that are used, in the order of the code book.
  package var rows: [Row]
  /// The codings of each column.
  package var columnTotals: [Int]
  /// All codings counted.
  package var total: Int

  /// Whether a coding counts in several columns: an interview with two farmers and a mayor belongs to both
  /// roles.
  package var countsSeveralTimes: Bool { columnTotals.reduce(0, +) > total }
}

extension StudyData {
  /// - Parameter withThemesBelow: count a theme's codings with those of the themes below it; the
  ///   column totals count each coding once all the same.
  package func crosstab(_ dimension: Dimension, withThemesBelow: Bool = false) -> Crosstab {
    var cells = [RecordID: [String?: Int]]()
    var totals = [RecordID: Int]()
    var columnTotals = [String?: Int]()
    let dimensionValues = values(by: dimension)
    for passage in passages where themes[passage.theme] != nil {
      let values = dimensionValues.of(passage)
      let rows =
        withThemesBelow
        ? themePaths.tree.path(to: passage.theme.rawValue).map { RecordID(rawValue: $0) }
        : [passage.theme]
      for theme in rows {
        totals[theme, default: 0] += 1
        for value in values { cells[theme, default: [:]][value, default: 0] += 1 }
      }
      for value in values { columnTotals[value, default: 0] += 1 }
    }
    let columns = ordered(Array(columnTotals.keys), dimension)
    let rows = orderedThemes().filter { totals[$0] != nil }.map { theme in
      Crosstab.Row(
        theme: theme, steps: themePaths.steps(to: theme),
        counts: columns.map { cells[theme]?[$0] ?? 0 }, total: totals[theme, default: 0])
    }
    return Crosstab(
      columns: columns, rows: rows, columnTotals: columns.map { columnTotals[$0, default: 0] },
      total: passages.count { themes[$0.theme] != nil })
  }
}
