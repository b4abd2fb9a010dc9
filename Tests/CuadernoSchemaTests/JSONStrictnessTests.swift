import CuadernoSchema
import CuadernoSync
import Testing

/// What a person, or somebody who tries doors, may send as JSON.
@Suite struct JSONStrictnessTests {
  struct Refused: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let json: [UInt8]
    let error: WireError

    init(_ description: String, _ json: String, _ error: WireError) {
      self.init(description, Array(json.utf8), error)
    }

    init(_ description: String, _ json: [UInt8], _ error: WireError) {
      testDescription = description
      self.json = json
      self.error = error
    }
  }

  static let refusedPulls = [
    Refused("nothing", "", .malformed(.json, atByte: nil)),
    Refused("null", "null", .malformed(.json, atByte: nil)),
    Refused("a list", "[]", .malformed(.json, atByte: nil)),
    Refused("a byte-order mark", "\u{feff}{\"frontier\":{}}", .byteOrderMark),
    Refused("a field nobody knows", #"{"frontier":{},"x":1}"#, .unknownField(.json, atByte: nil)),
    Refused(
      "a field nobody knows, inside", #"{"frontier":{"x":1}}"#, .unknownField(.json, atByte: nil)),
    Refused("one name twice", #"{"frontier":{},"frontier":{}}"#, .repeatedField(.json, atByte: 16)),
    Refused(
      "one name twice, inside", #"{"frontier":{"devices":[],"devices":[]}}"#,
      .repeatedField(.json, atByte: 27)),
    Refused(
      "a name with underscores", #"{"frontier":{},"bytes_max":1}"#,
      .unknownField(.json, atByte: 16)),
    Refused(
      "a name with an escape", #"{"frontier":{},"b\u0079tesMax":1}"#,
      .unknownField(.json, atByte: 16)),
    Refused("text after the end", #"{"frontier":{}} {}"#, .malformed(.json, atByte: nil)),
    Refused("a brace too many", #"{"frontier":{}}}"#, .malformed(.json, atByte: 15)),
    Refused("a brace too few", #"{"frontier":{}"#, .malformed(.json, atByte: nil)),
    Refused("a comma too many", #"{"frontier":{},}"#, .malformed(.json, atByte: nil)),
    Refused("a comment", #"{"frontier":{}/**/}"#, .malformed(.json, atByte: 14)),
    Refused("a NUL between", "{\"frontier\":{}\0}", .malformed(.json, atByte: 14)),
    Refused("1e400", #"{"frontier":{},"bytesMax":1e400}"#, .malformed(.json, atByte: nil)),
    Refused("2^64", #"{"bytesMax":18446744073709551616}"#, .malformed(.json, atByte: nil)),
    Refused("2^63", #"{"frontier":{},"bytesMax":9223372036854775808}"#, .outOfRange(.bytesMax)),
    Refused("a negative number", #"{"bytesMax":-1}"#, .malformed(.json, atByte: nil)),
    Refused("half a number", #"{"bytesMax":1.5}"#, .malformed(.json, atByte: nil)),
    Refused("a leading zero", #"{"bytesMax":01}"#, .malformed(.json, atByte: nil)),
    Refused("NaN", #"{"bytesMax":NaN}"#, .malformed(.json, atByte: 12)),
    Refused("no frontier", #"{"bytesMax":1}"#, .missing(.frontier)),
    Refused("null for the frontier", #"{"frontier":null}"#, .missing(.frontier)),
    Refused("deep lists", String(repeating: "[", count: 100_000), .nestedTooDeep(limit: 5)),
    Refused(
      "deep objects", String(repeating: #"{"frontier":"#, count: 100_000),
      .nestedTooDeep(limit: 5)),
    Refused(
      "a name in latin-1", Array(#"{"x"#.utf8) + [0xe9] + Array(#"":1}"#.utf8),
      .unknownField(.json, atByte: 2)),
    Refused(
      "a list without end",
      #"{"frontier":{"sequences":[0"# + String(repeating: ",0", count: 20_000),
      .tooMany(.listItems, limit: 20_000)),
  ]

  @Test(arguments: refusedPulls)
  func `a pull request is refused`(refused: Refused) {
    #expect(throws: refused.error) {
      try PullRequest(decoding: refused.json, format: .json)
    }
  }

  static let refusedNames = [
    Refused("a NUL", "\"\0\"", .nulInText),
    Refused("an escaped NUL", #""a\u0000b""#, .nulInText),
    Refused("a control character", "\"a\u{1}b\"", .malformed(.json, atByte: 17)),
    Refused("a line break", "\"a\nb\"", .malformed(.json, atByte: 17)),
    Refused("a high surrogate alone", #""\ud800""#, .malformed(.json, atByte: nil)),
    Refused("a low surrogate alone", #""\udc00""#, .malformed(.json, atByte: nil)),
    Refused("surrogates the wrong way", #""\udc00\ud800""#, .malformed(.json, atByte: nil)),
    Refused("an unknown escape", #""\x41""#, .malformed(.json, atByte: nil)),
    Refused("an escape cut short", #""\u00""#, .malformed(.json, atByte: nil)),
    Refused(
      "a surrogate in UTF-8", [0x22, 0xed, 0xa0, 0x80, 0x22], .malformed(.json, atByte: nil)),
    Refused("an overlong letter", [0x22, 0xc1, 0x81, 0x22], .malformed(.json, atByte: nil)),
    Refused("no end", #""abc"#, .malformed(.json, atByte: nil)),
    Refused("a number", "7", .malformed(.json, atByte: nil)),
  ]

  @Test(arguments: refusedNames)
  func `a device name is refused`(refused: Refused) {
    let head = Array(#"{"deviceName":"#.utf8)
    let tail = Array(#","secret":"s","device":"oKGio6SlpqeoqaqrrK2urw=="}"#.utf8)
    let error = #expect(throws: WireError.self) {
      try JoinRequest(decoding: head + refused.json + tail, format: .json)
    }
    guard let error, case .malformed(.json, _) = error, case .malformed = refused.error else {
      #expect(error == refused.error)
      return
    }
  }

  @Test func `what protobuf's JSON mapping allows is read`() throws {
    let plain = #"{"bytesMax": 16384, "frontier": {"devices": [], "sequences": []}}"#
    let quoted = "{\"bytesMax\":\"1.6384e4\"\r\n,\t\"frontier\":{}}"

    let expected = PullRequest(frontier: VectorClock(), bytesMax: 16_384)
    #expect(try PullRequest(decoding: Array(plain.utf8), format: .json) == expected)
    #expect(try PullRequest(decoding: Array(quoted.utf8), format: .json) == expected)
  }

  @Test func `escapes in a text are read`() throws {
    let json =
      #"{"secret":"s","deviceName":"\u00d1a\"\\\ud83c\uddf5","device":"oKGio6SlpqeoqaqrrK2urw=="}"#
    let join = try JoinRequest(decoding: Array(json.utf8), format: .json)
    #expect(join.deviceName == "Ña\"\\🇵")
  }

  @Test func `a field nobody knows is refused in JSON even where protobuf may have it`() {
    let json = #"{"version":1,"device":"oKGio6SlpqeoqaqrrK2urw==","colour":1}"#
    #expect(throws: WireError.unknownField(.json, atByte: nil)) {
      try Hello(decoding: Array(json.utf8), format: .json)
    }
  }

  @Test func `a payload and an erased digest at once are refused`() {
    let json = #"{"page":{"devices":[],"changes":[{"payload":"","erased":""}]}}"#
    #expect(throws: WireError.malformed(.json, atByte: nil)) {
      try ChangePage(decoding: Array(json.utf8), format: .json)
    }
  }
}
