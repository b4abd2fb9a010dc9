/// The grain at which two texts are compared.
enum Grain {
  case lines
  case words
}

/// A line, a word, or a single scalar between words.
struct Token {
  var bytes: Range<Int>

  /// Whether this can tell one place in a text from another.
  ///
  /// Blank lines, spaces and full stops are everywhere. Were they matched like words, a smallest
  /// difference would prefer keeping two spaces to keeping one name, and a new paragraph would be
  /// set against its edited neighbour for the sake of the blank line between them.
  var isTelling: Bool
}

extension Grain {
  func tokens(of utf8: [UInt8], in range: Range<Int>) -> [Token] {
    switch self {
    case .lines: lines(of: utf8, in: range)
    case .words: words(of: utf8, in: range)
    }
  }

  /// Lines with their LF; a CR before it is part of the line, so CRLF texts compare as they are.
  private func lines(of utf8: [UInt8], in range: Range<Int>) -> [Token] {
    var tokens: [Token] = []
    var start = range.lowerBound
    var isTelling = false
    var offset = range.lowerBound
    while offset < range.upperBound {
      let byte = utf8[offset]
      if !isTelling, WordScalars.contain(utf8.scalarValue(at: offset)) { isTelling = true }
      offset += byte.scalarLength
      if byte == UInt8(ascii: "\n") {
        tokens.append(Token(bytes: start..<offset, isTelling: isTelling))
        start = offset
        isTelling = false
      }
    }
    if start < range.upperBound {
      tokens.append(Token(bytes: start..<range.upperBound, isTelling: isTelling))
    }
    return tokens
  }

  private func words(of utf8: [UInt8], in range: Range<Int>) -> [Token] {
    var tokens: [Token] = []
    var offset = range.lowerBound
    while offset < range.upperBound {
      let start = offset
      var value = utf8.scalarValue(at: offset)
      offset += utf8[offset].scalarLength
      guard WordScalars.contain(value) else {
        tokens.append(Token(bytes: start..<offset, isTelling: false))
        continue
      }
      while offset < range.upperBound, !WordScalars.standAlone(value) {
        value = utf8.scalarValue(at: offset)
        var next = offset + utf8[offset].scalarLength
        if WordScalars.join(value), next < range.upperBound {
          // The apostrophe in k'anchay belongs to the word, the one after 'kanchay' does not.
          value = utf8.scalarValue(at: next)
          next += utf8[next].scalarLength
        }
        guard WordScalars.contain(value), !WordScalars.standAlone(value) else { break }
        offset = next
      }
      tokens.append(Token(bytes: start..<offset, isTelling: true))
    }
    return tokens
  }
}
