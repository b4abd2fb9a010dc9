import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoText

/// The present texts that codings are put on, kept while there is room: the codings of a large file
/// name its interviews in any order.
///
/// They are kept in two halves. What is asked for goes to the younger one, and when there is no room the
/// older one is dropped, so that what lies there is what was asked for lately.
struct CodedTexts {
  struct Entry {
    let text: ScalarText
    let version: TextVersion
    let field: Field

    fileprivate var byteCount: Int { text.utf8.count }
  }

  private struct Half {
    var entries: [RecordID: Entry] = [:]
    var bytes = 0

    mutating func keep(_ entry: Entry, _ record: RecordID) {
      entries[record] = entry
      bytes += entry.byteCount
    }

    mutating func take(_ record: RecordID) -> Entry? {
      guard let entry = entries.removeValue(forKey: record) else { return nil }
      bytes -= entry.byteCount
      return entry
    }
  }

  /// The texts of some eight thousand interviews of 2 KB. To read one again takes a few microseconds.
  private static let bytesMax = 16 << 20

  private var younger = Half()
  private var older = Half()

  /// Nil when there is no such record, or it has no text.
  mutating func entry(_ record: RecordID, _ reader: Reader) throws -> Entry? {
    if let entry = younger.entries[record] { return entry }
    if let entry = older.take(record) {
      keep(entry, record)
      return entry
    }
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
    let hasNoRoom = younger.bytes + older.bytes + entry.byteCount > Self.bytesMax
    if hasNoRoom || (older.entries.isEmpty && younger.bytes > Self.bytesMax / 2) {
      older = younger
      younger = Half()
    }
    younger.keep(entry, record)
  }

  /// To be called when a record's text may be written anew.
  mutating func forget(_ record: RecordID) {
    _ = younger.take(record)
    _ = older.take(record)
  }
}
