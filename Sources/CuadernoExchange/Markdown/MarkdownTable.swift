/// Writes a table as GitHub Flavored Markdown has it (github.github.com/gfm, section 4.10), which pandoc
/// and most editors read.
package enum MarkdownTable {
  /// - Parameter rows: cells of one paragraph or several.
  package static func text(headings: [String], rows: [[[String]]]) -> String {
    var lines = [
      self.row(headings.map(escaped)), self.row(headings.map { _ in "---" }),
    ]
    for row in rows {
      lines.append(self.row(row.map { $0.map(escaped).joined(separator: "<br><br>") }))
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func row(_ cells: [String]) -> String {
    "| " + cells.joined(separator: " | ") + " |"
  }

  /// Words at the beginning of a line, where a number or a letter with a point or a parenthesis or one of `-` and
  /// `+` would begin a list, a row of `=` or `-` a heading, and a colon a definition (pandoc's).
  static func line(_ text: some StringProtocol) -> String {
    // Spaces first would make code of it, and what is left out may stand before them.
    let escaped = escaped(String(text)).drop { $0.isWhitespace }
    if let first = escaped.first, "=+-:".contains(first) { return "\\" + escaped }
    let open = escaped.prefix { $0 == "(" }.prefix(1)
    let mark = escaped.dropFirst(open.count).prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
    let rest = escaped.dropFirst(open.count + mark.count)
    guard !mark.isEmpty, let next = rest.first, next == "." || next == ")",
      rest.dropFirst().first?.isWhitespace ?? true
    else { return String(escaped) }
    return open + mark + "\\" + rest
  }

  /// Somebody's words as words: nothing in them is taken for markup, for HTML or for the end of a cell
  /// (CommonMark 0.31, section 2.4: a backslash may stand before any ASCII punctuation). Signs that mean
  /// something at the beginning of a line alone, and a colon but in an address, stay as they are.
  static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    let scalars = text.unicodeScalars
    for (index, scalar) in zip(scalars.indices, scalars) {
      switch scalar {
      case "\\", "`", "*", "_", "{", "}", "[", "]", "<", ">", "#", "|", "~", "$", "^", "@":
        result.append("\\")
        result.append(scalar)
      case ":" where scalars[scalars.index(after: index)...].first == "/":
        result.append(contentsOf: "\\:".unicodeScalars)
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case _ where scalar.properties.generalCategory == .control: result.append(" ")
      case _ where HTMLText.isLeftOut(scalar): break
      default: result.append(scalar)
      }
    }
    // GitHub makes a link of it (GFM, section 6.9).
    return String(result).replacing("www.", with: "www\\.")
  }
}
