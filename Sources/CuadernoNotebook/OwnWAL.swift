import CuadernoLog
import Foundation
import GRDB

/// Opens a log with the WAL that belongs to it.
///
/// SQLite writes the pages of any WAL it finds beside a database over it: nothing in a WAL says whose
/// it is (sqlite.org/fileformat2.html#walformat). A log only grows, so with its own WAL it holds at
/// least what it holds without; one that brings another notebook, or less, is put aside.
struct OwnWAL {
  let folder: NotebookFolder

  /// What tells one state of a log from another.
  private struct State: Equatable {
    var log: [UInt8]
    var end: Int64
  }

  /// The caller holds the lock.
  func open() throws -> DatabaseQueue {
    guard hasWAL, let alone = try? state(withoutWAL: ()) else {
      return try NotebookFolder.logFile.open(at: folder.log)
    }
    do {
      let log = try NotebookFolder.logFile.open(at: folder.log)
      let both = try translatingErrors { try log.reading(Self.state) }
      if both.log == alone.log, both.end >= alone.end { return log }
      try log.close()
      return try openWithoutWAL(because: .damaged)
    } catch let error as StoreError {
      switch error {
      case .damaged, .notADatabase, .otherKind, .failed:
        return try openWithoutWAL(because: error)
      default:
        // Says nothing of the WAL: a disk that fails once must not cost it.
        throw error
      }
    }
  }

  private var hasWAL: Bool {
    let attributes = try? FileManager.default.attributesOfItem(atPath: folder.log + "-wal")
    return (attributes?[.size] as? Int ?? 0) > 0
  }

  private func state(withoutWAL: Void) throws -> State {
    let alone = try NotebookFolder.logFile.openReadOnly(at: folder.log, isImmutable: true)
    defer { try? alone.close() }
    return try alone.reading(Self.state)
  }

  private static func state(_ log: Database) throws -> State {
    State(log: try Notebook.identity(log).log, end: try Notebook.changes.end(log))
  }

  private var isWholeAlone: Bool {
    guard let alone = try? NotebookFolder.logFile.openReadOnly(at: folder.log, isImmutable: true)
    else { return false }
    defer { try? alone.close() }
    let damaged = try? alone.reading { db in
      let structure = try String.fetchAll(db, sql: "PRAGMA quick_check")
      return try Notebook.changes.examine(db).damaged.count + (structure == ["ok"] ? 0 : 1)
    }
    return damaged == 0
  }

  private func openWithoutWAL(because error: StoreError) throws -> DatabaseQueue {
    // A checkpoint that was cut leaves a file that is nothing without its WAL.
    guard isWholeAlone else { throw error }
    var number = 1
    while FileManager.default.fileExists(atPath: folder.strangeWAL(number)) { number += 1 }
    try FileManager.default.moveItem(
      atPath: folder.log + "-wal", toPath: folder.strangeWAL(number))
    try NotebookFolder.removeBeside(folder.log)
    return try NotebookFolder.logFile.open(at: folder.log)
  }
}

extension NotebookFolder {
  /// The name under which a WAL is kept that is not this log's.
  func strangeWAL(_ number: Int) -> String {
    url.appendingPathComponent("strange-\(number).wal").path
  }
}
