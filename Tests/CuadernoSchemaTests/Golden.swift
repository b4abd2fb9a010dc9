import CuadernoSchema
import CuadernoSync
import Foundation
import Testing

/// The files in Schema, found from this one, so that no test depends on where it runs.
enum Golden {
  static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Schema")

  static func text(_ path: String) throws -> String {
    try String(contentsOf: folder.appending(path: path), encoding: .utf8)
  }

  /// The bytes of a message in one format.
  static func message(_ name: String, _ format: WireFormat) throws -> [UInt8] {
    switch format {
    case .protobuf: try hexFile("\(name).hex")
    // The line break that ends the file is not the message's.
    case .json: Array(try text("vectors/\(name).json").utf8.dropLast())
    }
  }

  static func hexFile(_ name: String) throws -> [UInt8] {
    try #require(bytes(try text("vectors/\(name)")), "\(name) is not hexadecimal")
  }

  /// The canonical bytes and digests: a name and hexadecimal digits in each line.
  static func canonical() throws -> [(name: String, bytes: [UInt8])] {
    try text("vectors/canonical.txt").split(separator: "\n").map { line in
      let words = line.split(separator: " ")
      let hex = words.count > 1 ? String(words[1]) : ""
      return (String(words[0]), try #require(bytes(hex)))
    }
  }

  /// Passes over spaces and line breaks; nil for anything else that is not a digit.
  static func bytes(_ hex: String) -> [UInt8]? {
    let digits = hex.filter { !$0.isWhitespace }
    guard digits.utf8.count.isMultiple(of: 2) else { return nil }
    var result = [UInt8]()
    var rest = Substring(digits)
    while !rest.isEmpty {
      guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
      result.append(byte)
      rest.removeFirst(2)
    }
    return result
  }
}

/// What Schema/vectors/canonical.txt holds, in its order.
enum CanonicalSamples {
  static let all: [(name: String, bytes: [UInt8])] = {
    var all: [(name: String, bytes: [UInt8])] = [
      ("clock-empty", VectorClock().canonicalBytes),
      ("clock", Samples.frontier.canonicalBytes),
      ("clock-digest", Samples.frontier.digest.bytes),
    ]
    for (number, change) in zip(1..., Samples.changes) {
      all.append(("envelope-\(number)", change.envelope.canonicalBytes))
    }
    for (number, change) in zip(1..., Samples.changes) {
      all.append(("payload-digest-\(number)", change.payloadDigest.bytes))
    }
    for (number, link) in zip(1..., Samples.links) {
      all.append(("link-\(number)", link.bytes))
    }
    let interview = Samples.state(of: Samples.interview)
    let place = Samples.state(of: Samples.place)
    all.append(("state-interview", interview.canonicalBytes))
    all.append(("state-place", place.canonicalBytes))
    all.append(("register-interview", interview.digest(of: Samples.interview).bytes))
    all.append(("register-place", place.digest(of: Samples.place).bytes))
    all.append(("registers", Samples.registers.bytes))
    return all
  }()
}
