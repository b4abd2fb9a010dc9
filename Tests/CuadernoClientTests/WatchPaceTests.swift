import Testing

@testable import CuadernoClient

/// When a watch syncs again.
@Suite struct WatchPaceTests {
  @Test func `who is not reached is tried less and less often, and as before once they are`() {
    var pace = WatchPace(seconds: 60)
    #expect((0..<4).map { _ in pace.missed() } == [60_000, 120_000, 240_000, 300_000])
    #expect(pace.reached() == 60_000)
    #expect(pace.missed() == 60_000)
  }

  @Test func `what was written here waits minutes for a server that was away, and not a day`() {
    var seldom = WatchPace(seconds: 86_400)
    #expect((0..<4).map { _ in seldom.missed() } == [60_000, 120_000, 240_000, 300_000])
    #expect(seldom.reached() == 86_400_000)
    var often = WatchPace(seconds: 1)
    for _ in 0..<100 { #expect(often.missed() <= 300_000) }
    #expect(often.again() == 1_000)
  }

  @Test func `what came too late for a sync goes with another, and not for ever at once`() {
    var pace = WatchPace(seconds: 5)
    #expect((0..<4).map { _ in pace.again() } == [1_000, 2_000, 4_000, 5_000])
    #expect(pace.reached() == 5_000)
    #expect(pace.again() == 1_000)
  }
}
