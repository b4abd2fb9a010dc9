extension Carrier {
  /// What has become of a range that was edited, as far as both of its ends can be placed.
  ///
  /// A hunk inside the range belongs to it, whole, even at its very edge: replacing the first word
  /// of a quote leaves a quote that begins with the new word. A hunk that reaches over an edge and
  /// puts other words there leaves open how many of them are the quote's.
  func edited(_ range: Range<Int>, by touched: Range<Int>) -> Fate {
    let first = hunks[touched.lowerBound]
    let last = hunks[touched.upperBound - 1]
    var isCertain = true

    var start = first.new.lowerBound
    if first.old.lowerBound < range.lowerBound {
      start = first.new.upperBound
      isCertain = first.new.isEmpty
    } else {
      start -= first.old.lowerBound - range.lowerBound
    }
    var end = last.new.upperBound
    if last.old.upperBound > range.upperBound {
      end = last.new.lowerBound
      isCertain = isCertain && last.new.isEmpty
    } else {
      end += range.upperBound - last.old.upperBound
    }
    guard start < end else { return .removed }

    let remains = remains(of: range, after: touched)
    if !remains.hasWords { return .removed }
    // Two passages about other things still share some letters, even their first and last. A
    // corrected word shares most of them.
    let hasKeptEnds =
      !isInReplacedWords(range.lowerBound) && !isInReplacedWords(range.upperBound - 1)
    let isAlike =
      remains.replaced == 0
      || (remains.kept >= 2 * remains.replaced && 2 * remains.kept >= end - start)
    if !hasKeptEnds, !isAlike { isCertain = false }
    return isCertain ? .changed(start..<end) : .uncertain([start..<end])
  }

  /// Whether a byte of the old text belongs to words that others took the place of.
  private func isInReplacedWords(_ offset: Int) -> Bool {
    let next = wordHunks.partitioningIndex { $0.old.upperBound > offset }
    return next < wordHunks.count && wordHunks[next].old.contains(offset)
      && wordHunks[next].replaces
  }

  /// How much of a range is kept and how much replaced; words that were only deleted are neither.
  private func remains(
    of range: Range<Int>, after touched: Range<Int>
  ) -> (kept: Int, replaced: Int, hasWords: Bool) {
    var kept = 0
    var replaced = 0
    var hasWords = false
    var done = range.lowerBound
    for hunk in hunks[touched] {
      let inside = hunk.old.clamped(to: range)
      if done < inside.lowerBound {
        kept += inside.lowerBound - done
        hasWords = hasWords || self.hasWords(done..<inside.lowerBound)
      }
      if !inside.isEmpty, isInReplacedWords(inside.lowerBound) { replaced += inside.count }
      done = max(done, inside.upperBound)
    }
    if done < range.upperBound {
      kept += range.upperBound - done
      hasWords = hasWords || self.hasWords(done..<range.upperBound)
    }
    return (kept, replaced, hasWords || (kept > 0 && !self.hasWords(range)))
  }

  private func hasWords(_ range: Range<Int>) -> Bool {
    var offset = range.lowerBound
    while offset < range.upperBound {
      if WordScalars.contain(old.scalarValue(at: offset)) { return true }
      offset += old[offset].scalarLength
    }
    return false
  }
}
