import CuadernoNotebook
package import CuadernoSync

extension StudyData {
  /// Words that several themes were given.
  package struct Stretch: Hashable, Sendable {
    package var source: RecordID
    /// In scalars of the text.
    package var span: Range<Int>
    /// The names of the themes that the codings there have.
    package var themes: [String]
    package var coders: [String]
  }

  /// The words that passages of all of some themes have in common: texts by their ids, each in its order.
  ///
  /// A theme stands for itself and those below it. Where one of the themes lies below another, a coding
  /// counts for the lower one alone: it would meet itself otherwise.
  package func commonStretches(of themes: [RecordID]) -> [Stretch] {
    let below = themes.map(themesBelow)
    let sides = zip(themes, below).map { theme, own in
      zip(themes, below).reduce(own) { rest, other in
        other.0 != theme && own.contains(other.0) ? rest.subtracting(other.1) : rest
      }
    }
    let wanted = sides.reduce(into: Set<RecordID>()) { $0.formUnion($1) }
    let bySource = Dictionary(
      grouping: passages.filter { wanted.contains($0.theme) }, by: \.source)
    return bySource.sorted { $0.key < $1.key }.flatMap { source, passages -> [Stretch] in
      let spans = sides.map { side in
        Self.united(passages.filter { side.contains($0.theme) }.compactMap(\.span))
      }
      guard var common = spans.first else { return [] }
      for other in spans.dropFirst() { common = Self.intersection(common, other) }
      return common.map { span in
        let there = passages.filter { $0.span?.overlaps(span) ?? false }
        return Stretch(
          source: source, span: span,
          themes: orderedThemes(Set(there.map(\.theme))).compactMap { self.themes[$0] },
          coders: Set(there.compactMap(\.coder)).sorted())
      }
    }
  }

  /// The same characters in as few spans as can be, in their order; spans that only touch stay two.
  private static func united(_ spans: [Range<Int>]) -> [Range<Int>] {
    var united = [Range<Int>]()
    for span in spans.sorted(by: { $0.lowerBound < $1.lowerBound }) where !span.isEmpty {
      if let last = united.last, span.lowerBound < last.upperBound {
        united[united.count - 1] = last.lowerBound..<max(last.upperBound, span.upperBound)
      } else {
        united.append(span)
      }
    }
    return united
  }

  /// What is in both of two lists of spans that lie one after the other.
  private static func intersection(_ left: [Range<Int>], _ right: [Range<Int>]) -> [Range<Int>] {
    var common = [Range<Int>]()
    var (first, second) = (0, 0)
    while first < left.count, second < right.count {
      let both = left[first].clamped(to: right[second])
      if !both.isEmpty { common.append(both) }
      if left[first].upperBound < right[second].upperBound { first += 1 } else { second += 1 }
    }
    return common
  }

  private func orderedThemes(_ some: Set<RecordID>) -> [RecordID] {
    some.map { (themePaths.steps(to: $0), $0) }
      .sorted { $0.0 != $1.0 ? $0.0.lexicographicallyPrecedes($1.0) : $0.1 < $1.1 }.map(\.1)
  }
}
