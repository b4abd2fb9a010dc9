import CuadernoModel
package import CuadernoNotebook
package import CuadernoSync

/// Themes against a dimension as other programs take it: a row for each case, a column for each theme.
///
/// Other than in a ``Crosstab`` cases and themes without a coding are there too, with zeros: an
/// interview in which nobody spoke of a theme says as much as one in which somebody did.
package struct ThemeMatrix: Sendable {
  package struct Row: Sendable {
    /// Nil stands for codings that have no value of the dimension.
    package var name: String?
    /// In codings, one for each theme.
    package var counts: [Int]
  }

  /// In the order of the code book.
  package var themes: [RecordID]
  package var rows: [Row]
}

extension StudyData {
  /// - Parameters:
  ///   - part: the interviews and notes whose values get a row also when nobody coded them.
  ///   - withThemesBelow: count a theme's codings with those of the themes below it.
  package func matrix(
    _ dimension: Dimension, of part: StudyPart = .everything, withThemesBelow: Bool = false
  ) -> ThemeMatrix {
    let crosstab = crosstab(dimension, withThemesBelow: withThemesBelow)
    let themes = orderedThemes()
    let rowOfTheme = Dictionary(
      uniqueKeysWithValues: crosstab.rows.enumerated().map { ($1.theme, $0) })
    let columnOfName = Dictionary(
      uniqueKeysWithValues: crosstab.columns.enumerated().map { ($1, $0) })
    var names = Set(crosstab.columns)
    for (id, source) in sources where source.kind == .interview && part.contains(id) {
      names.formUnion(values(of: source, dimension).filter { $0 != nil })
    }
    if case .period = dimension { names.formUnion(periods.map(\.name)) }
    return ThemeMatrix(
      themes: themes,
      rows: ordered(Array(names), dimension).map { name in
        let column = columnOfName[name]
        return ThemeMatrix.Row(
          name: name,
          counts: themes.map { theme in
            guard let column, let row = rowOfTheme[theme] else { return 0 }
            return crosstab.rows[row].counts[column]
          })
      })
  }
}
