package import CuadernoModel
import CuadernoNotebook
package import CuadernoSync

/// What themes are set against.
package enum Dimension: Hashable, Sendable {
  /// The place above the interview's own that is of this kind; its own place when nil.
  case place(level: PlaceKind?)
  case interviewKind
  case period
  case role
  case coder
  /// An attribute of the interview, its participants or its place.
  case attribute(Kind, name: String)

  /// Whether one coding can count in several columns: an interview with two farmers and a mayor
  /// belongs to both roles.
  package var isManyValued: Bool {
    switch self {
    case .period, .role: true
    case .attribute(let kind, _): kind == .participant
    case .place, .interviewKind, .coder: false
    }
  }
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
}

extension StudyData {
  /// - Parameter withThemesBelow: count a theme's codings with those of the themes below it; the
  ///   column totals count each coding once all the same.
  package func crosstab(_ dimension: Dimension, withThemesBelow: Bool = false) -> Crosstab {
    var cells = [RecordID: [String?: Int]]()
    var totals = [RecordID: Int]()
    var columnTotals = [String?: Int]()
    for passage in passages where themes[passage.theme] != nil {
      let values = values(of: passage, dimension)
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

  /// The columns that a coding counts in; one without a name when it has no value there.
  func values(of passage: CodedPassage, _ dimension: Dimension) -> Set<String?> {
    if case .coder = dimension { return [passage.coder] }
    return values(of: sources[passage.source], dimension)
  }

  /// The same of an interview or note, whoever coded it.
  func values(of source: Source?, _ dimension: Dimension) -> Set<String?> {
    let values: [String]
    switch dimension {
    case .place(let level):
      values = source?.place.flatMap { place($0, at: level) }.map { [$0] } ?? []
    case .interviewKind:
      values = (source?.interviewKind?.rawValue).map { [$0] } ?? []
    case .period:
      values = source?.date.map { date in periods.filter { $0.contains(date) }.map(\.name) } ?? []
    case .role:
      values = source?.participants.compactMap { participantRoles[$0] } ?? []
    case .coder:
      values = []
    case .attribute(let kind, let name):
      values = attributes(of: source, kind).filter { $0.name == name }.compactMap(\.value)
    }
    return values.isEmpty ? [nil] : Set(values)
  }

  func place(_ place: RecordID, at level: PlaceKind?) -> String? {
    guard let level else { return placePaths.path(to: place) }
    let step = placePaths.tree.path(to: place.rawValue).last {
      placeKinds[RecordID(rawValue: $0)] == level
    }
    return step.flatMap { placeNames[RecordID(rawValue: $0)] }
  }

  private func attributes(of source: Source?, _ kind: Kind) -> [Attribute] {
    switch kind {
    case .interview: source?.attributes ?? []
    case .participant: source?.participants.flatMap { participantAttributes[$0] ?? [] } ?? []
    case .place: source?.place.flatMap { placeAttributes[$0] } ?? []
    case .study, .note, .theme, .coding: []
    }
  }

  /// Periods in the order of the study, everything else by name; what has no value last.
  func ordered(_ columns: [String?], _ dimension: Dimension) -> [String?] {
    var order = [String: Int]()
    if case .period = dimension {
      for (index, period) in periods.enumerated() { order[period.name] = index }
    }
    return columns.sorted { left, right in
      guard let left else { return false }
      guard let right else { return true }
      return (order[left] ?? .max, left) < (order[right] ?? .max, right)
    }
  }
}
