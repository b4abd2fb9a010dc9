/// A list in one value.
enum ListedText {
  /// Nil for a list of nothing.
  static func text(_ entries: [String]) -> String? {
    guard !entries.isEmpty else { return nil }
    let isPlain = entries.allSatisfy { $0 == $0.trimmed && !$0.unicodeScalars.contains(";") }
    // Entries are lines, so a line end in a value says that it parts them.
    return isPlain
      ? entries.joined(separator: "; ") : entries.map { $0 + "\n" }.joined()
  }

  static func entries(_ text: String) -> [String] {
    guard text.unicodeScalars.contains("\n") else { return text.listEntries }
    return text.unicodeScalars.split(separator: "\n").map { String($0) }
  }
}
