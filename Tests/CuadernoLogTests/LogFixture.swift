import CuadernoLog
import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport
import GRDB

/// A change log in a real file, in a folder of its own.
struct LogFixture {
  static let file = DatabaseFile(
    applicationID: 0x4375_6164, versions: SQL.log, synchronous: .full)

  let folder: ScratchFolder
  let queue: DatabaseQueue
  let log = ChangeLog(study: 1)

  init() throws {
    folder = try ScratchFolder()
    queue = try Self.file.create(at: folder.file("log.sqlite"))
  }

  /// A log that has taken a page.
  init(holding page: ChangePage) throws {
    try self.init()
    _ = try append(page)
  }

  /// A log that another fixture has made and closed.
  init(opening folder: ScratchFolder) throws {
    self.folder = folder
    queue = try Self.file.open(at: folder.file("log.sqlite"))
  }

  @discardableResult
  func append(_ page: ChangePage, to log: ChangeLog = ChangeLog(study: 1)) throws -> Int64 {
    try queue.write { db in
      var admission = try log.admission(of: page, db)
      return try log.append(try admission.admit(page) { try log.link(at: $0, db) }, db)
    }
  }

  func appendUnchecked(_ changes: [AdmittedChange]) throws {
    try translatingErrors {
      try queue.write { db in _ = try log.append(changes, db) }
    }
  }

  func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try translatingErrors { try queue.read(body) }
  }

  /// Brings everything from the WAL into the file, and closes it.
  func closeWhole() throws {
    try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    try queue.close()
  }

  func close() throws {
    try queue.close()
  }

  /// Alters the file as a failing disk would: without asking any constraint.
  func corrupt(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws {
    try queue.write { db in
      try db.execute(sql: "PRAGMA ignore_check_constraints = ON")
      try db.execute(sql: sql, arguments: arguments)
    }
  }

  /// Every entry in the order of arrival.
  func entries() throws -> [ChangeLog.Entry] {
    try read { db in
      var entries = [ChangeLog.Entry]()
      try log.forEachEntry(from: 1, db) { entries.append($0) }
      return entries
    }
  }
}

/// Changes of several devices to several records, made by a store in memory.
enum SampleHistory {
  static func page(_ count: Int, devices: Int = 3, seed: UInt64 = 1) async throws -> ChangePage {
    try await store(count, devices: devices, seed: seed)
      .page(beyond: VectorClock(), bytesMax: .max / 2)
  }

  static func store(_ count: Int, devices: Int = 3, seed: UInt64 = 1) async throws -> MemoryStore {
    var generator = SplitMix64(seed: seed)
    let store = MemoryStore(seed: seed)
    for _ in 0..<count {
      let device = DeviceID(rawValue: UInt128(Int.random(in: 1...devices, using: &generator)))
      let record = RecordID(rawValue: UInt128(Int.random(in: 1...4, using: &generator)))
      let size = [0, 1, 40, 900].randomElement(using: &generator) ?? 0
      if Int.random(in: 0..<8, using: &generator) == 0 {
        try await store.delete(by: device, record)
      } else {
        try await store.write(
          by: device, record, fields: [.random(in: 1...3, using: &generator)],
          payload: generator.bytes(size))
      }
    }
    return store
  }
}
