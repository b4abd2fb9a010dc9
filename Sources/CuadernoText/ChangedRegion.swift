/// A stretch of the base that one write changed, or several changed together.
struct ChangedRegion: Equatable {
  /// The stretch, in UTF-8 offsets.
  var base: Range<Int>

  /// What each write that changed something here has in its place, whole.
  var writes: [Int: Range<Int>]

  private struct Member {
    var write: Int
    var hunk: ByteHunk
  }

  /// Returns the regions of several writes' hunks, in order and apart, though they may touch.
  static func gather(_ hunks: [[ByteHunk]]) -> [ChangedRegion] {
    var members = hunks.enumerated().flatMap { write, hunks in
      hunks.map { Member(write: write, hunk: $0) }
    }
    // An insertion comes before what begins where it is.
    members.sort { left, right in
      (left.hunk.old.lowerBound, left.hunk.old.upperBound, left.write)
        < (right.hunk.old.lowerBound, right.hunk.old.upperBound, right.write)
    }
    var regions: [ChangedRegion] = []
    var open: [Member] = []
    var range = 0..<0
    for member in members {
      let old = member.hunk.old
      if open.isEmpty {
        range = old
      } else if old.lowerBound < range.upperBound || old == range {
        range = range.lowerBound..<max(range.upperBound, old.upperBound)
      } else {
        regions.append(ChangedRegion(of: open, base: range))
        open = []
        range = old
      }
      open.append(member)
    }
    if !open.isEmpty { regions.append(ChangedRegion(of: open, base: range)) }
    return regions
  }

  private init(of members: [Member], base: Range<Int>) {
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
