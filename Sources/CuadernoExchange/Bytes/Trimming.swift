extension String {
  /// The text without white space at either end.
  var trimmed: String {
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
      let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
    else { return "" }
    return String(scalars[first...last])
  }

  /// The entries of a list written in one cell or line; spaces around them do not count.
  var listEntries: [String] {
    unicodeScalars.split(separator: ";").map { String($0).trimmed }.filter { !$0.isEmpty }
  }
}
