import CuadernoLog
import GRDB

/// The words of a record as the full-text index is given them, in UTF-8.
///
/// The index keeps no copy of them, so what is taken out of it must be given once more, exactly as it
/// was put in (sqlite.org/fts5.html, section 4.4.3).
struct IndexedWords: Equatable {
  var title: [UInt8]
  var text: [UInt8]

  static let none = IndexedWords(title: [], text: [])

  var isEmpty: Bool { title.isEmpty && text.isEmpty }

  var byteCount: Int { title.count + text.count }

  func insert(_ record: Int64, _ view: Database) throws {
    guard !isEmpty else { return }
    try view.cachedStatement(sql: "INSERT INTO search (rowid, title, text) VALUES (?, ?, ?)")
      .run(bindings(record))
  }

  func remove(_ record: Int64, _ view: Database) throws {
    guard !isEmpty else { return }
    try view.cachedStatement(
      sql: "INSERT INTO search (search, rowid, title, text) VALUES ('delete', ?, ?, ?)"
    ).run(bindings(record))
  }

  private func bindings(_ record: Int64) -> [Binding] {
    [
      .integer(record), .utf8(Folding.searchable(utf8: title)),
      .utf8(Folding.searchable(utf8: text)),
    ]
  }

  /// Keeps what the index holds of a record until it is taken out of it; what is kept already is what it
  /// holds.
  func keepStale(_ record: Int64, _ view: Database) throws {
    try view.cachedStatement(
      sql: "INSERT OR IGNORE INTO staleWords (record, title, text) VALUES (?, ?, ?)"
    ).run([.integer(record), .utf8(title), .utf8(text)])
  }
}
