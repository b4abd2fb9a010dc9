import CuadernoLog
import CuadernoSchema
package import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The folder that a notebook lies in, and the files in it.
package struct NotebookFolder: Sendable, Hashable {
  package let url: URL

  package init(_ url: URL) {
    self.url = url
  }

  /// The truth: loses nothing that was acknowledged.
  static let logFile = DatabaseFile(
    applicationID: applicationID("Cuad"), versions: SQL.log, synchronous: .full,
    overwritesDeleted: true)

  /// A projection of the log; a power cut may set it back, and then it catches up.
  static let viewFile = DatabaseFile(
    applicationID: applicationID("CuaV"), versions: SQL.view, synchronous: .normal,
    // Reports and exports read texts and codings here and there.
    cache: .init(writingKiB: 8_192, readingKiB: 4_096))

  /// A view that is written once, from its beginning to its end, before anybody opens it.
  static let loadedViewFile = DatabaseFile(
    applicationID: applicationID("CuaV"), versions: SQL.view, synchronous: .off,
    cache: .init(writingKiB: 4_096, readingKiB: 4_096))

  package var log: String { url.appendingPathComponent("log.sqlite").path }
  package var view: String { url.appendingPathComponent("view.sqlite").path }
  var newView: String { url.appendingPathComponent("view-new.sqlite").path }
  var loadedView: String { url.appendingPathComponent("view-loaded.sqlite").path }
  var lock: WriterLock { WriterLock(path: url.appendingPathComponent("lock").path) }

  /// Where a notebook is made before it gets its place.
  var unfinished: NotebookFolder { NotebookFolder(url.appendingPathComponent("unfinished")) }

  /// What somebody was writing in an editor, until it is in the log.
  package var drafts: URL { url.appendingPathComponent("drafts") }

  /// Whether two names lead to one notebook.
  package func isSame(as other: NotebookFolder) -> Bool {
    var (one, two) = (stat(), stat())
    guard unsafe stat(log, &one) == 0, unsafe stat(other.log, &two) == 0 else { return false }
    return one.st_dev == two.st_dev && one.st_ino == two.st_ino
  }

  package var exists: Bool { FileManager.default.fileExists(atPath: log) }

  /// Another value once anything may have been written to the log; where nothing was, it may change too.
  package var writingStamp: [Int64] {
    [log, log + "-wal"].flatMap { path in
      var found = stat()
      guard unsafe stat(path, &found) == 0 else { return [Int64]() }
      return [
        Int64(found.st_size), Int64(found.st_mtim.tv_sec), Int64(found.st_mtim.tv_nsec),
        Int64(truncatingIfNeeded: found.st_ino),
      ]
    }
  }

  /// Asks the file system itself and not only the permissions, which say nothing of a disk that is
  /// mounted read-only.
  var isWritable: Bool { unsafe access(url.path, W_OK) == 0 }

  /// Whether a WAL here is longer than the checkpoints of single commands let it become.
  var hasLongWAL: Bool {
    [log, view].contains { path in
      let attributes = try? FileManager.default.attributesOfItem(atPath: path + "-wal")
      return (attributes?[.size] as? Int ?? 0) > 2 << 20
    }
  }

  /// Removes a database with the files that SQLite keeps beside it; the database first, since a
  /// database without its WAL may be half checkpointed, and a WAL without its database is nothing.
  static func remove(_ path: String) throws {
    try unlinkAll([path])
    try removeBeside(path)
  }

  /// Writes zeros over a database and its WAL. A file system that copies on write, or a disk that
  /// spreads its writes, may keep the old blocks all the same.
  static func overwrite(_ path: String) throws {
    for file in [path, path + "-wal"] {
      guard let handle = FileHandle(forWritingAtPath: file) else { continue }
      try overwrite(handle)
    }
  }

  /// The same with a file that is open, which it closes.
  static func overwrite(_ handle: FileHandle) throws {
    let length = try handle.seekToEnd()
    try handle.seek(toOffset: 0)
    let zeros = Data(count: 1 << 20)
    var left = length
    while left > 0 {
      let count = min(left, UInt64(zeros.count))
      try handle.write(contentsOf: zeros.prefix(Int(count)))
      left -= count
    }
    try handle.synchronize()
    try handle.close()
  }

  static func removeBeside(_ path: String) throws {
    try unlinkAll([path + "-wal", path + "-shm"])
  }

  private static func unlinkAll(_ paths: [String]) throws {
    for path in paths {
      guard unsafe unlink(path) == 0 || errno == ENOENT else { throw StoreError.readOnly }
    }
  }

  private static func applicationID(_ name: String) -> Int32 {
    name.utf8.reduce(0) { $0 << 8 | Int32($1) }
  }
}
