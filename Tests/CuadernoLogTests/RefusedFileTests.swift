import CuadernoLog
import CuadernoSync
import CuadernoTestSupport
import Foundation
import GRDB
import Testing

/// Whatever lies where the log should be is refused with its reason and left as it is.
@Suite struct RefusedFileTests {
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
  }

  @Test func `a file that does not exist is not made`() throws {
    try expectRefusal(.missing, "missing.sqlite", exists: false)
    #expect(try folder.names() == [])
  }

  @Test func `an empty file is no database any more`() throws {
    try folder.write([], to: "a")
    try expectRefusal(.empty, "a")
  }

  @Test(arguments: [1, 40, 511, 512, 5_000])
  func `a text file is no database`(length: Int) throws {
    try folder.write(Array(String(repeating: "notas ", count: 1_000).utf8.prefix(length)), to: "a")
    try expectRefusal(.notADatabase, "a")
  }

  @Test(arguments: [1, 100, 512, 4_096, 40_000])
  func `random bytes are no database`(length: Int) throws {
    var generator = SplitMix64(seed: UInt64(length))
    try folder.write(generator.bytes(length), to: "a")
    try expectRefusal(.notADatabase, "a")
  }

  @Test func `a database of another program is refused in either journal mode`() throws {
    for mode in ["DELETE", "WAL"] {
      let name = "\(mode).sqlite"
      let queue = try DatabaseQueue(path: folder.file(name))
      try queue.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA journal_mode = \(mode)")
        try db.execute(sql: "PRAGMA application_id = 252006")
        try db.execute(sql: "CREATE TABLE note (id INTEGER)")
      }
      try queue.close()
      try expectRefusal(.otherKind(applicationID: 252_006), name)
    }
  }

  @Test func `a database without a mark is refused`() throws {
    let queue = try DatabaseQueue(path: folder.file("a"))
    try queue.write { try $0.execute(sql: "CREATE TABLE note (id INTEGER)") }
    try queue.close()
    try expectRefusal(.otherKind(applicationID: 0), "a")
  }

  @Test func `a file of a newer version is refused and left as it is`() async throws {
    let fixture = try LogFixture(holding: try await SampleHistory.page(5))
    try fixture.corrupt("PRAGMA user_version = 9")
    try fixture.closeWhole()
    try folder.write(try fixture.folder.bytes(of: "log.sqlite"), to: "a")

    try expectRefusal(.newerVersion(found: 9, known: 1), "a")
  }

  @Test func `a file of a newer version whose last changes are in its WAL is refused too`()
    async throws
  {
    let fixture = try LogFixture(holding: try await SampleHistory.page(5))
    try fixture.corrupt("PRAGMA user_version = 9")
    try fixture.close()
    let wal = try fixture.folder.bytes(of: "log.sqlite-wal")
    try folder.write(try fixture.folder.bytes(of: "log.sqlite"), to: "a")
    try folder.write(wal, to: "a-wal")

    try expectRefusal(.newerVersion(found: 9, known: 1), "a")
    #expect(try folder.bytes(of: "a-wal") == wal)
  }

  @Test func `a file cut off in its first page is refused`() async throws {
    let bytes = try await wholeLog()
    for length in [1, 15, 16, 99, 100, 511] {
      try folder.write(Array(bytes.prefix(length)), to: "a")
      try expectRefusal(.notADatabase, "a")
    }
  }

  @Test func `a file cut off further on is refused when what is gone is read`() async throws {
    let bytes = try await wholeLog()
    for length in [512, 4_095, 4_096, bytes.count / 4, bytes.count / 2] {
      try folder.write(Array(bytes.prefix(length)), to: "a")
      let error = #expect(throws: StoreError.self, "\(length) bytes") { try readEverything("a") }
      #expect(error == .damaged || error == .notADatabase, "\(length) bytes")
      #expect(try folder.bytes(of: "a") == Array(bytes.prefix(length)))
      for name in try folder.names() {
        try FileManager.default.removeItem(atPath: folder.file(name))
      }
    }
  }

  @Test func `a folder is no database`() throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("a"), withIntermediateDirectories: false)

    #expect(throws: StoreError.cannotOpen) { try LogFixture.file.open(at: folder.file("a")) }
  }

  private func readEverything(_ name: String) throws {
    let queue = try LogFixture.file.open(at: folder.file(name))
    defer { try? queue.close() }
    try translatingErrors {
      try queue.read { db in
        _ = try ChangeLog(study: 1).frontier(db)
        _ = try ChangeLog(study: 1).examine(db)
      }
    }
  }

  private func wholeLog() async throws -> [UInt8] {
    let fixture = try LogFixture(holding: try await SampleHistory.page(40))
    try fixture.closeWhole()
    return try fixture.folder.bytes(of: "log.sqlite")
  }

  /// Opening it, to read or to write, says why not and changes no byte.
  private func expectRefusal(_ error: StoreError, _ name: String, exists: Bool = true) throws {
    let before = exists ? Digest(hashing: try folder.bytes(of: name)) : .zero
    #expect(throws: error) { try LogFixture.file.open(at: folder.file(name)) }
    #expect(throws: error) { try LogFixture.file.openReadOnly(at: folder.file(name)) }
    guard exists else { return }
    #expect(Digest(hashing: try folder.bytes(of: name)) == before)
  }
}
