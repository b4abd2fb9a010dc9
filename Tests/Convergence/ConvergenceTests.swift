import CuadernoPostgreSQLTestSupport
import CuadernoSimulator
import CuadernoTestSupport
import Foundation
import Testing

/// Whole worlds from a seed, in which everything goes wrong: the same changes show the same thing to
/// everybody, and no acknowledged text is lost. README.md beside this says how to read a failure.
@Suite struct ConvergenceTests {
  /// Each seed plays in both worlds its number of times; with `CUADERNO_SEED` only that one, and with
  /// `CUADERNO_STEPS` only some of its steps.
  private func play(_ level: Level, _ seed: UInt64) async {
    var schedule = Schedule(seed: seed)
    let environment = ProcessInfo.processInfo.environment
    if let steps = environment["CUADERNO_STEPS"].flatMap(Schedule.numbers) {
      schedule = schedule.keeping(steps)
    }
    guard let failure = await Simulation(level).failure(of: schedule).failure else { return }
    Issue.record(Comment(rawValue: failure.description))
  }

  @Test(arguments: Seeds.upTo(300))
  func `stores that meet on bad lines hold and show the same, and lose nothing`(
    seed: UInt64
  ) async {
    await play(.store, seed)
  }

  @Test(arguments: Seeds.upTo(8))
  func `notebooks and servers on disks show the same to everybody, and lose nothing`(
    seed: UInt64
  ) async {
    await play(.whole, seed)
  }

  /// With its own number of seeds unless the environment says otherwise: each takes a second.
  @Test(
    .enabled(if: TestPostgreSQL.isInstalled, "\(TestPostgreSQL.isMissing)"),
    arguments: Seeds.upTo(3))
  func `notebooks and servers on PostgreSQL show the same to everybody, and lose nothing`(
    seed: UInt64
  ) async {
    await play(.shared, seed)
  }

  @Test(arguments: [(Level.whole, UInt64(3)), (.store, 5)])
  func `the same seed has the same trace`(level: Level, seed: UInt64) async {
    let schedule = Schedule(seed: seed)

    let first = await Simulation(level).play(schedule)
    let second = await Simulation(level).play(schedule)
    let other = await Simulation(level).play(Schedule(seed: seed + 1))

    #expect(first.trace.lines == second.trace.lines)
    #expect(first.trace.hash == second.trace.hash)
    #expect(first.trace.hash != other.trace.hash)
    #expect(first.trace.lines.count > Schedule.usualLength)
  }

  @Test func `what a world must see to prove anything comes about`() async {
    var tally = Tally()
    for seed in UInt64(0)..<25 {
      tally.add(await Simulation(.store).play(Schedule(seed: seed)).tally)
    }

    for event in [
      "bundles read", "copies", "deletes", "erasures", "forks mended", "machines set back",
      "messages damaged", "notebooks set back", "pages packed", "servers emptied",
      "servers set back", "syncs cut", "syncs done",
    ] {
      #expect(tally.events[event, default: 0] > 0, "\(event)")
    }
    #expect(tally.shown > 0 && tally.overruled > 0 && tally.inHistory > 0 && tally.erased > 0)
  }
}
