import CuadernoLog
import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport
import GRDB
import Testing

@Suite struct DatabaseFileTests {
  private static let first = "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT) STRICT;"
  private static let second = "ALTER TABLE note ADD COLUMN place TEXT;"

  private func file(_ versions: [String]) -> DatabaseFile {
    DatabaseFile(applicationID: 77, versions: versions, synchronous: .full)
  }

  @Test func `an old file is brought to the newest version and keeps what it holds`() throws {
    let folder = try ScratchFolder()
    let path = folder.file("a.sqlite")
    let old = try file([Self.first]).create(at: path)
    try old.write { try $0.execute(sql: "INSERT INTO note VALUES (1, 'hola')") }
    try old.close()

    let new = try file([Self.first, Self.second]).open(at: path)

    let row = try new.read { try Row.fetchOne($0, sql: "SELECT text, place FROM note") }
    #expect(row == ["text": "hola", "place": nil])
    #expect(try new.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 2)
  }

  @Test func `a version that fails leaves the one before it`() throws {
    let folder = try ScratchFolder()
    let path = folder.file("a.sqlite")
    try file([Self.first]).create(at: path).close()
    let broken = file([Self.first, "CREATE TABLE place (id INTEGER); CREATE TABLE note (id);"])

    #expect(throws: StoreError.self) { try broken.open(at: path) }

    let queue = try file([Self.first]).open(at: path)
    let tables = try queue.read { try String.fetchAll($0, sql: "SELECT name FROM sqlite_schema") }
    #expect(tables == ["note"])
  }

  @Test func `an older file is not read without being brought to this version`() throws {
    let folder = try ScratchFolder()
    let path = folder.file("a.sqlite")
    try file([Self.first]).create(at: path).close()

    #expect(throws: StoreError.readOnly) {
      try file([Self.first, Self.second]).openReadOnly(at: path)
    }
  }

  @Test func `a log waits for the disk with every commit, and a view does not`() throws {
    let folder = try ScratchFolder()
    // 2 is FULL and 1 is NORMAL (sqlite.org/pragma.html#pragma_synchronous).
    for (synchronous, number) in [(DatabaseFile.Synchronous.full, 2), (.normal, 1)] {
      let file = DatabaseFile(
        applicationID: 77, versions: [Self.first], synchronous: synchronous)
      let path = folder.file("\(synchronous).sqlite")
      let created = try file.create(at: path)
      #expect(try pragma("synchronous", created) == "\(number)")
      try created.close()
      let opened = try file.open(at: path)
      #expect(try pragma("synchronous", opened) == "\(number)")
      #expect(try pragma("journal_mode", opened) == "wal")
      #expect(try pragma("trusted_schema", opened) == "0")
      #expect(try pragma("cell_size_check", opened) == "1")
      try opened.close()
      let pool = try file.openPool(at: path)
      #expect(try pragma("synchronous", pool) == "\(number)")
      try pool.close()
    }
  }

  @Test func `what is only read leaves the file as it is`() async throws {
    let fixture = try LogFixture(holding: try await SampleHistory.page(10))
    try fixture.close()
    let before = try fixture.folder.bytes(of: "log.sqlite")

    let path = fixture.folder.file("log.sqlite")
    #expect(try lastPosition(LogFixture.file.openReadOnly(at: path)) == 10)
    #expect(throws: StoreError.readOnly) {
      try emptied(LogFixture.file.openReadOnly(at: path))
    }

    #expect(try fixture.folder.bytes(of: "log.sqlite") == before)
  }

  @Test func `an immutable file is read from a name with every character`() async throws {
    let fixture = try LogFixture(holding: try await SampleHistory.page(10))
    try fixture.closeWhole()
    let bytes = try fixture.folder.bytes(of: "log.sqlite")
    let name = "año? 100% #1 & más.sqlite"
    try fixture.folder.write(bytes, to: name)

    let path = fixture.folder.file(name)
    #expect(try lastPosition(LogFixture.file.openReadOnly(at: path, isImmutable: true)) == 10)
    #expect(try fixture.folder.names().filter { $0.hasPrefix("año") } == [name])
  }

  private func lastPosition(_ queue: DatabaseQueue) throws -> Int64 {
    defer { try? queue.close() }
    return try queue.read { try ChangeLog(study: 1).end($0) }
  }

  private func emptied(_ queue: DatabaseQueue) throws {
    defer { try? queue.close() }
    try translatingErrors { try queue.write { try $0.execute(sql: "DELETE FROM change") } }
  }

  private func pragma(_ name: String, _ reader: some DatabaseReader) throws -> String? {
    try reader.read { try String.fetchOne($0, sql: "PRAGMA \(name)") }
  }
}
