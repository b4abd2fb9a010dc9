import CuadernoModel
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoNotebook

@Suite struct PayloadCodecTests {
  private static let samples: [Value?] = {
    let someDate = try? PartialDate("2017-05-12T09:30 America/Lima", isKnownZone: { _ in true })
    return [
      nil, .text(""), .text("señor\n🌿"), .list([]), .list(["a", ""]), someDate.map(Value.date),
      .consent(Consent(form: "oral", level: .withdrawn)),
      .consent(Consent(form: "oral", level: .mayArchive, date: someDate, embargo: someDate)),
      .location(Location(latitude: -8.2, longitude: 76.5, accuracy: nil)),
      .location(Location(latitude: 0, longitude: 0, accuracy: 0)),
      .reference(.max), .reference(0), .target(Target(record: 7, field: 10)),
      .anchor(
        Anchor(
          version: [
            TextWrite(device: 0, sequence: 1), TextWrite(device: .max, sequence: .max),
          ], start: 0, end: .max, quote: "q", prefix: "", suffix: "s")),
      .anchor(Anchor(version: [], start: 0, end: 1, quote: "q", prefix: "", suffix: "")),
      .membership(9, isMember: true), .membership(9, isMember: false),
      .attribute(Attribute(name: "a", value: nil)), .attribute(Attribute(name: "a", value: "")),
      .attributeDefinition(
        AttributeDefinition(
          name: "a", record: .place, type: .choice, description: "d", choices: ["x", "y"],
          isDefined: false)),
      .period(Period(name: "p", from: someDate, to: nil, description: "d", isDefined: false)),
      .member(Member(name: "Ana", device: "laptop")),
    ]
  }()

  @Test func `every kind of value is read back`() throws {
    let bytes = try PayloadCodec.encode(Self.samples)

    #expect(try PayloadCodec.decode(bytes, count: Self.samples.count) == Self.samples)
    for sample in Self.samples {
      #expect(try PayloadCodec.decode(PayloadCodec.encode([sample]), count: 1) == [sample])
    }
  }

  @Test func `a payload of another number of values than fields is unreadable`() throws {
    let bytes = try PayloadCodec.encode([.text("a"), nil])

    for count in [0, 1, 3] {
      #expect(throws: PayloadCodec.Unreadable()) { try PayloadCodec.decode(bytes, count: count) }
    }
  }

  @Test func `no truncation and no flipped byte of a payload is a trap`() throws {
    let bytes = try PayloadCodec.encode(Self.samples)
    for count in bytes.indices {
      _ = try? PayloadCodec.decode(Array(bytes[..<count]), count: Self.samples.count)
    }
    for index in bytes.indices {
      for bit in 0..<8 {
        var flipped = bytes
        flipped[index] ^= 1 << bit
        _ = try? PayloadCodec.decode(flipped, count: Self.samples.count)
      }
    }
  }

  @Test func `what a newer notebook wrote in a field is read as nothing`() throws {
    // Field 99 of a value, with one byte.
    let unknownContent: [UInt8] = [0x0A, 0x04, 0x9A, 0x06, 0x01, 0x07]

    #expect(try PayloadCodec.decode(unknownContent, count: 1) == [nil])
  }

  @Test func `random bytes are no trap`() {
    for seed in Seeds.upTo(1_000) {
      var generator = SplitMix64(seed: seed)
      let bytes = generator.bytes(.random(in: 0...40, using: &generator))
      _ = try? PayloadCodec.decode(bytes, count: .random(in: 0...3, using: &generator))
    }
  }

  @Test func `the quick reader reads every common value, and as the general one does`() throws {
    for sample in Self.samples {
      let bytes = try PayloadCodec.encode([sample])
      if let values = PlainPayload.values(bytes, count: 1) { #expect(values == [sample]) }
    }
    let common: [Value?] = [
      nil, .text("señor\n🌿"), .list(["es", "qu"]), .reference(7),
      .target(Target(record: 7, field: 10)),
      .date(try PartialDate("2017-05-12", isKnownZone: { _ in true })),
      .anchor(
        Anchor(
          version: [TextWrite(device: 5, sequence: 300)], start: 0, end: 200, quote: "q",
          prefix: "año ", suffix: "")),
      .attribute(Attribute(name: "edad", value: "40")),
    ]
    #expect(try PlainPayload.values(PayloadCodec.encode(common), count: common.count) == common)
  }

  @Test func `what is written quickly is what the general writer writes`() throws {
    let lengths = [0, 1, 100, 127, 128, 200, 16_383, 16_384, 40_000]
    let texts = lengths.map { Value.text(String(repeating: "ñ", count: $0)) }
    for seed in Seeds.upTo(1_000) {
      var generator = SplitMix64(seed: seed)
      let values = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
        (Self.samples + texts).randomElement(using: &generator) ?? nil
      }
      let note = WriteNote(step: [0, 1, 127, 128, 60_000].randomElement(using: &generator) ?? 0)
      guard let quick = PayloadBytes.encode(values, note) else { continue }
      let general = try PayloadCodec.encode(values.map(PayloadCodec.proto), note)
      #expect(quick == general, "\(Seeds.replay(seed))")
    }
    #expect(PayloadBytes.encode([.text("a"), .reference(7), nil], WriteNote()) != nil)
    let undoing = WriteNote(undoes: Dot(device: DeviceID(rawValue: 1), sequence: 1))
    #expect(PayloadBytes.encode([.text("a")], undoing) == nil)
  }

  @Test func `a text that holds a NUL is read by neither reader`() throws {
    let bytes = try PayloadCodec.encode([.text("antes\u{0}después")])

    #expect(PlainPayload.values(bytes, count: 1) == nil)
    #expect(try PayloadCodec.decode(bytes, count: 1) == [nil])
  }

  @Test func `the quick reader leaves to the general one what that would read in another way`()
    throws
  {
    for seed in Seeds.upTo(3_000) {
      var generator = SplitMix64(seed: seed)
      let count = Int.random(in: 0...3, using: &generator)
      let values = (0..<count).map { _ in Self.samples.randomElement(using: &generator) ?? nil }
      var bytes = try PayloadCodec.encode(values)
      for _ in 0..<Int.random(in: 0...2, using: &generator) where !bytes.isEmpty {
        let index = Int.random(in: bytes.indices, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes.remove(at: index)
        default: bytes.insert(UInt8.random(in: .min ... .max, using: &generator), at: index)
        }
      }
      guard let plain = PlainPayload.values(bytes, count: count) else { continue }
      let general = try? PayloadCodec.decodeAny(bytes, count: count)
      #expect(plain == general, "\(Seeds.replay(seed)): \(bytes)")
    }
  }
}
