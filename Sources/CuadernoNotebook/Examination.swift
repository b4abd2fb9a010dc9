import CuadernoLog
import CuadernoModel
package import CuadernoSync
package import Foundation
import GRDB

/// What `doctor` finds when it reads everything.
package struct Examination: Sendable {
  /// Changes read from the log, each against its hash.
  package var changes = 0
  /// Changes whose row does not match its hash.
  package var damaged: [Dot] = []
  /// What SQLite itself says of the structure of the log's file, and what the log says of itself
  /// that its changes contradict.
  package var structureFaults = 0
  /// Whether the view holds what the log comes to; nil when a damaged log leaves that open.
  package var viewAgrees: Bool?
  package var wasRebuilt = false
  /// Changes saved from a damaged log that wait for what they build on.
  package var waiting = 0
  /// How many of this device's last changes the log has lost, as far as this machine remembers.
  package var lost: UInt64 = 0

  /// Whether changes lie in a WAL that SQLite does not reach.
  package var isWALCut = false

  package var isLogSound: Bool { damaged.isEmpty && structureFaults == 0 }

  package var isHealthy: Bool { isLogSound && viewAgrees == true }
}

extension Notebook {
  /// Reads the whole log and compares the view with one made anew; replaces it when it differs, or
  /// when asked to.
  package func examine(rebuild: Bool) throws -> Examination {
    var result = Examination()
    try translatingErrors {
      try log.reading { db in
        let faults = try String.fetchAll(db, sql: "PRAGMA integrity_check(100)")
        result.structureFaults = faults == ["ok"] ? 0 : faults.count
        (result.changes, result.damaged) = try Self.changes.examine(db)
        if result.isLogSound { result.structureFaults = try Self.contradictions(db) }
        result.waiting = try Strays(log: db).count()
        result.lost = try lostNumbers(db)
        result.isWALCut = try isWALCut(db, lost: result.lost)
      }
    }
    guard result.isLogSound else { return result }
    try holdingLock {
      try? view.completeIndex()
      let before = try? view.contentsDigest()
      let fresh = try view.digestOfFreshCopy(log)
      result.viewAgrees = before == fresh
      if rebuild || before != fresh {
        try view.rebuild(log)
        result.wasRebuilt = true
        result.viewAgrees = try view.contentsDigest() == fresh
      }
    }
    return result
  }

  /// The row that says who the notebook is has no hash; what its changes say of it has.
  private static func contradictions(_ db: Database) throws -> Int {
    let identity = try identity(db)
    var lastStamp = Stamp.zero
    var hasStudies = false
    var hasStudy = false
    try changes.forEachEntry(from: 1, db) { entry in
      let envelope = entry.change.envelope
      lastStamp = max(lastStamp, envelope.stamp)
      guard envelope.kind == Kind.study.rawValue else { return }
      hasStudies = true
      hasStudy = hasStudy || envelope.record.rawValue == identity.study.rawValue
    }
    for stray in try Strays(log: db).all() {
      lastStamp = max(lastStamp, stray.change.envelope.stamp)
    }
    return (lastStamp == identity.lastStamp ? 0 : 1) + (hasStudy || !hasStudies ? 0 : 1)
  }

  private func isWALCut(_ db: Database, lost: UInt64) throws -> Bool {
    let changes = LostChanges(folder: folder)
    if try changes.arePutAside(db) { return true }
    guard lost > 0 else { return false }
    let device = try Self.identity(db).device
    let held = try Self.changes.head(of: device, db)?.dot.sequence ?? 0
    return changes.areInWAL(of: device, after: held)
  }

  private func lostNumbers(_ db: Database) throws -> UInt64 {
    let identity = try Self.identity(db)
    let held = try Self.changes.head(of: identity.device, db)?.dot.sequence ?? 0
    let given = DeviceMemory(surroundings: surroundings, log: identity.log)
      .highestNumber(of: identity.device)
    return given > held ? given - held : 0
  }

  /// Takes from a backup of the same study what this notebook lacks.
  ///
  /// - Returns: how many changes.
  package func take(fromBackup file: URL) throws -> Int {
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw BackupError.file(.missing)
    }
    // Never opened in place: it may lie on a disk that is worn out, or be somebody else's.
    let copy = folder.url.appendingPathComponent("backup.part").path
    defer { try? NotebookFolder.remove(copy) }
    try NotebookFolder.remove(copy)
    do {
      try DurableFile.copyAroundFaults(file.path, to: copy)
      let backup = try NotebookFolder.logFile.open(at: copy)
      guard let content = FileHandle(forUpdatingAtPath: copy) else { throw StoreError.cannotOpen }
      // Without a name it is read to its end: an erasure that it brings overwrites what lies here by a
      // name. It may hold what was erased, and so it is overwritten as well.
      try NotebookFolder.remove(copy)
      defer {
        try? backup.close()
        try? NotebookFolder.overwrite(content)
      }
      return try translatingErrors {
        guard try backup.reading({ try Self.identity($0).study }) == study else {
          throw BackupError.otherStudy
        }
        var count = 0
        while true {
          let clock = try frontier()
          let page = try backup.reading {
            try Self.changes.page(beyond: clock, bytesMax: WireLimits.pageBytes, $0)
          }
          guard !page.changes.isEmpty else { return count }
          count += try receive(page).count
        }
      }
    } catch let error as StoreError {
      throw BackupError.file(error)
    }
  }

  /// Every row of every table of the view, in order, as one text: what a rebuilt view must repeat.
  package func viewDump() throws -> String {
    try completeIndex()
    return try view.dump()
  }
}
