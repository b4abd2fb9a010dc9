import CuadernoSync
import CuadernoTestSupport
import Testing

@Suite struct StampLawTests {
  @Test func `a stamp exceeds every stamp seen, whatever the clock says`() throws {
    for seed in Seeds.upTo(100) {
      var generator = SplitMix64(seed: seed)
      var last = Stamp.zero
      var time: Int64 = .random(in: 0...1_000_000, using: &generator)
      for _ in 0..<100 {
        // Forwards, backwards, standing still, before 1970, far in the future.
        time +=
          [0, 0, 1, 1_000, -50_000, -2_000_000, 10_000_000_000].randomElement(using: &generator)
          ?? 0
        let next = try last.next(milliseconds: time)
        let exceeds = next > last && next >= Stamp(milliseconds: time)
        if !exceeds { Issue.record("\(Seeds.replay(seed)): \(last) \(time)") }
        if Bool.random(using: &generator) {
          // Somebody else's stamp arrives.
          last = max(next, Stamp(milliseconds: .random(in: 0...1 << 40, using: &generator)))
        } else {
          last = next
        }
      }
    }
  }

  @Test func `a stamp is never later than it must be`() throws {
    let last = Stamp(milliseconds: 5_000)

    #expect(try last.next(milliseconds: 5_001) == Stamp(milliseconds: 5_001))
    #expect(try last.next(milliseconds: 5_000) == Stamp(rawValue: last.rawValue + 1))
    #expect(try last.next(milliseconds: 12) == Stamp(rawValue: last.rawValue + 1))
  }

  @Test func `the counter overflows into the milliseconds`() throws {
    let full = Stamp(rawValue: 7_000 << 16 | 0xFFFF)

    let next = try full.next(milliseconds: 7_000)

    #expect(next.milliseconds == 7_001)
    #expect(next.counter == 0)
  }

  @Test func `a hundred thousand changes in one millisecond have a hundred thousand stamps`() throws
  {
    var last = Stamp(milliseconds: 1)
    for _ in 0..<100_000 { last = try last.next(milliseconds: 1) }

    #expect(last.rawValue == 1 << 16 + 100_000)
  }

  @Test func `a time before 1970 is held at 1970 and a far one at the last that fits`() {
    #expect(Stamp(milliseconds: -1) == .zero)
    #expect(Stamp(milliseconds: .min) == .zero)
    #expect(Stamp(milliseconds: .max).milliseconds == 281_474_976_710_655)
    #expect(Stamp(milliseconds: .max).counter == 0)
  }

  @Test func `milliseconds and counter are what they were made of`() {
    let stamp = Stamp(rawValue: 1_500_000_000_123 << 16 | 42)

    #expect(stamp.milliseconds == 1_500_000_000_123)
    #expect(stamp.counter == 42)
    #expect(Stamp(milliseconds: 1_500_000_000_123).milliseconds == 1_500_000_000_123)
  }

  @Test(arguments: [Stamp.latest, Stamp(rawValue: .max)])
  func `after the last stamp there is none, and that is said`(last: Stamp) {
    #expect(throws: StampsExhausted()) { try last.next(milliseconds: 0) }
    #expect(
      StampsExhausted().description
        == "a change with the last possible time stamp was received, so no later one can be "
        + "written; restore a backup from before that sync")
  }

  @Test func `a clock past the year 2200 is not believed, and one at its end is`() throws {
    let last = Stamp(milliseconds: 1_500_000_000_000)
    let end = WireLimits.clockMillisecondsMax

    #expect(try last.next(milliseconds: end) == Stamp(milliseconds: end))
    for time in [end + 1, Stamp.millisecondsMax, .max] {
      #expect(try last.next(milliseconds: time) == Stamp(rawValue: last.rawValue + 1))
    }
  }
}
