import CuadernoSimulator
import Testing

/// The simulator's own parts: what it does with a schedule that fails.
@Suite struct ScheduleTests {
  @Test func `a schedule is drawn from its seed and nothing else`() {
    let schedule = Schedule(seed: 7)

    #expect(schedule.steps.count == 200)
    #expect(schedule.stepList == "0-199")
    #expect(schedule.steps.map(\.chance) == Schedule(seed: 7).steps.map(\.chance))
    #expect(schedule.steps.map(\.chance) != Schedule(seed: 8).steps.map(\.chance))
    #expect((2...6).contains(schedule.people) && (1...2).contains(schedule.servers))
  }

  @Test func `steps that are left stay what they were`() {
    let schedule = Schedule(seed: 7)

    let some = schedule.keeping([3, 17, 18, 19, 45])

    #expect(some.stepList == "3,17-19,45")
    #expect(Schedule.numbers("3,17-19,45") == [3, 17, 18, 19, 45])
    #expect(some.steps.map(\.deed) == [3, 17, 18, 19, 45].map { schedule.steps[$0].deed })
  }

  @Test(arguments: ["x", "3-", "9-4", "1,,2-x"])
  func `what is no list of steps is none`(list: String) {
    #expect(Schedule.numbers(list) == nil)
  }

  @Test func `a failing schedule shrinks to the steps that it takes`() async {
    let schedule = Schedule(seed: 7)
    // As if a promise broke whenever three certain steps were taken.
    let needed: Set = [20, 90, 141]

    let smallest = await Shrinking.smallest(of: schedule, attempts: 400) { candidate in
      needed.isSubset(of: candidate.steps.map(\.number))
    }

    #expect(smallest.stepList == "20,90,141")
  }

  @Test func `a failure is told with one line to see it again`() {
    let schedule = Schedule(seed: 7).keeping([3, 17, 18])
    let played = Played(
      trace: Trace(["3 edit Ana: 1 changes"]), tally: Tally(),
      broken: Broken("no acknowledged text is lost", "text of 12345678"))

    let failure = Failure(.whole, schedule, played, orElse: Broken("another"))

    #expect(
      failure.description == """
        no acknowledged text is lost: text of 12345678
        3 of 200 steps are enough:
          3 edit Ana: 1 changes
        CUADERNO_SEED=7 CUADERNO_STEPS=3,17-18 swift test --skip-build --filter 'ConvergenceTests/notebooks'
        """)
  }
}
