import CuadernoTestSupport

/// A kind of world that a schedule can be played in.
package enum Level: String, CaseIterable, Sendable {
  /// Real notebooks and ledgers: logs, views and registers in SQLite.
  case whole
  /// The same, with the servers' ledgers in PostgreSQL.
  case shared
  /// Stores in memory.
  case store

  fileprivate func play(_ schedule: Schedule) async -> Played {
    do {
      switch self {
      case .whole, .shared:
        var world = try await FieldWorld(schedule, isInPostgreSQL: self == .shared)
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

  package init(trace: Trace, tally: Tally, broken: Broken?) {
    self.trace = trace
    self.tally = tally
    self.broken = broken
  }

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

/// Plays schedules in one kind of world, and makes those that fail smaller.
package struct Simulation: Sendable {
  private let level: Level

  package init(_ level: Level) {
    self.level = level
  }

  package func play(_ schedule: Schedule) async -> Played {
    await level.play(schedule)
  }

  /// Plays a schedule; one that fails is made as small as a number of attempts allows.
  package func failure(
    of schedule: Schedule, attempts: Int = 400
  ) async -> (played: Played, failure: Failure?) {
    let played = await play(schedule)
    guard let broken = played.broken else { return (played, nil) }
    let smallest = await Shrinking.smallest(of: schedule, attempts: attempts) { candidate in
      await play(candidate).broken?.promise == broken.promise
    }
    return (played, Failure(level, smallest, await play(smallest), orElse: broken))
  }
}
