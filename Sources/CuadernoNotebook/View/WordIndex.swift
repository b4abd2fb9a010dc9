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
  private let indexed: Int64
  private let isKept: Bool

  /// - Parameter leavesWords: do not index new records, even when the index is complete.
  init(_ view: Database, leavesWords: Bool) throws {
    indexed =
      try Int64.fetchOne(view.cachedStatement(sql: "SELECT indexed FROM progress")) ?? 0
    isKept = try !leavesWords && indexed == Self.lastNumber(view)
  }

  /// Whether the words of a record stand in the index, or are to.
  func holds(_ record: Int64) -> Bool {
    isKept || record <= indexed
  }

  /// Says in the view how far the index is after a projection.
  func finish(_ view: Database) throws {
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
