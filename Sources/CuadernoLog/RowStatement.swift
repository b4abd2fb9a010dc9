/// A statement that is run for many rows, with a value for each of its columns.
///
/// SQLite runs it for one row after the other. PostgreSQL is sent many rows at once, each column as an
/// array: what a statement costs beside its rows is then paid once.
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

  private init(_ columns: [Column], one: String, many: (_ rows: String) -> String) {
    self.columns = columns
    self.one = one
    let arrays = columns.map { "?::\($0.type.rawValue)[]" }.joined(separator: ", ")
    self.many = many("unnest(\(arrays))")
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
    let found = key.map { "\($0.name) = ?" }.joined(separator: " AND ")
    let one = "UPDATE \(table) SET \(set) WHERE \(found)"
    return RowStatement(columns + key, one: one) { rows in
      let set = columns.map { "\($0.name) = new.\($0.name)" }.joined(separator: ", ")
      let found = key.map { "\(table).\($0.name) = new.\($0.name)" }.joined(separator: " AND ")
      return "UPDATE \(table) SET \(set) FROM \(rows) AS new (\(names(columns + key))) WHERE \(found)"
    }
  }

  /// Answers columns of the rows that have a key.
  ///
  /// - Parameter isLocking: whether it locks them, and passes over those that somebody else has locked,
  ///   where rows can be locked.
  package static func select(
    _ columns: [Column], from table: String, where key: [Column], isLocking: Bool = false
  ) -> RowStatement {
    let found = key.map { "\($0.name) = ?" }.joined(separator: " AND ")
    let one = "SELECT \(names(columns)) FROM \(table) WHERE \(found)"
    return RowStatement(key, one: one) { rows in
      let wanted = columns.map { "\(table).\($0.name)" }.joined(separator: ", ")
      let found = key.map { "\(table).\($0.name) = sought.\($0.name)" }.joined(separator: " AND ")
      return "SELECT \(wanted) FROM \(rows) AS sought (\(names(key))) JOIN \(table) ON \(found)"
        + (isLocking ? " FOR UPDATE OF \(table) SKIP LOCKED" : "")
    }
  }

  private static func names(_ columns: [Column]) -> String {
    columns.map(\.name).joined(separator: ", ")
  }
}
