/// What several coders said of the same units.
package struct Ratings: Sendable {
  /// Units of which everybody said the same, counted: the characters between two boundaries, say.
  package struct Run: Hashable, Sendable {
    /// One for each coder; nil where a coder said nothing of these units.
    package var values: [Int?]
    package var count: Int

    package init(_ values: [Int?], count: Int = 1) {
      self.values = values
      self.count = count
    }
  }

  package var runs: [Run]

  package init(_ runs: [Run]) {
    self.runs = runs
  }

  /// The share of the pairs of statements on one unit that say the same, from 0 to 1; nil where no two
  /// coders said anything of the same unit.
  package var agreement: Double? {
    var (equal, all) = (0, 0)
    for run in runs {
      let counts = Self.counts(run.values)
      let total = counts.values.reduce(0, +)
      all += run.count * total * (total - 1)
      equal += run.count * counts.values.reduce(0) { $0 + $1 * ($1 - 1) }
    }
    return all > 0 ? Double(equal) / Double(all) : nil
  }

  /// For two coders, over the units of which both said something (Cohen, Educational and Psychological
  /// Measurement 20, 1960). Chance: each coder keeps their own habits.
  package var cohensKappa: Disagreement {
    var first = [Int: Double]()
    var second = [Int: Double]()
    var (different, all) = (0.0, 0.0)
    for run in runs where run.values.count == 2 {
      guard let left = run.values[0], let right = run.values[1] else { continue }
      let count = Double(run.count)
      first[left, default: 0] += count
      second[right, default: 0] += count
      all += count
      if left != right { different += count }
    }
    guard all > 0 else { return .none }
    let equal = first.reduce(0) { $0 + $1.value * second[$1.key, default: 0] }
    return Disagreement(observed: different / all, expected: 1 - equal / (all * all))
  }

  /// For any number of coders, over the units of which all said something (Fleiss, Psychological
  /// Bulletin 76, 1971). Chance: all coders share the same habits.
  package var fleissKappa: Disagreement {
    let full = Ratings(runs.filter { $0.values.allSatisfy { $0 != nil } })
    guard let agreement = full.agreement else { return .none }
    let totals = full.totals
    let all = totals.values.reduce(0, +)
    let equal = totals.values.reduce(0) { $0 + ($1 / all) * ($1 / all) }
    return Disagreement(observed: 1 - agreement, expected: 1 - equal)
  }

  /// Nominal data, any number of coders, with or without gaps (Krippendorff, Content Analysis, 4th ed.
  /// 2019, section 12.3). Chance: all statements put in a hat and drawn in pairs.
  package var alpha: Disagreement {
    var different = 0.0
    var totals = [Int: Double]()
    for run in runs {
      let counts = Self.counts(run.values)
      let total = counts.values.reduce(0, +)
      // A unit of which only one coder said something pairs with nothing.
      guard total > 1 else { continue }
      let equal = counts.values.reduce(0) { $0 + $1 * ($1 - 1) }
      different += Double(run.count * (total * (total - 1) - equal)) / Double(total - 1)
      for (value, count) in counts { totals[value, default: 0] += Double(run.count * count) }
    }
    let all = totals.values.reduce(0, +)
    guard all > 1 else { return .none }
    let equal = totals.values.reduce(0) { $0 + $1 * ($1 - 1) }
    return Disagreement(
      observed: different / all, expected: 1 - equal / (all * (all - 1)))
  }

  private var totals: [Int: Double] {
    runs.reduce(into: [:]) { totals, run in
      for (value, count) in Self.counts(run.values) {
        totals[value, default: 0] += Double(run.count * count)
      }
    }
  }

  private static func counts(_ values: [Int?]) -> [Int: Int] {
    values.reduce(into: [:]) { counts, value in
      if let value { counts[value, default: 0] += 1 }
    }
  }
}
