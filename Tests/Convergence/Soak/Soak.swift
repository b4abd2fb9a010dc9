import CuadernoSimulator
import Foundation

/// Plays very many schedules and prints what came of them.
///
///     cuaderno-soak whole|shared|store COUNT [FROM] [--first] [--trace]
///
/// The seeds count up from FROM, or from 0. With `--first` it ends at the first schedule that breaks a
/// promise, with `--trace` it says what happens in each. It exits with 1 when a promise broke.
@main struct Soak {
  private let level: Level
  private let seeds: Range<UInt64>
  private let endsAtFirst: Bool
  private let isTracing: Bool
  private let clock = ContinuousClock()
  private let begun: ContinuousClock.Instant
  private var tally = Tally()
  private var broken = 0

  static func main() async {
    guard var soak = Soak(Array(CommandLine.arguments.dropFirst())) else {
      Self.say("usage: cuaderno-soak whole|shared|store COUNT [FROM] [--first] [--trace]")
      exit(64)
    }
    exit(await soak.run() ? 0 : 1)
  }

  private init?(_ arguments: [String]) {
    let words = arguments.filter { !$0.hasPrefix("--") }
    guard words.count >= 2, let level = Level(rawValue: words[0]), let count = UInt64(words[1])
    else { return nil }
    let from = words.count > 2 ? UInt64(words[2]) ?? 0 : 0
    self.level = level
    seeds = from..<from + count
    endsAtFirst = arguments.contains("--first")
    isTracing = arguments.contains("--trace")
    begun = clock.now
  }

  /// - Returns: whether every promise held.
  private mutating func run() async -> Bool {
    var told = begun
    for seed in seeds {
      // A whole world takes half a second, so its schedule is made smaller with fewer attempts.
      let (played, failure) = await Simulation(level).failure(
        of: Schedule(seed: seed), attempts: level == .store ? 400 : 100)
      tally.add(played.tally)
      if isTracing {
        for line in played.trace.lines { Self.say(line) }
        Self.say("seed \(seed): trace \(played.trace.hash)")
      }
      if let failure {
        broken += 1
        Self.say("broken in schedule \(seed - seeds.lowerBound + 1): \(failure)")
        if endsAtFirst { return false }
      }
      if clock.now - told > .seconds(60) {
        sayProgress(seed - seeds.lowerBound + 1)
        told = clock.now
      }
    }
    sayProgress(UInt64(seeds.count))
    Self.say(
      "texts acknowledged: \(tally.shown) shown, \(tally.overruled) overruled, \(tally.inHistory) in "
        + "the history, \(tally.erased) erased on purpose, \(tally.lostWithDisk) only on a disk that "
        + "was set back")
    for (event, number) in tally.events.sorted(by: { $0.key < $1.key }) {
      Self.say("  \(event): \(number)")
    }
    return broken == 0
  }

  private func sayProgress(_ played: UInt64) {
    let seconds = max(1, Int((clock.now - begun).components.seconds))
    Self.say(
      "\(level.rawValue): \(played) schedules, \(tally.steps) steps, \(tally.changes) changes, "
        + "\(broken) broken; \(Int(played) * 60 / seconds) schedules and "
        + "\(tally.changes * 60 / seconds) changes a minute, \(seconds) s")
  }

  private static func say(_ line: String) {
    FileHandle.standardOutput.write(Data("\(line)\n".utf8))
  }
}
