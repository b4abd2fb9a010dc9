/// The versions of a text that lead to the one that is shown, each with the version that came of it.
///
/// A text that one person wrote has a chain of versions. Where people wrote at once, chains meet in a
/// merge, so what leads to the shown version is a tree with that version as its root.
package struct VersionTree: Sendable {
  /// For each version the place of the next one, which is less than its own; the root is at 0.
  private let next: [Int]

  /// - Precondition: every version but the first names one before it.
  package init(next: [Int]) {
    precondition(
      next.enumerated().allSatisfy { $0 == 0 || (0..<$0).contains($1) },
      "a version leads to one that stands before it")
    self.next = next
  }

  private typealias Traveller = (index: Int, span: QuotedSpan)

  /// Returns where spans on any of the versions are in the root, in their order.
  ///
  /// Spans are carried from version to version, since small steps leave less to doubt than one large
  /// one, and what arrives at a version goes on together. A span that a step loses is looked for once
  /// more in the root from the last version that had it: a paragraph deleted and restored is found
  /// again. From a version whose text is the root's, every span is where it was.
  ///
  /// Words that stood once in the text they were quoted from, and stand once in the root, are never
  /// said to be changed or gone: they are where the steps lead, or a person has to look.
  ///
  /// - Parameter text: the text of a version, which may be asked for again.
  package func placements<Failure>(
    of spans: [(version: Int, span: QuotedSpan)], text: (Int) throws(Failure) -> ScalarText
  ) throws(Failure) -> [Placement] {
    var placements = [Placement](repeating: .uncertain([]), count: spans.count)
    var here: [Int: [Traveller]] = [:]
    for (index, (version, span)) in spans.enumerated() {
      here[version, default: []].append((index, span))
    }
    guard !spans.isEmpty else { return [] }
    let root = try text(0)
    let made = here.removeValue(forKey: 0) ?? []
    for (traveller, placement) in zip(made, root.placements(of: made.map(\.span))) {
      placements[traveller.index] = placement
    }
    var lost: [Int: [Traveller]] = [:]
    for version in next.indices.reversed() where version > 0 {
      guard let travellers = here.removeValue(forKey: version) else { continue }
      let own = try text(version)
      if own == root {
        lost[version, default: []] += travellers
        continue
      }
      let following = try text(next[version])
      let found = TextDifference(from: own, to: following).placements(of: travellers.map(\.span))
      for (traveller, placement) in zip(travellers, found) {
        if let range = placement.range, let span = QuotedSpan(range, of: following) {
          here[next[version], default: []].append((traveller.index, span))
        } else {
          lost[version, default: []].append(traveller)
        }
      }
    }
    for traveller in here[0] ?? [] {
      placements[traveller.index] = Self.conclusion(
        traveller.span.start..<traveller.span.end, spans[traveller.index].span, in: root)
    }
    for (version, travellers) in lost {
      let found = TextDifference(from: try text(version), to: root)
        .placements(of: travellers.map(\.span))
      for (traveller, placement) in zip(travellers, found) {
        placements[traveller.index] =
          placement.range.map { Self.conclusion($0, spans[traveller.index].span, in: root) }
          ?? placement
      }
    }
    try doubt(&placements, of: spans, in: root, text: text)
    return placements
  }

  /// Compares what the steps say with where the very words stand.
  private func doubt<Failure>(
    _ placements: inout [Placement], of spans: [(version: Int, span: QuotedSpan)],
    in root: ScalarText, text: (Int) throws(Failure) -> ScalarText
  ) throws(Failure) {
    var open: [Int: [Int]] = [:]
    for (index, placement) in placements.enumerated() where spans[index].version > 0 {
      if case .moved = placement { continue }
      open[spans[index].version, default: []].append(index)
    }
    for (version, indices) in open {
      let quotes = indices.map { Array(spans[$0].span.quote.utf8) }
      let now = QuoteSearch.offsets(of: quotes, in: root.utf8, limit: 1)
      let standing = quotes.indices.filter { now[$0]?.count == 1 }
      guard !standing.isEmpty else { continue }
      let made = QuoteSearch.offsets(
        of: standing.map { quotes[$0] }, in: try text(version).utf8, limit: 1)
      for (number, before) in zip(standing, made) where before?.count == 1 {
        guard let start = now[number]?.first,
          let place = root.scalarRange(ofUTF8: start..<start + quotes[number].count)
        else { continue }
        placements[indices[number]] = placements[indices[number]].doubted(for: place)
      }
    }
  }

  /// A range of the root, which may hold the very words quoted at first again.
  private static func conclusion(
    _ range: Range<Int>, _ span: QuotedSpan, in root: ScalarText
  ) -> Placement {
    let words = root.substring(range) ?? ""
    return words.hasSameBytes(as: span.quote) ? .moved(range) : .changed(range)
  }
}

extension Placement {
  /// What is to be said when the very words stand in one place.
  fileprivate func doubted(for place: Range<Int>) -> Placement {
    switch self {
    case .moved: self
    case .changed(let range):
      range.lowerBound <= place.lowerBound && place.upperBound <= range.upperBound
        ? .moved(place) : .uncertain([place, range])
    case .gone: .uncertain([place])
    case .uncertain(let ranges): .uncertain([place] + ranges.filter { $0 != place })
    }
  }

  /// Where what was quoted certainly stands.
  fileprivate var range: Range<Int>? {
    switch self {
    case .moved(let range), .changed(let range): range
    case .gone, .uncertain: nil
    }
  }
}
