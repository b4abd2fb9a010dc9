import CuadernoSchema
import CuadernoSync
import Testing

/// What protobuf lets through and the protocol does not, and what is too much of it.
@Suite struct ProtobufStrictnessTests {
  /// Field 9 with the number 1.
  static let unknownField: [UInt8] = [0x48, 0x01]

  @Test func `hello, joining and problems may have fields of a newer peer`() throws {
    for sample in Sample.all {
      let isTolerant = ["hello", "join", "problem"].contains { sample.name.hasPrefix($0) }
      let bytes = try Golden.message(sample.name, .protobuf) + Self.unknownField
      if isTolerant {
        #expect(try sample.isDecoded(bytes, .protobuf), "\(sample.name)")
      } else {
        let error = #expect(throws: WireError.self) { try sample.isDecoded(bytes, .protobuf) }
        #expect(error == .unknownField(.protobuf, atByte: bytes.count - 2), "\(sample.name)")
      }
    }
  }

  @Test func `a change and a clock may not have fields of a newer peer`() {
    // Field 16 in a change, field 3 in a clock, and field 1 of a change as text.
    let change: [UInt8] = [0x0a, 0x05, 0x12, 0x03, 0x80, 0x01, 0x01]
    let clock: [UInt8] = [0x1a, 0x02, 0x18, 0x01]
    let retyped: [UInt8] = [0x0a, 0x04, 0x12, 0x02, 0x0a, 0x00]

    #expect(throws: WireError.unknownField(.protobuf, atByte: 4)) {
      try ChangePage(decoding: change, format: .protobuf)
    }
    #expect(throws: WireError.unknownField(.protobuf, atByte: 2)) {
      try PullRequest(decoding: clock, format: .protobuf)
    }
    #expect(throws: WireError.unknownField(.protobuf, atByte: 4)) {
      try ChangePage(decoding: retyped, format: .protobuf)
    }
  }

  @Test(arguments: Sample.all)
  func `a message said twice is refused`(sample: Sample) throws {
    let golden = try Golden.message(sample.name, .protobuf)
    let error = #expect(throws: WireError.self) {
      try sample.isDecoded(golden + golden, .protobuf)
    }
    guard case .repeatedField(.protobuf, atByte: golden.count) = error else {
      Issue.record("\(sample.name): \(String(describing: error))")
      return
    }
  }

  @Test func `a payload and an erased digest at once are refused`() {
    let bytes: [UInt8] = [0x0a, 0x06, 0x12, 0x04, 0x62, 0x00, 0x6a, 0x00]
    #expect(throws: WireError.repeatedField(.protobuf, atByte: 6)) {
      try ChangePage(decoding: bytes, format: .protobuf)
    }
  }

  static let malformed: [(String, [UInt8], Int)] = [
    ("a length beyond the end", [0x12, 0x05, 0x00], 1),
    ("a length of 2^63", [0x12, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], 1),
    ("a length beyond the message around it", [0x1a, 0x02, 0x0a, 0x10, 0x00], 3),
    ("a number without an end", [0x08, 0x80], 1),
    ("a number of eleven bytes", [0x08] + Array(repeating: 0x80, count: 10) + [0x01], 1),
    (
      "a number of 65 bits", [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02], 1
    ),
    ("field number zero", [0x00, 0x00], 0),
    ("a group", [0x0b, 0x0c], 0),
    ("the end of a group", [0x0c], 0),
    ("wire type 7", [0x0f], 0),
  ]

  @Test(arguments: malformed)
  func `malformed protobuf is refused`(name: String, bytes: [UInt8], offset: Int) {
    #expect(throws: WireError.malformed(.protobuf, atByte: offset)) {
      try PullRequest(decoding: bytes, format: .protobuf)
    }
  }

  @Test func `text that is not UTF-8 is refused`() throws {
    // A problem whose message is a lone continuation byte.
    let bytes: [UInt8] = [0x0a, 0x03] + Array("gap".utf8) + [0x12, 0x01, 0x80]
    #expect(throws: WireError.malformed(.protobuf, atByte: nil)) {
      try Problem(decoding: bytes, format: .protobuf)
    }
  }

  @Test func `two million empty changes are refused before memory is spent on them`() {
    // A page of 4 MiB that holds nothing but empty changes, of two bytes each.
    let changes = Array(repeatElement([0x12, 0x00] as [UInt8], count: 2 << 20).joined())
    let bytes = [0x0a, 0x80, 0x80, 0x80, 0x02] + changes

    #expect(throws: WireError.tooMany(.changes, limit: WireLimits.pageChanges)) {
      try ChangePage(decoding: bytes, format: .protobuf)
    }
  }

  @Test func `a million sequence numbers are refused before memory is spent on them`() {
    let clock: [UInt8] = [0x12, 0x80, 0x80, 0x40] + Array(repeating: 1, count: 1 << 20)
    let bytes: [UInt8] = [0x1a, 0x84, 0x80, 0x40] + clock
    #expect(throws: WireError.tooLong(.clockSequences, bytes: 1 << 20, limit: 10_000)) {
      try PullRequest(decoding: bytes, format: .protobuf)
    }
  }
}
