import CuadernoModel
package import CuadernoNotebook
package import CuadernoSync

/// Themes against a dimension as other programs take it: a row for each case, a column for each theme.
///
/// Other than in a ``Crosstab`` cases and themes without a coding are there too, with zeros: an
/// interview in which nobody spoke of a theme says as much as one in which somebody did. Otherwise it counts
/// as a crosstab does, which a test holds.
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
    let themes = orderedThemes()
    let columns = Dictionary(uniqueKeysWithValues: themes.enumerated().map { ($1, $0) })
    var rows = MatrixRows(columns: themes.count)
    let dimensionValues = values(by: dimension)
    for (id, source) in sources where source.kind == .interview && part.contains(id) {
      for name in dimensionValues.of(source) where name != nil { _ = rows.place(of: name) }
    }
    if case .period = dimension {
      for period in periods { _ = rows.place(of: period.name) }
    }
    // Names are looked up once for each text and coder, and not for each coding.
    var known = [RecordID: [String?: [Int]]]()
    var above = [RecordID: [Int]]()
    for passage in passages {
      guard let own = columns[passage.theme] else { continue }
      if known[passage.source]?[passage.coder] == nil {
        known[passage.source, default: [:]][passage.coder] = dimensionValues.of(passage)
          .map { rows.place(of: $0) }
      }
      if withThemesBelow, above[passage.theme] == nil {
        above[passage.theme] = themePaths.tree.path(to: passage.theme.rawValue)
          .compactMap { columns[RecordID(rawValue: $0)] }
      }
      for row in known[passage.source]?[passage.coder] ?? [] {
        for column in withThemesBelow ? above[passage.theme, default: []] : [own] {
          rows.count(row, column)
        }
      }
    }
    return ThemeMatrix(
      themes: themes,
      rows: ordered(Array(rows.places.keys), dimension).map { name in
        ThemeMatrix.Row(name: name, counts: rows.counts(of: name))
      })
  }
}

/// Rows of numbers by name, as they come.
private struct MatrixRows {
  private let columns: Int
  private(set) var places: [String?: Int] = [:]
  private var counts: [Int] = []

  init(columns: Int) { self.columns = columns }

  mutating func place(of name: String?) -> Int {
    if let place = places[name] { return place }
    let place = places.count
    places[name] = place
    counts += Array(repeating: 0, count: columns)
    return place
  }

  mutating func count(_ row: Int, _ column: Int) { counts[row * columns + column] += 1 }

  func counts(of name: String?) -> [Int] {
    guard let row = places[name] else { return [] }
    return Array(counts[row * columns..<(row + 1) * columns])
  }
}
