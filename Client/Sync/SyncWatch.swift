import CuadernoNotebook
import CuadernoSync

/// Syncs again and again: soon after something is written here, and now and then for what others wrote.
struct SyncWatch {
  let options: NotebookOptions
  let pace: WatchPace

  /// How often the notebook's files are looked at, in milliseconds; it costs four calls of the system.
  private static let lookMilliseconds: Int64 = 1_000

  /// What the notebook is known to hold, and how its files stood then.
  private struct Known {
    var stamp: [Int64]
    var frontier: VectorClock
  }

  /// Goes on until a sync fails for a reason that does not pass by itself.
  func run(_ sync: () async throws -> SyncReport) async throws {
    tell("Watching; end it with Ctrl-C.")
    var pace = pace
    var conflicts = 0
    var lastReason: String?
    while true {
      let pause: Int64
      var known: Known?
      do {
        let report = try await sync()
        if lastReason != nil { tell("Reached again.") }
        lastReason = nil
        if report.isNews(knowing: conflicts) { options.show(.lines(report.lines, report.json)) }
        conflicts = report.conflicts
        known = try look()
        // What was written during the sync may have come too late for it.
        pause = known?.frontier == report.agreed ? pace.reached() : pace.again()
      } catch  where Self.passes(error) {
        // The same is not said each time that it is tried.
        let reason = "\(error)"
        if reason != lastReason { tell(reason) }
        lastReason = reason
        pause = pace.missed()
      }
      try await wait(pause, orChangeOf: &known)
    }
  }

  /// Whether nobody has to do anything: a laptop goes from one network to the next, past login pages that
  /// answer for everybody, a USB disk comes and goes, and another command mends the notebook or takes long.
  private static func passes(_ error: any Error) -> Bool {
    switch error {
    case HubError.unreachable, HubError.unreadable, HubError.untrusted, SyncFault.noNotebook: true
    case SyncFault.unusable(let error): error.passes || error.isOfDisk
    case let error as NotebookError: error.passes
    default: false
    }
  }

  /// What the notebook holds now; the stamp first, so that what comes in between is looked at again.
  private func look() throws -> Known {
    let stamp = options.folder.writingStamp
    return Known(stamp: stamp, frontier: try options.open(for: .reading).frontier())
  }

  /// - Parameter known: nil while nobody is reached, when something written here is no reason to try sooner.
  private func wait(_ milliseconds: Int64, orChangeOf known: inout Known?) async throws {
    var left = milliseconds
    while left > 0 {
      let pause = min(left, Self.lookMilliseconds)
      try await Task.sleep(for: .milliseconds(pause))
      left -= pause
      guard let before = known, options.folder.writingStamp != before.stamp else { continue }
      // A sync notes in the log when it was; two watches on one notebook must not wake each other by that.
      guard let now = try? look(), now.frontier == before.frontier else { return }
      known = now
    }
  }
}

/// How long a watch waits before it syncs again, in milliseconds.
struct WatchPace {
  /// How often it may be told to ask.
  static let seconds = 1...86_400

  /// When it tries again at the latest while nobody is reached, and the first time.
  private static let missedMilliseconds: (first: Int64, last: Int64) = (60_000, 300_000)
  private static let againMilliseconds: Int64 = 1_000

  private let every: Int64
  private var misses: Int64 = 0
  private var repeats: Int64 = 0

  init(seconds: Int) {
    every = Int64(seconds) * 1_000
  }

  mutating func reached() -> Int64 {
    (misses, repeats) = (0, 0)
    return every
  }

  /// After a sync during which more was written, here or by somebody else.
  mutating func again() -> Int64 {
    misses = 0
    return min(every, doubled(Self.againMilliseconds, &repeats))
  }

  /// Twice as long each time, so that a server that comes back is not met by everybody at once, and sooner
  /// than it would ask: what was written here waits too.
  mutating func missed() -> Int64 {
    repeats = 0
    let first = min(every, Self.missedMilliseconds.first)
    return min(doubled(first, &misses), Self.missedMilliseconds.last)
  }

  private func doubled(_ milliseconds: Int64, _ times: inout Int64) -> Int64 {
    defer { times = min(times + 1, 20) }
    return milliseconds << times
  }
}

extension SyncReport {
  /// Whether there is anything to say to somebody who knows of so many conflicts.
  func isNews(knowing conflicts: Int) -> Bool {
    outcome != .nothingToDo || self.conflicts != conflicts || clock.restamped > 0
  }
}
