import CuadernoModel

/// Where a value stands among the others of its dimension.
private struct ColumnRank: Comparable {
  /// Values that are no number, date or choice stand after those that are.
  var isWord = true
  var number = 0.0
  var word: String

  static func < (left: Self, right: Self) -> Bool {
    if left.isWord != right.isWord { return right.isWord }
    return (left.number, left.word) < (right.number, right.word)
  }
}

extension StudyData {
  /// Periods in the order of the study, attributes by what they are defined as, everything else by name; what
  /// has no value last.
  func ordered(_ columns: [String?], _ dimension: Dimension) -> [String?] {
    let number = number(in: dimension)
    return columns.map { column in
      (
        column,
        rank: column.map { value -> ColumnRank in
          guard let number = number(value) else { return ColumnRank(word: value) }
          return ColumnRank(isWord: false, number: number, word: value)
        }
      )
    }.sorted { left, right in
      guard let left = left.rank else { return false }
      guard let right = right.rank else { return true }
      return left < right
    }.map(\.0)
  }

  /// Values that something has, in that order.
  package func ordered(_ values: Set<String>, _ dimension: Dimension) -> [String] {
    ordered(values.map(Optional.some), dimension).compactMap(\.self)
  }

  /// What a value is ordered by; nil from it where the value is a word among others.
  private func number(in dimension: Dimension) -> (String) -> Double? {
    if case .period = dimension { return Self.places(of: periods.map(\.name)) }
    guard let definition = attributeDefinitions[dimension] else { return { _ in nil } }
    switch definition.type {
    case .text, .boolean: return { _ in nil }
    case .integer, .number: return { Double($0).flatMap { $0.isFinite ? $0 : nil } }
    case .date:
      return { (try? PartialDate($0, isKnownZone: { _ in true })).map { Double($0.firstDay) } }
    case .choice: return Self.places(of: definition.choices)
    }
  }

  private static func places(of values: [String]) -> (String) -> Double? {
    let places = Dictionary(
      values.enumerated().map { ($1, Double($0)) }, uniquingKeysWith: { first, _ in first })
    return { places[$0] }
  }
}
