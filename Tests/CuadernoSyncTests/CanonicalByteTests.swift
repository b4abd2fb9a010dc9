import CuadernoSync
import CuadernoTestSupport
import Testing

/// What is hashed must have one spelling, and whatever bytes come must be told apart or refused.
@Suite struct CanonicalByteTests {
  @Test func `an envelope is read back from its bytes`() throws {
    for seed in Seeds.upTo(500) {
      var generator = SplitMix64(seed: seed)
      let envelope = Envelope.arbitrary(using: &generator)
      let bytes = envelope.canonicalBytes
      let read = try Envelope(canonicalBytes: bytes)
      if read != envelope || read.canonicalBytes != bytes { Issue.record("\(Seeds.replay(seed))") }
    }
  }

  @Test func `no truncation of an envelope is one`() {
    for envelope in samples(30) {
      let bytes = envelope.canonicalBytes
      for count in bytes.indices
      where (try? Envelope(canonicalBytes: Array(bytes[..<count]))) != nil {
        Issue.record("\(count) of the \(bytes.count) bytes of \(envelope)")
      }
    }
  }

  @Test func `an envelope with a byte more is none`() {
    for envelope in samples(30) {
      let bytes = envelope.canonicalBytes
      #expect(throws: EnvelopeFault.malformed(atByte: bytes.count)) {
        try Envelope(canonicalBytes: bytes + [0])
      }
    }
  }

  @Test func `every other byte at every place is refused or makes another envelope`() {
    for envelope in samples(6) {
      let bytes = envelope.canonicalBytes
      for index in bytes.indices {
        for other in UInt8.min ... .max where other != bytes[index] {
          var changed = bytes
          changed[index] = other
          guard let read = try? Envelope(canonicalBytes: changed) else { continue }
          // What is read has one spelling, which is the one that was read.
          if read == envelope || read.canonicalBytes != changed {
            Issue.record("byte \(index) as \(other) of \(envelope)")
          }
        }
      }
    }
  }

  @Test func `random bytes are never read as what they are not`() {
    for seed in Seeds.upTo(2_000) {
      var generator = SplitMix64(seed: seed)
      var bytes = generator.bytes(.random(in: 0...80, using: &generator))
      // Half of them get as far as the version lets them.
      if seed % 2 == 0, !bytes.isEmpty { bytes[0] = 1 }
      if let read = try? Envelope(canonicalBytes: bytes), read.canonicalBytes != bytes {
        Issue.record("\(Seeds.replay(seed))")
      }
      if let clock = try? VectorClock(canonicalBytes: bytes), clock.canonicalBytes != bytes {
        Issue.record("\(Seeds.replay(seed)): clock")
      }
      _ = try? RecordState(canonicalBytes: bytes)
    }
  }

  @Test func `a clock is read back from its bytes, and no truncation of it is one`() throws {
    for seed in Seeds.upTo(300) {
      var generator = SplitMix64(seed: seed)
      let clock = Envelope.arbitrary(using: &generator).context
      let bytes = clock.canonicalBytes
      #expect(try VectorClock(canonicalBytes: bytes) == clock)
      for count in bytes.indices
      where (try? VectorClock(canonicalBytes: Array(bytes[..<count]))) != nil {
        Issue.record("\(Seeds.replay(seed)): \(count) bytes")
      }
    }
  }

  @Test(
    arguments: [
      [0x80, 0x00], [0x81, 0x00], [0xFF, 0x80, 0x00],
      [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02],
      [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x81, 0x00],
      [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], [0x80], [],
    ] as [[UInt8]])
  func `an integer that is longer than it must be, too great or cut off is refused`(varint: [UInt8])
  {
    // A clock of one device, whose number stands at the end.
    let prefix: [UInt8] = [1] + DeviceID(rawValue: 7).bytes

    #expect(throws: EnvelopeFault.self) { try VectorClock(canonicalBytes: prefix + varint) }
  }

  @Test(arguments: [1, 127, 128, 16_383, 16_384, 1 << 62, UInt64(Int64.max), UInt64.max])
  func `an integer of any size is read back`(value: UInt64) throws {
    let clock = VectorClock([Dot(device: DeviceID(rawValue: 7), sequence: value)])

    #expect(try VectorClock(canonicalBytes: clock.canonicalBytes) == clock)
  }

  @Test func `a count that promises more than follows is refused before room is made for it`() {
    let count: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]

    #expect(throws: EnvelopeFault.malformed(atByte: 9)) { try VectorClock(canonicalBytes: count) }
  }

  @Test func `the state of a record is read back from its bytes`() throws {
    for seed in Seeds.upTo(100) {
      var world = World(seed: seed)
      for _ in 0..<world.length { _ = try world.step() }
      for state in world.replicas.flatMap(\.states.values) {
        let bytes = state.canonicalBytes
        if try RecordState(canonicalBytes: bytes) != state { Issue.record("\(Seeds.replay(seed))") }
        for count in bytes.indices
        where (try? RecordState(canonicalBytes: Array(bytes[..<count]))) != nil {
          Issue.record("\(Seeds.replay(seed)): \(count) bytes of a state")
        }
      }
    }
  }

  private func samples(_ count: UInt64) -> [Envelope] {
    (0..<count).map { seed in
      var generator = SplitMix64(seed: seed)
      return Envelope.arbitrary(using: &generator)
    }
  }
}

extension Envelope {
  /// A valid envelope with every part at its smallest, its greatest or between.
  static func arbitrary(using generator: inout SplitMix64) -> Envelope {
    func number() -> UInt64 {
      let sizes: [UInt64] = [1, 2, 127, 128, 300, 1 << 35, WireLimits.sequenceMax - 1]
      return sizes.randomElement(using: &generator) ?? 1
    }
    let isDelete = Int.random(in: 0..<5, using: &generator) == 0
    let device = DeviceID(rawValue: UInt128(Int.random(in: 1...4, using: &generator)))
    let dot = Dot(device: device, sequence: number() + 1)
    var context = VectorClock()
    for _ in 0..<Int.random(in: 0...3, using: &generator) {
      let other = DeviceID(using: &generator)
      context.include(Dot(device: other, sequence: number()))
    }
    if Bool.random(using: &generator) {
      context.include(Dot(device: device, sequence: dot.sequence - 1))
    }
    let fields = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
      FieldID(
        UInt32(truncatingIfNeeded: number()),
        key: generator.bytes([0, 1, 16, 32].randomElement(using: &generator) ?? 0))
    }
    return Envelope(
      dot: dot, stamp: Stamp(rawValue: generator.next() >> 5), record: RecordID(using: &generator),
      kind: UInt32(truncatingIfNeeded: number()), action: isDelete ? .delete : .write,
      context: context, fields: isDelete ? [] : Set(fields).sorted())
  }
}
