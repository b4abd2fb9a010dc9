import CuadernoLog
import CuadernoSync
import CuadernoTestSupport
import GRDB
import Testing

@testable import CuadernoLedger

/// SQLite does not notice a flipped bit; the ledger's own check does.
@Suite struct LedgerCheckTests {
  private let device = DeviceID(rawValue: 1)

  private func filled(_ seed: UInt64 = 5) async throws -> (LedgerFixture, Study, LedgerStudy) {
    let fixture = try await LedgerFixture()
    let (study, _, store) = try await fixture.joinedStudy()
    try await History.bring(from: try await History(seed: seed).stores[0], to: store)
    return (fixture, study, store)
  }

  @Test func `a sound ledger is counted`() async throws {
    let (fixture, study, store) = try await filled()

    let check = try await fixture.ledger.check()

    #expect(check.isSound)
    #expect(check.studies.count == 1)
    #expect(check.studies[0].title == study.title)
    let changes = try await store.frontier().changeCount
    #expect(UInt64(check.studies[0].changes) == changes)
    #expect(check.studies[0].devices == 4)
    #expect(check.studies[0].records == 12)
  }

  @Test(arguments: ["envelope", "payload", "salt", "link"])
  func `a byte flipped in a change is found, wherever it is`(column: String) async throws {
    let (fixture, _, _) = try await filled()
    let length = try await fixture.pool.read { db in
      try Int.fetchOne(db, sql: "SELECT length(\(column)) FROM change WHERE position = 20") ?? 0
    }
    #expect(length > 0)
    for index in 1...length {
      try await fixture.flip(column, byte: index, in: "change", where: "position = 20")

      let check = try await fixture.ledger.check()
      #expect(!check.isSound, "byte \(index)")
      #expect(check.studies.map(\.isLogSound) == [false])

      try await fixture.flip(column, byte: index, in: "change", where: "position = 20")
    }
    #expect(try await fixture.ledger.check().isSound)
  }

  @Test func `every damaged change is named`() async throws {
    let (fixture, _, _) = try await filled()
    let positions = [3, 21, 40]
    for position in positions {
      try await fixture.flip("payload", byte: 1, in: "change", where: "position = \(position)")
    }
    let dots = try await fixture.pool.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT id, change.sequence FROM change JOIN device ON device.number = change.device
          WHERE position IN (3, 21, 40) ORDER BY position
          """
      ).map { Dot(device: try $0.decode(atIndex: 0), sequence: UInt64(bitPattern: $0[1])) }
    }

    #expect(try await fixture.ledger.check().studies[0].faults == dots.map { .change($0) })
  }

  @Test func `a byte flipped in the registers is found and can be mended`() async throws {
    let (fixture, study, store) = try await filled()
    let summary = try await store.summary()
    let record = RecordID(rawValue: 4)
    let id = "id = x'\(record)'"
    let length = try await fixture.pool.read { db in
      try Int.fetchOne(db, sql: "SELECT length(state) FROM record WHERE \(id)") ?? 0
    }
    #expect(length > 0)
    for index in 1...length {
      try await fixture.flip("state", byte: index, in: "record", where: id)
      let check = try await fixture.ledger.check()
      #expect(check.studies[0].faults == [.registers(record)], "byte \(index)")
      try await fixture.flip("state", byte: index, in: "record", where: id)
    }

    try await fixture.flip("state", byte: 9, in: "record", where: id)
    try await fixture.ledger.rebuildRegisters(of: study)

    #expect(try await fixture.ledger.check().isSound)
    #expect(try await store.summary() == summary)
  }

  @Test(arguments: [
    "UPDATE record SET isAlive = 1 - isAlive WHERE id = x'00000000000000000000000000000004'",
    "UPDATE record SET kind = kind + 1 WHERE id = x'00000000000000000000000000000004'",
    "UPDATE record SET contestedCount = 99 WHERE id = x'00000000000000000000000000000004'",
    "DELETE FROM record WHERE id = x'00000000000000000000000000000004'",
    "INSERT INTO record VALUES (1, randomblob(16), 1, 1, 0, x'01')",
    "UPDATE registerSum SET digest = randomblob(32)",
    "UPDATE device SET link = randomblob(32) WHERE number = 2",
    "UPDATE device SET sequence = sequence + 1 WHERE number = 2",
    "DELETE FROM change WHERE position = (SELECT max(position) FROM change)",
    "UPDATE device SET id = randomblob(16) WHERE number = 2",
    "UPDATE change SET study = 2 WHERE position = 9",
  ])
  func `tables that contradict each other are found`(sql: String) async throws {
    let (fixture, _, _) = try await filled()
    try await fixture.pool.write { try $0.execute(sql: sql) }

    let check = try await fixture.ledger.check()

    #expect(!check.isSound)
    #expect(!check.studies[0].faults.isEmpty)
  }

  @Test func `registers are not made again from a damaged log`() async throws {
    let (fixture, study, _) = try await filled()
    try await fixture.flip("payload", byte: 1, in: "change", where: "position = 20")
    let rows = try await fixture.everyRow()

    await #expect(throws: LedgerError.logDamaged) {
      try await fixture.ledger.rebuildRegisters(of: study)
    }

    #expect(try await fixture.everyRow() == rows)
  }

  @Test func `a damaged page of the file is found`() async throws {
    let (fixture, _, _) = try await filled()
    let roots = try await fixture.pool.read { db in
      try Int.fetchAll(
        db, sql: "SELECT rootpage FROM sqlite_schema WHERE name IN ('record', 'recordByID')")
    }
    try fixture.ledger.close()
    var bytes = try fixture.folder.bytes(of: "ledger.sqlite")
    try fixture.folder.remove("ledger.sqlite-wal")
    try fixture.folder.remove("ledger.sqlite-shm")
    // The count of cells in the header of a page (sqlite.org/fileformat2.html, section 1.6). Where the
    // schema lies in the file depends on when it was checkpointed, so these are looked up.
    for root in roots { bytes[(root - 1) * 4_096 + 3] = 0xff }
    try fixture.folder.write(bytes, to: "ledger.sqlite")

    let ledger = try fixture.opened()
    let check = try await ledger.check()

    #expect(!check.structureFaults.isEmpty)
    #expect(!check.isSound)
  }

  @Test func `a change that does not match its hash is not handed out`() async throws {
    let (fixture, _, store) = try await filled()
    try await fixture.flip("payload", byte: 1, in: "change", where: "position = 20")

    await #expect(throws: (any Error).self) {
      try await store.page(beyond: VectorClock(), bytesMax: 1 << 20)
    }
  }
}

extension LedgerFixture {
  /// Flips one bit of a byte, counted from 1, behind SQLite's back as far as the ledger can tell.
  func flip(
    _ column: String, byte: Int, in table: String, where condition: String
  ) async throws {
    try await pool.write { db in
      let found = try Blob.fetchOne(
        db, sql: "SELECT \(column) FROM \(table) WHERE \(condition)")
      var bytes = try #require(found).bytes
      bytes[byte - 1] ^= 0x10
      try db.execute(
        sql: "UPDATE \(table) SET \(column) = ? WHERE \(condition)", arguments: [Blob(bytes)])
    }
  }
}
