import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// The earlier texts that a file gives with its records, and the changes here that wrote them.
struct EarlierTexts {
  private var texts: [RecordID: [String]] = [:]
  private var versions: [RecordID: [String: TextVersion]] = [:]

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
  mutating func version(
    of text: String, _ record: RecordID, _ field: Field, _ writer: inout Writer
  ) throws -> TextVersion {
    if versions[record] == nil {
      versions[record] = try Self.history(of: record, field, writer.reader)
    }
    if let version = versions[record]?[text] { return version }
    let present = try writer.reader.codedText(of: record)?.text
    let version = try write(text, record, field, &writer)
    try writer.update(record, [FieldEdit(field, present)])
    return version
  }

  private mutating func write(
    _ text: String, _ record: RecordID, _ field: Field, _ writer: inout Writer
  ) throws -> TextVersion {
    try writer.update(record, [FieldEdit(field, text)])
    guard let version = try writer.reader.codedText(of: record)?.version else {
      throw NotebookError.unknownRecord
    }
    versions[record, default: [:]][text] = version
    return version
  }

  private static func history(
    of record: RecordID, _ field: Field, _ reader: Reader
  ) throws -> [String: TextVersion] {
    var versions = [String: TextVersion]()
    for entry in try reader.history(of: record) {
      for edit in entry.edits where edit.field == field {
        if case .text(let text) = edit.value { versions[text] = TextVersion(entry.dot) }
      }
    }
    return versions
  }
}
