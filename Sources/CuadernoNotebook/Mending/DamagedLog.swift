import CuadernoLog
import CuadernoModel
import CuadernoSync
import Foundation
import GRDB

/// What a damaged log still gives: the changes that its hashes prove, and what is known beside them.
struct DamagedLog {
  let remains: LogRemains
  let identity: Notebook.Identity
  let hubs: [KnownHub]
  let partners: [Partner]
  let untaken: [Change]
  let seen: VectorClock
  /// What waited already, from an earlier mending.
  let strays: [LogRemains.Found]
  /// Who is known to write on which device.
  let members: [DeviceID: Member]

  /// Reads a copy of a notebook's log.
  ///
  /// - Parameter bench: where the copy is made and tried.
  /// - Throws: what SQLite says of the file, when no change can be proven or nothing says whose they
  ///   are.
  init(of folder: NotebookFolder, on bench: NotebookFolder, _ surroundings: Surroundings) throws {
    let copy = LogCopy(folder: folder, bench: bench)
    try copy.make()
    // Before SQLite opens it, which passes over what comes after a damaged page of a WAL.
    let pages = try copy.pages()
    let asItIs = Result { try copy.tables() }
    var tables = (try? asItIs.get()) ?? LogTables()
    if tables.identity == nil || tables.heads.isEmpty {
      if case .failure(let error) = asItIs, !copy.isOfThisKind(error) { throw error }
      try copy.renewSchema()
      if let renewed = try? copy.tables() { tables.fill(from: renewed) }
    }
    let remains = LogRemains(of: pages, heads: tables.heads)
    guard !remains.found.isEmpty else {
      _ = try asItIs.get()
      throw StoreError.damaged
    }
    self.remains = remains
    hubs = tables.hubs
    partners = tables.partners
    untaken = tables.untaken
    seen = tables.seen
    strays = tables.strays
    let owner = LogOwner(remains: remains, pages: pages, folder: folder, surroundings)
    guard let identity = tables.identity.map(owner.corrected) ?? owner.identity() else {
      throw StoreError.damaged
    }
    self.identity = identity
    members = owner.members
  }
}

/// What lies in a log beside its changes and has no hash; each as far as it can be read.
struct LogTables {
  var identity: Notebook.Identity?
  var heads: [ChainHead] = []
  var hubs: [KnownHub] = []
  var partners: [Partner] = []
  var untaken: [Change] = []
  var seen = VectorClock()
  var strays: [LogRemains.Found] = []

  init() {}

  init(_ db: Database) {
    identity = try? Notebook.identity(db)
    heads = Self.heads(db)
    hubs = (try? KnownHub.all(db)) ?? []
    partners = (try? Partner.all(db)) ?? []
    untaken = (try? Untaken.all(db)) ?? []
    seen = (try? Notebook.seen(db)) ?? VectorClock()
    strays = (try? Strays(log: db).all()) ?? []
  }

  mutating func fill(from other: LogTables) {
    identity = identity ?? other.identity
    if heads.isEmpty { heads = other.heads }
    if hubs.isEmpty { hubs = other.hubs }
    if partners.isEmpty { partners = other.partners }
    if untaken.isEmpty { untaken = other.untaken }
    if strays.isEmpty { strays = other.strays }
    seen.join(other.seen)
  }

  private static func heads(_ db: Database) -> [ChainHead] {
    guard
      let rows = try? Row.fetchAll(
        db, sql: "SELECT id, sequence, link FROM device WHERE study = ?",
        arguments: [Notebook.changes.study])
    else { return [] }
    return rows.compactMap { row in
      guard let device = DeviceID.fromDatabaseValue(row[0]),
        let sequence = Int64.fromDatabaseValue(row[1]), sequence > 0,
        let link = Digest.fromDatabaseValue(row[2])
      else { return nil }
      return ChainHead(dot: Dot(device: device, sequence: UInt64(sequence)), link: link)
    }
  }
}

/// A copy of a damaged log, to be read and tried on.
struct LogCopy {
  let folder: NotebookFolder
  let bench: NotebookFolder

  func make() throws {
    try NotebookFolder.remove(bench.log)
    try DurableFile.copyAroundFaults(folder.log, to: bench.log)
    if FileManager.default.fileExists(atPath: folder.log + "-wal") {
      try DurableFile.copyAroundFaults(folder.log + "-wal", to: bench.log + "-wal")
    }
  }

  func pages() throws -> DamagedPages {
    let lost = LostChanges(folder: folder).files.map { folder.file($0) }
    return DamagedPages(
      file: Array(try Data(contentsOf: URL(fileURLWithPath: bench.log))),
      wals: (lost + [bench.log + "-wal"]).compactMap { path in
        (try? Data(contentsOf: URL(fileURLWithPath: path))).map { Array($0) }
      })
  }

  func tables() throws -> LogTables {
    let log = try NotebookFolder.logFile.open(at: bench.log)
    defer { try? log.close() }
    // The copy holds what was in the WAL then.
    try? log.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    return try translatingErrors { try log.reading { LogTables($0) } }
  }

  /// Puts the schema of a new log in place of this one's: it has nothing of the notes, and is the same
  /// in every log of this version.
  func renewSchema() throws {
    let (model, roots) = try modelLog()
    var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: bench.log)))
    let size = NotebookFolder.pageBytes
    let pages = UInt32(bytes.count / size)
    guard Int(pages) >= model.count / size else { throw StoreError.damaged }
    for page in 0..<model.count / size where !roots.contains(page + 1) {
      bytes.replaceSubrange(
        page * size..<(page + 1) * size, with: model[page * size..<(page + 1) * size])
    }
    // The database's size in pages, and a list of free pages that is empty
    // (sqlite.org/fileformat2.html#the_database_header).
    for (index, shift) in [24, 16, 8, 0].enumerated() {
      bytes[28 + index] = UInt8(truncatingIfNeeded: pages >> UInt32(shift))
    }
    for index in 32..<40 { bytes[index] = 0 }
    try Data(bytes).write(to: URL(fileURLWithPath: bench.log))
  }

  /// The bytes of a new log, and the pages in it that belong to a table or an index.
  private func modelLog() throws -> (bytes: [UInt8], roots: Set<Int>) {
    let model = bench.file("model.sqlite")
    try NotebookFolder.remove(model)
    let queue = try NotebookFolder.logFile.create(at: model)
    let roots = try queue.reading { db in
      try Set(Int.fetchAll(db, sql: "SELECT rootpage FROM sqlite_schema"))
    }
    try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    try queue.close()
    return (Array(try Data(contentsOf: URL(fileURLWithPath: model))), roots)
  }

  /// Whether a file that says to be of another kind, or of a newer version, says so for a flipped bit:
  /// what is really another's has another schema too, and is left alone.
  func isOfThisKind(_ error: any Error) -> Bool {
    switch error {
    case StoreError.otherKind, StoreError.newerVersion:
      guard let (model, _) = try? modelLog(),
        let bytes = try? Data(contentsOf: URL(fileURLWithPath: folder.log))
          .prefix(NotebookFolder.pageBytes),
        bytes.count == NotebookFolder.pageBytes
      else { return false }
      let marks = zip(bytes, model).enumerated().filter { (60..<72).contains($0.offset) }
      let flipped = marks.reduce(0) { $0 + ($1.element.0 ^ $1.element.1).nonzeroBitCount }
      return flipped == 1 && Array(bytes.dropFirst(100)) == Array(model[100..<bytes.count])
    case let error as StoreError: return error.isDamage
    default: return false
    }
  }
}

extension NotebookFolder {
  static let pageBytes = 4_096

  /// Where a damaged log is copied to and its successor made.
  var bench: NotebookFolder { NotebookFolder(url.appendingPathComponent("mending")) }

  func file(_ name: String) -> String { url.appendingPathComponent(name).path }
}
