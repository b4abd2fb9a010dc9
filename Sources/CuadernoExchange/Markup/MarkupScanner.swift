/// Takes HTML apart into tags and characters, as the standard says a browser does (HTML, section
/// 13.2.5), as far as it is needed for text: what is no tag is text, and nothing is ever refused.
struct MarkupScanner {
  enum Token {
    case open(name: String, attributes: [(name: String, value: String)], isClosed: Bool)
    case close(name: String)
    case character(Unicode.Scalar)
  }

  /// An attribute is read as far as this; nobody writes more than a name and a date into one.
  private static let attributeScalarsMax = 4_096

  private let scalars: [Unicode.Scalar]
  private var index = 0
  /// The element whose content is no markup, until it is closed.
  private var rawElement: String?

  init(_ text: String) {
    // A browser reads every line end as LF before anything else (HTML, section 13.2.3.5).
    var scalars = [Unicode.Scalar]()
    scalars.reserveCapacity(text.utf8.count)
    var wasReturn = false
    for scalar in text.unicodeScalars {
      if scalar == "\r" {
        scalars.append("\n")
      } else if scalar != "\n" || !wasReturn {
        scalars.append(scalar)
      }
      wasReturn = scalar == "\r"
    }
    self.scalars = scalars
  }

  mutating func next() -> Token? {
    while index < scalars.count {
      if scalars[index] == "<" {
        if let token = tag() { return token }
        if skipped() || index == scalars.count { continue }
      } else if scalars[index] == "&", rawElement == nil,
        let found = MarkupEntities.scalar(in: scalars[index...])
      {
        index += found.count
        return .character(found.scalar)
      }
      index += 1
      return .character(scalars[index - 1])
    }
    return nil
  }

  /// Passes over a comment or declaration; whether there was one.
  private mutating func skipped() -> Bool {
    guard rawElement == nil, index + 1 < scalars.count else { return false }
    if has("<!--", at: index) {
      var end = index + 4
      while end < scalars.count, !has("-->", at: end) { end += 1 }
      index = min(end + 3, scalars.count)
      return true
    }
    guard scalars[index + 1] == "!" || scalars[index + 1] == "?" else { return false }
    while index < scalars.count, scalars[index] != ">" { index += 1 }
    index = min(index + 1, scalars.count)
    return true
  }

  private func has(_ word: String, at place: Int) -> Bool {
    let word = word.unicodeScalars
    return place + word.count <= scalars.count
      && scalars[place..<place + word.count].elementsEqual(word)
  }

  /// The tag that begins here; nil when none does.
  private mutating func tag() -> Token? {
    var place = index + 1
    let isClosing = place < scalars.count && scalars[place] == "/"
    if isClosing { place += 1 }
    guard place < scalars.count, Self.isLetter(scalars[place]) else { return nil }
    if let rawElement, !isClosing || !isName(rawElement, at: place) { return nil }
    var name = ""
    while place < scalars.count, !Self.endsName(scalars[place]) {
      if name.utf8.count < 64 { name.unicodeScalars.append(Self.lowercased(scalars[place])) }
      place += 1
    }
    var attributes = [(name: String, value: String)]()
    var isClosed = false
    while place < scalars.count, scalars[place] != ">" {
      isClosed = scalars[place] == "/"
      if isClosed || Self.isSpace(scalars[place]) {
        place += 1
      } else {
        attributes.append(attribute(&place))
      }
    }
    // A tag that the file ends in is none.
    guard place < scalars.count else {
      index = scalars.count
      return nil
    }
    index = place + 1
    if isClosing {
      rawElement = nil
      return .close(name: name)
    }
    if ["script", "style", "textarea", "title", "xmp"].contains(name) { rawElement = name }
    return .open(name: name, attributes: attributes, isClosed: isClosed)
  }

  /// Whether the name that begins at a place is this one, of which no more than that is looked at.
  private func isName(_ name: String, at place: Int) -> Bool {
    let end = place + name.utf8.count
    return end <= scalars.count && (end == scalars.count || Self.endsName(scalars[end]))
      && scalars[place..<end].lazy.map(Self.lowercased).elementsEqual(name.unicodeScalars)
  }

  private func attribute(_ place: inout Int) -> (name: String, value: String) {
    var name = ""
    while place < scalars.count, !Self.endsName(scalars[place]), scalars[place] != "=" {
      if name.utf8.count < 64 { name.unicodeScalars.append(Self.lowercased(scalars[place])) }
      place += 1
    }
    if name.isEmpty { place += 1 }
    while place < scalars.count, Self.isSpace(scalars[place]) { place += 1 }
    guard place < scalars.count, scalars[place] == "=" else { return (name, "") }
    place += 1
    while place < scalars.count, Self.isSpace(scalars[place]) { place += 1 }
    guard place < scalars.count else { return (name, "") }
    let quote = scalars[place] == "\"" || scalars[place] == "'" ? scalars[place] : nil
    if quote != nil { place += 1 }
    var value = String.UnicodeScalarView()
    // To count the scalars of a text is to go through it.
    var room = Self.attributeScalarsMax
    while place < scalars.count {
      let scalar = scalars[place]
      if let quote {
        if scalar == quote { break }
      } else if scalar == ">" || Self.isSpace(scalar) {
        break
      }
      let found = scalar == "&" ? MarkupEntities.scalar(in: scalars[place...]) : nil
      if room > 0 {
        value.append(found?.scalar ?? scalar)
        room -= 1
      }
      place += found?.count ?? 1
    }
    if quote != nil, place < scalars.count { place += 1 }
    return (name, String(value))
  }

  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\n" || scalar == "\t" || scalar == "\u{C}"
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
  }

  private static func endsName(_ scalar: Unicode.Scalar) -> Bool {
    isSpace(scalar) || scalar == ">" || scalar == "/"
  }

  private static func lowercased(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    ("A"..."Z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value) + 32) : scalar
  }
}
