package import CuadernoLog
import CuadernoSync
package import Foundation
import GRDB

/// What a backup or a restored notebook holds.
package struct BackupContents: Hashable, Sendable {
  package var changes: Int
  package var bytes: Int
}

extension Notebook {
  /// Copies the log while the notebook may be in use, checks every row of the copy, and only then
  /// gives it its name, so that a torn copy never takes the place of a good one.
  ///
  /// The view is left out, since it can be made again, and so are the tokens for hubs: a backup lies
  /// on other people's disks.
  ///
  /// - Parameter file: must not exist.
  package func backup(to file: URL) throws -> BackupContents {
    guard !FileManager.default.fileExists(atPath: file.path) else { throw BackupError.exists }
    let copy = file.deletingLastPathComponent()
      .appendingPathComponent(".\(file.lastPathComponent).part")
    do {
      try NotebookFolder.remove(copy.path)
      // For its owner alone from its first byte on: until the end it holds what hubs are signed in to with.
      try DurableFile.makeEmpty(copy.path)
      try translatingErrors { try log.vacuum(into: copy.path) }
      let contents = try translatingErrors {
        let queue = try NotebookFolder.logFile.open(at: copy.path)
        try queue.write { try $0.execute(sql: "UPDATE hub SET token = ''") }
        // What was overwritten would still lie in a free part of a page.
        try queue.vacuum()
        return try Self.checked(queue, copy)
      }
      guard !FileManager.default.fileExists(atPath: file.path) else { throw BackupError.exists }
      try noteLeaving()
      try DurableFile.put(copy.path, inPlaceOf: file.path)
      return contents
    } catch {
      try? NotebookFolder.remove(copy.path)
      throw error
    }
  }

  /// Makes a notebook from a backup, in a folder that has none.
  ///
  /// It is a new device: the numbers that the old one gave away after the backup must not be given
  /// away again.
  package static func restore(
    _ file: URL, in folder: NotebookFolder, surroundings: Surroundings
  ) throws -> BackupContents {
    guard !folder.exists else { throw NotebookError.exists }
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw BackupError.file(.missing)
    }
    try FileManager.default.createDirectory(
      at: folder.url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    return try folder.lock.hold {
      let copy = folder.log + ".part"
      do {
        try NotebookFolder.remove(copy)
        // Into a file of its own making: that of the backup may be read-only, and the copy is not.
        try DurableFile.copyAroundFaults(file.path, to: copy)
        let contents = try translatingErrors {
          let queue = try NotebookFolder.logFile.open(at: copy)
          // A backup is one file without a WAL; a notebook has one again.
          try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
          var generator = surroundings.generator
          try queue.write {
            try markOwnSeen($0)
            try $0.execute(
              sql: """
                UPDATE notebook SET log = ?, device = ?, leftSequence = 0, offeredSequence = 0
                """,
              arguments: [Blob(surroundings.randomBytes(16)), DeviceID(using: &generator)])
          }
          return try checked(queue, URL(fileURLWithPath: copy))
        }
        try NotebookFolder.remove(folder.view)
        try NotebookFolder.removeBeside(folder.log)
        try DurableFile.put(copy, inPlaceOf: folder.log)
        return contents
      } catch let error as StoreError {
        try? NotebookFolder.remove(copy)
        throw BackupError.file(error)
      }
    }
  }

  /// Reads every row against its hash and closes the file, so that nothing is left in a WAL.
  private static func checked(_ queue: DatabaseQueue, _ file: URL) throws -> BackupContents {
    var count = 0
    try queue.reading { db in
      try changes.forEachEntry(from: 1, db) { _ in count += 1 }
    }
    try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    try queue.close()
    try NotebookFolder.removeBeside(file.path)
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
    return BackupContents(changes: count, bytes: attributes[.size] as? Int ?? 0)
  }
}

/// Why a backup was not written or not restored. The notebook and the backup are untouched.
package enum BackupError: Error, Equatable, CustomStringConvertible {
  case exists
  case otherStudy
  case file(StoreError)

  package var description: String {
    switch self {
    case .exists: "there is a file of that name already; a backup never overwrites one"
    case .otherStudy: "backup is of another study; nothing was taken from it"
    case .file(let error): "backup: \(error)"
    }
  }
}
