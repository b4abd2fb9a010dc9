/// The path of a range of the old text through the hunks, in UTF-8 offsets.
struct Carrier {
  enum Fate: Equatable {
    case moved(Range<Int>)
    case changed(Range<Int>)
    case removed
    case uncertain([Range<Int>])
  }

  let hunks: [ByteHunk]
  let wordHunks: [ByteHunk]
  let old: [UInt8]
  let new: [UInt8]

  // What is expensive to know about a hunk or a run is worked out once, for however many spans.
  private var echoes: [Int: Echo] = [:]
  private var slacks: [Int: Slack] = [:]

  init(_ difference: TextDifference) {
    hunks = difference.byteHunks
    wordHunks = difference.wordHunks
    old = difference.old.utf8
    new = difference.new.utf8
  }

  mutating func fate(of range: Range<Int>) -> Fate {
    let first = hunks.partitioningIndex { $0.old.upperBound > range.lowerBound }
    var end = first
    while end < hunks.count, hunks[end].old.lowerBound < range.upperBound { end += 1 }
    let touched = first..<end
    if touched.isEmpty { return kept(range, run: first) }
    if touched.count == 1 {
      let inside = hunks[first].old
      if inside.lowerBound <= range.lowerBound, inside.upperBound >= range.upperBound {
        return removed(range, by: first)
      }
      if hunks[first].isOneSided, let fate = spared(range, by: first) { return fate }
    }
    return edited(range, by: touched)
  }

  /// A range that no hunk touches, unless the same words stand where they could as well be meant.
  private mutating func kept(_ range: Range<Int>, run: Int) -> Fate {
    let shift = run == 0 ? 0 : hunks[run - 1].new.upperBound - hunks[run - 1].old.upperBound
    let mapped = range.lowerBound + shift..<range.upperBound + shift
    guard old.matches(new, mine: range, theirs: mapped) else { return .uncertain([]) }
    let echo = echo(ofRun: run)
    guard echo.reaches(range) else { return .moved(mapped) }
    return .uncertain([mapped] + echo.twins(of: mapped, from: range))
  }

  /// A range that an insertion cuts or a deletion clips, if the hunk can as well lie beside it.
  private mutating func spared(_ range: Range<Int>, by index: Int) -> Fate? {
    let hunk = hunks[index]
    let slack = slack(ofHunk: index)
    var places: [Range<Int>] = []
    // Sliding towards the start leaves the range after the hunk, towards the end before it.
    let towardsStart = hunk.old.upperBound - range.lowerBound
    if towardsStart <= slack.left {
      let start = hunk.new.upperBound - towardsStart
      places.append(start..<start + range.count)
    }
    let towardsEnd = range.upperBound - hunk.old.lowerBound
    if towardsEnd <= slack.right {
      let end = hunk.new.lowerBound + towardsEnd
      places.append(end - range.count..<end)
    }
    places.removeAll { !old.matches(new, mine: range, theirs: $0) }
    guard let place = places.first else { return nil }
    return places.count == 1 ? .moved(place) : .uncertain(places)
  }

  /// A range inside one hunk, unless the kept text beside the hunk could as well be what is left.
  private mutating func removed(_ range: Range<Int>, by index: Int) -> Fate {
    let hunk = hunks[index]
    let slack = slack(ofHunk: index)
    var places: [Range<Int>] = []
    let fromEnd = hunk.old.upperBound - range.lowerBound
    if fromEnd <= slack.sameEnd {
      let start = hunk.new.lowerBound - fromEnd
      places.append(start..<start + range.count)
    }
    let fromStart = range.upperBound - hunk.old.lowerBound
    if fromStart <= slack.sameStart {
      let end = hunk.new.upperBound + fromStart
      places.append(end - range.count..<end)
    }
    return places.isEmpty ? .removed : .uncertain(places)
  }

  private mutating func slack(ofHunk index: Int) -> Slack {
    if let slack = slacks[index] { return slack }
    let slack = Slack(of: index, in: hunks, old: old, new: new)
    slacks[index] = slack
    return slack
  }

  private mutating func echo(ofRun run: Int) -> Echo {
    if let echo = echoes[run] { return echo }
    let echo = Echo(ofRun: run, between: hunks, old: old, new: new)
    echoes[run] = echo
    return echo
  }
}
