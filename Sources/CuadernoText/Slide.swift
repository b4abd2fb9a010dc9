/// Moving a hunk that only inserts or only deletes to the place where a person would see it.
///
/// Inserting "muy " before "buena" and " muy" after "es" give the same text, so the place is a
/// choice. Taken as found, a new paragraph could begin in the middle of a line, between equal first
/// words. The choice is by scores as in Neil Fraser's diff-match-patch (lossless cleanup) and in
/// git's `xdl_change_compact`: next to another hunk first, since that makes one hunk of two, then
/// between lines, then between words, and among equals the last. No hunk slides into a word: a
/// merge would tear the word apart.
enum Slide {
  static func settle(_ hunks: [ByteHunk], old: [UInt8], new: [UInt8]) -> [ByteHunk] {
    var waiting = hunks
    var settled: [ByteHunk] = []
    for index in waiting.indices {
      let hunk = waiting[index]
      guard hunk.isOneSided else {
        settled.append(hunk)
        continue
      }
      let next = index + 1 < waiting.count ? waiting[index + 1] : nil
      let room = Room(of: hunk, after: settled.last, before: next, textEnd: old.count)
      let text = hunk.old.isEmpty ? new : old
      let edges = hunk.old.isEmpty ? hunk.new : hunk.old
      let left = backwardSlack(of: edges, in: text, most: room.left)
      if left == room.left, let last = settled.last {
        let joined = last.joined(with: hunk.moved(by: -left))
        if isBetweenWords(joined.old.upperBound, old), isBetweenWords(joined.new.upperBound, new) {
          settled[settled.count - 1] = joined
          continue
        }
      }
      let right = forwardSlack(of: edges, in: text, most: room.right)
      if right == room.right, let next {
        let joined = hunk.moved(by: right).joined(with: next)
        if isBetweenWords(joined.old.lowerBound, old), isBetweenWords(joined.new.lowerBound, new) {
          waiting[index + 1] = joined
          continue
        }
      }
      settled.append(bestPlace(for: hunk, within: -left...right, old, new))
    }
    return settled
  }

  /// How far a stretch can move towards the start and still leave the same text without it.
  static func backwardSlack(of edges: Range<Int>, in text: [UInt8], most: Int) -> Int {
    var slack = 0
    while slack < most, text[edges.lowerBound - 1 - slack] == text[edges.upperBound - 1 - slack] {
      slack += 1
    }
    return slack
  }

  /// How far a stretch can move towards the end and still leave the same text without it.
  static func forwardSlack(of edges: Range<Int>, in text: [UInt8], most: Int) -> Int {
    var slack = 0
    while slack < most, text[edges.lowerBound + slack] == text[edges.upperBound + slack] {
      slack += 1
    }
    return slack
  }

  private static func bestPlace(
    for hunk: ByteHunk, within shifts: ClosedRange<Int>, _ old: [UInt8], _ new: [UInt8]
  ) -> ByteHunk {
    var best = hunk
    var bestScore = score(of: hunk, old, new)
    for shift in shifts {
      let moved = hunk.moved(by: shift)
      let start = moved.old.lowerBound
      if start < old.count, old[start].continuesScalar { continue }
      let score = score(of: moved, old, new)
      if score > 0, score >= bestScore {
        best = moved
        bestScore = score
      }
    }
    return best
  }

  /// How well the cuts read that a hunk makes in both texts; 0 when one of them tears a word.
  private static func score(of hunk: ByteHunk, _ old: [UInt8], _ new: [UInt8]) -> Int {
    let cuts = [
      score(of: hunk.old.lowerBound, in: old), score(of: hunk.old.upperBound, in: old),
      score(of: hunk.new.lowerBound, in: new), score(of: hunk.new.upperBound, in: new),
    ]
    return cuts.contains(0) ? 0 : cuts.reduce(0, +)
  }

  private static func score(of cut: Int, in text: [UInt8]) -> Int {
    if cut == 0 || cut == text.count { return 5 }
    let before = text.scalarValue(before: cut)
    let after = text.scalarValue(at: cut)
    if before == 0x0A { return 4 }
    if after == 0x0A { return 3 }
    if before == 0x20 || after == 0x20 { return 2 }
    return WordScalars.hold(before, after) ? 0 : 1
  }

  private static func isBetweenWords(_ cut: Int, _ text: [UInt8]) -> Bool {
    score(of: cut, in: text) > 0
  }
}

/// The kept bytes on either side of a hunk.
struct Room {
  let left: Int
  let right: Int

  init(of hunk: ByteHunk, after last: ByteHunk?, before next: ByteHunk?, textEnd: Int) {
    left = hunk.old.lowerBound - (last?.old.upperBound ?? 0)
    right = (next?.old.lowerBound ?? textEnd) - hunk.old.upperBound
  }
}

extension ByteHunk {
  fileprivate func moved(by shift: Int) -> ByteHunk {
    ByteHunk(
      old: old.lowerBound + shift..<old.upperBound + shift,
      new: new.lowerBound + shift..<new.upperBound + shift)
  }

  fileprivate func joined(with next: ByteHunk) -> ByteHunk {
    ByteHunk(
      old: old.lowerBound..<next.old.upperBound,
      new: new.lowerBound..<next.new.upperBound)
  }
}
