import Synchronization

/// How many records syncs took out of one notebook's sight within a day, for the brake.
///
/// One sync is told by the others of a watch what they removed: a script gone wrong that deletes a tenth of
/// a study each minute is stopped as one is that deletes half of it at once.
final class RemovedLately: Sendable {
  private static let dayMilliseconds: Int64 = 24 * 3_600_000

  private let removals = Mutex<[(milliseconds: Int64, count: Int)]>([])
  private let now: @Sendable () -> Int64

  /// - Parameter now: milliseconds since 1970.
  init(now: @escaping @Sendable () -> Int64) {
    self.now = now
  }

  func add(_ count: Int) {
    guard count > 0 else { return }
    removals.withLock { $0.append((now(), count)) }
  }

  var count: Int {
    let now = now()
    return removals.withLock { removals in
      // After a clock was set back too: what is later than now was not removed a day ago.
      removals.removeAll { now - $0.milliseconds >= Self.dayMilliseconds }
      return removals.reduce(0) { $0 + $1.count }
    }
  }
}
