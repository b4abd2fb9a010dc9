/// How the bytes of a text file stand for characters.
package enum TextEncoding: String, CaseIterable, Sendable {
  case utf8 = "utf-8"
  case utf16LittleEndian = "utf-16le"
  case utf16BigEndian = "utf-16be"
  case windows1252 = "windows-1252"
  case latin1 = "iso-8859-1"
  case latin9 = "iso-8859-15"
  case macRoman = "mac-roman"

  /// The names that `--encoding` takes, the ones people know included.
  package init?(name: String) {
    switch name.lowercased() {
    case "utf8": self = .utf8
    case "utf-16", "utf16", "utf16le", "unicode": self = .utf16LittleEndian
    case "utf16be": self = .utf16BigEndian
    case "cp1252", "windows1252", "ansi": self = .windows1252
    case "latin1", "latin-1", "iso8859-1": self = .latin1
    case "latin9", "latin-9", "iso8859-15": self = .latin9
    case "macroman", "macintosh", "mac": self = .macRoman
    case let other:
      guard let encoding = TextEncoding(rawValue: other) else { return nil }
      self = encoding
    }
  }
}

/// Why bytes are not the text that they were taken for.
package enum TextFault: Hashable, Sendable {
  case empty
  case notUTF8
  case utf32
  case unpairedSurrogate
  case oddByte
  case noCharacter(TextEncoding)
  /// Zero bytes between the others: UTF-16 without the mark that says so.
  case probablyUTF16(TextEncoding)
}

extension TextFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .empty: "file is empty"
    case .notUTF8:
      "is not UTF-8; save the file as UTF-8, or say what it is, such as --encoding windows-1252 "
        + "(also: \(TextEncoding.allCases.map(\.rawValue).joined(separator: ", ")))"
    case .utf32: "file is UTF-32; save it as UTF-8"
    case .unpairedSurrogate:
      "half a character of UTF-16; the file is damaged here, or is not UTF-16"
    case .oddByte: "UTF-16 ends in the middle of a character; the file was cut off"
    case .noCharacter(let encoding):
      "stands for no character in \(encoding.rawValue); the file has another encoding"
    case .probablyUTF16(let encoding):
      "zero bytes between the letters; if the file is UTF-16, say --encoding \(encoding.rawValue)"
    }
  }
}
