import CuadernoLog
import CuadernoModel
import GRDB

/// How far the full-text index is: it holds the words of every record up to a number, and of none
/// beyond.
///
/// Indexing takes a third of the time of a first pull, while somebody waits for the link. So the
/// words of what comes in great number are left for the first search; numbers are given in the order
/// of arrival, and so one number says which those are.
struct WordIndex {
  private let view: Database
  private let indexed: Int64
  private let isKept: Bool

  /// The records whose words have changed and are not in the index yet.
  private var changed: [Int64: Changed] = [:]
  private var bytes = 0

  private struct Changed {
    /// What the index holds of the record.
    let before: Searchable?
    var after: After
  }

  private enum After {
    case nothing
    case words(Searchable)
    case whatItsRowSays(Kind)
  }

  /// How much text waits at most.
  private static let bytesMax = 4 << 20

  /// - Parameter leavesWords: do not index new records, even when the index is complete.
  init(_ view: Database, leavesWords: Bool) throws {
    self.view = view
    indexed =
      try Int64.fetchOne(view.cachedStatement(sql: "SELECT indexed FROM progress")) ?? 0
    isKept = try !leavesWords && indexed == Self.lastNumber(view)
  }

  /// Whether the words of a record stand in the index, or are to.
  private func holds(_ record: Int64) -> Bool {
    isKept || record <= indexed
  }

  // MARK: - What changes

  // FTS5 writes a segment whenever a row comes that is not after the one before it, so changes in no
  // order cost ten times as much as the same in the order of the records. They are gathered for that.

  mutating func insert(_ words: Searchable, _ record: Int64) throws {
    try gather(record, before: nil, after: .words(words), bytes: words.byteCount)
  }

  /// - Parameter before: the words as they were before this change.
  mutating func change(_ record: Int64, _ kind: Kind, before: Searchable) throws {
    try gather(record, before: before, after: .whatItsRowSays(kind), bytes: before.byteCount)
  }

  /// - Parameter before: the words as they were before this change.
  mutating func remove(_ record: Int64, before: Searchable) throws {
    try gather(record, before: before, after: .nothing, bytes: before.byteCount)
  }

  private mutating func gather(
    _ record: Int64, before: Searchable?, after: After, bytes: Int
  ) throws {
    guard holds(record) else { return }
    if changed[record] != nil {
      changed[record]?.after = after
    } else {
      changed[record] = Changed(before: before, after: after)
    }
    self.bytes += bytes
    if self.bytes > Self.bytesMax { try write() }
  }

  private mutating func write() throws {
    for (record, changed) in changed.sorted(by: { $0.key < $1.key }) {
      let after: Searchable? =
        switch changed.after {
        case .nothing: nil
        case .words(let words): words
        case .whatItsRowSays(let kind): try Searchable(kind: kind, record: record, view)
        }
      guard changed.before?.hasSameWords(as: after) != true else { continue }
      try changed.before?.removeWords(record, view)
      try after?.insertWords(record, view)
    }
    changed = [:]
    bytes = 0
  }

  /// Brings the index up to the records, and says in the view how far it is.
  mutating func finish() throws {
    try write()
    if isKept { try Self.setIndexed(view) }
  }

  static func isComplete(_ view: Database) throws -> Bool {
    try WordIndex(view, leavesWords: false).isKept
  }

  /// Indexes the words that were left.
  static func complete(_ view: Database) throws {
    let index = try WordIndex(view, leavesWords: false)
    guard !index.isKept else { return }
    let rows = try Row.fetchCursor(
      view.cachedStatement(
        sql: "SELECT number, kind FROM record WHERE number > ? ORDER BY number"),
      arguments: [index.indexed])
    while let row = try rows.next() {
      guard let kind = Kind(rawValue: UInt32(clamping: try row.decode(Int64.self, atIndex: 1)))
      else { continue }
      try Searchable(kind: kind, record: try row.decode(atIndex: 0), view).insertWords(
        try row.decode(atIndex: 0), view)
    }
    try setIndexed(view)
  }

  private static func setIndexed(_ view: Database) throws {
    try view.cachedStatement(sql: "UPDATE progress SET indexed = ?")
      .execute(arguments: [lastNumber(view)])
  }

  private static func lastNumber(_ view: Database) throws -> Int64 {
    try Int64.fetchOne(view.cachedStatement(sql: "SELECT max(number) FROM record")) ?? 0
  }
}
