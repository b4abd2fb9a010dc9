import CSQLite
package import GRDB

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A kind of database file: what marks it, and the SQL that brings it to each version.
///
/// The mark is SQLite's `application_id` and the version its `user_version`, both in the first page
/// (sqlite.org/fileformat2.html), so a file is known before any of its tables is read. A released
/// version's SQL never changes; a new one is appended.
package struct DatabaseFile: Sendable {
  package let applicationID: Int32

  /// The SQL of version 1, 2, 3 …
  package let versions: [String]

  package let synchronous: Synchronous

  /// Whether zeros are written over what is deleted, so that what was erased is nowhere in the file
  /// (sqlite.org/pragma.html#pragma_secure_delete).
  package let overwritesDeleted: Bool

  package let cache: Cache

  /// How much of the file is kept in memory, by a connection that writes and by one that only reads.
  ///
  /// The inner pages of every index of a large study fit into 2 MiB. What does not is read again from
  /// the system's own cache, and written once more where a transaction is larger: an import of 60,000
  /// changes takes as long with 4 MiB as with 16.
  package struct Cache: Sendable {
    package var writingKiB: Int
    package var readingKiB: Int

    package init(writingKiB: Int, readingKiB: Int) {
      self.writingKiB = writingKiB
      self.readingKiB = readingKiB
    }

    package static let small = Cache(writingKiB: 2_048, readingKiB: 2_048)
  }

  /// What a commit waits for (sqlite.org/pragma.html#pragma_synchronous).
  package enum Synchronous: String, Sendable {
    /// Until the log is on the disk: a power cut loses nothing that was acknowledged.
    case full = "FULL"
    /// A power cut may take the last commits, and leaves what was before them whole.
    case normal = "NORMAL"
    /// For nothing: it is written by one process before it gets its place, and has no WAL until then.
    case off = "OFF"
  }

  package init(
    applicationID: Int32, versions: [String], synchronous: Synchronous,
    overwritesDeleted: Bool = false, cache: Cache = .small
  ) {
    self.overwritesDeleted = overwritesDeleted
    self.cache = cache
    self.applicationID = applicationID
    self.versions = versions
    self.synchronous = synchronous
  }

  /// Makes a new database; the file must not exist.
  package func create(at path: String) throws -> DatabaseQueue {
    let queue = try translatingErrors {
      try DatabaseQueue(path: path, configuration: configuration(isWritable: true))
    }
    try translatingErrors {
      try queue.writeWithoutTransaction { db in
        // The file remembers it (sqlite.org/wal.html), so that opening it later writes nothing.
        // GRDB's own way to WAL would set `synchronous` to NORMAL with it.
        let journal = synchronous == .off ? "MEMORY" : "WAL"
        try db.execute(sql: "PRAGMA journal_mode = \(journal)")
        try db.execute(sql: "PRAGMA application_id = \(applicationID)")
      }
      try migrate(queue, from: 0)
    }
    return queue
  }

  /// Opens a database that exists and brings it to the newest version known.
  ///
  /// - Throws: ``StoreError``; the file is untouched then, whatever it is.
  package func open(at path: String) throws -> DatabaseQueue {
    try Self.refuseWhatIsNoDatabase(path)
    return try translatingErrors {
      let queue = try DatabaseQueue(path: path, configuration: configuration(isWritable: true))
      let version = try check(queue)
      if version < versions.count { try migrate(queue, from: version) }
      return queue
    }
  }

  /// Opens a database for reading alone.
  ///
  /// - Parameter isImmutable: nobody can change the file while it is open: it lies in a folder that
  ///   cannot be written, where SQLite could not make the shared memory that WAL needs.
  package func openReadOnly(at path: String, isImmutable: Bool = false) throws -> DatabaseQueue {
    try Self.refuseWhatIsNoDatabase(path)
    return try translatingErrors {
      let queue = try DatabaseQueue(
        path: isImmutable ? Self.immutableURI(path) : path,
        configuration: configuration(isWritable: false))
      let version = try check(queue)
      // An older file is read by migrating it, which cannot be done here.
      guard version == versions.count else { throw StoreError.readOnly }
      return queue
    }
  }

  /// Opens for several connections, one of which writes: what a server needs.
  package func openPool(at path: String) throws -> DatabasePool {
    if unsafe access(path, F_OK) != 0 {
      try create(at: path).close()
    }
    try open(at: path).close()
    return try translatingErrors {
      let pool = try DatabasePool(path: path, configuration: configuration(isWritable: true))
      // A pool sets `NORMAL`, after the configuration has been applied.
      try pool.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA synchronous = \(synchronous.rawValue)")
        // A server stays open, so nobody has to read its WAL again: fewer and longer checkpoints.
        try Self.expectMuch(db)
      }
      return pool
    }
  }

  /// Checkpoints only every 32 MiB, for a connection that is going to write a lot: each checkpoint
  /// waits for the disk twice.
  ///
  /// - Parameter pages: of 4 KiB; a file whose pages are written again and again takes more.
  package static func expectMuch(_ db: Database, pages: Int = 8_192) throws {
    try db.execute(sql: "PRAGMA wal_autocheckpoint = \(pages)")
  }

  /// Whether an open database's file has lost its name to another: what is written to it is in nothing
  /// that anybody opens later.
  package static func hasMoved(_ queue: DatabaseQueue) -> Bool {
    queue.unsafeRead { db in unsafe cuaderno_has_moved(db.sqliteConnection) != 0 }
  }

  private static func immutableURI(_ path: String) -> String {
    var escaped = ""
    for scalar in path.unicodeScalars {
      switch scalar {
      case "%": escaped += "%25"
      case "?": escaped += "%3f"
      case "#": escaped += "%23"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return "file:\(escaped)?immutable=1"
  }

  /// SQLite takes a file that is empty, or shorter than its smallest page, for a new database and
  /// would fill it; here it is a loss to report.
  private static func refuseWhatIsNoDatabase(_ path: String) throws {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw StoreError.missing }
    guard status.st_size > 0 else { throw StoreError.empty }
    guard status.st_size >= 512 else { throw StoreError.notADatabase }
  }

  private func check(_ queue: DatabaseQueue) throws -> Int {
    let (found, version) = try queue.reading { db in
      (
        try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0,
        try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
      )
    }
    guard found == applicationID else { throw StoreError.otherKind(applicationID: found) }
    guard version <= versions.count else {
      throw StoreError.newerVersion(found: version, known: versions.count)
    }
    return version
  }

  /// Each version in a transaction of its own together with its number, so a cut leaves the old
  /// version or the new.
  private func migrate(_ queue: DatabaseQueue, from version: Int) throws {
    for (index, sql) in versions.enumerated().dropFirst(version) {
      try queue.write { db in
        try db.execute(sql: sql)
        try db.execute(sql: "PRAGMA user_version = \(index + 1)")
      }
    }
  }

  /// Set once for the process; it is too late where somebody else has opened a database before.
  private static let countsNoMemory: Void = {
    _ = cuaderno_count_no_memory()
  }()

  private func configuration(isWritable: Bool) -> Configuration {
    Self.countsNoMemory
    var configuration = Configuration()
    configuration.readonly = !isWritable
    configuration.busyMode = .timeout(10)
    // References between synced records are never enforced: one may arrive before the other.
    configuration.foreignKeysEnabled = false
    // A file that is written before it gets its place is one transaction from its beginning to its end.
    configuration.allowsUnsafeTransactions = synchronous == .off
    let synchronous = synchronous.rawValue
    let overwritesDeleted = overwritesDeleted
    let cache = cache
    configuration.prepareDatabase { db in
      // Closing would checkpoint, which costs a single command four waits for the disk, and would
      // do so outside the writer's lock. A WAL that stays behind is bounded by its checkpoints: the
      // next to open reads at most 256 pages of it.
      unsafe _ = cuaderno_leave_wal_on_close(db.sqliteConnection)
      unsafe _ = cuaderno_set_defensive(db.sqliteConnection)
      try db.execute(
        sql: """
          PRAGMA synchronous = \(synchronous);
          PRAGMA wal_autocheckpoint = 256;
          PRAGMA trusted_schema = OFF;
          PRAGMA cell_size_check = ON;
          PRAGMA cache_size = -\(db.configuration.readonly ? cache.readingKiB : cache.writingKiB);
          PRAGMA secure_delete = \(overwritesDeleted ? "ON" : "OFF");
          """)
    }
    return configuration
  }
}
