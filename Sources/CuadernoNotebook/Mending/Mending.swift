import CuadernoLog
package import CuadernoSync
import Foundation
import GRDB

/// What came of mending a damaged log.
package struct Mending: Sendable {
  /// Changes that the new log holds as they were.
  package var kept = 0
  /// Changes of this notebook that no hub has, written anew because they built on what is missing.
  package var writtenAnew = 0
  /// Changes that wait for what they build on.
  package var waiting = 0
  /// Changes of which one bit was flipped; it was turned back, as their hashes prove.
  package var turnedBack = 0
  /// Changes that were in the log and cannot be proven any more, sorted.
  package var missing: [Dot] = []
  /// The file's name under which the damaged log is kept, in the notebook's folder.
  package var damagedLog = ""
  /// Whether the notebook goes on as a new device.
  package var isNewDevice = false
}

extension Notebook {
  /// Makes a new log of what a damaged one still holds, and puts it in its place.
  ///
  /// Works on a copy and swaps at the end; the damaged files are kept under another name, and a cut
  /// at any moment leaves the old log or the new. Every change of the new log is proven by its
  /// hashes and has what it builds on (law 1). Of the others, what this device wrote and no hub
  /// holds is written anew under a new device id, and the rest waits in a table of its own.
  ///
  /// - Parameter parting: where chains here part from those of another store. What comes after is
  ///   written anew under new device ids, with what builds on it.
  /// - Throws: ``NotebookError``, when nothing can be saved; nothing was changed then.
  package static func mend(
    _ folder: NotebookFolder, after parting: Parting? = nil, surroundings: Surroundings
  ) throws -> Mending {
    guard folder.exists else { throw NotebookError.missing }
    return try folder.lock.hold {
      let bench = folder.bench
      defer { try? FileManager.default.removeItem(at: bench.url) }
      do {
        let (saved, identity, sequence) = try translatingErrors {
          try save(folder, on: bench, parting, surroundings)
        }
        var mending = saved
        mending.damagedLog = try swap(folder, bench, at: surroundings.now())
        if mending.isNewDevice, sequence > 0 {
          // Else the next write would be another one's again.
          try? DeviceMemory(surroundings: surroundings, log: identity.log)
            .prepare(device: identity.device, sequence: sequence, folder: folder.url).keep()
        }
        return mending
      } catch let error as StoreError {
        throw NotebookError.log(error)
      }
    }
  }

  // MARK: - Saving

  private static func save(
    _ folder: NotebookFolder, on bench: NotebookFolder, _ parting: Parting?,
    _ surroundings: Surroundings
  ) throws -> (Mending, Identity, UInt64) {
    try? FileManager.default.removeItem(at: bench.url)
    try FileManager.default.createDirectory(
      at: bench.url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let mender = Mender(
      old: try DamagedLog(of: folder, on: bench, surroundings), parting: parting,
      surroundings: surroundings)
    let new = try NotebookFolder.logFile.create(at: bench.newLog)
    let saved = try new.write { db in
      let mending = try mender.fill(db)
      let identity = try Self.identity(db)
      return (mending, identity, try changes.head(of: identity.device, db)?.dot.sequence ?? 0)
    }
    try new.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    try new.close()
    try NotebookFolder.removeBeside(bench.newLog)
    return saved
  }

  // MARK: - Swapping

  /// The old log takes in what its WAL holds before the WAL goes, so that it is whole at every step.
  private static func swap(
    _ folder: NotebookFolder, _ bench: NotebookFolder, at milliseconds: Int64
  ) throws -> String {
    var name = "log-damaged-\(milliseconds)"
    while FileManager.default.fileExists(atPath: folder.file(name + ".sqlite")) { name += "a" }
    let kept = folder.file(name + ".sqlite")
    try DurableFile.keep(folder.log, as: kept)
    if FileManager.default.fileExists(atPath: folder.log + "-wal") {
      try DurableFile.keep(folder.log + "-wal", as: kept + "-wal")
      try DurableFile.put(bench.log, inPlaceOf: folder.log)
    }
    try NotebookFolder.remove(folder.view)
    try NotebookFolder.removeBeside(folder.log)
    try DurableFile.put(bench.newLog, inPlaceOf: folder.log)
    for lost in LostChanges(folder: folder).files {
      try? FileManager.default.moveItem(
        atPath: folder.file(lost), toPath: folder.file("\(name)-\(lost)"))
    }
    return name + ".sqlite"
  }
}

extension NotebookFolder {
  fileprivate var newLog: String { file("log-new.sqlite") }
}
