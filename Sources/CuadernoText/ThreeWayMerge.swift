/// Showing concurrent writes of a text as one text.
///
/// This is diff3 as Khanna, Kunal & Pierce describe it in "A Formal Investigation of Diff3" (2007),
/// for any number of writes at once, with two choices of Cuaderno's own. Changes that touch but do
/// not overlap are not in conflict, since at the grain of words nearly all do touch. And what is in
/// conflict is kept whole from every side, since a marker in a text would one day be saved as if
/// somebody had said it, and a dropped side would be lost to whoever reads only what is shown.
package enum ThreeWayMerge {
  /// Merges concurrent writes, given in the order of their stamps, on the text they all changed.
  ///
  /// The answer depends on nothing else, so every device shows the same.
  package static func merge(
    base: ScalarText, writes: [ScalarText], effort: Effort = .standard
  ) -> MergedText {
    let hunks = writes.map { write in
      var comparison = Comparison(base.utf8, write.utf8, effort: effort)
      let lines = comparison.lineHunks()
      return comparison.wordHunks(in: lines)
    }
    let weave = Weave(base: base.utf8, writes: writes.map(\.utf8))
    return weave.merged(ChangedRegion.gather(hunks))
  }
}

/// The writing of the merged text, from its start to its end.
private struct Weave {
  private let base: [UInt8]
  private let writes: [[UInt8]]
  private var text: [UInt8] = []
  private var scalars = 0
  private var conflicts: [TextConflict] = []

  /// Whether the next words were not next to the last ones in any of the writes.
  private var joinsWrites = false

  init(base: [UInt8], writes: [[UInt8]]) {
    self.base = base
    self.writes = writes
  }

  consuming func merged(_ regions: [ChangedRegion]) -> MergedText {
    var done = 0
    for (index, region) in regions.enumerated() {
      if done < region.base.lowerBound {
        append(base[done..<region.base.lowerBound])
      } else if index > 0 {
        joinsWrites = true
      }
      append(region)
      done = region.base.upperBound
    }
    append(base[done...])
    return MergedText(text: ScalarText(decoding: text), conflicts: conflicts)
  }

  private mutating func append(_ bytes: ArraySlice<UInt8>) {
    guard !bytes.isEmpty else { return }
    keepApart(from: bytes)
    text += bytes
    for byte in bytes where !byte.continuesScalar { scalars += 1 }
  }

  /// Puts a space where words of two writes meet that stood apart in both, or a third word would
  /// stand for them that nobody wrote.
  private mutating func keepApart(from bytes: ArraySlice<UInt8>) {
    if joinsWrites, !text.isEmpty,
      WordScalars.hold(
        text.scalarValue(before: text.count), Array(bytes.prefix(4)).scalarValue(at: 0))
    {
      text.append(UInt8(ascii: " "))
      scalars += 1
    }
    joinsWrites = false
  }

  private mutating func append(_ region: ChangedRegion) {
    var versions: [Version] = []
    var indices: [ArraySlice<UInt8>: Int] = [:]
    for (write, range) in region.writes.sorted(by: { $0.key < $1.key }) {
      let words = writes[write][range]
      if let index = indices[words] {
        versions[index].writes.append(write)
      } else {
        indices[words] = versions.count
        versions.append(Version(words: words, writes: [write]))
      }
    }
    if versions.count == 1 {
      append(versions[0].words)
    } else {
      appendDiffering(versions, at: region.base)
    }
  }

  /// Writes once what all versions begin and end with, and between that each of them in turn.
  private mutating func appendDiffering(_ versions: [Version], at region: Range<Int>) {
    let ends = CommonLines(
      of: versions.map(\.words),
      startsLine: text.isEmpty || text.last == UInt8(ascii: "\n"),
      endsLine: region.upperBound == base.count || base[region.upperBound] == UInt8(ascii: "\n"))
    append(versions[0].words.prefix(ends.prefix))
    let trimmed = versions.map { version in
      Version(
        words: version.words.dropFirst(ends.prefix).dropLast(ends.suffix), writes: version.writes)
    }
    let spoken = trimmed.filter { !$0.words.isEmpty }
    if region.isEmpty, spoken.count == 1 {
      // All inserted the same, and one of them more.
      append(spoken[0].words)
    } else {
      appendConflict(trimmed, replacing: region, inWholeLines: ends.leaveWholeLines)
    }
    append(versions[0].words.suffix(ends.suffix))
  }

  private mutating func appendConflict(
    _ versions: [Version], replacing region: Range<Int>, inWholeLines: Bool
  ) {
    if let first = versions.first(where: { !$0.words.isEmpty }) { keepApart(from: first.words) }
    let start = scalars
    let lineFeed = UInt8(ascii: "\n")
    let isLong = inWholeLines || versions.contains { $0.words.contains(lineFeed) }
    var alternatives: [TextConflict.Alternative] = []
    for version in versions {
      // Two words in a row need a space, or both would be lost in a third.
      if scalars > start, let last = text.last, let first = version.words.first,
        !last.separatesWords, !first.separatesWords
      {
        append([isLong ? lineFeed : UInt8(ascii: " ")])
      }
      let from = scalars
      append(version.words)
      alternatives.append(
        TextConflict.Alternative(
          span: from..<scalars, text: String(decoding: version.words, as: UTF8.self),
          writes: version.writes))
    }
    conflicts.append(
      TextConflict(
        span: start..<scalars, base: String(decoding: base[region], as: UTF8.self),
        alternatives: alternatives))
  }
}

/// What some of the writes put in the place of a region.
private struct Version {
  var words: ArraySlice<UInt8>
  var writes: [Int]
}

extension UInt8 {
  fileprivate var separatesWords: Bool {
    self == UInt8(ascii: " ") || self == UInt8(ascii: "\n") || self == UInt8(ascii: "\t")
  }
}
