import CuadernoNotebook
import CuadernoSync

/// Syncs again and again: soon after something is written here, and now and then for what others wrote.
struct SyncWatch {
  let options: NotebookOptions
  var pace: WatchPace

  /// How often the notebook's files are looked at, in milliseconds; it costs four calls of the system.
  private static let lookMilliseconds: Int64 = 1_000

  /// Goes on until a sync fails for a reason that does not pass by itself.
  func run(_ sync: () async throws -> SyncReport) async throws {
    tell("Watching; end it with Ctrl-C.")
    var pace = pace
    var conflicts = 0
    var lastReason: String?
    while true {
      let pause: Int64
      var stamp: [Int64]?
      do {
        let report = try await sync()
        if lastReason != nil { tell("Reached again.") }
        lastReason = nil
        if report.isNews(knowing: conflicts) { options.show(.lines(report.lines, report.json)) }
        conflicts = report.conflicts
        stamp = options.folder.writingStamp
        // What was written during the sync may have come too late for it.
        let isBehind = try report.agreed != options.open(for: .reading).frontier()
        pause = isBehind ? pace.again() : pace.reached()
      } catch  where Self.passes(error) {
        // The same is not said each time that it is tried.
        let reason = "\(error)"
        if reason != lastReason { tell(reason) }
        lastReason = reason
        pause = pace.missed()
      }
      try await wait(pause, orChangeOf: stamp)
    }
  }

  /// Whether nobody has to do anything: a laptop goes from one network to the next, past login pages that
  /// answer for everybody, and a USB disk comes and goes.
  private static func passes(_ error: any Error) -> Bool {
    switch error {
    case HubError.unreachable, HubError.unreadable, HubError.untrusted, SyncFault.noNotebook: true
    default: false
    }
  }

  /// - Parameter stamp: of the files as they were; nil while nobody is reached, when something written here
  ///   is no reason to try sooner.
  private func wait(_ milliseconds: Int64, orChangeOf stamp: [Int64]?) async throws {
    var left = milliseconds
    while left > 0 {
      let pause = min(left, Self.lookMilliseconds)
      try await Task.sleep(for: .milliseconds(pause))
      left -= pause
      if let stamp, options.folder.writingStamp != stamp { return }
    }
  }
}

/// How long a watch waits before it syncs again, in milliseconds.
struct WatchPace {
  /// How often it may be told to ask.
  static let seconds = 1...86_400

  /// However long nobody has been reached, it tries again after so long.
  private static let millisecondsMax: Int64 = 300_000
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

  /// Twice as long each time, so that a server that comes back is not met by everybody at once.
  mutating func missed() -> Int64 {
    repeats = 0
    return max(every, min(doubled(every, &misses), Self.millisecondsMax))
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
