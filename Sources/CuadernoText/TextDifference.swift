/// What turns one text into another, as a list of hunks.
///
/// Applying the hunks to the old text always gives the new one, byte for byte. They are the fewest
/// that Myers' algorithm finds among lines, then words, then scalars, unless the texts differ by so
/// much that its `Effort` runs out; then some hunks are larger than need be.
package struct TextDifference: Sendable {
  /// Scalars of the new text that stand where scalars of the old one stood.
  package struct Hunk: Hashable, Sendable {
    package var old: Range<Int>
    package var new: Range<Int>

    package init(old: Range<Int>, new: Range<Int>) {
      self.old = old
      self.new = new
    }
  }

  package let old: ScalarText
  package let new: ScalarText

  /// The smallest hunks, in order, with kept text between any two.
  package let hunks: [Hunk]

  /// The same hunks in UTF-8 offsets.
  let byteHunks: [ByteHunk]

  /// The hunks by whole words, for a person to read.
  let wordHunks: [ByteHunk]

  /// The steps it took, for tests of the bound.
  let steps: Int

  package init(from old: ScalarText, to new: ScalarText, effort: Effort = .standard) {
    self.old = old
    self.new = new
    var comparison = Comparison(old.utf8, new.utf8, effort: effort)
    let lines = comparison.lineHunks()
    wordHunks = comparison.wordHunks(in: lines)
    byteHunks = comparison.scalarHunks(in: wordHunks)
    steps = comparison.steps
    hunks = byteHunks.compactMap { hunk in
      guard let old = old.scalarRange(ofUTF8: hunk.old), let new = new.scalarRange(ofUTF8: hunk.new)
      else { return nil }
      return Hunk(old: old, new: new)
    }
  }

  package var isEmpty: Bool { hunks.isEmpty }

  /// Replaces in the old text what the hunks replace; nil for any other text.
  package func applied(to text: ScalarText) -> ScalarText? {
    guard text == old else { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(new.utf8.count)
    var kept = 0
    for hunk in byteHunks {
      result += text.utf8[kept..<hunk.old.lowerBound]
      result += new.utf8[hunk.new]
      kept = hunk.old.upperBound
    }
    result += text.utf8[kept...]
    return ScalarText(decoding: result)
  }
}
