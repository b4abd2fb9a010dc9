extension TextDifference {
  /// Returns where a span on the old text is in the new one.
  package func placement(of span: QuotedSpan) -> Placement {
    placements(of: [span])[0]
  }

  /// Returns where spans on the old text are in the new one, in their order.
  ///
  /// A quote that the hunks leave alone moves with what is around it. An insertion exactly at its
  /// edge stays outside: whoever typed it did not touch what was quoted. A span that the old text
  /// does not bear out is looked for in the new text as if nothing were known of its history.
  package func placements(of spans: [QuotedSpan]) -> [Placement] {
    var carrier = Carrier(self)
    var placements = [Placement](repeating: .uncertain([]), count: spans.count)
    var strangers: [Int] = []
    var removed: [(index: Int, range: Range<Int>)] = []
    for (index, span) in spans.enumerated() {
      guard let range = span.utf8Range(in: old) else {
        strangers.append(index)
        continue
      }
      switch carrier.fate(of: range) {
      case .moved(let range): placements[index] = scalarRange(range).map(Placement.moved) ?? .gone
      case .changed(let range):
        placements[index] = scalarRange(range).map(Placement.changed) ?? .gone
      case .uncertain(let ranges): placements[index] = .uncertain(ranges.compactMap(scalarRange))
      case .removed: removed.append((index, range))
      }
    }
    let found = new.placements(of: strangers.map { spans[$0] })
    for (index, placement) in zip(strangers, found) { placements[index] = placement }
    let elsewhere = placesAmongAdditions(of: removed.map(\.range))
    for ((index, _), places) in zip(removed, elsewhere) {
      placements[index] = places.isEmpty ? .gone : .uncertain(places)
    }
    return placements
  }

  private func scalarRange(_ bytes: Range<Int>) -> Range<Int>? {
    new.scalarRange(ofUTF8: bytes)
  }

  /// Where removed words were added somewhere else, as when a paragraph is cut and pasted.
  private func placesAmongAdditions(of ranges: [Range<Int>]) -> [[Range<Int>]] {
    guard !ranges.isEmpty else { return [] }
    // No quote contains 0xFF, which no UTF-8 does, so none is found across two additions.
    var additions: [UInt8] = []
    var starts: [(addition: Int, new: Int)] = []
    for hunk in byteHunks where !hunk.new.isEmpty {
      starts.append((additions.count, hunk.new.lowerBound))
      additions += new.utf8[hunk.new]
      additions.append(0xFF)
    }
    let quotes = ranges.map { Array(old.utf8[$0]) }
    let found = QuoteSearch.offsets(
      of: quotes, in: additions, limit: Placement.candidatesMax)
    return zip(quotes, found).map { quote, offsets in
      (offsets ?? []).compactMap { offset in
        let hunk = starts[starts.partitioningIndex { $0.addition > offset } - 1]
        let start = hunk.new + offset - hunk.addition
        return scalarRange(start..<start + quote.count)
      }
    }
  }
}
