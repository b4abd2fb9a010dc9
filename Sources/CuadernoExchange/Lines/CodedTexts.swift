import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoText

/// The present texts that codings are put on, kept while there is room: the codings of a large file
/// name its interviews in any order.
struct CodedTexts {
  struct Entry {
    let text: ScalarText
    let version: TextVersion
    let field: Field
  }

  private static let bytesMax = 64 << 20

  private var entries: [RecordID: Entry] = [:]
  private var bytes = 0

  /// Nil when there is no such record, or it has no text.
  mutating func entry(_ record: RecordID, _ reader: Reader) throws -> Entry? {
    if let entry = entries[record] { return entry }
    guard let (field, text, version) = try reader.codedText(of: record), let version else {
      return nil
    }
    let entry = Entry(text: ScalarText(text), version: version, field: field)
    keep(entry, record)
    return entry
  }

  /// To be called when a record's text was written, with what is known of it.
  mutating func note(_ text: String, of record: RecordID, _ field: Field, _ version: TextVersion) {
    forget(record)
    keep(Entry(text: ScalarText(text), version: version, field: field), record)
  }

  private mutating func keep(_ entry: Entry, _ record: RecordID) {
    if bytes + entry.text.utf8.count > Self.bytesMax {
      entries = [:]
      bytes = 0
    }
    bytes += entry.text.utf8.count
    entries[record] = entry
  }

  /// To be called when a record's text may be written anew.
  mutating func forget(_ record: RecordID) {
    if let entry = entries.removeValue(forKey: record) { bytes -= entry.text.utf8.count }
  }
}
