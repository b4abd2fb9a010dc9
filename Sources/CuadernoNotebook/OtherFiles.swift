import CuadernoLog
import CuadernoSync
import Foundation
import GRDB

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The files in a notebook's folder beside its log and its view, which may hold what its notes said.
///
/// Erasing has to reach them too: somebody's life may hang on a name in a damaged log that the doctor
/// put aside.
struct OtherFiles {
  let folder: NotebookFolder

  /// Overwrites and removes what holds nothing that the log does not hold, now that it was erased
  /// there. The caller holds the lock.
  ///
  /// Of a damaged log everything that can be proven was taken over when it was mended; the rest is
  /// bytes that no hash vouches for, and to keep them would be to keep what was erased.
  func removeErased(_ log: Database) throws {
    for name in try names() where isMadeByCommands(name) || isDamagedLog(name) { try remove(name) }
    for name in try names() where isStrangeWAL(name) {
      if try isKnown(name, log) { try remove(name) }
    }
  }

  /// What is left, by name and sorted: what somebody put here, drafts, and what belongs to another
  /// notebook.
  func left() throws -> [String] {
    let own =
      ["log.sqlite", "view.sqlite"].flatMap { [$0, $0 + "-wal", $0 + "-shm"] } + [
        "lock", "erasing",
      ]
    return try names().flatMap { name in
      guard name == "drafts" else { return [name] }
      return try FileManager.default.contentsOfDirectory(atPath: folder.drafts.path)
        .map { "drafts/" + $0 }
    }.filter { !own.contains($0) }.sorted()
  }

  func damagedLogs() throws -> [String] {
    try names().filter { isDamagedLog($0) && $0.hasSuffix(".sqlite") }
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
  }

  /// What a command that was cut has left behind.
  private func isMadeByCommands(_ name: String) -> Bool {
    ["mending", "unfinished"].contains(name)
      || ["view-new.sqlite", "backup.part", "log.sqlite.part"].contains {
        name.hasPrefix($0)
      }
  }

  private func isDamagedLog(_ name: String) -> Bool { name.hasPrefix("log-damaged-") }

  private func isStrangeWAL(_ name: String) -> Bool {
    name.hasPrefix("strange-") && name.hasSuffix(".wal") || LostChanges.isName(name)
  }

  /// Whether every change that a WAL has is in this log: it was an older one of its own.
  private func isKnown(_ name: String, _ log: Database) throws -> Bool {
    guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: folder.file(name))) else {
      return false
    }
    let claims = LogRemains.claims(in: DamagedPages(file: [], wals: [Array(bytes)]))
    return try !claims.isEmpty
      && claims.allSatisfy { try Notebook.changes.link(at: $0.dot, log) == $0.link }
  }

  private func remove(_ name: String) throws {
    let path = folder.file(name)
    var files = [path]
    if let inside = FileManager.default.subpaths(atPath: path) {
      files += inside.map { path + "/" + $0 }
    }
    for file in files where isOnlyName(file) { try NotebookFolder.overwrite(file) }
    try FileManager.default.removeItem(atPath: path)
  }

  /// A mending that was cut leaves two names for one file, of which the other may be the log.
  private func isOnlyName(_ path: String) -> Bool {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return false }
    return status.st_mode & S_IFMT == S_IFREG && status.st_nlink == 1
  }
}

extension NotebookFolder {
  /// Lies here while something that was erased may still stand in some file.
  private var erasing: String { file("erasing") }

  var isErasing: Bool { FileManager.default.fileExists(atPath: erasing) }

  /// Begins before the erase is in the log, so that a cut in between leaves nothing half erased: the
  /// next command goes on.
  func beginErasing() throws {
    guard FileManager.default.createFile(atPath: erasing, contents: nil) else {
      throw StoreError.readOnly
    }
    try DurableFile.sync(url.path)
  }

  func endErasing() {
    // Left behind, it costs the next command a cleaning that finds nothing.
    try? FileManager.default.removeItem(atPath: erasing)
  }
}

extension Notebook {
  /// Leaves nothing in the files of what the log does not hold any more: neither in their WALs nor in
  /// the view, which is made anew, since its index keeps words of what was taken out of it, nor in what
  /// was put aside. The caller holds the lock.
  ///
  /// - Parameter milliseconds: how long whoever reads the log is waited for.
  func clean(waiting milliseconds: Int = 2_000) throws {
    try translatingErrors {
      try log.write { log in
        let erasures = try Erasures(log: Self.changes, log)
        try Strays(log: log).erase(erasures)
        try Untaken.erase(erasures, log)
      }
    }
    try view.rebuild(log, overwritingOld: true)
    try translatingErrors {
      try log.reading { try OtherFiles(folder: folder).removeErased($0) }
      // Last, since it has to wait until nobody reads what was there before.
      try log.writeWithoutTransaction { log in
        try log.execute(sql: "PRAGMA busy_timeout = \(milliseconds)")
        defer { try? log.execute(sql: "PRAGMA busy_timeout = 10000") }
        _ = try log.checkpoint(.truncate)
      }
    }
    folder.endErasing()
  }

  /// Whether something that was erased may still stand in some file of the notebook.
  package var isErasing: Bool { folder.isErasing }

  /// The names of the files in the notebook's folder that erasing does not reach; sorted.
  package func filesBesides() throws -> [String] {
    try OtherFiles(folder: folder).left()
  }

  /// How many damaged logs the doctor has put aside; an erase removes them.
  package func damagedLogCount() throws -> Int {
    try OtherFiles(folder: folder).damagedLogs().count
  }
}
