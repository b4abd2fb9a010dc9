import CuadernoLog
import CuadernoModel
import GRDB

/// How far the full-text index is: it holds the words of every record up to a number, and of none
/// beyond. What it holds of a record in `staleWords` is no more what the record says.
///
/// Indexing takes a third of the time of a first pull, and half of that of a large merge, while
/// somebody waits for the link. So the words of what comes in great number are left for the first
/// search. Numbers are given in the order of arrival, and so one number says which records are new;
/// of those that were changed, the words that the index holds are kept until they are taken out. Where
/// that would be most of them the index is emptied, and begun anew by the search.
struct WordIndex {
  private let view: Database
  private var indexed: Int64
  private let isKept: Bool
  private let leavesWords: Bool

  /// Whether any record had stale words when this began, so that each has to be looked for.
  private let hasStale: Bool

  /// The records whose words have changed and are not in the index yet.
  private var changed: [Int64: Changed] = [:]
  private var bytes = 0

  private struct Changed {
    /// What the index holds of the record.
    let before: IndexedWords
    var after: After
  }

  private enum After {
    case words(IndexedWords)
    case whatItsRowSays(Kind)
  }

  /// How much text waits at most.
  private static let bytesMax = 1 << 20

  /// - Parameter leavesWords: do not touch the index, even when it is complete.
  init(_ view: Database, leavesWords: Bool) throws {
    self.view = view
    self.leavesWords = leavesWords
    indexed =
      try Int64.fetchOne(view.cachedStatement(sql: "SELECT indexed FROM progress")) ?? 0
    hasStale =
      try Bool.fetchOne(
        view.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM staleWords)")) ?? false
    isKept = try !leavesWords && !hasStale && indexed == Self.lastNumber(view)
  }

  /// Whether the index says of a record what it is to say, and so has to follow it, or to be left.
  private func holds(_ record: Int64) throws -> Bool {
    guard isKept || record <= indexed else { return false }
    guard hasStale, !leavesWords else { return true }
    return try view.cachedStatement(sql: "SELECT 1 FROM staleWords WHERE record = ?")
      .first([.integer(record)]) { _ in true } == nil
  }

  // MARK: - What changes

  // FTS5 writes a segment whenever a row comes that is not after the one before it, so changes in no
  // order cost ten times as much as the same in the order of the records. They are gathered for that.

  mutating func insert(_ words: IndexedWords, _ record: Int64) throws {
    guard try holds(record) else { return }
    try gather(record, before: .none, after: .words(words))
  }

  /// To be called before the record's row changes.
  mutating func willChange(_ record: Int64, _ kind: Kind) throws {
    guard try holds(record) else { return }
    let view = view
    try gather(
      record, before: try Searchable(kind: kind, record: record, view).words,
      after: .whatItsRowSays(kind))
  }

  /// - Parameter words: as its row says them until now.
  mutating func willRemove(_ record: Int64, _ words: IndexedWords) throws {
    guard try holds(record) else { return }
    try gather(record, before: words, after: .words(.none))
  }

  /// - Parameter before: what the index holds of a record for which nothing was gathered yet.
  private mutating func gather(
    _ record: Int64, before: @autoclosure () throws -> IndexedWords, after: After
  ) throws {
    guard !leavesWords else { return try before().keepStale(record, view) }
    // First, since the row of this record has not changed yet.
    if bytes > Self.bytesMax { try write() }
    if changed[record] == nil {
      let before = try before()
      changed[record] = Changed(before: before, after: after)
      bytes += before.byteCount
    } else {
      changed[record]?.after = after
    }
    if case .words(let words) = after { bytes += words.byteCount }
  }

  /// Empties the index before some changes when it would be quicker to make it anew than to replace what
  /// becomes stale: to take a record's words out takes about as long as to put them in.
  ///
  /// - Parameter count: how many records' words the changes make stale.
  mutating func makeRoom(forStale count: Int) throws {
    guard leavesWords, indexed > 0, count > 0 else { return }
    let counts = try [
      "SELECT count(*) FROM search_docsize", "SELECT count(*) FROM staleWords",
    ].map { try Int.fetchOne(view, sql: $0) ?? 0 }
    guard 2 * (counts[1] + count) > counts[0] else { return }
    try view.execute(
      sql: """
        INSERT INTO search (search) VALUES ('delete-all');
        DELETE FROM staleWords;
        UPDATE progress SET indexed = 0;
        """)
    indexed = 0
  }

  private mutating func write() throws {
    for (record, changed) in changed.sorted(by: { $0.key < $1.key }) {
      let after =
        switch changed.after {
        case .words(let words): words
        case .whatItsRowSays(let kind): try Searchable(kind: kind, record: record, view).words
        }
      try Self.replace(changed.before, with: after, record, view)
    }
    changed = [:]
    bytes = 0
  }

  private static func replace(
    _ before: IndexedWords, with after: IndexedWords, _ record: Int64, _ view: Database
  ) throws {
    guard before != after else { return }
    try before.remove(record, view)
    try after.insert(record, view)
  }

  /// Brings the index up to the records, and says in the view how far it is.
  mutating func finish() throws {
    try write()
    if isKept { try Self.setIndexed(view) }
  }

  // MARK: - Completing

  static func isComplete(_ view: Database) throws -> Bool {
    try WordIndex(view, leavesWords: false).isKept
  }

  /// Brings the index to what the records say now.
  static func complete(_ view: Database) throws {
    let index = try WordIndex(view, leavesWords: false)
    guard !index.isKept else { return }
    try replaceStale(view)
    let rows = try Row.fetchCursor(
      view.cachedStatement(
        sql: "SELECT number, kind FROM record WHERE number > ? ORDER BY number"),
      arguments: [index.indexed])
    while let row = try rows.next() {
      let record: Int64 = try row.decode(atIndex: 0)
      try words(of: record, kind: row.decode(atIndex: 1), view).insert(record, view)
    }
    try setIndexed(view)
  }

  private static func replaceStale(_ view: Database) throws {
    let rows = try Row.fetchCursor(
      view.cachedStatement(
        sql: """
          SELECT staleWords.record, record.kind, staleWords.title, staleWords.text
          FROM staleWords JOIN record ON record.number = staleWords.record
          ORDER BY staleWords.record
          """))
    while let row = try rows.next() {
      let record: Int64 = try row.decode(atIndex: 0)
      let stale = IndexedWords(
        title: Array(try row.decode(String.self, atIndex: 2).utf8),
        text: Array(try row.decode(String.self, atIndex: 3).utf8))
      try replace(stale, with: words(of: record, kind: row.decode(atIndex: 1), view), record, view)
    }
    try view.execute(sql: "DELETE FROM staleWords")
  }

  /// None for a kind that a newer notebook knows.
  private static func words(of record: Int64, kind: Int64, _ view: Database) throws -> IndexedWords
  {
    guard let kind = Kind(rawValue: UInt32(clamping: kind)) else { return .none }
    return try Searchable(kind: kind, record: record, view).words
  }

  private static func setIndexed(_ view: Database) throws {
    try view.cachedStatement(sql: "UPDATE progress SET indexed = ?")
      .execute(arguments: [lastNumber(view)])
  }

  private static func lastNumber(_ view: Database) throws -> Int64 {
    try Int64.fetchOne(view.cachedStatement(sql: "SELECT max(number) FROM record")) ?? 0
  }
}
