import CuadernoModel
import CuadernoNotebook

/// Why the block of keys before a text was refused.
package enum FrontMatterFault: Hashable, Sendable {
  case notAKey
  case unknownKey(known: [String])
  case repeatedKey
  case consent
}

extension FrontMatterFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notAKey:
      "line between the two --- lines is not written as key: value; mend it, or import the file with "
        + "--plain if it begins with no such block"
    case .unknownKey(let known):
      "key is not one of: \(known.joined(separator: ", ")); mend it, or import the file with --plain"
    case .repeatedKey: "key stands twice"
    case .consent:
      "consent is written as form; level; date, such as oral; may quote; 2017-05-12, with the date of "
        + "an embargo as a fourth part"
    }
  }
}

/// The block of `key: value` lines between two `---` lines at the head of a Markdown file.
///
/// Its form is that of the front matter that many programs write; the keys are those of
/// docs/guide/formats.md, and nothing of YAML but lines is taken for granted.
struct FrontMatter {
  struct Entry {
    let line: Int
    let key: String
    let value: String
  }

  private(set) var entries: [Entry] = []
  /// The text after the block and the empty line that follows it.
  private(set) var text: Substring
  /// The line on which that text begins.
  private(set) var textLine = 1

  private static let fence = "---"

  /// - Parameter text: with line feeds alone as line ends.
  init(_ text: String) throws {
    self.text = text[...]
    guard let block = Self.block(of: text) else { return }
    for (index, line) in block.lines.enumerated() where !line.trimmed.isEmpty {
      entries.append(try Self.entry(line, index + 2))
    }
    self.text = block.rest
    textLine = block.lines.count + 3
    if let first = self.text.utf8.first, first == UInt8(ascii: "\n") {
      self.text = self.text.dropFirst()
      textLine += 1
    }
    var keys = Set<String>()
    for entry in entries where !keys.insert(entry.key.lowercased()).inserted {
      throw ExchangeError(.line(entry.line), .frontMatter(.repeatedKey))
    }
  }

  /// The lines between the fences; nil when the text begins with no fence or has no second one.
  private static func block(of text: String) -> (lines: [String], rest: Substring)? {
    var rest = text[...]
    func next() -> String? {
      guard !rest.isEmpty else { return nil }
      let end = rest.unicodeScalars.firstIndex(of: "\n") ?? rest.endIndex
      let line = String(rest[..<end])
      rest = end == rest.endIndex ? "" : rest[rest.unicodeScalars.index(after: end)...]
      return line
    }
    guard next()?.trimmed == fence else { return nil }
    var lines = [String]()
    while let line = next() {
      if line.trimmed == fence { return (lines, rest) }
      lines.append(line)
    }
    return nil
  }

  /// A key ends at the first colon that a space or the end of the line follows.
  private static func entry(_ line: String, _ number: Int) throws -> Entry {
    let scalars = line.unicodeScalars
    var index = scalars.startIndex
    while let colon = scalars[index...].firstIndex(of: ":") {
      let after = scalars.index(after: colon)
      if after == scalars.endIndex || scalars[after] == " " || scalars[after] == "\t" {
        let key = String(scalars[..<colon]).trimmed
        guard !key.isEmpty else { break }
        return Entry(line: number, key: key, value: String(scalars[after...]).trimmed)
      }
      index = after
    }
    throw ExchangeError(.line(number), .frontMatter(.notAKey))
  }
}
