/// The tokens that two sequences have in common, in order: the complement of their difference.
///
/// A smallest difference is found as in Myers, "An O(ND) Difference Algorithm and Its Variations"
/// (1986), in the linear-space form of its section 4b: the middle of a shortest edit path divides
/// the problem in two. Where that takes more than its `Effort`, `Landmarks` divide the problem, and
/// where there are none left either, that part counts as replaced whole: a larger difference than
/// need be, but never a wrong one.
struct Matching {
  struct Run: Equatable {
    var old: Int
    var new: Int
    var count: Int
  }

  private struct Box {
    var old: Range<Int>
    var new: Range<Int>
  }

  private enum Task {
    case compare(Box)
    case keep(Run)
  }

  private let old: [Int]
  private let new: [Int]
  private let usesLandmarks: Bool
  private var search: MiddleSearch
  private(set) var runs: [Run] = []

  /// The steps taken, for tests of the bound.
  var steps: Int { search.steps }

  init(_ old: [Int], _ new: [Int], effort: Effort, usesLandmarks: Bool) {
    self.old = old
    self.new = new
    self.usesLandmarks = usesLandmarks
    search = MiddleSearch(old, new, effort: effort)

    // A stack of our own, since landmarks can divide a hostile text into a very deep nest.
    var tasks = [Task.compare(Box(old: 0..<old.count, new: 0..<new.count))]
    while let task = tasks.popLast() {
      switch task {
      case .keep(let run): keep(run)
      case .compare(let box): tasks += compare(box)
      }
    }
  }

  /// Keeps what both ends of a box have in common and returns what is left to do, last thing first.
  private mutating func compare(_ box: Box) -> [Task] {
    var box = box
    var prefix = 0
    while prefix < min(box.old.count, box.new.count),
      old[box.old.lowerBound + prefix] == new[box.new.lowerBound + prefix]
    { prefix += 1 }
    keep(Run(old: box.old.lowerBound, new: box.new.lowerBound, count: prefix))
    box.old = box.old.dropFirst(prefix)
    box.new = box.new.dropFirst(prefix)

    var suffix = 0
    while suffix < min(box.old.count, box.new.count),
      old[box.old.upperBound - 1 - suffix] == new[box.new.upperBound - 1 - suffix]
    { suffix += 1 }
    box.old = box.old.dropLast(suffix)
    box.new = box.new.dropLast(suffix)

    var tasks: [Task] = []
    if suffix > 0 {
      tasks.append(.keep(Run(old: box.old.upperBound, new: box.new.upperBound, count: suffix)))
    }
    guard !box.old.isEmpty, !box.new.isEmpty else { return tasks }
    if let middle = search.middle(old: box.old, new: box.new) {
      tasks.append(
        .compare(
          Box(
            old: middle.old..<box.old.upperBound,
            new: middle.new..<box.new.upperBound)))
      tasks.append(
        .compare(
          Box(
            old: box.old.lowerBound..<middle.old,
            new: box.new.lowerBound..<middle.new)))
    } else if usesLandmarks {
      tasks += divideByLandmarks(box)
    }
    return tasks
  }

  private mutating func divideByLandmarks(_ box: Box) -> [Task] {
    guard search.canAfford(box.old.count + box.new.count) else { return [] }
    let landmarks = Landmarks.common(old, box.old, new, box.new)
    guard !landmarks.isEmpty else { return [] }
    var tasks: [Task] = []
    var end = box
    for landmark in landmarks.reversed() {
      tasks.append(
        .compare(
          Box(
            old: landmark.old + 1..<end.old.upperBound,
            new: landmark.new + 1..<end.new.upperBound)))
      tasks.append(.keep(landmark))
      end = Box(
        old: box.old.lowerBound..<landmark.old,
        new: box.new.lowerBound..<landmark.new)
    }
    tasks.append(.compare(end))
    return tasks
  }

  private mutating func keep(_ run: Run) {
    guard run.count > 0 else { return }
    if let last = runs.last, last.old + last.count == run.old, last.new + last.count == run.new {
      runs[runs.count - 1].count += run.count
    } else {
      runs.append(run)
    }
  }
}
