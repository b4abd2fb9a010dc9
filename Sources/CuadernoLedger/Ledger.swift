import CuadernoLog
import CuadernoPostgreSQL
import CuadernoSync

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The hub's store: its studies, who may use them, and every change of each.
///
/// A value over one file, `ledger.sqlite` in a data folder, or over a PostgreSQL database. Several
/// processes may have the same ledger open, so the commands work while the server runs.
package struct Ledger: Sendable {
  let database: any LedgerDatabase
  let now: @Sendable () -> Int64
  private let random: @Sendable (_ count: Int) -> [UInt8]

  /// As whom this process writes what a hub has to say.
  ///
  /// A new one each time a ledger is opened, and kept nowhere: a ledger that was set back to yesterday
  /// cannot give a number away twice, nor can two servers on one database. Most processes never write.
  let hubDevice: DeviceID

  /// To be called where a process begins, before it opens any ledger.
  package static func beginProcess() {
    DatabaseFile.beginProcess()
  }

  /// Opens the ledger of a data folder.
  ///
  /// - Parameters:
  ///   - isMade: whether to make one where there is none, and the folder.
  ///   - now: milliseconds since 1970.
  ///   - random: bytes that nobody can guess: ids, secrets and tokens are made of them.
  /// - Throws: ``LedgerError`` and `StoreError`; a file that cannot be used is left untouched.
  package init(
    folder: String, isMade: Bool = true, now: @escaping @Sendable () -> Int64,
    random: @escaping @Sendable (_ count: Int) -> [UInt8]
  ) throws {
    if isMade {
      try Self.makeFolder(folder)
    } else if unsafe access(folder + "/ledger.sqlite", F_OK) != 0 {
      throw LedgerError.noLedger
    }
    self.init(
      try LedgerFile(path: folder + "/ledger.sqlite", lockPath: folder + "/ledger.lock"),
      now: now, random: random)
  }

  /// Opens the ledger in a PostgreSQL database.
  ///
  /// - Parameters:
  ///   - address: a URL such as `postgres://name@host/database`.
  ///   - environment: of the process, some of which PostgreSQL's own library reads.
  /// - Throws: ``LedgerError`` and `StoreError`.
  package init(
    database address: String, environment: [String: String] = [:], isMade: Bool = true,
    now: @escaping @Sendable () -> Int64, random: @escaping @Sendable (_ count: Int) -> [UInt8]
  ) throws {
    guard let address = DatabaseAddress(address, environment: environment) else {
      throw LedgerError.badDatabaseAddress
    }
    self.init(try PostgreSQLLedger(address, isMade: isMade), now: now, random: random)
  }

  init(
    _ database: any LedgerDatabase, now: @escaping @Sendable () -> Int64,
    random: @escaping @Sendable (_ count: Int) -> [UInt8]
  ) {
    self.database = database
    self.now = now
    self.random = random
    hubDevice = DeviceID(
      rawValue: random(DeviceID.byteCount).reduce(0) { $0 << 8 | UInt128($1) })
  }

  /// Whether a text is the address of a database and not the name of a folder.
  package static func isDatabase(_ text: String) -> Bool {
    DatabaseAddress.isAddress(text)
  }

  package func close() throws {
    try database.close()
  }

  /// Answers when the database can be read.
  package func probe() async throws {
    _ = try await database.read { db in try Study.count(db) }
  }

  func randomBytes(_ count: Int) -> [UInt8] {
    let bytes = random(count)
    precondition(bytes.count == count, "the source of randomness must give what is asked for")
    return bytes
  }

  /// For its owner alone: the file holds what informants said.
  static func makeFolder(_ folder: String) throws(LedgerError) {
    var path = folder.hasPrefix("/") ? "" : "."
    for part in folder.split(separator: "/") {
      path += "/" + part
      // Most of them exist; what counts is whether the last can be used.
      _ = unsafe mkdir(path, 0o700)
    }
    guard unsafe access(path, R_OK | W_OK | X_OK) == 0 else {
      throw .folderUnusable(code: errno)
    }
  }
}
