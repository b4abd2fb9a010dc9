import CuadernoSync
import CuadernoTestSupport
import Testing

@Suite struct VectorClockLawTests {
  @Test func `joining is commutative, associative and idempotent, and has the empty clock as unit`()
  {
    for seed in Seeds.upTo(1_000) {
      var generator = SplitMix64(seed: seed)
      let a = arbitrary(using: &generator)
      let b = arbitrary(using: &generator)
      let c = arbitrary(using: &generator)
      let holds =
        a.joined(with: b) == b.joined(with: a)
        && a.joined(with: b).joined(with: c) == a.joined(with: b.joined(with: c))
        && a.joined(with: a) == a && a.joined(with: VectorClock()) == a
      if !holds { Issue.record("\(Seeds.replay(seed)): \(a) \(b) \(c)") }
    }
  }

  @Test func `the join is the least clock that covers both`() {
    for seed in Seeds.upTo(1_000) {
      var generator = SplitMix64(seed: seed)
      let a = arbitrary(using: &generator)
      let b = arbitrary(using: &generator)
      let join = a.joined(with: b)
      let other = arbitrary(using: &generator)
      let holds =
        join.covers(a) && join.covers(b)
        && (!(other.covers(a) && other.covers(b)) || other.covers(join))
        && (a.covers(b) == (join == a))
      if !holds { Issue.record("\(Seeds.replay(seed)): \(a) \(b)") }
    }
  }

  @Test func `a clock answers like a table of numbers`() {
    for seed in Seeds.upTo(1_000) {
      var generator = SplitMix64(seed: seed)
      var clock = VectorClock()
      var table = [DeviceID: UInt64]()
      for _ in 0..<Int.random(in: 0...12, using: &generator) {
        let dot = arbitraryDot(using: &generator)
        clock.include(dot)
        if dot.sequence > 0 { table[dot.device] = max(table[dot.device] ?? 0, dot.sequence) }
      }
      let holds =
        clock.entries.count == table.count
        && table.allSatisfy {
          clock[$0.key] == $0.value && clock.covers(Dot(device: $0.key, sequence: $0.value))
            && !clock.covers(Dot(device: $0.key, sequence: $0.value + 1))
        }
        && clock.changeCount == table.values.reduce(0, +)
        && VectorClock(sortedEntries: clock.entries) == clock
      if !holds { Issue.record("\(Seeds.replay(seed)): \(clock)") }
    }
  }

  @Test func `how many changes are missing is a count of dots`() {
    for seed in Seeds.upTo(500) {
      var generator = SplitMix64(seed: seed)
      let a = arbitrary(using: &generator)
      let b = arbitrary(using: &generator)
      let counted = a.entries.flatMap { entry in
        (1...entry.sequence).filter { !b.covers(Dot(device: entry.device, sequence: $0)) }
      }.count
      if a.changesMissing(from: b) != UInt64(counted) { Issue.record("\(Seeds.replay(seed))") }
    }
  }

  @Test func `entries out of order, twice or with a zero make no clock`() {
    let one = Dot(device: DeviceID(rawValue: 1), sequence: 5)
    let two = Dot(device: DeviceID(rawValue: 2), sequence: 5)

    #expect(VectorClock(sortedEntries: [one, two]) != nil)
    #expect(VectorClock(sortedEntries: [two, one]) == nil)
    #expect(VectorClock(sortedEntries: [one, one]) == nil)
    #expect(VectorClock(sortedEntries: [Dot(device: one.device, sequence: 0)]) == nil)
    #expect(VectorClock([Dot(device: one.device, sequence: 0)]).isEmpty)
  }

  @Test func `an absent device stands at zero, and dot zero is always covered`() {
    let clock = VectorClock([Dot(device: DeviceID(rawValue: 2), sequence: 3)])

    for device in [DeviceID(rawValue: 1), DeviceID(rawValue: 3)] {
      #expect(clock[device] == 0)
      #expect(clock.covers(Dot(device: device, sequence: 0)))
      #expect(!clock.covers(Dot(device: device, sequence: 1)))
    }
  }

  private func arbitraryDot(using generator: inout SplitMix64) -> Dot {
    Dot(
      device: DeviceID(rawValue: UInt128(Int.random(in: 1...5, using: &generator))),
      sequence: .random(in: 0...4, using: &generator))
  }

  private func arbitrary(using generator: inout SplitMix64) -> VectorClock {
    let count = Int.random(in: 0...5, using: &generator)
    return VectorClock((0..<count).map { _ in arbitraryDot(using: &generator) })
  }
}
