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
      var hunk = waiting[index]
      guard hunk.isOneSided else {
        settled.append(hunk)
        continue
      }
      let next = index + 1 < waiting.count ? waiting[index + 1] : nil
      let room = Room(of: hunk, after: settled.last, before: next, old: old, new: new)
      let text = hunk.old.isEmpty ? new : old
      let edges = hunk.old.isEmpty ? hunk.new : hunk.old
      let left = backwardSlack(of: edges, in: text, most: room.left)
      if left == room.left, score(of: edges.upperBound - left, in: text) > 0,
        let last = settled.popLast()
      {
        hunk.move(by: -left)
        settled.append(last.joined(with: hunk))
        continue
      }
      let right = forwardSlack(of: edges, in: text, most: room.right)
      if right == room.right, score(of: edges.lowerBound + right, in: text) > 0, let next {
        hunk.move(by: right)
        waiting[index + 1] = hunk.joined(with: next)
        continue
      }
      hunk.move(by: bestShift(of: edges, in: text, within: -left...right))
      settled.append(hunk)
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

  private static func bestShift(
    of edges: Range<Int>, in text: [UInt8], within shifts: ClosedRange<Int>
  ) -> Int {
    var best = 0
    var bestScore = score(of: edges, in: text)
    for shift in shifts {
      let start = edges.lowerBound + shift
      if start < text.count, text[start].continuesScalar { continue }
      let score = score(of: start..<edges.upperBound + shift, in: text)
      if score > 0, score >= bestScore {
        best = shift
        bestScore = score
      }
    }
    return best
  }

  private static func score(of edges: Range<Int>, in text: [UInt8]) -> Int {
    let start = score(of: edges.lowerBound, in: text)
    let end = score(of: edges.upperBound, in: text)
    return start == 0 || end == 0 ? 0 : start + end
  }

  /// How well a cut reads: 0 inside a word, most at the ends of the text.
  private static func score(of edge: Int, in text: [UInt8]) -> Int {
    if edge == 0 || edge == text.count { return 5 }
    let before = text.scalarValue(before: edge)
    let after = text.scalarValue(at: edge)
    if before == 0x0A { return 4 }
    if after == 0x0A { return 3 }
    if before == 0x20 || after == 0x20 { return 2 }
    return WordScalars.hold(before, after) ? 0 : 1
  }
}

/// The kept bytes on either side of a hunk.
struct Room {
  let left: Int
  let right: Int

  init(
    of hunk: ByteHunk, after last: ByteHunk?, before next: ByteHunk?, old: [UInt8], new: [UInt8]
  ) {
    left = hunk.old.lowerBound - (last?.old.upperBound ?? 0)
    right = (next?.old.lowerBound ?? old.count) - hunk.old.upperBound
  }
}

extension ByteHunk {
  fileprivate mutating func move(by shift: Int) {
    old = old.lowerBound + shift..<old.upperBound + shift
    new = new.lowerBound + shift..<new.upperBound + shift
  }

  fileprivate func joined(with next: ByteHunk) -> ByteHunk {
    ByteHunk(
      old: old.lowerBound..<next.old.upperBound,
      new: new.lowerBound..<next.new.upperBound)
  }
}
