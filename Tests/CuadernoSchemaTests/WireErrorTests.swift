import CuadernoSchema
import CuadernoSync
import Testing

/// What people read, and what programs are told.
@Suite struct WireErrorTests {
  static let words: [(WireError, Problem.Code, String)] = [
    (
      .messageTooLong(limit: 10), .tooLarge,
      "message is longer than the limit of 10 bytes; send less at a time"
    ),
    (
      .damagedCompression, .badMessage,
      "message is not one whole zstd frame with a window of at most 8 MiB; send it again"
    ),
    (
      .bytesAfterFrame(3), .badMessage,
      "message has 3 bytes after its zstd frame; send one frame"
    ),
    (
      .malformed(.protobuf, atByte: 7), .badMessage,
      "message is not well-formed protobuf at byte 7"
    ),
    (.malformed(.json, atByte: nil), .badMessage, "message is not well-formed JSON"),
    (
      .byteOrderMark, .badMessage,
      "message begins with a byte-order mark; send UTF-8 without one"
    ),
    (
      .nulInText, .badMessage,
      "message has the character U+0000 in a text; leave it out"
    ),
    (.nestedTooDeep(limit: 5), .badMessage, "message is nested deeper than 5 levels"),
    (
      .unknownField(.json, atByte: 3), .badMessage,
      "message has a field that this JSON schema lacks at byte 3"
    ),
    (
      .repeatedField(.protobuf, atByte: 3), .badMessage,
      "message has a field twice that may come once at byte 3"
    ),
    (.missing(.frontier), .badMessage, "frontier is missing"),
    (
      .wrongLength(.record, bytes: 15, expected: 16), .badMessage,
      "record id is 15 bytes; it must be 16"
    ),
    (.outOfRange(.action), .badMessage, "action is out of range"),
    (
      .tooLong(.payload, bytes: 5_000_000, limit: 4_259_840), .limitReached,
      "payload is 5000000 bytes; the limit is 4259840"
    ),
    (
      .tooMany(.clockDevices, limit: 1_000), .limitReached,
      "message has more devices in a clock than the limit of 1000"
    ),
    (
      .tooMany(.changes, limit: 20_000), .tooLarge,
      "message has more changes than the limit of 20000"
    ),
    (
      .countsDiffer(.fieldNumbers, 2, .fieldKeys, 1), .badMessage,
      "message has 2 fields in a change and 1 field keys; they must be as many"
    ),
    (
      .sequenceOutOfRange, .invalidChange,
      "sequence number is outside 1…9223372036854775807"
    ),
    (
      .notSorted(.clockDevices), .badMessage,
      "devices in a clock are not in ascending order, or one is named twice"
    ),
    (
      .unknownDevice(index: 3, devices: 2), .invalidChange,
      "page refers to device 3 of a table of 2"
    ),
    (
      .unknownProblemCode, .badMessage,
      "problem's code is unknown; the other side may be newer, so update cuaderno"
    ),
  ]

  @Test(arguments: words)
  func `an error has its words and its code`(
    error: WireError, code: Problem.Code, words: String
  ) {
    #expect(error.description == words)
    #expect(Problem(error) == Problem(code, words))
  }

  @Test func `no error repeats what stood in the message`() {
    let json = #"{"secret":"s","device":"oKGio6SlpqeoqaqrrK2urw==","Huallaga":"coca"}"#
    let error = #expect(throws: WireError.self) {
      try JoinRequest(decoding: Array(json.utf8), format: .json)
    }
    #expect(error.map { String(reflecting: $0).contains("Huallaga") } == false)
    #expect(error.map { "\($0)".contains("Huallaga") } == false)
  }
}
