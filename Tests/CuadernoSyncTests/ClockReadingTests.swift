import CuadernoSync
import CuadernoTestSupport
import Testing

/// What a hub's answer says of a machine's clock, and what time it is afterwards.
@Suite struct ClockReadingTests {
  /// 2026-11-25, more or less.
  private static let now: Int64 = 1_795_000_000_000
  private static let year: Int64 = 31_557_600_000
  private static let minute: Int64 = 60_000

  private func reading(machine: Int64, tookMilliseconds took: Int64 = 0) -> ClockReading? {
    ClockReading(sent: machine - took / 2, hub: Self.now, received: machine + took / 2)
  }

  @Test func `the offset is what the machine's clock lacks at the middle of the exchange`() throws {
    let ahead = try #require(reading(machine: Self.now + 3 * Self.year, tookMilliseconds: 4_000))
    let behind = try #require(reading(machine: Self.now - Self.year))

    #expect(ahead.offset == -3 * Self.year)
    #expect(ahead.uncertainty == 2_000)
    #expect(behind.offset == Self.year)
  }

  @Test func `an offset of five minutes and what the answer leaves open is none`() throws {
    for took in [Int64(0), 30_000] {
      let open = 5 * Self.minute + took / 2
      for sign in [Int64(-1), 1] {
        let within = try #require(
          reading(machine: Self.now + sign * open, tookMilliseconds: took))
        let beyond = try #require(
          reading(machine: Self.now + sign * (open + 1), tookMilliseconds: took))
        #expect(within.offset == 0)
        #expect(beyond.offset == -sign * (open + 1))
      }
    }
  }

  @Test func `nothing is learnt from a hub's clock that cannot be right`() {
    for hub: Int64 in [0, 1_420_070_399_999, 7_258_118_400_001, .max, .min] {
      #expect(ClockReading(sent: Self.now, hub: hub, received: Self.now) == nil, "\(hub)")
    }
    for hub: Int64 in [1_420_070_400_000, 7_258_118_400_000] {
      #expect(ClockReading(sent: Self.now, hub: hub, received: Self.now) != nil, "\(hub)")
    }
  }

  @Test func `nothing is learnt when the machine's clock was set meanwhile`() {
    for received in [Self.now - 1, Self.now + 11 * Self.minute, .min, .max] {
      #expect(ClockReading(sent: Self.now, hub: Self.now, received: received) == nil)
    }
  }

  @Test(arguments: [Int64.min, -1, 0, Stamp.millisecondsMax, .max])
  func `a clock may say anything`(machine: Int64) throws {
    let reading = try #require(ClockReading(sent: machine, hub: Self.now, received: machine))
    let clock = LearntClock(reading)

    #expect(reading.offset != 0)
    let time = clock.milliseconds(machine: machine)
    #expect((Self.now...Self.now + 1).contains(time))
  }

  @Test func `a clock that stays as wrong as it was is corrected`() throws {
    for years in [Int64(-10), -1, 1, 10] {
      let machine = Self.now + years * Self.year
      let clock = LearntClock(try #require(reading(machine: machine)))
      #expect(clock.milliseconds(machine: machine + 86_400_000) == Self.now + 86_400_000)
    }
  }

  @Test func `a clock that was set right since is left alone`() throws {
    for years in [Int64(-10), -1, 1, 10] {
      let clock = LearntClock(try #require(reading(machine: Self.now + years * Self.year)))
      #expect(clock.milliseconds(machine: Self.now + 86_400_000) == Self.now + 86_400_000)
    }
  }

  @Test func `a clock that falls back further stands still where time was known last`() throws {
    let clock = LearntClock(try #require(reading(machine: Self.now - Self.year)))

    #expect(clock.milliseconds(machine: 0) == Self.now)
    #expect(clock.milliseconds(machine: Self.now - 2 * Self.year) == Self.now)
  }

  @Test func `a clock that agrees counts as it is, wherever it goes`() throws {
    let clock = LearntClock(try #require(reading(machine: Self.now + 1_000)))

    for machine in [0, Self.now, Self.now + 5 * Self.year] {
      #expect(clock.milliseconds(machine: machine) == machine)
    }
  }
}
