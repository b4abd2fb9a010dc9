import CuadernoNotebook
import GRDB

/// Alters a view from outside, as a fault of the disk or of a program would.
enum ViewDamage {
  static func run(_ sql: String, in folder: NotebookFolder) throws {
    let queue = try DatabaseQueue(path: folder.view)
    try queue.write { try $0.execute(sql: sql) }
    try queue.close()
  }
}
