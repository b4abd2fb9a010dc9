import CuadernoLog
import CuadernoSync
import CuadernoTestSupport
import Foundation
import GRDB
import Testing

@testable import CuadernoLedger

/// A backup comes back whole or not at all.
@Suite struct LedgerRestoreTests {
  private let fixture: LedgerFixture
  private let store: LedgerStudy
  private let target: ScratchFolder

  init() async throws {
    fixture = try await LedgerFixture()
    (_, _, store) = try await fixture.joinedStudy()
    try await History.bring(from: try await History(seed: 9).stores[0], to: store)
    target = try ScratchFolder()
    _ = try await fixture.ledger.backup(to: target.file("backup.sqlite"))
  }

  private func restore(
    replaces: Bool = false, from backup: String? = nil
  ) throws -> RestoredLedger {
    try Ledger.restore(
      backup ?? target.file("backup.sqlite"), to: target.file("data"), replaces: replaces, name: "1"
    )
  }

  private func opened() throws -> Ledger {
    try Ledger(
      folder: target.file("data"), isMade: false, now: { 0 },
      random: { .init(repeating: 0, count: $0) })
  }

  private func holdsEverything() async throws -> Bool {
    let ledger = try opened()
    let study = try await ledger.study(matching: "Alto Huallaga")
    let same = try await ledger.store(of: study)?.summary() == store.summary()
    try ledger.close()
    return same
  }

  @Test func `it makes the folder where there is none, for its owner alone`() async throws {
    let restored = try restore()

    #expect(restored.check.isSound)
    #expect(restored.replacedPath == nil)
    #expect(try target.permissions(of: "data") == 0o700)
    #expect(try target.permissions(of: "data/ledger.sqlite") == 0o600)
    #expect(try await holdsEverything())
  }

  @Test func `a ledger that is there is kept unless it is to give way, and then beside`()
    async throws
  {
    let other = try Ledger(
      folder: target.file("data"), now: { 0 }, random: { .init(repeating: 0, count: $0) })
    _ = try await other.createStudy(title: "Monzón")
    try other.close()
    let before = try target.bytes(of: "data/ledger.sqlite")

    #expect(throws: LedgerError.ledgerExists) { try restore() }
    #expect(try target.bytes(of: "data/ledger.sqlite") == before)

    let restored = try restore(replaces: true)
    #expect(restored.replacedPath == target.file("data/ledger-replaced-1.sqlite"))
    #expect(try target.bytes(of: "data/ledger-replaced-1.sqlite") == before)
    #expect(try await holdsEverything())
  }

  @Test func `a WAL that belongs to the old ledger is never read as the new one's`() async throws {
    let other = try Ledger(
      folder: target.file("data"), now: { 0 }, random: { .init(repeating: 0, count: $0) })
    _ = try await other.createStudy(title: "Monzón")
    let wal = try target.bytes(of: "data/ledger.sqlite-wal")
    try #require(!wal.isEmpty)
    try other.close()
    // As a server leaves it that was killed.
    try target.write(wal, to: "data/ledger.sqlite-wal")

    _ = try restore(replaces: true)

    #expect(try target.bytes(of: "data/ledger-replaced-1.sqlite-wal") == wal)
    #expect(try await holdsEverything())
  }

  @Test func `a torn or damaged backup replaces nothing`() async throws {
    _ = try restore()
    let good = try target.bytes(of: "data/ledger.sqlite")
    let backup = try target.bytes(of: "backup.sqlite")
    var damaged: [[UInt8]] = [
      [], Array(backup.prefix(100)), Array(backup.prefix(backup.count / 2)),
      Array(backup.dropLast(4_096)), Array(repeating: 0x61, count: 100_000),
    ]
    // Of which SQLite itself notices nothing.
    try target.write(backup, to: "altered.sqlite")
    let altered = try DatabaseQueue(path: target.file("altered.sqlite"))
    try await altered.write { db in
      try db.execute(
        sql: "UPDATE change SET payload = x'00' WHERE position = 20 AND payload IS NOT NULL")
      try #require(db.changesCount == 1)
    }
    try altered.close()
    damaged.append(try target.bytes(of: "altered.sqlite"))
    for bytes in damaged {
      try target.write(bytes, to: "damaged.sqlite")
      #expect(throws: (any Error).self) {
        try restore(replaces: true, from: target.file("damaged.sqlite"))
      }
      #expect(try target.bytes(of: "data/ledger.sqlite") == good)
      #expect(try !target.names().contains { $0.contains("partial") })
    }
    #expect(try await holdsEverything())
  }

  @Test func `a file copied beside its WAL, and the ledger itself, are no backups`() throws {
    try target.write([1], to: "backup.sqlite-wal")
    #expect(throws: LedgerError.notABackup) { try restore() }
    try target.remove("backup.sqlite-wal")
    _ = try restore()
    #expect(throws: LedgerError.backupOntoLedger) {
      try restore(replaces: true, from: target.file("data/ledger.sqlite"))
    }
    #expect(throws: LedgerError.backupUnreadable(code: 2)) {
      try restore(replaces: true, from: target.file("none"))
    }
  }

  @Test func `an audit log that was altered is found by a check, and does not prevent a backup`()
    async throws
  {
    try await fixture.run("UPDATE audit SET detail = 'reader' WHERE number = 1")

    let check = try await fixture.ledger.check()
    #expect(!check.isSound)
    #expect(check.areStudiesSound)
    #expect(check.audit.firstFault == 1)
    let copied = try await fixture.ledger.backup(to: target.file("backup.sqlite"))
    #expect(copied.audit.firstFault == 1)
    #expect(try restore().check.audit.firstFault == 1)
  }

  /// `CUADERNO_BACKUP_MB` says how large a ledger comes back.
  @Test func `a large ledger is saved and comes back within a minute`() async throws {
    let megabytes =
      ProcessInfo.processInfo.environment["CUADERNO_BACKUP_MB"].flatMap { Int($0) } ?? 8
    let notebook = MemoryStore(study: store.study, seed: 3)
    let device = DeviceID(rawValue: 0xF)
    var clock = VectorClock()
    for number in 0..<(megabytes * 16) {
      try await notebook.write(
        by: device, RecordID(rawValue: UInt128(number % 1_000 + 1)), fields: [1],
        payload: [UInt8](repeating: UInt8(number & 255), count: 62_000))
      if number % 16 == 15 {
        let page = await notebook.page(beyond: clock, bytesMax: 1 << 20)
        try await store.apply(page)
        for head in page.heads { clock.include(head.dot) }
      }
    }
    let instant = ContinuousClock()
    let saving = try await instant.measure {
      _ = try await fixture.ledger.backup(to: target.file("large.sqlite"))
    }
    let restoring = try instant.measure {
      let restored = try restore(from: target.file("large.sqlite"))
      #expect(restored.check.isSound)
    }
    let bytes = fixture.ledger.fileBytes ?? 0
    print("ledger of \(bytes / 1_000_000) MB: saved in \(saving), back in \(restoring)")
    #expect(restoring < .seconds(60))
  }
}
