/// A stretch of one text that stands where a stretch of another stood, in UTF-8 offsets.
struct ByteHunk: Equatable {
  var old: Range<Int>
  var new: Range<Int>

  /// Whether it only inserts or only deletes, and so can slide.
  var isOneSided: Bool { old.isEmpty != new.isEmpty }
  var replaces: Bool { !old.isEmpty && !new.isEmpty }
}

/// Two texts being compared, first by lines, then by words, then by scalars.
///
/// Each grain looks only inside the hunks of the one before. A difference by scalars alone would
/// find the letters of one paragraph scattered over another; one by words alone would cost a
/// hundred times as much on a whole text, and one by lines alone would lose an anchor for a comma.
struct Comparison {
  let old: [UInt8]
  let new: [UInt8]
  let effort: Effort

  /// The steps taken, for tests of the bound.
  private(set) var steps = 0

  init(_ old: [UInt8], _ new: [UInt8], effort: Effort) {
    self.old = old
    self.new = new
    self.effort = effort
  }

  var whole: ByteHunk { ByteHunk(old: 0..<old.count, new: 0..<new.count) }

  /// The hunks by whole lines.
  mutating func lineHunks() -> [ByteHunk] {
    hunks(grain: .lines, in: [withoutCommonEnds(whole)])
  }

  /// The hunks by whole words inside some larger ones.
  mutating func wordHunks(in larger: [ByteHunk]) -> [ByteHunk] {
    Slide.settle(hunks(grain: .words, in: larger), old: old, new: new)
  }

  /// The hunks by scalars inside some larger ones.
  mutating func scalarHunks(in larger: [ByteHunk]) -> [ByteHunk] {
    var effort = effort
    var hunks: [ByteHunk] = []
    for hunk in larger {
      guard hunk.replaces else {
        hunks.append(hunk)
        continue
      }
      let oldScalars = scalars(of: old, in: hunk.old)
      let newScalars = scalars(of: new, in: hunk.new)
      // A letter that occurs once is no landmark: in two unrelated passages it marks nothing.
      let matching = Matching(
        oldScalars.values, newScalars.values, effort: effort, usesLandmarks: false)
      effort.total = max(0, effort.total - matching.steps)
      steps += matching.steps
      var done = (old: 0, new: 0)
      for run in matching.runs + [ending(oldScalars.values, newScalars.values)] {
        if done.old < run.old || done.new < run.new {
          hunks.append(
            ByteHunk(
              old: oldScalars.offsets[done.old]..<oldScalars.offsets[run.old],
              new: newScalars.offsets[done.new]..<newScalars.offsets[run.new]))
        }
        done = (run.old + run.count, run.new + run.count)
      }
    }
    return Slide.settle(hunks, old: old, new: new)
  }

  private func ending(_ old: [Int], _ new: [Int]) -> Matching.Run {
    Matching.Run(old: old.count, new: new.count, count: 0)
  }

  private func scalars(
    of utf8: [UInt8], in range: Range<Int>
  ) -> (values: [Int], offsets: [Int]) {
    var values: [Int] = []
    var offsets: [Int] = []
    var offset = range.lowerBound
    while offset < range.upperBound {
      values.append(Int(utf8.scalarValue(at: offset)))
      offsets.append(offset)
      offset += utf8[offset].scalarLength
    }
    offsets.append(offset)
    return (values, offsets)
  }

  private mutating func hunks(grain: Grain, in larger: [ByteHunk]) -> [ByteHunk] {
    var effort = effort
    var hunks: [ByteHunk] = []
    for hunk in larger {
      guard hunk.replaces else {
        if hunk.isOneSided { hunks.append(hunk) }
        continue
      }
      var passage = TokenizedPassage(old, new, hunk, grain: grain)
      hunks += passage.hunks(effort: effort)
      effort.total = max(0, effort.total - passage.steps)
      steps += passage.steps
    }
    return hunks
  }

  /// Leaves off the whole lines that both texts begin and end with, without cutting them into tokens.
  ///
  /// Most edits touch a few words of a long interview; this makes them cost one comparison of bytes.
  private func withoutCommonEnds(_ hunk: ByteHunk) -> ByteHunk {
    let lineFeed = UInt8(ascii: "\n")
    var prefix = old.commonPrefix(with: new, mine: hunk.old, theirs: hunk.new)
    while prefix > 0, old[hunk.old.lowerBound + prefix - 1] != lineFeed { prefix -= 1 }
    var middle = ByteHunk(old: hunk.old.dropFirst(prefix), new: hunk.new.dropFirst(prefix))
    var suffix = old.commonSuffix(with: new, mine: middle.old, theirs: middle.new)
    // The line that the common end begins inside of is not common.
    while suffix > 0, old[middle.old.upperBound - suffix] != lineFeed { suffix -= 1 }
    suffix = max(0, suffix - 1)
    middle.old = middle.old.dropLast(suffix)
    middle.new = middle.new.dropLast(suffix)
    return middle
  }
}
