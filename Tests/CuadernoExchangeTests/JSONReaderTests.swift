import CuadernoTestSupport
import Testing

@testable import CuadernoExchange

@Suite struct JSONReaderTests {
  private func read(_ text: String) throws -> JSONValue {
    try JSONReader.value(Array(text.utf8))
  }

  private func failure(_ bytes: [UInt8]) -> JSONReader.Failure? {
    do {
      _ = try JSONReader.value(bytes)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    arguments: [
      ("null", JSONValue.null), (" true ", .bool(true)), ("false", .bool(false)),
      ("0", .integer(0)),
      ("-0", .integer(0)), ("-12", .integer(-12)), ("9223372036854775807", .integer(.max)),
      ("-9223372036854775808", .integer(.min)), ("1.5", .number(1.5)), ("1e3", .number(1000)),
      ("1E-2", .number(0.01)), ("-8.62e+0", .number(-8.62)), ("\"\"", .string("")),
      ("\"ñ\u{1F9C9}\"", .string("ñ\u{1F9C9}")), ("[]", .array([])), ("{}", .object([])),
      ("[1, [2], {}]", .array([.integer(1), .array([.integer(2)]), .object([])])),
      ("\r\n\t [ ]", .array([])),
    ] as [(String, JSONValue)])
  func `values are read as RFC 8259 has them`(text: String, value: JSONValue) throws {
    #expect(try read(text) == value)
  }

  @Test func `a string longer than any text is refused before it is made`() throws {
    #expect(JSONReader.stringBytesMax == 8 << 20)
    for text in ["aaaaa", #"\naaaa"#, #"aaaaa\n"#, #"\n\n\n\n\n"#] {
      #expect(throws: JSONReader.Failure(fault: .longString, offset: 2)) {
        _ = try JSONReader.value(Array("[\"\(text)\"]".utf8), stringBytesMax: 4)
      }
    }
    #expect(
      try JSONReader.value(Array(#"["aaa\n"]"#.utf8), stringBytesMax: 4)
        == .array([.string("aaa\n")]))
    #expect(
      JSONFault.longString.description
        == "a string of more than 4194304 bytes, and no text may be longer")
  }

  @Test(arguments: [
    (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""a\u00f1o""#, "año"),
    (#""\u00F1""#, "ñ"), (#""\ud83e\uddc9!""#, "\u{1F9C9}!"), (#""\uFFFD""#, "\u{FFFD}"),
    (#""x\ny\nz""#, "x\ny\nz"), (#""\u2028""#, "\u{2028}"),
  ])
  func `escapes stand for their characters`(text: String, string: String) throws {
    #expect(try read(text) == .string(string))
  }

  @Test func `members keep their order and say where they stand`() throws {
    guard case .object(let members) = try read(#"{"b": 1, "a": [2]}"#) else {
      Issue.record("no object")
      return
    }
    #expect(members.map(\.key) == ["b", "a"])
    #expect(members.map(\.offset) == [1, 9])
  }

  @Test(
    arguments: [
      ("", JSONFault.cutOff, 0), ("  ", .cutOff, 2), ("{", .cutOff, 1), ("[1", .cutOff, 2),
      ("[1,", .cutOff, 3), (#"{"a""#, .cutOff, 4), (#"{"a":"#, .cutOff, 5), ("\"abc", .cutOff, 4),
      (#""a\"#, .cutOff, 2), (#""\u00"#, .cutOff, 1), ("tru", .cutOff, 3), ("-", .cutOff, 1),
      ("1.", .cutOff, 2), ("1e", .cutOff, 2),
      ("x", .unexpected, 0), ("[1 2]", .unexpected, 3), ("{a:1}", .unexpected, 1),
      ("{\"a\" 1}", .unexpected, 5), ("[1,]", .unexpected, 3), ("{\"a\":1,}", .unexpected, 7),
      ("[,1]", .unexpected, 1), ("trux", .unexpected, 3), ("'a'", .unexpected, 0),
      ("NaN", .unexpected, 0), ("Infinity", .unexpected, 0), ("+1", .unexpected, 0),
      (".5", .unexpected, 0), ("\u{FEFF}1", .unexpected, 0), ("// c\n1", .unexpected, 0),
      ("1 2", .textAfterValue, 2), ("{} x", .textAfterValue, 3), ("[]]", .textAfterValue, 2),
      ("01", .malformedNumber, 0), ("-01", .malformedNumber, 0), ("1.e5", .malformedNumber, 2),
      ("1ex", .malformedNumber, 2), ("-x", .malformedNumber, 1),
      ("1e400", .numberOutOfRange, 0), ("[-1e400]", .numberOutOfRange, 1),
      ("9223372036854775808", .numberOutOfRange, 0),
      ("123456789012345678901", .numberOutOfRange, 0),
      (#"{"a":1,"b":2,"a":3}"#, .repeatedKey, 13), ("{\"é\":1,\"e\u{301}\":2}", .repeatedKey, 8),
      (#""\ud83e""#, .loneSurrogate, 1), (#""\ud83ex""#, .loneSurrogate, 1),
      (#""\uddc9""#, .loneSurrogate, 1), (#""\ud83e\ud83e""#, .loneSurrogate, 1),
      (#""\ud83e\n""#, .loneSurrogate, 1),
      (#""\u0000""#, .nul, 1), ("\"\0\"", .nul, 1), ("\"a\n\"", .controlCharacter, 2),
      ("\"\u{1B}[2J\"", .controlCharacter, 1), (#""\x41""#, .unknownEscape, 1),
      (#""\u00g1""#, .unknownEscape, 1), (#""\'""#, .unknownEscape, 1),
    ] as [(String, JSONFault, Int)])
  func `everything else is refused with the byte where it goes wrong`(
    text: String, fault: JSONFault, offset: Int
  ) {
    #expect(failure(Array(text.utf8)) == JSONReader.Failure(fault: fault, offset: offset))
  }

  @Test(
    arguments: [
      ([0x22, 0xFF, 0x22], 1), ([0x22, 0x61, 0xC3, 0x22], 2), ([0x22, 0xC0, 0xAF, 0x22], 1),
      ([0x22, 0xED, 0xA0, 0x80, 0x22], 1), ([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], 1),
    ] as [([UInt8], Int)])
  func `bytes that are no UTF-8 are refused and not mended`(bytes: [UInt8], offset: Int) {
    #expect(failure(bytes) == JSONReader.Failure(fault: .notUTF8, offset: offset))
  }

  @Test func `nesting is bounded`() {
    let deep = String(repeating: "[", count: 16) + String(repeating: "]", count: 16)
    #expect(failure(Array(deep.utf8)) == nil)
    #expect(failure(Array("[\(deep)]".utf8))?.fault == .tooDeep)
    #expect(
      failure([UInt8](repeating: UInt8(ascii: "["), count: 1_000_000))
        == JSONReader.Failure(fault: .tooDeep, offset: 16))
    let objects = String(repeating: #"{"a":"#, count: 1_000_000)
    #expect(failure(Array(objects.utf8))?.fault == .tooDeep)
  }

  @Test func `an object of many members still has each name once`() {
    let members = (0..<1_000).map { #""k\#($0)":\#($0)"# }.joined(separator: ",")
    #expect(failure(Array("{\(members)}".utf8)) == nil)
    #expect(failure(Array("{\(members),\"k500\":1}".utf8))?.fault == .repeatedKey)
  }

  @Test(
    arguments: [
      (
        JSONFault.cutOff, "JSON ends in the middle of a value; each line must hold one whole object"
      ),
      (.unexpected, "not JSON: this is none of the signs that may stand here"),
      (.textAfterValue, "more after the end of the object; each line must hold one object"),
      (.notUTF8, "not UTF-8; save the file as UTF-8"),
      (.controlCharacter, #"a control character in a string; write it as an escape such as \n"#),
      (.nul, "a zero character, which no text may hold"),
      (.unknownEscape, "a backslash before what is no escape"),
      (.loneSurrogate, "half of a surrogate pair; the text was cut inside a character"),
      (.malformedNumber, "not a number of JSON, such as -8.62"),
      (.numberOutOfRange, "a number too large to be kept exactly"),
      (.repeatedKey, "the same name twice in one object"),
      (.tooDeep, "nested more than 16 levels deep"),
    ] as [(JSONFault, String)])
  func `a fault is told in words`(fault: JSONFault, words: String) {
    #expect(fault.description == words)
  }

  /// Law: what the writer writes, the reader reads.
  @Test(arguments: Seeds.upTo(500))
  func `a value written is the value read`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let value = JSONValue.arbitrary(depth: 3, using: &random)

    let read = try JSONReader.value(JSONWriter.text(value))

    #expect(read.withoutOffsets == value, Comment(rawValue: Seeds.replay(seed)))
  }

  /// No cut of a document is taken for a document.
  @Test func `an object cut at any byte is refused`() {
    let whole = Array(#"{"a":[1,-2.5e3,"ñ\n\ud83e\uddc9"],"b":{"c":null,"d":true}}"#.utf8)
    for length in 0..<whole.count {
      #expect(failure(Array(whole[..<length])) != nil, "\(length)")
    }
  }
}

extension JSONValue {
  static func arbitrary(depth: Int, using random: inout SplitMix64) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
    case 0: return .null
    case 1: return .bool(.random(using: &random))
    case 2: return .integer(Int64(truncatingIfNeeded: random.next() as UInt64))
    case 3:
      // A whole number is written, and so read, as an integer.
      return .number(Double.random(in: -1e6...1e6, using: &random).rounded(.down) + 0.5)
    case 4, 5: return .string(text(using: &random))
    case 6:
      return .array((0..<3).map { _ in arbitrary(depth: depth - 1, using: &random) })
    default:
      return .object(
        (0..<3).map { index in
          Member("\(index)" + text(using: &random), arbitrary(depth: depth - 1, using: &random))
        })
    }
  }

  private static func text(using random: inout SplitMix64) -> String {
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...8, using: &random) {
      let bits: UInt32 = [0x7F, 0x7FF, 0xFFFF, 0x1FFFFF].randomElement(using: &random) ?? 0x7F
      let value = UInt32(truncatingIfNeeded: random.next() as UInt64) & bits
      if value > 0, let scalar = Unicode.Scalar(value) { text.append(scalar) }
    }
    return String(text)
  }

  var withoutOffsets: JSONValue {
    switch self {
    case .array(let elements): .array(elements.map(\.withoutOffsets))
    case .object(let members):
      .object(members.map { Member($0.key, $0.value.withoutOffsets) })
    case .null, .bool, .integer, .number, .string: self
    }
  }
}
