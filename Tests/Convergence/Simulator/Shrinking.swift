/// Makes a schedule that fails smaller.
package enum Shrinking {
  /// The smallest schedule found that still fails: steps are left out in ever smaller lots as long as
  /// it does (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002).
  ///
  /// - Parameters:
  ///   - attempts: how many schedules are tried at the most.
  ///   - fails: whether a schedule fails in the same way.
  package static func smallest(
    of schedule: Schedule, attempts: Int, fails: (Schedule) async -> Bool
  ) async -> Schedule {
    var smallest = schedule
    var left = attempts
    var lots = 2
    while smallest.steps.count > 1, left > 0 {
      let numbers = smallest.steps.map(\.number)
      let size = max(1, numbers.count / lots)
      var start = 0
      var isSmaller = false
      while start < numbers.count, left > 0 {
        let end = min(start + size, numbers.count)
        // From the end on: most of what stands after the failure has no part in it.
        let lot = numbers.count - end..<numbers.count - start
        let candidate = schedule.keeping(numbers[..<lot.lowerBound] + numbers[lot.upperBound...])
        left -= 1
        if await fails(candidate) {
          smallest = candidate
          isSmaller = true
          break
        }
        start = end
      }
      if isSmaller {
        lots = max(2, lots - 1)
      } else if size == 1 {
        break
      } else {
        lots = min(numbers.count, lots * 2)
      }
    }
    return smallest
  }
}
