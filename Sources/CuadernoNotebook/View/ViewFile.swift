import CuadernoLog
import CuadernoSync
import Foundation
import GRDB
import Synchronization

/// The file of the view: opened, caught up, and made anew when it cannot be used.
final class ViewFile: Sendable {
  private let folder: NotebookFolder
  private let opened: Mutex<Opened>

  /// The database, which is replaced when the view is rebuilt, and whether it is one that is being
  /// loaded and has not taken the view's place yet.
  private struct Opened {
    var queue: DatabaseQueue
    var isLoading = false
  }

  private init(folder: NotebookFolder, queue: DatabaseQueue) {
    self.folder = folder
    opened = Mutex(Opened(queue: queue))
  }

  /// Opens the view of a log for writing, and brings it up to date. The caller holds the lock.
  convenience init(_ folder: NotebookFolder, _ log: DatabaseQueue) throws {
    if let queue = try? NotebookFolder.viewFile.open(at: folder.view),
      (try? Self.catchUp(queue, log)) != nil
    {
      self.init(folder: folder, queue: queue)
    } else {
      self.init(folder: folder, queue: try Self.rebuilt(folder, log))
    }
  }

  /// Opens the view for reading when it is up to date; nil otherwise.
  convenience init?(upToDateIn folder: NotebookFolder, _ log: DatabaseQueue) throws {
    guard let queue = try? NotebookFolder.viewFile.openReadOnly(at: folder.view),
      (try? Self.isUpToDate(queue, log)) == true
    else { return nil }
    self.init(folder: folder, queue: queue)
  }

  /// For a folder that cannot be written: the view in it, or one made for this process alone.
  convenience init(readOnly folder: NotebookFolder, _ log: DatabaseQueue) throws {
    if let queue = try? Notebook.openInReadOnlyFolder(folder.view, NotebookFolder.viewFile),
      (try? Self.isUpToDate(queue, log)) == true,
      (try? queue.reading(WordIndex.isComplete)) == true
    {
      self.init(folder: folder, queue: queue)
      return
    }
    let scratch = FileManager.default.temporaryDirectory
      .appendingPathComponent("cuaderno-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: scratch, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let queue = try NotebookFolder.viewFile.create(
      at: scratch.appendingPathComponent("view.sqlite").path)
    try Self.fill(queue, log)
    // Unlinked at once: it lives as long as this process and leaves no notes behind.
    try FileManager.default.removeItem(at: scratch)
    self.init(folder: folder, queue: queue)
  }

  private var current: DatabaseQueue { opened.withLock { $0.queue } }
  var isLoading: Bool { opened.withLock { $0.isLoading } }

  func close() throws {
    try current.close()
    // A view that was not finished is worth nothing to anybody else.
    if isLoading { try NotebookFolder.remove(folder.loadedView) }
  }

  func expectMuch() throws {
    try current.writeWithoutTransaction { try DatabaseFile.expectMuch($0, pages: 16_384) }
  }

  func checkpoint() throws {
    try current.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
  }

  /// Runs a body that writes nothing but temporary tables: what is withheld from a member is gathered in
  /// one, which GRDB's own `read` would forbid.
  func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
    let (queue, isLoading) = opened.withLock { ($0.queue, $0.isLoading) }
    // Within the transaction that goes on until the end, if it has begun.
    return try isLoading ? queue.writeWithoutTransaction(body) : queue.reading(body)
  }

  /// Runs a body in a transaction that it commits itself, by calling what it is given.
  func write<Result>(_ body: (Database, () throws -> Void) throws -> Result) throws -> Result {
    let (queue, isLoading) = opened.withLock { ($0.queue, $0.isLoading) }
    if isLoading { return try queue.writeWithoutTransaction { try Self.load($0, body) } }
    return try queue.writeWithoutTransaction { db in
      try db.beginTransaction(.immediate)
      defer {
        if db.isInsideTransaction { try? db.rollback() }
      }
      return try body(db) { try db.commit() }
    }
  }

  /// Throws the view away and makes it again from the log. The caller holds the lock.
  func rebuild(_ log: DatabaseQueue, overwritingOld: Bool = false) throws {
    let new = try Self.rebuilt(folder, log, overwritingOld: overwritingOld)
    replace(with: Opened(queue: new))
    if overwritingOld { try NotebookFolder.overwrite(folder.loadedView) }
    try NotebookFolder.remove(folder.loadedView)
  }

  private func replace(with new: Opened) {
    let old = opened.withLock { opened in
      defer { opened = new }
      return opened
    }
    try? old.queue.close()
  }

  // MARK: - Loading

  /// Prepares for more changes than the view holds: they go into a new file beside it, which waits
  /// for no disk and writes no page twice, and takes the view's place in ``finishLoading()``. Until
  /// then the view stays as it is, and if this process dies it catches up from the log like any view
  /// that is behind. The caller holds the lock.
  func beginLoading(_ log: DatabaseQueue) throws {
    guard !isLoading else { return }
    try NotebookFolder.remove(folder.loadedView)
    let new = try NotebookFolder.loadedViewFile.create(at: folder.loadedView)
    try Self.fill(new, log)
    replace(with: Opened(queue: new, isLoading: true))
  }

  /// Runs a body within the one transaction of everything that is loaded: a commit for each page would
  /// write most pages of two indexes over random ids again and again. If the body fails half-way all of
  /// it is taken back, and the next one catches up from the log.
  private static func load<Result>(
    _ view: Database, _ body: (Database, () throws -> Void) throws -> Result
  ) throws -> Result {
    if !view.isInsideTransaction { try view.beginTransaction(.immediate) }
    let changes = view.totalChangesCount
    do {
      return try body(view) {}
    } catch {
      if view.isInsideTransaction, view.totalChangesCount != changes { try view.rollback() }
      throw error
    }
  }

  /// Goes back to the view as it stayed, after what was loaded did not come to the log. The caller holds
  /// the lock.
  func abandonLoading() throws {
    guard isLoading else { return }
    replace(with: Opened(queue: try NotebookFolder.viewFile.open(at: folder.view)))
    try NotebookFolder.remove(folder.loadedView)
  }

  /// Puts what was loaded in the place of the view, if anything was. The caller holds the lock.
  func finishLoading() throws {
    guard isLoading else { return }
    try translatingErrors {
      try current.writeWithoutTransaction { view in
        if view.isInsideTransaction { try view.commit() }
        try view.execute(sql: "PRAGMA journal_mode = WAL")
      }
      try current.close()
    }
    try NotebookFolder.removeBeside(folder.loadedView)
    try NotebookFolder.remove(folder.view)
    try DurableFile.put(folder.loadedView, inPlaceOf: folder.view)
    replace(with: Opened(queue: try NotebookFolder.viewFile.open(at: folder.view)))
  }

  /// Brings the full-text index up to date. The caller holds the lock.
  func completeIndex() throws {
    try write { view, commit in
      try WordIndex.complete(view)
      try commit()
    }
  }

  // MARK: - Comparing

  func contentsDigest() throws -> Digest {
    Digest(hashing: Array(try dump().utf8))
  }

  func digestOfFreshCopy(_ log: DatabaseQueue) throws -> Digest {
    try NotebookFolder.remove(folder.newView)
    let fresh = try NotebookFolder.viewFile.create(at: folder.newView)
    try Self.fill(fresh, log)
    let digest = Digest(hashing: Array(try Self.dump(fresh).utf8))
    try translatingErrors { try fresh.close() }
    try NotebookFolder.remove(folder.newView)
    return digest
  }

  func dump() throws -> String {
    try Self.dump(current)
  }

  /// Every table's rows in the order of all their columns, and every word of the index. The index's
  /// own tables are left out: how its words lie in them depends on how many came at a time. So are those of
  /// the review, whose rows depend on when somebody looked.
  private static func dump(_ queue: DatabaseQueue) throws -> String {
    try translatingErrors {
      // Not `read`, which would forbid the temporary table of words.
      try queue.writeWithoutTransaction { db in
        let tables = try String.fetchAll(
          db,
          sql: """
            SELECT name FROM sqlite_schema
            WHERE type = 'table' AND name NOT LIKE 'search%' AND name NOT LIKE 'sqlite%'
              AND name NOT LIKE 'review%'
            ORDER BY name
            """)
        var lines = [String]()
        for table in tables {
          let columns = try db.columns(in: table).map { "quote(\"\($0.name)\")" }
          let rows = try String.fetchCursor(
            db,
            sql: """
              SELECT \(columns.joined(separator: " || ',' || ")) AS line FROM \(table)
              ORDER BY line
              """)
          lines.append(table)
          while let line = try rows.next() { lines.append(line) }
        }
        try db.execute(
          sql: "CREATE VIRTUAL TABLE temp.word USING fts5vocab('main', 'search', 'instance')")
        let words = try String.fetchCursor(
          db,
          sql: """
            SELECT quote(term) || ',' || doc || ',' || col || ',' || "offset" AS line
            FROM temp.word ORDER BY line
            """)
        while let line = try words.next() { lines.append(line) }
        try db.execute(sql: "DROP TABLE temp.word")
        return lines.joined(separator: "\n")
      }
    }
  }

  // MARK: - Catching up

  private static func rebuilt(
    _ folder: NotebookFolder, _ log: DatabaseQueue, overwritingOld: Bool = false
  ) throws -> DatabaseQueue {
    try NotebookFolder.remove(folder.newView)
    let new = try NotebookFolder.viewFile.create(at: folder.newView)
    try fill(new, log)
    try translatingErrors {
      try new.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
      try new.close()
    }
    // Nothing is left in its WAL, which would not follow the file to its new name.
    try NotebookFolder.removeBeside(folder.newView)
    if overwritingOld { try NotebookFolder.overwrite(folder.view) }
    try NotebookFolder.remove(folder.view)
    try FileManager.default.moveItem(atPath: folder.newView, toPath: folder.view)
    return try NotebookFolder.viewFile.open(at: folder.view)
  }

  private static func fill(_ queue: DatabaseQueue, _ log: DatabaseQueue) throws {
    try translatingErrors {
      try queue.write { view in
        try log.reading { log in
          try view.execute(
            sql:
              """
              INSERT INTO progress (number, log, knowledge, position, link, registers)
              VALUES (1, ?, ?, 0, ?, ?)
              """,
            arguments: [
              Blob(try Notebook.viewKey(log)), Knowledge.digest, Digest.zero, Digest.zero,
            ])
          try catchUp(view, log)
        }
      }
    }
  }

  private static func catchUp(_ queue: DatabaseQueue, _ log: DatabaseQueue) throws {
    try translatingErrors {
      guard try !isUpToDate(queue, log) else { return }
      _ = try queue.write { view in
        try log.reading { try catchUp(view, $0) }
      }
    }
  }

  /// Projects what the log holds beyond the view.
  ///
  /// - Parameter isRebuiltNext: whether the view will be made anew, so that it may show for now what has
  ///   become void.
  /// - Throws: ``StoreError/damaged`` when the view is not one of this log, or shows what is void.
  @discardableResult
  static func catchUp(
    _ view: Database, _ log: Database, isRebuiltNext: Bool = false
  ) throws -> Arrivals {
    let end = try Notebook.changes.end(log)
    let position = try belongingPosition(view, log)
    guard position < end else { return Arrivals() }
    var projection = try Projection(view: view, log: log, changes: Notebook.changes)
    var link = Digest.zero
    try Notebook.changes.forEachEntry(from: position + 1, log) { entry in
      try projection.apply(entry.change, position: entry.position)
      if !isRebuiltNext {
        for dot in entry.change.envelope.voided {
          // The view was made before the mark came, by a command that was cut short after it.
          guard let found = try Notebook.changes.entry(at: dot, log), found.position <= position
          else { continue }
          throw StoreError.damaged
        }
      }
      link = entry.link
    }
    try projection.finish(position: end, link: link)
    return projection.arrivals
  }

  private static func isUpToDate(_ queue: DatabaseQueue, _ log: DatabaseQueue) throws -> Bool {
    try queue.reading { view in
      try log.reading { log in
        try belongingPosition(view, log) == Notebook.changes.end(log)
      }
    }
  }

  /// How far the view is, once it is sure that it is a view of this log, made with what this code
  /// knows.
  private static func belongingPosition(_ view: Database, _ log: Database) throws -> Int64 {
    guard
      let row = try Row.fetchOne(
        view.cachedStatement(sql: "SELECT log, position, link, knowledge FROM progress")),
      try row.decode(Blob.self, atIndex: 0).bytes == Notebook.viewKey(log),
      try row.decode(Digest.self, atIndex: 3) == Knowledge.digest
    else { throw StoreError.damaged }
    let position: Int64 = try row.decode(atIndex: 1)
    if position > 0 {
      let link = try Digest.fetchOne(
        log.cachedStatement(sql: "SELECT link FROM change WHERE position = ?"),
        arguments: [position])
      guard link == (try row.decode(Digest.self, atIndex: 2)) else { throw StoreError.damaged }
    }
    return position
  }
}
