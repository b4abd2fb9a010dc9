package import CuadernoSync

/// Why bytes that claimed to be a message were refused.
///
/// Cases carry sizes, places and the schema's own names, never anything that stood in the message.
package enum WireError: Error, Equatable, Sendable {
  /// The bytes, or what they decompress to, are more than a message may have.
  case messageTooLong(limit: Int)

  /// Not a zstd frame, or one that was cut short, damaged, or needs too large a window.
  case damagedCompression
  case bytesAfterFrame(Int)

  /// Not the format it claims to be; the place is given where it is known.
  case malformed(WireFormat, atByte: Int?)
  case byteOrderMark
  case nulInText
  case nestedTooDeep(limit: Int)
  case unknownField(WireFormat, atByte: Int?)
  case repeatedField(WireFormat, atByte: Int)

  case missing(WirePart)
  case wrongLength(WirePart, bytes: Int, expected: Int)
  case outOfRange(WirePart)
  case tooLong(WirePart, bytes: Int, limit: Int)
  case tooMany(WirePart, limit: Int)
  case countsDiffer(WirePart, Int, WirePart, Int)

  case sequenceOutOfRange
  case notSorted(WirePart)
  case unknownDevice(index: UInt32, devices: Int)
  case unknownProblemCode
}

extension WireError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .messageTooLong(let limit):
      "message is longer than the limit of \(limit) bytes; send less at a time"
    case .damagedCompression:
      "message is not one whole zstd frame with a window of at most 8 MiB; send it again"
    case .bytesAfterFrame(let count):
      "message has \(count) bytes after its zstd frame; send one frame"
    case .malformed(let format, let offset):
      "message is not well-formed \(format.name)\(Self.place(offset))"
    case .byteOrderMark:
      "message begins with a byte-order mark; send UTF-8 without one"
    case .nulInText:
      "message has the character U+0000 in a text; leave it out"
    case .nestedTooDeep(let limit):
      "message is nested deeper than \(limit) levels"
    case .unknownField(let format, let offset):
      "message has a field that this \(format.name) schema lacks\(Self.place(offset))"
    case .repeatedField(_, let offset):
      "message has a field twice that may come once\(Self.place(offset))"
    case .missing(let part):
      "\(part.rawValue) is missing"
    case .wrongLength(let part, let bytes, let expected):
      "\(part.rawValue) is \(bytes) bytes; it must be \(expected)"
    case .outOfRange(let part):
      "\(part.rawValue) is out of range"
    case .tooLong(let part, let bytes, let limit):
      "\(part.rawValue) is \(bytes) bytes; the limit is \(limit)"
    case .tooMany(let parts, let limit):
      "message has more \(parts.rawValue) than the limit of \(limit)"
    case .countsDiffer(let left, let leftCount, let right, let rightCount):
      "message has \(leftCount) \(left.rawValue) and \(rightCount) \(right.rawValue); "
        + "they must be as many"
    case .sequenceOutOfRange:
      "sequence number is outside 1…\(WireLimits.sequenceMax)"
    case .notSorted(let devices):
      "\(devices.rawValue) are not in ascending order, or one is named twice"
    case .unknownDevice(let index, let devices):
      "page refers to device \(index) of a table of \(devices)"
    case .unknownProblemCode:
      "problem's code is unknown; the other side may be newer, so update cuaderno"
    }
  }

  private static func place(_ offset: Int?) -> String {
    offset.map { " at byte \($0)" } ?? ""
  }
}

extension WireFormat {
  fileprivate var name: String {
    switch self {
    case .protobuf: "protobuf"
    case .json: "JSON"
    }
  }
}

extension Problem {
  /// What a hub answers to a request that it could not read.
  package init(_ error: WireError) {
    let code: Code =
      switch error {
      case .messageTooLong, .tooMany(.changes, _):
        .tooLarge
      case .tooLong, .tooMany:
        .limitReached
      case .sequenceOutOfRange, .unknownDevice:
        .invalidChange
      case .damagedCompression, .bytesAfterFrame, .malformed, .byteOrderMark, .nulInText,
        .nestedTooDeep, .unknownField, .repeatedField, .missing, .wrongLength, .outOfRange,
        .countsDiffer, .notSorted, .unknownProblemCode:
        .badMessage
      }
    self.init(code, error.description)
  }
}
