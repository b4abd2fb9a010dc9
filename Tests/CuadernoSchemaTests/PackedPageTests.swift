import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport
import Foundation
import SwiftProtobuf
import Testing

/// Pages that are written as what they differ in from payloads of earlier changes.
@Suite struct PackedPageTests {
  private let packing = ZstdPacking()

  // MARK: - Saving

  @Test func `ten texts with a sentence more take a tenth of what they took`() throws {
    let (page, bases) = Self.edits(10, bytes: 2_000)
    let packed = packing.pack(page, with: bases)

    #expect(try packing.unpack(packed, with: bases) == page)
    #expect(packed.frame.count < 1_000)
    #expect(Compression.compress(page.encode(.protobuf)).count > 10 * packed.frame.count)
  }

  @Test(arguments: [(1, 256), (500, 2_000), (3, 300_000), (1, 4_100_000)])
  func `a page of any size comes back, and its differences are small`(
    count: Int, bytes: Int
  ) throws {
    let (page, bases) = Self.edits(count, bytes: bytes)
    let packed = packing.pack(page, with: bases)

    #expect(try packing.unpack(packed, with: bases) == page)
    #expect(packed.bases == bases.map(\.dot))
    // Salts and new words are some 60 bytes each that nothing makes smaller.
    #expect(packed.frame.count < 250 + 100 * count + count * bytes / 100)
  }

  @Test func `payloads that are sealed cost no more than they would by themselves`() throws {
    var random = SplitMix64(seed: 5)
    let (page, bases) = Self.edits(20, bytes: 2_000)
    let sealed = ChangePage(
      changes: page.changes.map { change in
        Change(
          envelope: change.envelope,
          content: .payload(salt: random.bytes(16), bytes: random.bytes(2_000)))
      }, heads: page.heads)
    let packed = packing.pack(sealed, with: bases)

    #expect(try packing.unpack(packed, with: bases) == sealed)
    #expect(packed.frame.count <= Compression.compress(sealed.encode(.protobuf)).count)
  }

  @Test func `a page keeps saying whether its stamps are settled`() throws {
    var (page, bases) = Self.edits(1, bytes: 500)
    page.areStampsSettled = true
    let packed = packing.pack(page, with: bases)

    let carried = try SentPage(
      decoding: SentPage.packed(packed).encode(.protobuf), format: .protobuf)
    #expect(carried == .packed(packed))
    #expect(try packing.unpack(packed, with: bases).areStampsSettled)
  }

  // MARK: - What does not fit

  @Test func `with any other base than its own a page is asked for unpacked`() throws {
    let (page, bases) = Self.edits(3, bytes: 600)
    let packed = packing.pack(page, with: bases)
    var changed = bases
    changed[1].payload[300] ^= 1
    var moved = bases
    moved[2].record = RecordID(rawValue: 99)

    for others in [changed, moved, Array(bases.dropLast()), bases.reversed(), []] {
      #expect(throws: Problem.baseMissing) { try packing.unpack(packed, with: others) }
    }
  }

  @Test func `a frame that is cut at any byte or of which any bit is another one is no page`()
    throws
  {
    let (page, bases) = Self.edits(2, bytes: 300)
    let packed = packing.pack(page, with: bases)
    for length in packed.frame.indices {
      let cut = PackedPage(bases: packed.bases, frame: Array(packed.frame.prefix(length)))
      #expect(throws: Problem.self, "\(length)") { try packing.unpack(cut, with: bases) }
    }
    for bit in 0..<8 * packed.frame.count {
      var damaged = packed
      damaged.frame[bit / 8] ^= 1 << UInt8(bit % 8)
      // A header has bits that stand for nothing.
      let read = try? packing.unpack(damaged, with: bases)
      #expect(read == nil || read == page, "bit \(bit)")
    }
  }

  @Test func `a frame that is repeated is refused`() throws {
    let (page, bases) = Self.edits(1, bytes: 300)
    var packed = packing.pack(page, with: bases)
    packed.frame += packed.frame
    let problem = #expect(throws: Problem.self) { try packing.unpack(packed, with: bases) }
    #expect(problem?.code == .badMessage)
  }

  @Test func `a bomb is refused at the limit of a message, and so is what claims to be one`() throws
  {
    let prefix = Array(repeating: UInt8(ascii: "a"), count: 4_000_000)
    let base = EarlierPayload(
      dot: Dot(device: Samples.ana, sequence: 1), record: Samples.interview, payload: prefix)
    let content = Array(repeating: UInt8(ascii: "a"), count: WireLimits.messageBytes + 1)
    let bomb = PackedPage(bases: [base.dot], frame: Compression.compress(content, after: prefix))
    // One raw block of one byte in a frame that claims 2^40.
    let lie = PackedPage(
      bases: [base.dot],
      frame: [0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 1, 0, 0, 0x09, 0x00, 0x00, 0x61])

    #expect(bomb.frame.count < 1_000)
    for page in [bomb, lie] {
      let problem = #expect(throws: Problem.self) { try packing.unpack(page, with: [base]) }
      #expect(problem?.code == .tooLarge)
    }
  }

  @Test func `what is in a frame is read as strictly as a page by itself`() throws {
    let base = EarlierPayload(
      dot: Dot(device: Samples.ana, sequence: 1), record: Samples.interview, payload: [1, 2, 3])
    let prefix = base.record.bytes + base.payload
    let contents: [([UInt8], Problem.Code)] = [
      // Field 4 of a page; a change of no device; more changes than any page has; a head of no device.
      ([0x20, 0x01], .badMessage), ([0x12, 0x00], .invalidChange),
      (Array(repeating: [0x12, 0x00], count: 20_001).flatMap { $0 }, .tooLarge),
      ([0x1a, 0x02, 0x08, 0x05], .invalidChange),
    ]
    for (content, code) in contents {
      let page = PackedPage(
        bases: [base.dot], frame: Compression.compress(content, after: prefix))
      let problem = #expect(throws: Problem.self) { try packing.unpack(page, with: [base]) }
      #expect(problem?.code == code)
    }
  }

  @Test func `memory is asked for before it is taken`() throws {
    let (page, bases) = Self.edits(2, bytes: 600)
    let packed = packing.pack(page, with: bases)
    let busy = Problem(.busy, "no room")
    let full = ZstdPacking { (_) throws(Problem) in throw busy }
    let small = ZstdPacking { bytes throws(Problem) in
      if bytes > 1_400 { throw busy }
    }

    #expect(throws: busy) { try full.unpack(packed, with: bases) }
    #expect(throws: busy) { try small.unpack(packed, with: bases) }
  }

  // MARK: - Names of bases

  @Test func `bases of many devices come back in their order`() throws {
    let bases = [(1, 1), (1, 2), (1, 900), (2, 7), (3, 1), (3, UInt64(Int64.max))].map {
      Dot(device: DeviceID(rawValue: UInt128($0.0)), sequence: $0.1)
    }
    for format in WireFormat.allCases {
      let page = SentPage.packed(PackedPage(bases: bases, frame: [1]))
      #expect(try SentPage(decoding: page.encode(format), format: format) == page)
    }
  }

  private static let refused: [(name: String, bases: [ProtoBases], error: WireError)] = [
    ("none", [], .missing(.bases)),
    ("a device without any", [bases(1, [])], .missing(.bases)),
    ("one twice", [bases(1, [4, 0])], .sequenceOutOfRange),
    ("number zero", [bases(1, [0])], .sequenceOutOfRange),
    ("numbers past the end", [bases(1, [UInt64(Int64.max), 1])], .sequenceOutOfRange),
    ("a number that runs over", [bases(1, [5, .max])], .sequenceOutOfRange),
    ("a device twice", [bases(1, [1]), bases(1, [2])], .notSorted(.baseDevices)),
    ("devices out of order", [bases(2, [1]), bases(1, [1])], .notSorted(.baseDevices)),
    (
      "too many", [bases(1, Array(repeating: 1, count: 2_049))], .tooMany(.bases, limit: 2_048)
    ),
    (
      "too many together",
      [bases(1, Array(repeating: 1, count: 1_025)), bases(2, Array(repeating: 1, count: 1_024))],
      .tooMany(.bases, limit: 2_048)
    ),
    (
      "too many devices", (1...1_001).map { bases(UInt64($0), [1]) },
      .tooMany(.baseDevices, limit: 1_000)
    ),
    (
      "a short device id",
      [
        .with {
          $0.device = Data([1]); $0.steps = [1]
        }
      ],
      .wrongLength(.device, bytes: 1, expected: 16)
    ),
  ]

  private static func bases(_ device: UInt64, _ steps: [UInt64]) -> ProtoBases {
    .with {
      $0.device = Data(DeviceID(rawValue: UInt128(device)).bytes)
      $0.steps = steps
    }
  }

  @Test(arguments: refused)
  func `bases that nobody could look up are refused`(
    name: String, bases: [ProtoBases], error: WireError
  ) throws {
    let request = ProtoPushRequest.with {
      $0.packedPage = .with {
        $0.bases = bases
        $0.frame = Data([1])
      }
    }
    let bytes: [UInt8] = try request.serializedBytes()
    #expect(throws: error) {
      try SentPage(decoding: bytes, format: .protobuf)
    }
  }

  @Test func `a million bases are refused before memory is spent on them`() {
    let steps: [UInt8] = [0x12, 0x80, 0x80, 0x40] + Array(repeating: 1, count: 1 << 20)
    let bases: [UInt8] = [0x0a, 0x84, 0x80, 0x40] + steps
    let bytes: [UInt8] = [0x1a, 0x88, 0x80, 0x40] + bases
    #expect(throws: WireError.tooLong(.bases, bytes: 1 << 20, limit: 20_480)) {
      try SentPage(decoding: bytes, format: .protobuf)
    }
  }

  @Test func `a page comes in one way, and a bundle's unpacked`() throws {
    let twice =
      SentPage.packed(Samples.packedPage).encode(.protobuf) + Samples.page.encode(.protobuf)
    #expect(throws: WireError.self) { try SentPage(decoding: twice, format: .protobuf) }
    for format in WireFormat.allCases {
      #expect(throws: WireError.self) {
        try ChangePage(decoding: SentPage.packed(Samples.packedPage).encode(format), format: format)
      }
    }
    let withoutFrame = ProtoPushRequest.with {
      $0.packedPage = .with { $0.bases = [Self.bases(1, [1])] }
    }
    #expect(throws: WireError.missing(.frame)) { try SentPage(proto: withoutFrame) }
  }

  @Test func `what is a frame already is not compressed again, but in JSON`() throws {
    let (page, bases) = Self.edits(4, bytes: 2_000)
    let packed = SentPage.packed(packing.pack(page, with: bases))
    #expect(packed.encode(.protobuf).count > 256)
    #expect(!WireBody(packed, .protobuf).isCompressed)
    #expect(!WireBody(PullReply(packed, remaining: 1), .protobuf).isCompressed)
    #expect(WireBody(packed, .json).isCompressed)
    #expect(WireBody(SentPage.page(page), .protobuf).isCompressed)
    #expect(!WireBody(SentPage.page(page), .protobuf, compresses: false).isCompressed)
  }

  // MARK: -

  /// Changes that put a few words into a text each, and the changes that brought the texts.
  private static func edits(_ count: Int, bytes: Int) -> (page: ChangePage, bases: [EarlierPayload])
  {
    var random = SplitMix64(seed: UInt64(count))
    var page = ChangePage()
    var bases = [EarlierPayload]()
    for number in 1...UInt64(count) {
      let record = RecordID(
        rawValue: UInt128(truncatingIfNeeded: random.next()) << 64 | UInt128(random.next()))
      let text = prose(bytes, using: &random)
      let base = EarlierPayload(
        dot: Dot(device: Samples.ana, sequence: 3 * number), record: record, payload: text)
      var edited = text
      edited.insert(
        contentsOf: Array(" y volvieron los promotores".utf8),
        at: Int.random(in: 0..<bytes, using: &random))
      bases.append(base)
      page.changes.append(
        Change(
          envelope: Envelope(
            dot: Dot(device: Samples.luis, sequence: number),
            stamp: Stamp(milliseconds: Int64(number)),
            record: record, kind: 1, context: VectorClock([base.dot]), fields: [FieldID(10)]),
          content: .payload(salt: random.bytes(16), bytes: edited)))
    }
    page.heads = [
      ChainHead(dot: Dot(device: Samples.luis, sequence: UInt64(count)), link: Digest(hashing: [1]))
    ]
    return (page, bases)
  }

  private static func prose(_ bytes: Int, using random: inout SplitMix64) -> [UInt8] {
    var text = [UInt8]()
    while text.count < bytes {
      for _ in 0..<Int.random(in: 2...9, using: &random) {
        text.append(UInt8.random(in: UInt8(ascii: "a")...UInt8(ascii: "z"), using: &random))
      }
      text.append(UInt8(ascii: " "))
    }
    return Array(text.prefix(bytes))
  }
}
