import Foundation

/// What a command answers: a text for people, and JSON for programs.
struct Output {
  let text: String
  let json: String

  /// Whether it is bad news, which a script learns from the exit status.
  let isFailure: Bool

  init(_ text: String, json: some Encodable, isFailure: Bool = false) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    self.text = text
    self.json = String(decoding: try encoder.encode(json), as: UTF8.self)
    self.isFailure = isFailure
  }
}

/// Aligned columns under their names. Nothing in a cell needs escaping: the ledger takes no name
/// that has anything but letters, marks and blanks in it.
func table(_ columns: [String], _ rows: [[String]]) -> String {
  let lines = [columns.map { $0.uppercased() }] + rows
  let widths = columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
  return lines.map { line in
    let cells = zip(line, widths).map { cell, width in
      cell + String(repeating: " ", count: width - cell.count)
    }
    let text = cells.joined(separator: "  ")
    return String(text[...(text.lastIndex { $0 != " " } ?? text.startIndex)])
  }.joined(separator: "\n")
}

/// A point in time as it is printed: UTC, to the second.
func moment(_ milliseconds: Int64) -> String {
  Date(timeIntervalSince1970: Double(milliseconds) / 1_000).formatted(.iso8601)
}

/// "1 change", "2 changes".
func counted(_ count: some BinaryInteger, _ noun: String) -> String {
  count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
}
