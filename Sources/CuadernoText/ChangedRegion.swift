/// A stretch of the base that one write changed, or several changed together.
struct ChangedRegion: Equatable {
  /// The stretch, in UTF-8 offsets.
  var base: Range<Int>

  /// What each write that changed something here has in its place, whole.
  var writes: [Int: Range<Int>]

  private struct Member {
    var write: Int
    var hunk: ByteHunk

    /// Whether what the write put there begins with a word.
    func beginsWithWord(in writes: [[UInt8]]) -> Bool {
      !hunk.new.isEmpty
        && WordScalars.contain(writes[write].scalarValue(at: hunk.new.lowerBound))
    }

    /// Whether what the write put there ends with a word.
    func endsWithWord(in writes: [[UInt8]]) -> Bool {
      !hunk.new.isEmpty
        && WordScalars.contain(writes[write].scalarValue(before: hunk.new.upperBound))
    }
  }

  /// Returns the regions of several writes' hunks, in order and apart.
  static func gather(_ hunks: [[ByteHunk]], in writes: [[UInt8]]) -> [ChangedRegion] {
    var members = hunks.enumerated().flatMap { write, hunks in
      hunks.map { Member(write: write, hunk: $0) }
    }
    // An insertion comes before what begins where it is.
    members.sort { left, right in
      (left.hunk.old.lowerBound, left.hunk.old.upperBound, left.write)
        < (right.hunk.old.lowerBound, right.hunk.old.upperBound, right.write)
    }
    var regions: [ChangedRegion] = []
    var open: ArraySlice<Member> = []
    var range = 0..<0
    var endsInWord = false
    var rest = members[...]
    while let old = rest.first?.hunk.old {
      // What several writes did to the very same words stays together, whatever it joins.
      let group = rest.prefix { $0.hunk.old == old }
      rest = rest.dropFirst(group.count)
      // Where changes of two writes touch, a last word and a first one must not make a third.
      let runsTogether =
        old.lowerBound == range.upperBound && endsInWord
        && group.contains { $0.beginsWithWord(in: writes) }
      if !open.isEmpty, old.lowerBound < range.upperBound || runsTogether {
        if old.upperBound > range.upperBound { endsInWord = false }
        range = range.lowerBound..<max(range.upperBound, old.upperBound)
        open += group
      } else {
        if !open.isEmpty { regions.append(ChangedRegion(of: open, base: range)) }
        range = old
        open = group
        endsInWord = false
      }
      if old.upperBound == range.upperBound {
        endsInWord = endsInWord || group.contains { $0.endsWithWord(in: writes) }
      }
    }
    if !open.isEmpty { regions.append(ChangedRegion(of: open, base: range)) }
    return regions
  }

  private init(of members: ArraySlice<Member>, base: Range<Int>) {
    self.base = base
    writes = [:]
    for (write, members) in Dictionary(grouping: members, by: \.write) {
      guard let first = members.first?.hunk, let last = members.last?.hunk else { continue }
      // What the write kept of the region, before its first hunk and after its last, is its too.
      let start = first.new.lowerBound - (first.old.lowerBound - base.lowerBound)
      let end = last.new.upperBound + (base.upperBound - last.old.upperBound)
      writes[write] = start..<end
    }
  }
}
