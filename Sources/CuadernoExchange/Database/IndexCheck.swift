/// What the indexes of a table hold, and what they ought to: a sum over all keys for each, whatever their order.
///
/// `PRAGMA integrity_check` looks up each row in each index. Here the table and each index are read once, from
/// one end to the other, which takes half the time and can be shared by two cores.
struct IndexCheck {
  private struct Index {
    let name: String
    let columns: [String]
  }

  private let table: String
  private let indexes: [Index]

  /// - Parameter table: one whose rows have numbers; its indexes are of columns, ascending, and compare bytes.
  init(_ database: TableDatabase, table: String) throws {
    self.table = table
    indexes = try database.texts("SELECT name FROM pragma_index_list('\(table)')").map {
      Index(name: $0, columns: try database.texts("SELECT name FROM pragma_index_info('\($0)')"))
    }
  }

  /// Of what the rows hold, one for each index.
  func expected(_ database: TableDatabase) throws -> [UInt64] {
    var keys = indexes.map { _ in Keys() }
    guard !keys.isEmpty else { return [] }
    try read(database, indexes.flatMap(\.columns), "NOT INDEXED") { row in
      var column = 0
      for (number, index) in indexes.enumerated() {
        keys[number].add(row, column..<column + index.columns.count)
        column += index.columns.count
      }
    }
    return keys.map(\.sum)
  }

  /// Of what the indexes hold; nil for one that is not in order.
  func found(_ database: TableDatabase) throws -> [UInt64?] {
    try indexes.map { index in
      var keys = Keys()
      var isInOrder = true
      try read(database, index.columns, "INDEXED BY \(index.name)") { row in
        keys.add(row, index.columns.indices)
        isInOrder = isInOrder && keys.isInOrder
      }
      return isInOrder ? keys.sum : nil
    }
  }

  private func read(
    _ database: TableDatabase, _ columns: [String], _ way: String, _ body: (TableRow) -> Void
  ) throws {
    let list = columns.map { "\"\($0)\", " }.joined()
    try database.forEachRow("SELECT \(list)rowid FROM \(table) \(way)", body)
  }

  private struct Keys {
    private(set) var sum: UInt64 = 0
    private var last: [UInt8] = []
    private var before: [UInt8] = []

    /// - Parameter columns: of a key, which ends with the number of the row.
    mutating func add(_ row: TableRow, _ columns: Range<Int>) {
      swap(&last, &before)
      last.removeAll(keepingCapacity: true)
      for column in columns { row.appendKey(column, to: &last) }
      row.appendKey(row.count - 1, to: &last)
      var hasher = Hasher()
      unsafe last.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
      sum &+= UInt64(truncatingIfNeeded: hasher.finalize())
    }

    /// Whether the last one belongs after the one before.
    var isInOrder: Bool { !last.lexicographicallyPrecedes(before) }
  }
}
