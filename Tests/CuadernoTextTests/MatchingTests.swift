import Testing

@testable import CuadernoText

/// The length of a longest common subsequence, by the table that everybody learns first.
private func longestCommon(_ old: [Int], _ new: [Int]) -> Int {
  var row = [Int](repeating: 0, count: new.count + 1)
  for token in old {
    var diagonal = 0
    for (index, other) in new.enumerated() {
      let above = row[index + 1]
      row[index + 1] = token == other ? diagonal + 1 : max(above, row[index])
      diagonal = above
    }
  }
  return row[new.count]
}

@Suite struct MatchingTests {
  private static let ample = Effort(total: 1 << 24, search: 1 << 22)

  private func isMatching(_ runs: [Matching.Run], _ old: [Int], _ new: [Int]) -> Bool {
    var done = (old: 0, new: 0)
    for run in runs {
      guard run.count > 0, run.old >= done.old, run.new >= done.new else { return false }
      guard old[run.old..<run.old + run.count].elementsEqual(new[run.new..<run.new + run.count])
      else { return false }
      done = (run.old + run.count, run.new + run.count)
    }
    return done.old <= old.count && done.new <= new.count
  }

  private func sequence(_ letters: Int, using generator: inout SeededGenerator) -> [Int] {
    (0..<generator.number(0..<40)).map { _ in generator.number(0..<letters) }
  }

  @Test(arguments: UInt64(0)..<200)
  func `with enough steps as much is kept as can be`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<20 {
      let letters = generator.number(1..<10)
      let old = sequence(letters, using: &generator)
      let new = sequence(letters, using: &generator)
      let matching = Matching(old, new, effort: Self.ample, usesLandmarks: true)

      #expect(isMatching(matching.runs, old, new))
      #expect(matching.runs.map(\.count).reduce(0, +) == longestCommon(old, new))
    }
  }

  @Test func `all short sequences over two letters are matched as well as can be`() {
    let sequences = (0...5).flatMap { count in
      (0..<1 << count).map { bits in (0..<count).map { bits >> $0 & 1 } }
    }
    for old in sequences {
      for new in sequences {
        let matching = Matching(old, new, effort: Self.ample, usesLandmarks: false)
        #expect(isMatching(matching.runs, old, new))
        #expect(matching.runs.map(\.count).reduce(0, +) == longestCommon(old, new))
      }
    }
  }

  @Test(arguments: UInt64(0)..<200)
  func `with too few steps what is kept is still common`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<20 {
      let letters = generator.number(1..<30)
      let old = sequence(letters, using: &generator)
      let new = sequence(letters, using: &generator)
      let effort = Effort(total: generator.number(-100..<60), search: generator.number(-100..<20))
      let matching = Matching(old, new, effort: effort, usesLandmarks: seed.isMultiple(of: 2))

      #expect(isMatching(matching.runs, old, new))
    }
  }

  @Test func `landmarks divide what is too different to search`() {
    // Every other token is unique and common; the rest have nothing to do with each other.
    let old = (0..<1_000).map { $0.isMultiple(of: 2) ? $0 : 10_000 + $0 }
    let new = (0..<1_000).map { $0.isMultiple(of: 2) ? $0 : 20_000 + $0 }
    let matching = Matching(
      old, new, effort: Effort(total: 10_000, search: 0), usesLandmarks: true)

    #expect(matching.runs.map(\.count).reduce(0, +) == 500)
  }

  @Test(arguments: [true, false])
  func `steps stay within the bound on sequences with nothing in common`(usesLandmarks: Bool) {
    let effort = Effort(total: 200_000, search: 50_000)
    let old = Array(0..<50_000)
    let new = Array(100_000..<150_000)
    let bound = 4 * (old.count + new.count) + effort.total
    for other in [new, old.reversed(), old.map { $0 % 7 }] {
      let matching = Matching(old, other, effort: effort, usesLandmarks: usesLandmarks)
      #expect(isMatching(matching.runs, old, other))
      // The step that passes the bound may run to the end of a common stretch.
      #expect(matching.steps <= bound + old.count)
    }
    let repeated = old.map { $0 % 7 }
    let shifted = old.map { $0 / 3 % 7 }
    let matching = Matching(repeated, shifted, effort: effort, usesLandmarks: usesLandmarks)
    #expect(matching.steps <= bound + old.count)
  }
}
