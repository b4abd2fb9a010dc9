import CuadernoNotebook
import CuadernoSync
import Testing

@testable import CuadernoClient

@Suite struct ClockWordsTests {
  private static let day: Int64 = 86_400_000

  private static let told: [(offset: Int64, restamped: Int, end: String)] = [
    (-1_096 * day, 12, "3 years ahead of the server's; 12 changes got the time of the server."),
    (1_096 * day, 0, "3 years behind the server's; new changes carry the server's time."),
    (-400 * day, 1, "13 months ahead of the server's; 1 change got the time of the server."),
    (2 * day, 0, "2 days behind the server's; new changes carry the server's time."),
    (-day, 0, "24 hours ahead of the server's; new changes carry the server's time."),
    (20 * 60_000, 0, "20 minutes behind the server's; new changes carry the server's time."),
  ]

  @Test(arguments: told)
  func `a wrong clock is told in one line`(offset: Int64, restamped: Int, end: String) {
    let words = ClockWords(ClockMending(offset: offset, restamped: restamped))
    #expect(words?.sentence == "The clock of this laptop is " + end)
  }

  @Test func `a clock that was set right after changes were written is told once`() {
    #expect(
      ClockWords(ClockMending(offset: 0, restamped: 3))?.sentence
        == "The clock of this laptop was wrong and has been set right; 3 changes got the time of "
        + "the server.")
    #expect(ClockWords(ClockMending()) == nil)
  }

  @Test func `of a clock that is right now nothing is told`() {
    let now: Int64 = 1_795_000_000_000
    let clock = LearntClock(offset: -3 * 365 * Self.day, hub: now)

    #expect(ClockWords(clock, machine: now + 3 * 365 * Self.day) != nil)
    #expect(ClockWords(clock, machine: now + 5) == nil)
    #expect(ClockWords(nil, machine: now) == nil)
    #expect(ClockWords(LearntClock(offset: 0, hub: now), machine: 0) == nil)
  }
}
