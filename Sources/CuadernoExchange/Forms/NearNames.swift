import CuadernoNotebook

/// Sorts names by how near they are to what somebody looked for: a form has hundreds of questions.
enum NearNames {
  static func sorted(_ names: some Sequence<String>, near wanted: [String]) -> [String] {
    let pairs = wanted.map(Self.pairs)
    return names.map { name in
      (name: name, nearness: pairs.map { nearness($0, Self.pairs(name)) }.max() ?? 0)
    }.sorted { left, right in
      left.nearness == right.nearness
        ? left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        : left.nearness > right.nearness
    }.map(\.name)
  }

  /// The pairs of neighbouring letters, without case and accents, each once.
  private static func pairs(_ name: String) -> Set<[Unicode.Scalar]> {
    let scalars = Array(Folding.folded(name).unicodeScalars)
    guard scalars.count > 1 else { return [scalars] }
    return Set((1..<scalars.count).map { [scalars[$0 - 1], scalars[$0]] })
  }

  /// Dice's measure: how many of their pairs two names share, of 1.
  private static func nearness(
    _ left: Set<[Unicode.Scalar]>, _ right: Set<[Unicode.Scalar]>
  ) -> Double {
    2 * Double(left.intersection(right).count) / Double(left.count + right.count)
  }
}
