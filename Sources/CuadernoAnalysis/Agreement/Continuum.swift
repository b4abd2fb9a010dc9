/// One text, and which parts of it each coder marked as what.
package struct Continuum: Sendable {
  package struct Segment: Hashable, Sendable {
    package var span: Range<Int>
    package var value: Int

    package init(_ span: Range<Int>, _ value: Int) {
      self.span = span
      self.value = value
    }
  }

  /// In the unit of the spans.
  package var length: Int
  /// One list for each coder, in the order of the text. No two segments of a coder overlap.
  package var segments: [[Segment]]

  package init(length: Int, segments: [[Segment]]) {
    self.length = length
    self.segments = segments
  }

  /// Parts of the continuum in which no coder's value changes, with those values; nil in a gap.
  func forEachPart(_ body: (_ span: Range<Int>, _ values: [Int?]) -> Void) {
    var next = Array(repeating: 0, count: segments.count)
    var values = [Int?](repeating: nil, count: segments.count)
    var position = 0
    while position < length {
      var end = length
      for coder in segments.indices {
        while next[coder] < segments[coder].count,
          segments[coder][next[coder]].span.upperBound <= position
        {
          next[coder] += 1
        }
        values[coder] = nil
        guard next[coder] < segments[coder].count else { continue }
        let segment = segments[coder][next[coder]]
        if segment.span.lowerBound <= position {
          values[coder] = segment.value
          end = min(end, segment.span.upperBound)
        } else {
          end = min(end, segment.span.lowerBound)
        }
      }
      body(position..<end, values)
      position = end
    }
  }
}

/// Agreement on where a passage begins and ends, and on what it is about.
///
/// Krippendorff's alphas for unitizing (Krippendorff, Mathet, Bouvry & Widlöcher, Quality & Quantity 50,
/// 2016; Content Analysis, 4th ed. 2019, section 12.6, equations 32 to 37). What is not marked is a gap,
/// and counts. Several texts are one continuum, in which nothing reaches over the end of a text.
package struct Unitizing: Sendable {
  /// Boundaries and values together: _uα.
  package let overall: Disagreement
  /// What is marked and what is not, whatever as: _|uα.
  package let boundaries: Disagreement
  /// Values alone, where at least two coders marked something: _cuα.
  package let values: Disagreement

  package init(_ continua: [Continuum]) {
    var whole = Coincidences()
    var valued = Coincidences()
    for continuum in continua {
      // What of each segment another coder can be paired with.
      var pairable = continuum.segments.map { Array(repeating: 0.0, count: $0.count) }
      var current = Array(repeating: 0, count: continuum.segments.count)
      continuum.forEachPart { span, values in
        let length = Double(span.count)
        whole.add(values.map { $0 ?? Self.gap }, length: length)
        let marked = values.compactMap(\.self)
        valued.add(marked, length: length, of: values.count)
        for (coder, value) in values.enumerated() {
          guard value != nil else {
            // A gap has no units in it that could only pair with themselves as a whole.
            whole.addSelfPairing(length, of: Self.gap)
            continue
          }
          while continuum.segments[coder][current[coder]].span.upperBound <= span.lowerBound {
            current[coder] += 1
          }
          pairable[coder][current[coder]] +=
            length * Double(marked.count - 1) / Double(max(1, values.count - 1))
        }
      }
      for (coder, segments) in continuum.segments.enumerated() {
        for (segment, length) in zip(segments, pairable[coder]) {
          let full = Double(segment.span.count)
          whole.addSelfPairing(full * full, of: segment.value)
          valued.addSelfPairing(length * length, of: segment.value)
        }
      }
    }
    overall = whole.disagreement { $0 }
    boundaries = whole.disagreement { $0 == Self.gap ? 0 : 1 }
    values = valued.disagreement { $0 }
  }

  private static let gap = Int.min
}

/// The lengths over which each two values met, and what they would have met by chance.
private struct Coincidences {
  private struct Pair: Hashable {
    var left: Int
    var right: Int
  }

  private var lengths: [Pair: Double] = [:]
  private var selfPairings: [Int: Double] = [:]

  /// - Parameter coders: how many there are, of whom those who are not here marked nothing.
  mutating func add(_ values: [Int], length: Double, of coders: Int? = nil) {
    let others = Double((coders ?? values.count) - 1)
    guard values.count > 1 else { return }
    for (index, left) in values.enumerated() {
      for (other, right) in values.enumerated() where index != other {
        lengths[Pair(left: left, right: right), default: 0] += length / others
      }
    }
  }

  mutating func addSelfPairing(_ square: Double, of value: Int) {
    selfPairings[value, default: 0] += square
  }

  /// - Parameter fold: which values are taken for one.
  func disagreement(_ fold: (Int) -> Int) -> Disagreement {
    var totals = [Int: Double]()
    var observed = 0.0
    for (pair, length) in lengths {
      totals[fold(pair.left), default: 0] += length
      if fold(pair.left) != fold(pair.right) { observed += length }
    }
    let all = totals.values.reduce(0, +)
    // What could only be drawn twice is left out of what is drawn.
    let drawn = all * all - selfPairings.values.reduce(0, +)
    guard all > 0, drawn > 0 else { return .none }
    let equal = totals.values.reduce(0) { $0 + $1 * $1 }
    return Disagreement(observed: observed, expected: (all * all - equal) * all / drawn)
  }
}
