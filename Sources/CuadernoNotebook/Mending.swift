import CuadernoLog
import CuadernoModel
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
  /// - Parameter fork: the last change of this device that a hub holds too, when another notebook has
  ///   given the numbers after it to changes of its own. What this one wrote since is written anew
  ///   under a new device id, whoever else holds it.
  /// - Throws: ``NotebookError``, when nothing can be saved; nothing was changed then.
  package static func mend(
    _ folder: NotebookFolder, after fork: Dot? = nil, surroundings: Surroundings
  ) throws -> Mending {
    guard folder.exists else { throw NotebookError.missing }
    return try folder.lock.hold {
      let bench = folder.bench
      defer { try? FileManager.default.removeItem(at: bench.url) }
      do {
        var mending = try translatingErrors { try save(folder, on: bench, fork, surroundings) }
        mending.damagedLog = try swap(folder, bench, at: surroundings.now())
        return mending
      } catch let error as StoreError {
        throw NotebookError.log(error)
      }
    }
  }

  // MARK: - Saving

  private static func save(
    _ folder: NotebookFolder, on bench: NotebookFolder, _ fork: Dot?, _ surroundings: Surroundings
  ) throws -> Mending {
    try? FileManager.default.removeItem(at: bench.url)
    try FileManager.default.createDirectory(
      at: bench.url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    var mender = try bestMender(folder, bench, surroundings)
    mender.fork = fork
    let new = try NotebookFolder.logFile.create(at: bench.newLog)
    let mending = try new.write { db in try mender.fill(db) }
    try new.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    try new.close()
    try NotebookFolder.removeBeside(bench.newLog)
    return mending
  }

  /// Reads the log as it is and, when anything is missing then, with a new first page too.
  private static func bestMender(
    _ folder: NotebookFolder, _ bench: NotebookFolder, _ surroundings: Surroundings
  ) throws -> Mender {
    func mender(_ prepare: () throws -> Void) throws -> Mender {
      try NotebookFolder.remove(bench.log)
      try DurableFile.copyAroundFaults(folder.log, to: bench.log)
      if FileManager.default.fileExists(atPath: folder.log + "-wal") {
        try DurableFile.copyAroundFaults(folder.log + "-wal", to: bench.log + "-wal")
      }
      try prepare()
      let old = try NotebookFolder.logFile.open(at: bench.log)
      defer { try? old.close() }
      // The copy holds what was in the WAL then.
      try? old.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
      let attributes = try FileManager.default.attributesOfItem(atPath: bench.log)
      return try translatingErrors {
        try old.read { db in
          let remains = try LogRemains(of: changes, bytes: attributes[.size] as? Int ?? 0, db)
          return Mender(
            remains: remains, identity: try identity(try identity(db), agreeingWith: remains),
            hubs: (try? KnownHub.all(db)) ?? [], untaken: (try? Untaken.all(db)) ?? [],
            surroundings: surroundings)
        }
      }
    }
    let asItIs: Mender
    do {
      asItIs = try mender {}
    } catch let error as StoreError where error.isDamage {
      guard let other = try? mender({ try renewFirstPage(bench) }) else { throw error }
      return other
    }
    guard !asItIs.remains.missing.isEmpty,
      let other = try? mender({ try renewFirstPage(bench) }),
      other.remains.found.count > asItIs.remains.found.count
    else { return asItIs }
    return other
  }

  /// The first page holds the schema and nothing of the notes, and is the same in every log of this
  /// version: where it is damaged, that of a new log does as well.
  private static func renewFirstPage(_ bench: NotebookFolder) throws {
    let model = bench.file("model.sqlite")
    try NotebookFolder.remove(model)
    let queue = try NotebookFolder.logFile.create(at: model)
    try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    try queue.close()
    var page = try Data(contentsOf: URL(fileURLWithPath: model)).prefix(4_096)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: bench.log))
    let pages = UInt32(bytes.count / 4_096)
    guard pages > 1, page.count == 4_096 else { throw StoreError.damaged }
    // The database's size in pages, and a list of free pages that is empty
    // (sqlite.org/fileformat2.html#the_database_header).
    let size = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: pages >> UInt32($0)) }
    page.replaceSubrange(28..<32, with: size)
    page.replaceSubrange(32..<40, with: [UInt8](repeating: 0, count: 8))
    bytes.replaceSubrange(0..<4_096, with: page)
    try bytes.write(to: URL(fileURLWithPath: bench.log))
  }

  /// The row that says who the notebook is has no hash, so it is compared with what has one.
  private static func identity(
    _ identity: Identity, agreeingWith remains: LogRemains
  ) throws -> Identity {
    guard !remains.found.isEmpty else { throw StoreError.damaged }
    var identity = identity
    identity.lastStamp = remains.found.map(\.change.envelope.stamp).max() ?? .zero
    var studies = [RecordID: Int]()
    for found in remains.found where found.change.envelope.kind == Kind.study.rawValue {
      studies[found.change.envelope.record, default: 0] += 1
    }
    if studies[RecordID(rawValue: identity.study.rawValue)] == nil,
      let study = studies.max(by: { ($0.value, $0.key) < ($1.value, $1.key) })?.key
    {
      identity.study = StudyID(rawValue: study.rawValue)
    }
    return identity
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
    return name + ".sqlite"
  }
}

/// Fills a new log with what remains of an old one.
private struct Mender {
  let remains: LogRemains
  let identity: Notebook.Identity
  let hubs: [KnownHub]
  let untaken: [Change]
  let surroundings: Surroundings
  var fork: Dot?

  func fill(_ db: Database) throws -> Mending {
    var mending = Mending()
    mending.missing = remains.missing
    let left = try admit(db)
    mending.kept = remains.found.count - left.count
    // What a hub did not take is not brought to it once more under another name.
    let void = Set(remains.found.flatMap { $0.change.envelope.voided })
    let own = left.filter { isOnlyHere($0.change.dot) && !void.contains($0.change.dot) }
    let waiting = left.filter { !isOnlyHere($0.change.dot) }
    var identity = identity
    mending.isNewDevice =
      left.contains { $0.change.dot.device == identity.device }
      || remains.missing.contains { $0.device == identity.device }
    if mending.isNewDevice {
      var generator = surroundings.generator
      identity.device = DeviceID(using: &generator)
    }
    let reissue = Reissue(
      device: identity.device, log: Notebook.changes, surroundings: surroundings)
    let changes = own.map(\.change).sorted { $0.dot < $1.dot }
    identity.lastStamp = try reissue.append(changes, after: identity.lastStamp, db).lastStamp
    mending.writtenAnew = own.count
    try Strays.keep(waiting, db)
    mending.waiting = waiting.count
    try identity.insert(into: db)
    try Untaken.keep(untaken, db)
    for hub in hubs.reversed() { try hub.insert(into: db) }
    return mending
  }

  /// Appends what may be appended; answers the rest.
  private func admit(_ db: Database) throws -> [LogRemains.Found] {
    var appender = try Notebook.changes.appender(db)
    var frontier = VectorClock()
    var links = [DeviceID: Digest]()
    var left = [LogRemains.Found]()
    for found in remains.found {
      let dot = found.change.dot
      guard !isAfterFork(dot), dot.sequence == frontier[dot.device] + 1,
        frontier.covers(found.change.envelope.context)
      else {
        left.append(found)
        continue
      }
      let admitted = AdmittedChange(own: found.change, after: links[dot.device] ?? .zero)
      guard admitted.link == found.link else {
        left.append(found)
        continue
      }
      try appender.append(admitted, db)
      frontier.include(dot)
      links[dot.device] = admitted.link
    }
    try appender.finish(db)
    return left
  }

  /// Whether this device wrote a change and no hub is known to hold it.
  private func isOnlyHere(_ dot: Dot) -> Bool {
    isAfterFork(dot)
      || dot.device == identity.device && !hubs.contains { $0.syncedFrontier?.covers(dot) == true }
  }

  private func isAfterFork(_ dot: Dot) -> Bool {
    fork.map { dot.device == $0.device && dot.sequence > $0.sequence } ?? false
  }
}

extension NotebookFolder {
  /// Where a damaged log is copied to and its successor made.
  fileprivate var bench: NotebookFolder { NotebookFolder(url.appendingPathComponent("mending")) }
  fileprivate var newLog: String { file("log-new.sqlite") }

  fileprivate func file(_ name: String) -> String { url.appendingPathComponent(name).path }
}
