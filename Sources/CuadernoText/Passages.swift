/// A part of two texts where they differ, with a little of what surrounds it, to be printed.
package struct ChangedPassage: Hashable, Sendable {
  package enum Piece: Sendable {
    case kept(String)
    case removed(String)
    case added(String)
  }

  package var old: Range<Int>
  package var new: Range<Int>

  /// The line of the old text, counted from 1, that the passage begins in.
  package var oldLine: Int

  /// The line of the new text, counted from 1, that the passage begins in.
  package var newLine: Int

  /// Kept, removed and added words in reading order; what was removed comes before what replaced it.
  package var pieces: [Piece]
}

extension ChangedPassage.Piece: Hashable {
  package static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.kept(let one), .kept(let other)), (.removed(let one), .removed(let other)),
      (.added(let one), .added(let other)):
      one.hasSameBytes(as: other)
    case (.kept, _), (.removed, _), (.added, _):
      false
    }
  }

  package func hash(into hasher: inout Hasher) {
    switch self {
    case .kept(let text), .removed(let text), .added(let text): hasher.combine(text)
    }
  }
}

extension TextDifference {
  /// Returns the differing passages in order, by whole words, with up to so many scalars of context.
  ///
  /// The context is counted in scalars since a line of an interview is a paragraph, and is cut back
  /// to whole words. Hunks whose contexts touch share a passage.
  package func passages(context: Int = 60) -> [ChangedPassage] {
    let context = min(max(0, context), old.scalarCount)
    var passages: [ChangedPassage] = []
    var lines = LineCounter()
    var first = 0
    while first < wordHunks.count {
      var last = first
      while last + 1 < wordHunks.count,
        kept(from: wordHunks[last].old.upperBound, to: wordHunks[last + 1].old.lowerBound)
          <= 2 * context
      { last += 1 }
      passages.append(passage(of: first...last, context: context, lines: &lines))
      first = last + 1
    }
    return passages
  }

  /// How many scalars of the old text lie between two offsets.
  private func kept(from start: Int, to end: Int) -> Int {
    old.scalarRange(ofUTF8: start..<end)?.count ?? 0
  }

  private func passage(
    of hunks: ClosedRange<Int>, context: Int, lines: inout LineCounter
  ) -> ChangedPassage {
    let before = leading(context, before: hunks.lowerBound)
    let after = trailing(context, after: hunks.upperBound)
    var pieces: [ChangedPassage.Piece] = []
    var kept = wordHunks[hunks.lowerBound].old.lowerBound - before
    let start = (old: kept, new: wordHunks[hunks.lowerBound].new.lowerBound - before)
    for hunk in wordHunks[hunks] {
      pieces.append(.kept(words(old, kept..<hunk.old.lowerBound)))
      pieces.append(.removed(words(old, hunk.old)))
      pieces.append(.added(words(new, hunk.new)))
      kept = hunk.old.upperBound
    }
    pieces.append(.kept(words(old, kept..<kept + after)))
    pieces.removeAll(where: \.isEmpty)
    let oldBytes = start.old..<kept + after
    let newBytes = start.new..<wordHunks[hunks.upperBound].new.upperBound + after
    lines.advance(old.utf8, to: start.old, new.utf8, to: start.new)
    return ChangedPassage(
      old: old.scalarRange(ofUTF8: oldBytes) ?? 0..<0,
      new: new.scalarRange(ofUTF8: newBytes) ?? 0..<0,
      oldLine: lines.oldLine, newLine: lines.newLine, pieces: pieces)
  }

  private func words(_ text: ScalarText, _ bytes: Range<Int>) -> String {
    String(decoding: text.utf8[bytes], as: UTF8.self)
  }

  /// The bytes of context before a hunk.
  private func leading(_ context: Int, before index: Int) -> Int {
    let end = wordHunks[index].old.lowerBound
    let least = index == 0 ? 0 : wordHunks[index - 1].old.upperBound
    var start = end
    for _ in 0..<context where start > least {
      start -= 1
      while old.utf8[start].continuesScalar { start -= 1 }
    }
    if start == least || start == end { return end - start }
    let word = (start..<end).first { old.utf8[$0 - 1].isSpace } ?? start
    return end - word
  }

  /// The bytes of context after a hunk.
  private func trailing(_ context: Int, after index: Int) -> Int {
    let start = wordHunks[index].old.upperBound
    let most = index + 1 < wordHunks.count ? wordHunks[index + 1].old.lowerBound : old.utf8.count
    var end = start
    for _ in 0..<context where end < most { end += old.utf8[end].scalarLength }
    if end == most || end == start { return end - start }
    let word = (start..<end).last { old.utf8[$0].isSpace && !old.utf8[$0 + 1].isSpace } ?? end
    return word - start
  }
}

extension ChangedPassage.Piece {
  fileprivate var isEmpty: Bool {
    switch self {
    case .kept(let text), .removed(let text), .added(let text): text.isEmpty
    }
  }
}

/// Counts line ends in two texts, reading each once.
private struct LineCounter {
  private(set) var oldLine = 1
  private(set) var newLine = 1
  private var oldRead = 0
  private var newRead = 0

  mutating func advance(_ old: [UInt8], to oldOffset: Int, _ new: [UInt8], to newOffset: Int) {
    while oldRead < oldOffset {
      if old[oldRead] == UInt8(ascii: "\n") { oldLine += 1 }
      oldRead += 1
    }
    while newRead < newOffset {
      if new[newRead] == UInt8(ascii: "\n") { newLine += 1 }
      newRead += 1
    }
  }
}

extension UInt8 {
  fileprivate var isSpace: Bool {
    self == UInt8(ascii: " ") || self == UInt8(ascii: "\n")
  }
}
