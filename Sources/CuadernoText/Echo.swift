/// How much of a run of kept text, counted from each of its ends, stands once more beside it.
///
/// In "no, no" made from "no" nobody can tell which word is the old one: a difference of the same
/// size keeps either. A quote reaching no further from an end of its run than the run's echo beyond
/// that end has such a twin, in what was added there or in what was removed. A quote that reaches
/// further has none, since the twin would have to break what holds the quote to its surroundings.
struct Echo {
  /// The kept run, in the old text.
  private let run: Range<Int>

  private let before: Repeat
  private let after: Repeat
  private let beforeRemoved: Repeat
  private let afterRemoved: Repeat

  init(ofRun index: Int, between hunks: [ByteHunk], old: [UInt8], new: [UInt8]) {
    let last = index > 0 ? hunks[index - 1] : nil
    let next = index < hunks.count ? hunks[index] : nil
    run = (last?.old.upperBound ?? 0)..<(next?.old.lowerBound ?? old.count)
    let newStart = last?.new.upperBound ?? 0
    let newRun = newStart..<newStart + run.count
    before = Repeat(of: newRun, in: new, fromBefore: last?.new)
    beforeRemoved = Repeat(of: run, in: old, fromBefore: last?.old)
    after = Repeat(of: newRun, in: new, untilAfter: next?.new)
    afterRemoved = Repeat(of: run, in: old, untilAfter: next?.old)
  }

  /// Whether a range of the run has a twin.
  func reaches(_ range: Range<Int>) -> Bool {
    let fromStart = range.upperBound - run.lowerBound
    let fromEnd = run.upperBound - range.lowerBound
    return fromStart <= max(before.length, beforeRemoved.length)
      || fromEnd <= max(after.length, afterRemoved.length)
  }

  /// The twins in the new text of a range that was mapped to it.
  func twins(of mapped: Range<Int>, from range: Range<Int>) -> [Range<Int>] {
    var twins: [Range<Int>] = []
    if range.upperBound - run.lowerBound <= before.length {
      twins.append(mapped.lowerBound - before.distance..<mapped.upperBound - before.distance)
    }
    if run.upperBound - range.lowerBound <= after.length {
      twins.append(mapped.lowerBound + after.distance..<mapped.upperBound + after.distance)
    }
    return twins
  }
}

/// The longest piece at one end of a run that stands again, at some distance, beyond that end.
///
/// Found by the Z algorithm (Gusfield, "Algorithms on Strings, Trees and Sequences", section 1.3),
/// in time proportional to the run and the stretch beyond it.
private struct Repeat {
  var length = 0
  var distance = 0

  /// What begins in the stretch before the run as the run itself begins.
  init(of run: Range<Int>, in text: [UInt8], fromBefore stretch: Range<Int>?) {
    guard let stretch, !stretch.isEmpty, !run.isEmpty else { return }
    let (start, length) = Self.longest(
      of: Array(text[run]), startingIn: stretch.count,
      of: Array(text[stretch.lowerBound..<run.upperBound]))
    self.length = length
    distance = stretch.count - start
  }

  /// What ends in the stretch after the run as the run itself ends.
  init(of run: Range<Int>, in text: [UInt8], untilAfter stretch: Range<Int>?) {
    guard let stretch, !stretch.isEmpty, !run.isEmpty else { return }
    let (start, length) = Self.longest(
      of: text[run].reversed(), startingIn: stretch.count,
      of: text[run.lowerBound..<stretch.upperBound].reversed())
    self.length = length
    distance = stretch.count - start
  }

  /// Where the longest start of a pattern begins, among the first so many places of a text.
  private static func longest(
    of pattern: [UInt8], startingIn places: Int, of text: [UInt8]
  ) -> (start: Int, length: Int) {
    let own = zLengths(of: pattern)
    var best = (start: 0, length: 0)
    // The window is the match that reaches furthest; inside it the pattern's own lengths are known.
    var window = 0..<0
    for place in 0..<places {
      var length = 0
      if place < window.upperBound {
        length = min(own[place - window.lowerBound], window.upperBound - place)
      }
      while length < pattern.count, place + length < text.count,
        pattern[length] == text[place + length]
      { length += 1 }
      if place + length > window.upperBound { window = place..<place + length }
      if length > best.length { best = (place, length) }
    }
    return best
  }

  /// For each place in a pattern, how much of the pattern's start stands there again.
  private static func zLengths(of pattern: [UInt8]) -> [Int] {
    var lengths = [Int](repeating: 0, count: pattern.count)
    lengths[0] = pattern.count
    var window = 0..<0
    for place in 1..<max(1, pattern.count) {
      var length = 0
      if place < window.upperBound {
        length = min(lengths[place - window.lowerBound], window.upperBound - place)
      }
      while place + length < pattern.count, pattern[length] == pattern[place + length] {
        length += 1
      }
      if place + length > window.upperBound { window = place..<place + length }
      lengths[place] = length
    }
    return lengths
  }
}

/// How far a one-sided hunk can slide, and how much of what it removes stands beside it too.
struct Slack {
  let left: Int
  let right: Int

  /// How many of the last removed bytes also end the kept text before.
  let sameEnd: Int

  /// How many of the first removed bytes also begin the kept text after.
  let sameStart: Int

  init(of index: Int, in hunks: [ByteHunk], old: [UInt8], new: [UInt8]) {
    let hunk = hunks[index]
    let room = Room(
      of: hunk, after: index > 0 ? hunks[index - 1] : nil,
      before: index + 1 < hunks.count ? hunks[index + 1] : nil, textEnd: old.count)
    let edges = hunk.old.isEmpty ? hunk.new : hunk.old
    let text = hunk.old.isEmpty ? new : old
    left = hunk.isOneSided ? Slide.backwardSlack(of: edges, in: text, most: room.left) : 0
    right = hunk.isOneSided ? Slide.forwardSlack(of: edges, in: text, most: room.right) : 0
    sameEnd = old.commonSuffix(
      with: old, mine: hunk.old.lowerBound - room.left..<hunk.old.lowerBound, theirs: hunk.old)
    sameStart = old.commonPrefix(
      with: old, mine: hunk.old.upperBound..<hunk.old.upperBound + room.right, theirs: hunk.old)
  }
}
