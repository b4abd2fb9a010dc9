/// The search for a point in the middle of a shortest edit path, from both ends at once.
///
/// Myers (1986), section 4b: for each number of edits, two fronts hold the furthest points reached
/// on each diagonal, one from the start of the box and one from its end; where they meet is the
/// middle.
struct MiddleSearch {
  private let old: [Int]
  private let new: [Int]
  private let stepsInTotal: Int
  private let stepsInSearch: Int
  private(set) var steps = 0
  private var forward = Front()
  private var backward = Front()

  init(_ old: [Int], _ new: [Int], effort: Effort) {
    self.old = old
    self.new = new
    // Reading what is common has to be free, or long texts could not be compared at all.
    stepsInTotal = effort.total + 4 * (old.count + new.count)
    stepsInSearch = effort.search + 2 * (old.count + new.count)
  }

  /// Counts steps of another kind against the same bound.
  mutating func canAfford(_ count: Int) -> Bool {
    guard steps + count <= stepsInTotal else { return false }
    steps += count
    return true
  }

  /// Finds where to divide a box whose ends differ, or nil when that takes too many steps.
  mutating func middle(old oldBox: Range<Int>, new newBox: Range<Int>) -> (old: Int, new: Int)? {
    let width = oldBox.count
    let height = newBox.count
    let delta = width - height
    let limit = min(stepsInTotal, steps + stepsInSearch)
    forward.start(old: oldBox.lowerBound, new: newBox.lowerBound, step: 1, width, height)
    backward.start(old: oldBox.upperBound - 1, new: newBox.upperBound - 1, step: -1, width, height)
    for edits in 0...(width + height + 1) / 2 {
      guard forward.advance(to: edits, old, new, &steps, limit: limit) else { return nil }
      if !delta.isMultiple(of: 2), let (x, y) = forward.meeting(backward, edits, edits - 1) {
        return (oldBox.lowerBound + x, newBox.lowerBound + y)
      }
      guard backward.advance(to: edits, old, new, &steps, limit: limit) else { return nil }
      if delta.isMultiple(of: 2), let (x, y) = backward.meeting(forward, edits, edits) {
        return (oldBox.upperBound - x, newBox.upperBound - y)
      }
    }
    return nil
  }
}

/// The furthest points that a number of edits reaches from one corner of a box.
///
/// Diagonal k holds the points with x - y = k, counted from this front's own corner. No path leaves
/// the box, so wherever two fronts meet is a place to divide it.
private struct Front {
  private static let unreached = -1

  private var oldStart = 0
  private var newStart = 0
  private var step = 1
  private var width = 0
  private var height = 0

  /// The furthest x on diagonals 0, 1, -1, 2, -2 and so on, so that the array grows with the edits.
  private var furthest: [Int] = []

  mutating func start(old: Int, new: Int, step: Int, _ width: Int, _ height: Int) {
    oldStart = old
    newStart = new
    self.step = step
    self.width = width
    self.height = height
  }

  /// Moves every diagonal as far as this many edits allow; false when the limit is reached first.
  mutating func advance(
    to edits: Int, _ old: [Int], _ new: [Int], _ steps: inout Int, limit: Int
  ) -> Bool {
    prepare(for: edits)
    for diagonal in diagonals(edits) {
      var x = edits == 0 ? 0 : entry(to: diagonal, edits)
      steps += 1
      if x != Self.unreached {
        let begin = x
        while x < width, x - diagonal < height,
          old[oldStart + step * x] == new[newStart + step * (x - diagonal)]
        { x += 1 }
        steps += x - begin
      }
      furthest[slot(diagonal)] = x
      if steps > limit { return false }
    }
    return true
  }

  /// The furthest point on a diagonal that one more edit reaches without leaving the box.
  private func entry(to diagonal: Int, _ edits: Int) -> Int {
    var best = Self.unreached
    if diagonal > -edits {
      let left = furthest[slot(diagonal - 1)]
      if left != Self.unreached, left < width { best = left + 1 }
    }
    if diagonal < edits {
      let above = furthest[slot(diagonal + 1)]
      if above - diagonal <= height { best = max(best, above) }
    }
    return best
  }

  /// Where this front has met the one from the opposite corner, as a point of this front's.
  func meeting(_ other: Front, _ edits: Int, _ otherEdits: Int) -> (x: Int, y: Int)? {
    for diagonal in diagonals(edits) {
      let opposite = width - height - diagonal
      guard abs(opposite) <= otherEdits else { continue }
      let x = furthest[slot(diagonal)]
      let rest = other.furthest[slot(opposite)]
      if x != Self.unreached, rest != Self.unreached, x + rest >= width {
        return (x, x - diagonal)
      }
    }
    return nil
  }

  /// The diagonals that this many edits can end on, inside the box.
  private func diagonals(_ edits: Int) -> StrideThrough<Int> {
    let lowest = -edits + 2 * max(0, edits - height)
    let highest = edits - 2 * max(0, edits - width)
    return stride(from: lowest, through: highest, by: 2)
  }

  private func slot(_ diagonal: Int) -> Int {
    diagonal > 0 ? 2 * diagonal - 1 : -2 * diagonal
  }

  /// Makes room for the diagonals that this many edits reach; the outermost have no point yet.
  private mutating func prepare(for edits: Int) {
    while furthest.count <= 2 * edits { furthest.append(Self.unreached) }
    furthest[slot(edits)] = Self.unreached
    furthest[slot(-edits)] = Self.unreached
  }
}
