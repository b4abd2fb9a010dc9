import CuadernoLog
import CuadernoModel
package import CuadernoSync
import Foundation
import GRDB

/// A researcher's notebook: the log, the view of it, and who writes in it.
///
/// The log is the truth and the view is made from it. Whatever is written goes through ``write(_:)``
/// or ``apply(_:)``: under the writer's lock, catch up, decide, append to the log, commit, project.
package struct Notebook: Sendable {
  package let folder: NotebookFolder
  package let surroundings: Surroundings
  package let study: StudyID
  let log: DatabaseQueue
  let view: ViewFile
  static let changes = ChangeLog(study: 1)

  /// Who and what the notebook is, as its log says.
  package struct Identity: Hashable, Sendable {
    /// Tells this log from every other, and so a view of it from a view of another.
    package var log: [UInt8]
    package var study: StudyID
    package var device: DeviceID {
      didSet { leftSequence = 0 }
    }
    package var member: String
    package var deviceName: String
    package var lastStamp: Stamp
    /// Up to which number the device's own changes may be on another machine.
    package var leftSequence: UInt64 = 0
  }

  private init(
    folder: NotebookFolder, surroundings: Surroundings, log: DatabaseQueue, view: ViewFile
  ) throws {
    self.folder = folder
    self.surroundings = surroundings
    self.log = log
    self.view = view
    study = try translatingErrors { try log.reading { try Self.identity($0).study } }
  }

  /// To be called where a process begins, before it opens any notebook.
  package static func beginProcess() {
    DatabaseFile.beginProcess()
  }

  // MARK: - Making and opening

  /// Makes a notebook in a folder that has none.
  ///
  /// - Parameters:
  ///   - study: a study that a hub has; nil begins a new one.
  ///   - title: the study's; nil when a hub will bring it.
  ///   - device: the id under which a hub knows this device already; nil takes a new one.
  package static func create(
    in folder: NotebookFolder, study: StudyID?, title: String?, member: String, deviceName: String,
    device: DeviceID? = nil, surroundings: Surroundings
  ) throws -> Notebook {
    guard !folder.exists else { throw NotebookError.exists }
    try FileManager.default.createDirectory(
      at: folder.url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    var generator = surroundings.generator
    let identity = Identity(
      log: surroundings.randomBytes(16), study: study ?? StudyID(using: &generator),
      device: device ?? DeviceID(using: &generator), member: TextEntry.normalised(member),
      deviceName: TextEntry.normalised(deviceName), lastStamp: .zero)
    return try folder.lock.hold {
      guard !folder.exists else { throw NotebookError.exists }
      do {
        try translatingErrors {
          try make(identity, title: title, in: folder.unfinished, surroundings)
        }
        // Whole under its name or not there at all: a notebook that was cut short in its making
        // would stand in the way of the next attempt.
        try NotebookFolder.remove(folder.view)
        try NotebookFolder.removeBeside(folder.log)
        try DurableFile.put(folder.unfinished.log, inPlaceOf: folder.log)
      } catch {
        try? FileManager.default.removeItem(at: folder.unfinished.url)
        throw error
      }
      try? FileManager.default.removeItem(at: folder.unfinished.url)
      let log = try NotebookFolder.logFile.open(at: folder.log)
      let notebook = try Notebook(
        folder: folder, surroundings: surroundings, log: log, view: try ViewFile(folder, log))
      try notebook.prepareMemory(of: identity, upTo: notebook.frontier()[identity.device]).keep()
      return notebook
    }
  }

  private static func make(
    _ identity: Identity, title: String?, in folder: NotebookFolder, _ surroundings: Surroundings
  ) throws {
    try? FileManager.default.removeItem(at: folder.url)
    try FileManager.default.createDirectory(
      at: folder.url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let log = try NotebookFolder.logFile.create(at: folder.log)
    try translatingErrors { try log.write { try identity.insert(into: $0) } }
    let notebook = try Notebook(
      folder: folder, surroundings: surroundings, log: log, view: try ViewFile(folder, log))
    try notebook.writeLocked(isBeginning: true) { writer in
      try writer.introduce()
      if let title { try writer.update(writer.reader.studyRecord, [.init(.Study.title, title)]) }
    }
    try notebook.checkpoint()
    try notebook.log.close()
    try notebook.view.close()
  }

  package enum Access: Sendable { case reading, writing }

  /// Opens a notebook that exists; its view is up to date then.
  ///
  /// - Throws: ``NotebookError``; whatever it is, the log is untouched.
  package static func open(
    _ folder: NotebookFolder, for access: Access, surroundings: Surroundings
  ) throws -> Notebook {
    guard folder.exists else { throw NotebookError.missing }
    do {
      if access == .reading, let notebook = try openForReading(folder, surroundings) {
        return notebook
      }
      return try folder.lock.hold {
        let log = try OwnWAL(folder: folder).open()
        let notebook = try Notebook(
          folder: folder, surroundings: surroundings, log: log, view: try ViewFile(folder, log))
        // What cannot be cleaned yet waits for another command; what was erased is shown by none.
        if folder.isErasing { try? notebook.clean(waiting: access == .reading ? 200 : 2_000) }
        return notebook
      }
    } catch let error as StoreError {
      // What is in the log can be read, though its view finds no room.
      if error == .diskFull, access == .reading, let aside = try? openAside(folder, surroundings) {
        return aside
      }
      throw NotebookError.log(error)
    }
  }

  /// Opens for reading where nothing can be written.
  private static func openAside(
    _ folder: NotebookFolder, _ surroundings: Surroundings
  ) throws -> Notebook {
    let log = try openInReadOnlyFolder(folder.log, NotebookFolder.logFile)
    return try Notebook(
      folder: folder, surroundings: surroundings, log: log,
      view: try ViewFile(readOnly: folder, log))
  }

  /// Opens without the lock and without writing; nil when the view has to catch up first.
  private static func openForReading(
    _ folder: NotebookFolder, _ surroundings: Surroundings
  ) throws -> Notebook? {
    guard folder.isWritable else { return try openAside(folder, surroundings) }
    guard !folder.isErasing,
      let log = try? NotebookFolder.logFile.openReadOnly(at: folder.log),
      let view = try ViewFile(upToDateIn: folder, log)
    else { return nil }
    return try Notebook(folder: folder, surroundings: surroundings, log: log, view: view)
  }

  /// A folder that cannot be written has no room for the shared memory of a WAL, so a database with
  /// changes still in its WAL is read from a copy.
  static func openInReadOnlyFolder(_ path: String, _ file: DatabaseFile) throws -> DatabaseQueue {
    let wal = try? FileManager.default.attributesOfItem(atPath: path + "-wal")
    guard let size = wal?[.size] as? Int, size > 0 else {
      return try file.openReadOnly(at: path, isImmutable: true)
    }
    let copy = FileManager.default.temporaryDirectory
      .appendingPathComponent("cuaderno-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: copy, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let copied = copy.appendingPathComponent("database.sqlite").path
    try FileManager.default.copyItem(atPath: path, toPath: copied)
    try FileManager.default.copyItem(atPath: path + "-wal", toPath: copied + "-wal")
    let queue = try file.open(at: copied)
    // The open files stay readable until they are closed; nothing of the notes stays behind.
    try FileManager.default.removeItem(at: copy)
    return queue
  }

  /// Prepares for many commits in a row, such as the pages of a sync; ``close()`` ends it.
  package func expectMuch() throws {
    try translatingErrors {
      try log.writeWithoutTransaction { try DatabaseFile.expectMuch($0) }
      try view.expectMuch()
    }
  }

  /// Closes the files. After much was written, what is still in their WALs is brought into them
  /// first, under the lock: the next command would otherwise have to read all of it. On a full disk it
  /// cannot be, and nothing is lost by that.
  package func close() throws {
    if view.isLoading || folder.hasLongWAL {
      try? holdingLock { try checkpoint() }
    }
    try log.close()
    try view.close()
  }

  func checkpoint() throws {
    try translatingErrors {
      // Both wait for the disk, and so they wait together.
      let outcome = Outcome()
      log.asyncWriteWithoutTransaction { log in
        outcome.set(Result { _ = try log.checkpoint(.truncate) })
      }
      let checkpointed = Result { try view.isLoading ? view.finishLoading() : view.checkpoint() }
      try outcome.wait()
      try checkpointed.get()
    }
  }

  // MARK: - Reading and writing

  /// Holds the writer's lock while the log that was opened is the notebook's.
  ///
  /// - Throws: ``NotebookError/replaced`` when it is not any more.
  func holdingLock<Result>(_ body: () throws -> Result) throws -> Result {
    try folder.lock.hold {
      guard !DatabaseFile.hasMoved(log) else { throw NotebookError.replaced }
      return try body()
    }
  }

  package func read<Result>(_ body: (Reader) throws -> Result) throws -> Result {
    try healing {
      try translatingErrors {
        try view.read { view in
          // Begins the view's snapshot before the log's: a view may be behind its log, but one that
          // is ahead would name changes that this reader cannot see.
          _ = try Int64.fetchOne(view.cachedStatement(sql: "SELECT position FROM progress"))
          return try log.reading { log in
            try body(try Reader(view: view, log: log, identity: try Self.identity(log)))
          }
        }
      }
    }
  }

  /// Runs one local edit: what it writes is on the disk when this returns, or not at all.
  ///
  /// - Parameter changes: how many changes are expected at the least; where they are more than the
  ///   notebook holds, the view is made anew with them.
  package func write<Result>(
    expecting changes: Int = 1, _ decide: (inout Writer) throws -> Result
  ) throws -> Result {
    try healing {
      try holdingLock { try loadingIfWorth(changes) { try writeLocked(decide) } }
    }
  }

  /// - Parameter isBeginning: what is written belongs to the introduction, which is not undone.
  private func writeLocked<Result>(
    isBeginning: Bool = false, _ decide: (inout Writer) throws -> Result
  ) throws -> Result {
    let wasErasing = folder.isErasing
    let written: (result: Result, memory: DeviceMemory.Draft, hasErased: Bool)
    do {
      written = try inTransaction { view, log in
        try write(isBeginning: isBeginning, decide, view, log)
      }
    } catch {
      // The log does not have it, so nothing is to be cleaned.
      if !wasErasing { folder.endErasing() }
      throw error
    }
    written.memory.keep()
    // It is in the log. What cannot be cleaned now, since somebody reads or the disk is full, the next
    // command cleans.
    if written.hasErased { try? clean() }
    return written.result
  }

  private func write<Result>(
    isBeginning: Bool, _ decide: (inout Writer) throws -> Result, _ view: Database, _ log: Database
  ) throws -> (result: Result, memory: DeviceMemory.Draft, hasErased: Bool) {
    let identity = try ownIdentity(log)
    var writer = try Writer(
      reader: try Reader(view: view, log: log, identity: identity), surroundings: surroundings)
    if try writer.isStranger {
      try writer.introduce()
      if !isBeginning { writer.beginWrite() }
    }
    let result = try decide(&writer)
    try writer.finish()
    let memory = try prepareMemory(of: identity, upTo: writer.sequence)
    if writer.hasErased { try folder.beginErasing() }
    return (result, memory, writer.hasErased)
  }

  /// Both files in one go: the log commits first, and the view after it. A cut between the two
  /// leaves the view behind, and it catches up when it is opened.
  func inTransaction<Result>(
    _ body: (_ view: Database, _ log: Database) throws -> Result
  ) throws -> Result {
    try translatingErrors {
      try view.write { view, commit in
        let result = try log.write { log in
          try ViewFile.catchUp(view, log)
          return try body(view, log)
        }
        // It is written now. A view that cannot follow, on a full disk, catches up later; to say that
        // nothing was written would make a person write it again.
        try? commit()
        return result
      }
    }
  }

  /// Runs a body again with a new view when the view turns out to be damaged. A damaged log is told.
  func healing<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let cut as CutShort {
      guard folder.isWritable, case .damaged? = cut.error as? StoreError else { throw cut.error }
      try holdingLock { try view.rebuild(log) }
      throw NotebookError.viewHealed
    } catch StoreError.damaged where folder.isWritable {
      try holdingLock { try view.rebuild(log) }
      do {
        return try body()
      } catch StoreError.damaged {
        throw NotebookError.log(.damaged)
      }
    }
  }

  /// An error that came when part of a body's work was out of its hands already: it must not be run
  /// again.
  package struct CutShort: Error, CustomStringConvertible {
    package let error: any Error
    package var description: String { "\(error)" }

    package init(_ error: any Error) {
      self.error = translated(error)
    }
  }

  package func identity() throws -> Identity {
    try translatingErrors { try log.reading { try Self.identity($0) } }
  }

  static func identity(_ log: Database) throws -> Identity {
    guard
      let row = try Row.fetchOne(
        log.cachedStatement(
          sql: """
            SELECT log, study, device, member, deviceName, lastStamp,
              max(leftSequence, offeredSequence)
            FROM notebook
            """))
    else { throw StoreError.damaged }
    return Identity(
      log: try row.decode(Blob.self, atIndex: 0).bytes, study: try row.decode(atIndex: 1),
      device: try row.decode(atIndex: 2), member: try row.decode(atIndex: 3),
      deviceName: try row.decode(atIndex: 4),
      lastStamp: Stamp(rawValue: UInt64(bitPattern: try row.decode(atIndex: 5))),
      leftSequence: UInt64(bitPattern: try row.decode(atIndex: 6)))
  }
}

extension Notebook.Identity {
  /// Writes it into a log that has none yet.
  func insert(into log: Database) throws {
    try log.execute(
      sql: """
        INSERT INTO notebook
          (number, log, study, device, member, deviceName, lastStamp, leftSequence)
        VALUES (1, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        Blob(self.log), study, device, member, deviceName, Int64(bitPattern: lastStamp.rawValue),
        Int64(bitPattern: leftSequence),
      ])
  }
}
