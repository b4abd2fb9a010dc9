/// The versions that a text went through, oldest first.
package struct TextHistory: Sendable {
  package let versions: [ScalarText]

  package init(_ versions: [ScalarText]) {
    self.versions = versions
  }

  private enum Path {
    case here(QuotedSpan)
    case lost(QuotedSpan, at: Int)
  }

  /// Returns where spans on the first version are in the last, in their order.
  ///
  /// Spans are carried from version to version, since small steps leave less to doubt than one
  /// large one. A span that a step loses is looked for once more in the last version from the last
  /// one that had it: a paragraph deleted and restored is found again. When the last text is the
  /// first one again, every span is where it was.
  package func placements(of spans: [QuotedSpan]) -> [Placement] {
    guard let first = versions.first, let last = versions.last else {
      return spans.map { _ in .uncertain([]) }
    }
    if versions.count == 1 { return last.placements(of: spans) }
    if first == last { return TextDifference(from: first, to: last).placements(of: spans) }
    var paths = spans.map(Path.here)
    for version in 1..<versions.count { advance(&paths, to: version) }
    return conclusions(of: paths, spans)
  }

  private func advance(_ paths: inout [Path], to version: Int) {
    let carried = paths.indices.compactMap { index -> (index: Int, span: QuotedSpan)? in
      if case .here(let span) = paths[index] { return (index, span) }
      return nil
    }
    guard !carried.isEmpty else { return }
    let difference = TextDifference(from: versions[version - 1], to: versions[version])
    let placements = difference.placements(of: carried.map(\.span))
    for ((index, span), placement) in zip(carried, placements) {
      switch placement {
      case .moved(let range), .changed(let range):
        if let next = QuotedSpan(range, of: versions[version]) {
          paths[index] = .here(next)
        } else {
          paths[index] = .lost(span, at: version - 1)
        }
      case .gone, .uncertain:
        paths[index] = .lost(span, at: version - 1)
      }
    }
  }

  private func conclusions(of paths: [Path], _ spans: [QuotedSpan]) -> [Placement] {
    var placements = spans.map { _ in Placement.uncertain([]) }
    var lost: [Int: [(index: Int, span: QuotedSpan)]] = [:]
    for (index, path) in paths.enumerated() {
      switch path {
      case .here(let span):
        placements[index] = conclusion(span.start..<span.end, spans[index])
      case .lost(let span, let version):
        lost[version, default: []].append((index, span))
      }
    }
    for (version, strays) in lost {
      let difference = TextDifference(from: versions[version], to: versions[versions.count - 1])
      let found = difference.placements(of: strays.map(\.span))
      for ((index, _), placement) in zip(strays, found) {
        switch placement {
        case .moved(let range), .changed(let range):
          placements[index] = conclusion(range, spans[index])
        case .gone, .uncertain:
          placements[index] = placement
        }
      }
    }
    return placements
  }

  /// A range of the last version, which may hold the very words quoted on the first again.
  private func conclusion(_ range: Range<Int>, _ span: QuotedSpan) -> Placement {
    let words = versions.last?.substring(range) ?? ""
    return words.hasSameBytes(as: span.quote) ? .moved(range) : .changed(range)
  }
}
