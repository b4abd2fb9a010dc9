import CuadernoNotebook
import GRDB

/// Alters a view from outside, as a fault of the disk or of a program would.
enum ViewDamage {
  static func run(_ sql: String, in folder: NotebookFolder) throws {
    let queue = try DatabaseQueue(path: folder.view)
    try queue.write { try $0.execute(sql: sql) }
    try queue.close()
  }

  /// How many rows a table has.
  static func count(_ table: String, in folder: NotebookFolder) throws -> Int {
    let queue = try DatabaseQueue(path: folder.view)
    defer { try? queue.close() }
    return try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? 0 }
  }
}
