import CuadernoTestSupport

/// A schedule that broke a promise, told so that somebody can see it again.
package struct Failure: Sendable, CustomStringConvertible {
  private let level: Level
  private let schedule: Schedule
  private let trace: Trace
  package let broken: Broken

  /// - Parameters:
  ///   - schedule: as small as it was made.
  ///   - played: what came of it.
  ///   - broken: what was broken before it was made smaller, for a failure that does not come again.
  package init(_ level: Level, _ schedule: Schedule, _ played: Played, orElse broken: Broken) {
    self.level = level
    self.schedule = schedule
    trace = played.trace
    self.broken =
      played.broken ?? Broken(broken.promise, "\(broken.details) (and not when played again)")
  }

  package var description: String {
    var lines = ["\(broken)"]
    lines.append("\(schedule.steps.count) of \(Schedule.usualLength) steps are enough:")
    lines += trace.lines.map { "  \($0)" }
    lines.append(replay)
    return lines.joined(separator: "\n")
  }

  /// The line that plays it again.
  package var replay: String {
    let steps =
      schedule.steps.count < Schedule.usualLength ? " CUADERNO_STEPS=\(schedule.stepList)" : ""
    let test =
      switch level {
      case .whole: "notebooks"
      case .shared: "PostgreSQL"
      case .store: "stores"
      }
    return "\(Seeds.replay(schedule.seed))\(steps) swift test --skip-build --filter "
      + "'Convergence.*\(test)'"
  }
}
