import Foundation
import GRDB

/// What SQLite keeps beside a database.
enum WriteAheadLog {
  /// Brings all of it into a database that nobody has open.
  ///
  /// When it was last begun anew depends on how long readers looked at it, and with that how many
  /// writes the next commit takes: a death at the nth of them would not be the same twice.
  static func empty(of path: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    try queue.close()
    for suffix in ["-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: path + suffix)
    }
  }
}
