/// A statement that is run for many rows or keys, with a value for each of its columns.
///
/// SQLite runs it for one after the other. PostgreSQL is sent many at once, each column as an array: what a
/// statement costs beside its rows is then paid once.
package struct RowStatement: Sendable {
  /// What a column holds, by PostgreSQL's name for it.
  package enum ColumnType: String, Sendable {
    case integer = "bigint"
    case text
    case bytes = "bytea"
  }

  package struct Column: Sendable {
    let name: String
    package let type: ColumnType

    package static func integer(_ name: String) -> Column { Column(name: name, type: .integer) }
    package static func text(_ name: String) -> Column { Column(name: name, type: .text) }
    package static func bytes(_ name: String) -> Column { Column(name: name, type: .bytes) }
  }

  package let columns: [Column]
  /// For one row.
  package let one: String
  /// For many.
  package let many: String

  /// - Parameter many: makes the statement for many of where the rows come from, which are given the columns
  ///   `k1`, `k2` and so on.
  package init(_ columns: [Column], one: String, many: (_ rows: String) -> String) {
    self.columns = columns
    self.one = one
    let arrays = columns.map { "?::\($0.type.rawValue)[]" }.joined(separator: ", ")
    self.many = many("unnest(\(arrays))")
  }

  private static func found(_ columns: [Column]) -> String {
    columns.map { "\($0.name) = ?" }.joined(separator: " AND ")
  }

  private static func rowNames(_ columns: [Column]) -> String {
    columns.indices.map { "k\($0 + 1)" }.joined(separator: ", ")
  }

  /// - Parameter conflict: what becomes of rows that are there already.
  package static func insert(
    into table: String, _ columns: [Column], onConflict conflict: String = ""
  ) -> RowStatement {
    let head = "INSERT INTO \(table) (\(names(columns)))"
    let tail = conflict.isEmpty ? "" : "\nON CONFLICT " + conflict
    let marks = columns.map { _ in "?" }.joined(separator: ", ")
    return RowStatement(columns, one: "\(head) VALUES (\(marks))" + tail) { rows in
      "\(head) SELECT * FROM \(rows)" + tail
    }
  }

  /// Sets columns of the rows that have a key; the values come in that order.
  package static func update(
    _ table: String, set columns: [Column], where key: [Column]
  ) -> RowStatement {
    let set = columns.map { "\($0.name) = ?" }.joined(separator: ", ")
    let all = columns + key
    return RowStatement(all, one: "UPDATE \(table) SET \(set) WHERE \(found(key))") { rows in
      let set = columns.enumerated().map { "\($1.name) = k\($0 + 1)" }.joined(separator: ", ")
      let found = key.enumerated()
        .map { "\(table).\($1.name) = k\(columns.count + $0 + 1)" }.joined(separator: " AND ")
      return "UPDATE \(table) SET \(set) FROM \(rows) AS new (\(rowNames(all))) WHERE \(found)"
    }
  }

  /// Answers columns, or what is written in their place, of the rows that have a key.
  ///
  /// For many keys the last column is the place of the key among them, from 1.
  ///
  /// - Parameters:
  ///   - table: a table, or tables that are joined.
  ///   - locked: a table whose rows it locks, passing over those that somebody else has locked; where rows
  ///     cannot be locked, nothing is.
  package static func select(
    _ columns: [String], from table: String, where key: [Column], locking locked: String? = nil
  ) -> RowStatement {
    let wanted = columns.joined(separator: ", ")
    let one = "SELECT \(wanted) FROM \(table) WHERE \(found(key))"
    return RowStatement(key, one: one) { rows in
      let source = table.contains(" JOIN ") ? "(\(table))" : table
      let found = key.enumerated().map { "\($1.name) = k\($0 + 1)" }.joined(separator: " AND ")
      return "SELECT \(wanted), place FROM \(places(rows, key)) JOIN \(source) ON \(found)"
        + (locked.map { " FOR UPDATE OF \($0) SKIP LOCKED" } ?? "")
    }
  }

  /// Many keys with the place of each.
  package static func places(_ rows: String, _ key: [Column]) -> String {
    "\(rows) WITH ORDINALITY AS sought (\(rowNames(key)), place)"
  }

  private static func names(_ columns: [Column]) -> String {
    columns.map(\.name).joined(separator: ", ")
  }
}
