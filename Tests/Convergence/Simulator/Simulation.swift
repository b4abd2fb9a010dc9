import CuadernoTestSupport

/// A kind of world that a schedule can be played in.
package enum Level: String, CaseIterable, Sendable {
  /// Real notebooks and ledgers: logs, views and registers in SQLite.
  case whole
  /// Stores in memory.
  case store

  fileprivate func play(_ schedule: Schedule) async -> Played {
    do {
      switch self {
      case .whole:
        var world = try await FieldWorld(schedule)
        let broken = await Played.broken { try await world.run() }
        return Played(trace: world.trace, tally: world.tally, broken: broken)
      case .store:
        var world = try await StoreWorld(schedule)
        let broken = await Played.broken { try await world.run() }
        return Played(trace: world.trace, tally: world.tally, broken: broken)
      }
    } catch {
      return Played(
        trace: Trace(), tally: Tally(), broken: Broken("a world can be made", "\(error)"))
    }
  }
}

/// What came of a schedule.
package struct Played: Sendable {
  package let trace: Trace
  package let tally: Tally
  package let broken: Broken?

  fileprivate static func broken(_ body: () async throws -> Void) async -> Broken? {
    do {
      try await body()
      return nil
    } catch {
      return error as? Broken
        ?? Broken("nothing fails that should not", "\(type(of: error)): \(error)")
    }
  }
}

/// Plays schedules, and makes those that fail smaller.
package struct Simulation: Sendable {
  package let level: Level

  package init(_ level: Level) {
    self.level = level
  }

  package func play(_ schedule: Schedule) async -> Played {
    await level.play(schedule)
  }

  /// The smallest schedule found that breaks the same promise: steps are left out in ever smaller
  /// lots as long as it still does (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing
  /// Input", 2002).
  ///
  /// - Parameter attempts: how many schedules are played at the most.
  package func shrink(
    _ schedule: Schedule, breaking promise: String, attempts: Int = 400
  ) async -> Schedule {
    var smallest = schedule
    var left = attempts
    var lots = 2
    while smallest.steps.count > 1, left > 0 {
      let numbers = smallest.steps.map(\.number)
      let size = max(1, numbers.count / lots)
      var isSmaller = false
      for start in stride(from: 0, to: numbers.count, by: size) where left > 0 {
        let without = numbers[..<start] + numbers[min(start + size, numbers.count)...]
        let candidate = schedule.keeping(without)
        left -= 1
        guard await play(candidate).broken?.promise == promise else { continue }
        smallest = candidate
        isSmaller = true
        break
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
