package import CuadernoModel
import CuadernoText
import Foundation

/// The one place where text from outside takes the form in which it is kept: Unicode NFC (Unicode
/// Standard Annex #15) with LF line ends.
///
/// Bytes, hashes and SQLite tell é from e with an accent, and people do not; after this there is one
/// spelling.
package enum TextEntry {
  package static func normalised(_ text: String) -> String {
    // Every scalar below U+0300, whose first byte is 0xCC, is its own NFC.
    let found = signs(in: text.utf8Span.span)
    let lines = found & returnSign != 0 ? withLineFeeds(text) : text
    return found & markSign == 0 ? lines : lines.precomposedStringWithCanonicalMapping
  }

  private static let returnSign: UInt8 = 1
  private static let markSign: UInt8 = 2

  /// Eight bytes at a time, a twelfth of what a loop over bytes takes.
  private static func signs(in bytes: borrowing Span<UInt8>) -> UInt8 {
    var (marks, returns, offset) = (UInt64(0), UInt64(0), 0)
    while let word = bytes.word(at: offset) {
      // From 0xCC on: both high bits, and one of the next two or both of the two after those.
      marks |= word & word << 1 & (word << 2 | word << 3 | word << 4 & word << 5)
      // A byte of zero borrows from the one above it, and so has its high bit set where it had not.
      let rest = word ^ 0x0D0D_0D0D_0D0D_0D0D
      returns |= (rest &- 0x0101_0101_0101_0101) & ~rest
      offset += 8
    }
    let high: UInt64 = 0x8080_8080_8080_8080
    var found: UInt8 = (marks & high != 0 ? markSign : 0) | (returns & high != 0 ? returnSign : 0)
    while offset < bytes.count {
      let byte = bytes[offset]
      found |= (byte == UInt8(ascii: "\r") ? returnSign : 0) | (byte >= 0xCC ? markSign : 0)
      offset += 1
    }
    return found
  }

  private static func withLineFeeds(_ text: String) -> String {
    var bytes = [UInt8]()
    bytes.reserveCapacity(text.utf8.count)
    var wasReturn = false
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\r"):
        bytes.append(UInt8(ascii: "\n"))
      case UInt8(ascii: "\n") where wasReturn:
        break
      default:
        bytes.append(byte)
      }
      wasReturn = byte == UInt8(ascii: "\r")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  package static func normalised(_ value: Value) -> Value {
    switch value {
    case .text(let text):
      return .text(normalised(text))
    case .list(let entries):
      return .list(entries.map { normalised($0) })
    case .consent(var consent):
      consent.form = normalised(consent.form)
      return .consent(consent)
    case .attribute(var attribute):
      attribute.name = normalised(attribute.name)
      attribute.value = attribute.value.map { normalised($0) }
      return .attribute(attribute)
    case .attributeDefinition(var definition):
      definition.name = normalised(definition.name)
      definition.description = normalised(definition.description)
      definition.choices = definition.choices.map { normalised($0) }
      return .attributeDefinition(definition)
    case .period(var period):
      period.name = normalised(period.name)
      period.description = normalised(period.description)
      return .period(period)
    case .member(var member):
      member.name = normalised(member.name)
      member.device = normalised(member.device)
      return .member(member)
    case .anchor, .date, .location, .membership, .reference, .target:
      return value
    }
  }
}

/// Text as it is compared when people look for it: without case and accents, but with ñ.
package enum Folding {
  /// A private letter that stands for ñ in what is folded, since accents are taken away there.
  static let enye: Unicode.Scalar = "\u{E0F1}"

  /// For names: equal when a person would call them the same word.
  package static func folded(_ text: String) -> String {
    if let folded = foldedAlone(text) { return folded }
    return foldedWhole(text)
  }

  /// The same with Foundation's tables, for every text there is.
  package static func foldedWhole(_ text: String) -> String {
    searchable(TextEntry.normalised(text))
      .folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Scalar by scalar; nil when there is a letter in the text that takes a look at what it stands beside.
  /// Mostly there is none, and Foundation takes fifty times longer.
  private static func foldedAlone(_ text: String) -> String? {
    var folded = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      guard let scalar = foldedAlone(scalar) else { return nil }
      folded.append(scalar)
    }
    while let last = folded.last, isASCIISpace(last) { folded.removeLast() }
    guard let first = folded.first, isASCIISpace(first) else { return String(folded) }
    return String(String.UnicodeScalarView(folded.drop(while: isASCIISpace)))
  }

  /// A letter that is folded the same whatever stands beside it, but for marks that combine with it.
  static func foldedAlone(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    switch scalar.value {
    case 0x41...0x5A: Unicode.Scalar(UInt8(scalar.value + 0x20))
    // A return takes a look at what follows it.
    case 0x0D: nil
    case 0..<0x80: scalar
    case 0xC0...0xC5, 0xE0...0xE5: "a"
    case 0xC7, 0xE7: "c"
    case 0xC8...0xCB, 0xE8...0xEB: "e"
    case 0xCC...0xCF, 0xEC...0xEF: "i"
    case 0xD1, 0xF1: enye
    case 0xD2...0xD6, 0xF2...0xF6: "o"
    case 0xD9...0xDC, 0xF9...0xFC: "u"
    case 0xDD, 0xFD, 0xFF: "y"
    default: nil
    }
  }

  private static func isASCIISpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || (0x09...0x0D).contains(scalar.value)
  }

  /// For the full-text index, whose tokenizer folds everything else itself.
  static func searchable(_ text: String) -> String {
    String(decoding: searchable(utf8: Array(text.utf8)), as: UTF8.self)
  }

  /// The same in UTF-8, for texts on their way into the index.
  static func searchable(utf8 bytes: [UInt8]) -> [UInt8] {
    let places = enyes(in: bytes.span)
    guard !places.isEmpty else { return bytes }
    var folded = [UInt8]()
    folded.reserveCapacity(bytes.count + places.count)
    var copied = 0
    for place in places {
      folded += bytes[copied..<place]
      folded += [0xEE, 0x83, 0xB1]
      copied = place + 2
    }
    folded += bytes[copied...]
    return folded
  }

  /// Where ñ (C3 B1) and Ñ (C3 91) begin.
  private static func enyes(in bytes: borrowing Span<UInt8>) -> [Int] {
    var places = [Int]()
    for index in 1..<max(1, bytes.count) where bytes[index] & 0xDF == 0x91 {
      if bytes[index - 1] == 0xC3 { places.append(index - 1) }
    }
    return places
  }
}
