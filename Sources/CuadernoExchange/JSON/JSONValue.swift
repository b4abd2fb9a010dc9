import CuadernoModel

/// A JSON value as RFC 8259 has it.
///
/// A number is an integer when it is written as one: positions and counts are never rounded.
package enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  package struct Member: Hashable, Sendable {
    package var key: String
    package var value: JSONValue
    /// Where the key stands in what was read, so that a fault can be found again.
    package var offset: Int

    package init(_ key: String, _ value: JSONValue, offset: Int = 0) {
      self.key = key
      self.value = value
      self.offset = offset
    }
  }
}

/// Why bytes are not JSON that this program takes.
package enum JSONFault: Hashable, Sendable {
  case cutOff
  case unexpected
  case textAfterValue
  case notUTF8
  case controlCharacter
  case nul
  case unknownEscape
  case loneSurrogate
  case malformedNumber
  case numberOutOfRange
  case repeatedKey
  case tooDeep
  case longString
}

extension JSONFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .cutOff: "JSON ends in the middle of a value; each line must hold one whole object"
    case .unexpected: "not JSON: this is none of the signs that may stand here"
    case .textAfterValue: "more after the end of the object; each line must hold one object"
    case .notUTF8: "not UTF-8; save the file as UTF-8"
    case .controlCharacter: #"a control character in a string; write it as an escape such as \n"#
    case .nul: "a zero character, which no text may hold"
    case .unknownEscape: "a backslash before what is no escape"
    case .loneSurrogate: "half of a surrogate pair; the text was cut inside a character"
    case .malformedNumber: "not a number of JSON, such as -8.62"
    case .numberOutOfRange: "a number too large to be kept exactly"
    case .repeatedKey: "the same name twice in one object"
    case .longString: "a string of more than \(Limits.textBytes) bytes, and no text may be longer"
    case .tooDeep: "nested more than \(JSONReader.depthMax) levels deep"
    }
  }
}
