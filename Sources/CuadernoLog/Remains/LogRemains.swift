package import CuadernoSync

/// What can still be proven of a log whose file is damaged.
///
/// A change is taken when the hashes around it say that it is the one that was written. What cannot
/// be proven is left out: to fetch a change again is better than to show a wrong text.
package struct LogRemains: Sendable {
  package struct Found: Sendable {
    package let change: Change
    package let link: Digest

    package init(change: Change, link: Digest) {
      self.change = change
      self.link = link
    }
  }

  /// In the order of arrival, as far as that can be read.
  package private(set) var found: [Found] = []

  /// The names of changes that were here and are not among those found, sorted.
  package private(set) var missing: [Dot] = []

  /// Changes of which one bit was flipped, and is turned back in what was found; sorted.
  package private(set) var turnedBack: [Dot] = []

  /// Finds every row of `change`, wherever it lies and whatever leads to it.
  ///
  /// - Parameter heads: where the chains ended, as far as that can be read.
  package init(of pages: DamagedPages, heads: [ChainHead]) {
    let traces = Self.traces(pages)
    var chains = Chains(traces.compactMap(\.row), heads)
    missing = chains.missing(atMost: UInt64(pages.rowsMax))
    let before = chains.linksBefore(missing)
    if !before.isEmpty, before.count <= Self.repairsMax {
      let suspects = traces.filter { trace in trace.row.map { !chains.holds($0) } ?? true }
      var flipped = FlippedBit(pages, missing: before)
      let rows = flipped.rows(at: suspects.prefix(Self.repairsMax).map(\.start))
      if !rows.isEmpty {
        chains = Chains(traces.compactMap(\.row) + rows, heads)
        missing = chains.missing(atMost: UInt64(pages.rowsMax))
        turnedBack = rows.compactMap { $0.change?.dot }.filter { !missing.contains($0) }.sorted()
      }
    }
    found = chains.proven
  }

  /// What rows say that they are, and their links; none of it is proven.
  package static func claims(in pages: DamagedPages) -> [(dot: Dot, link: Digest)] {
    traces(pages).compactMap(\.row).compactMap { row in
      row.change.map { ($0.dot, row.link) }
    }
  }

  /// More rows than this were not hit by a bit here and there.
  private static let repairsMax = 32

  /// Every place where a row seems to begin; the row is nil when it cannot be read.
  private static func traces(_ pages: DamagedPages) -> [(start: Int, row: RowTrace?)] {
    var traces = [(start: Int, row: RowTrace?)]()
    let bytes = pages.bytes
    var start = 0
    while start + 2 < bytes.count {
      if bytes[start + 1] == 0, bytes[start + 2] == 9, let layout = RowLayout(pages, at: start) {
        traces.append((start, RowTrace(pages, at: start, layout)))
      }
      start += 1
    }
    return traces
  }
}
