import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// The earlier texts that a file gives with its records, and the changes here that wrote them.
struct EarlierTexts {
  private var texts: [RecordID: [String]] = [:]
  private var dots: [RecordID: [String: Dot]] = [:]

  mutating func give(_ texts: [String], of record: RecordID) {
    self.texts[record] = texts
  }

  func text(_ number: Int64, of record: RecordID) throws -> String {
    let texts = texts[record] ?? []
    guard number >= 1, number <= texts.count else {
      throw ExchangeError(.file, .lines(.noSuchVersion(number, count: texts.count)))
    }
    return texts[Int(number) - 1]
  }

  /// Writes the earlier texts of a record that was just made, oldest first, and its present one
  /// again after them: its history then tells what the file tells.
  mutating func write(
    _ record: RecordID, _ field: Field, present: Value?, _ writer: inout Writer
  ) throws {
    for text in texts[record] ?? [] {
      _ = try write(text, record, field, &writer)
    }
    try writer.update(record, [FieldEdit(field, value: present)])
  }

  /// The change that wrote an earlier text: one in the record's history here, or else a new one,
  /// after which the present text is written again.
  mutating func dot(
    of text: String, _ record: RecordID, _ field: Field, _ writer: inout Writer
  ) throws -> Dot {
    if dots[record] == nil { dots[record] = try Self.history(of: record, field, writer.reader) }
    if let dot = dots[record]?[text] { return dot }
    let present = try writer.reader.codedText(of: record)?.text
    let dot = try write(text, record, field, &writer)
    try writer.update(record, [FieldEdit(field, present)])
    return dot
  }

  private mutating func write(
    _ text: String, _ record: RecordID, _ field: Field, _ writer: inout Writer
  ) throws -> Dot {
    try writer.update(record, [FieldEdit(field, text)])
    guard let version = try writer.reader.codedText(of: record)?.version else {
      throw NotebookError.unknownRecord
    }
    dots[record, default: [:]][text] = version
    return version
  }

  private static func history(
    of record: RecordID, _ field: Field, _ reader: Reader
  ) throws -> [String: Dot] {
    var dots = [String: Dot]()
    for entry in try reader.history(of: record) {
      for edit in entry.edits where edit.field == field {
        if case .text(let text) = edit.value { dots[text] = entry.dot }
      }
    }
    return dots
  }
}
