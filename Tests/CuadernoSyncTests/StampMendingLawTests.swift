import CuadernoSync
import CuadernoTestSupport
import Testing

/// New stamps keep law 2: each exceeds everything its author had seen.
@Suite struct StampMendingLawTests {
  private static let hub: Int64 = 1_795_000_000_000
  private static let year: Int64 = 31_557_600_000

  private static func reading(_ machine: Int64) throws -> ClockReading {
    try #require(ClockReading(sent: machine, hub: hub, received: machine))
  }

  @Test func `whatever the clocks did, the order stays and nothing is put in the future`() throws {
    for seed in Seeds.upTo(300) {
      var random = SplitMix64(seed: seed)
      let times = [0, Self.hub - 3 * Self.year, Self.hub, Self.hub + 10 * Self.year, 1 << 47]
      var machine = times.randomElement(using: &random) ?? 0
      var last = Stamp.zero
      // The log of a notebook whose clock jumps, and which now and then hears from others.
      let log = try (0..<Int.random(in: 1...40, using: &random)).map { _ in
        machine += .random(in: 0...5_000_000, using: &random)
        if Int.random(in: 0..<12, using: &random) == 0 {
          machine = times.randomElement(using: &random) ?? 0
        }
        if Int.random(in: 0..<6, using: &random) == 0 {
          let stamp = Stamp(milliseconds: Self.hub - .random(in: 0...Self.year, using: &random))
          last = max(last, stamp)
          return (isOwn: false, stamp: stamp)
        }
        last = try last.next(milliseconds: machine)
        return (isOwn: true, stamp: last)
      }
      let reading = try Self.reading(machine)
      var mending = StampMending(reading)

      var greatest = Stamp.zero
      for change in log {
        guard change.isOwn else {
          mending.keep(change.stamp)
          greatest = max(greatest, change.stamp)
          continue
        }
        let new = try mending.mend(change.stamp, isByMachine: true)
        if new <= greatest { Issue.record("not after what was seen; \(Seeds.replay(seed))") }
        let latest = max(Self.hub + 301_000, greatest.milliseconds + 1)
        if new.milliseconds > latest { Issue.record("in the future; \(Seeds.replay(seed))") }
        greatest = max(greatest, new)
      }
      #expect(mending.last == greatest, "\(Seeds.replay(seed))")
    }
  }

  @Test func `stamps of a clock that is right are left alone`() throws {
    var mending = StampMending(try Self.reading(Self.hub + 2_000))
    var stamp = Stamp(milliseconds: Self.hub - Self.year)
    for _ in 0..<100 {
      #expect(try mending.mend(stamp, isByMachine: true) == stamp)
      stamp = try stamp.next(milliseconds: stamp.milliseconds + 20_000)
    }
    #expect(!mending.concerns(stamp))
  }

  @Test func `what a clock ahead has stamped moves back by as much`() throws {
    let machine = Self.hub + 3 * Self.year
    var mending = StampMending(try Self.reading(machine))

    let first = try mending.mend(Stamp(milliseconds: machine - 90_000), isByMachine: true)
    let second = try mending.mend(Stamp(milliseconds: machine), isByMachine: true)

    #expect(first == Stamp(milliseconds: Self.hub - 90_000))
    #expect(second == Stamp(milliseconds: Self.hub))
  }

  @Test func `what a clock behind has stamped moves on by as much, and only that`() throws {
    let machine: Int64 = 500_000
    var mending = StampMending(try Self.reading(machine))

    let first = try mending.mend(Stamp(milliseconds: 400_000), isByMachine: true)
    // Stamped before the clock fell behind.
    let right = Stamp(milliseconds: Self.hub - Self.year)
    var other = StampMending(try Self.reading(machine))
    // Stamped by a corrected clock.
    var third = StampMending(try Self.reading(Self.hub - 86_400_000))
    let corrected = Stamp(milliseconds: Self.hub - 90_000_000)

    #expect(first == Stamp(milliseconds: Self.hub - 100_000))
    #expect(try other.mend(right, isByMachine: true) == right)
    #expect(try third.mend(corrected, isByMachine: false) == corrected)
  }

  @Test func `behind somebody else's stamp of the future nothing can be moved`() throws {
    let machine = Self.hub + 3 * Self.year
    var mending = StampMending(try Self.reading(machine))
    let foreign = Stamp(milliseconds: Self.hub + 5 * Self.year)
    mending.keep(foreign)

    let own = try foreign.next(milliseconds: machine)

    #expect(try mending.mend(own, isByMachine: true) == own)
  }

  @Test func `a stamp is ahead of a hub by more than a day, and of a hub of 1970 never`() {
    let day: Int64 = 86_400_000
    #expect(!Stamp(milliseconds: Self.hub + day).isAhead(ofHub: Self.hub))
    #expect(Stamp(milliseconds: Self.hub + day + 1).isAhead(ofHub: Self.hub))
    #expect(!Stamp.latest.isAhead(ofHub: 0))
    #expect(!Stamp.latest.isAhead(ofHub: .max))
    #expect(!Stamp.zero.isAhead(ofHub: Self.hub))
  }
}
