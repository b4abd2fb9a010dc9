extension ScalarText {
  /// Returns where a span of another text is in this one, when nothing is known of the history.
  package func placement(of span: QuotedSpan) -> Placement {
    placements(of: [span])[0]
  }

  /// Returns where spans of other texts are in this one, in their order.
  ///
  /// The quote stands where the positions say; or it stands in one place only; or in several, and
  /// in one of them between its own prefix and suffix. Otherwise a person has to look: without its
  /// history a quote that cannot be found cannot be called gone either.
  package func placements(of spans: [QuotedSpan]) -> [Placement] {
    var placements = [Placement](repeating: .uncertain([]), count: spans.count)
    var sought: [Int] = []
    for (index, span) in spans.enumerated() {
      if span.utf8Range(in: self) != nil {
        placements[index] = .moved(span.start..<span.end)
      } else if !span.quote.utf8.isEmpty {
        sought.append(index)
      }
    }
    guard !sought.isEmpty else { return placements }

    // Four searches for each span, but every text is read or sorted once for all of them.
    let patterns = sought.flatMap { Self.patterns(of: spans[$0]) }
    let found = QuoteSearch.offsets(of: patterns, in: utf8, limit: Placement.candidatesMax)
    for (number, index) in sought.enumerated() {
      let places = Array(found[4 * number..<4 * number + 4])
      placements[index] = placement(of: spans[index], found: places)
    }
    return placements
  }

  private static func patterns(of span: QuotedSpan) -> [[UInt8]] {
    let quote = Array(span.quote.utf8)
    let prefix = Array(span.prefix.utf8)
    let suffix = Array(span.suffix.utf8)
    return [quote, prefix + quote + suffix, prefix, suffix]
  }

  private func placement(of span: QuotedSpan, found: [[Int]?]) -> Placement {
    let length = span.quote.utf8.count
    let candidates = (found[0] ?? []).compactMap { scalarRange(ofUTF8: $0..<$0 + length) }
    if candidates.count == 1 { return .moved(candidates[0]) }
    if let whole = found[1], whole.count == 1 {
      let start = whole[0] + span.prefix.utf8.count
      if let place = scalarRange(ofUTF8: start..<start + length) { return .moved(place) }
    }
    if found[0]?.isEmpty == true, let place = placeBetween(found[2], found[3], of: span) {
      return .uncertain([place])
    }
    return .uncertain(candidates)
  }

  /// What stands between the prefix and the suffix, where each is found once and they are near.
  private func placeBetween(
    _ prefixes: [Int]?, _ suffixes: [Int]?, of span: QuotedSpan
  ) -> Range<Int>? {
    guard let prefixes, let suffixes, prefixes.count == 1, suffixes.count == 1 else { return nil }
    let start = prefixes[0] + span.prefix.utf8.count
    let end = suffixes[0]
    let most = 2 * (span.quote.utf8.count + QuotedSpan.contextScalars)
    guard start < end, end - start <= most else { return nil }
    return scalarRange(ofUTF8: start..<end)
  }
}
