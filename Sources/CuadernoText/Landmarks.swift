/// The tokens that stand once in each of two sequences and in the same order in both.
///
/// Bram Cohen's patience difference: a word that occurs once on both sides, such as a name or a
/// figure, is nearly always the same word. They take time proportional to n log n to find, however
/// different the sequences are, and so divide what is too large for Myers' algorithm.
enum Landmarks {
  private struct Sighting {
    var old = 0
    var new = 0
    var oldCount = 0
    var newCount = 0
  }

  static func common(
    _ old: [Int], _ oldRange: Range<Int>, _ new: [Int], _ newRange: Range<Int>
  ) -> [Matching.Run] {
    var sightings: [Int: Sighting] = [:]
    for place in oldRange {
      sightings[old[place], default: Sighting()].old = place
      sightings[old[place], default: Sighting()].oldCount += 1
    }
    for place in newRange {
      sightings[new[place]]?.new = place
      sightings[new[place]]?.newCount += 1
    }
    let candidates = oldRange.compactMap { place -> Matching.Run? in
      guard let sighting = sightings[old[place]], sighting.oldCount == 1, sighting.newCount == 1
      else { return nil }
      return Matching.Run(old: place, new: sighting.new, count: 1)
    }
    return longestRising(candidates)
  }

  /// The longest subsequence whose new positions rise, the old ones rising already.
  ///
  /// Each pile's top is the smallest end of a rising subsequence of that length (Fredman, "On
  /// computing the length of longest increasing subsequences", 1975).
  private static func longestRising(_ candidates: [Matching.Run]) -> [Matching.Run] {
    var tops: [Int] = []
    var previous = [Int?](repeating: nil, count: candidates.count)
    for (index, candidate) in candidates.enumerated() {
      let pile = tops.partitioningIndex { candidates[$0].new >= candidate.new }
      if pile > 0 { previous[index] = tops[pile - 1] }
      if pile == tops.count { tops.append(index) } else { tops[pile] = index }
    }
    var rising: [Matching.Run] = []
    var next = tops.last
    while let index = next {
      rising.append(candidates[index])
      next = previous[index]
    }
    return rising.reversed()
  }
}
