import CuadernoLog
import CuadernoSync
import CuadernoTestSupport
import GRDB
import Testing

@testable import CuadernoLedger

@Suite struct LedgerFileTests {
  @Test func `a ledger opened again holds the same`() async throws {
    let fixture = try await LedgerFixture()
    let (_, _, store) = try await fixture.joinedStudy()
    let history = try await History(seed: 1)
    try await History.bring(from: history.stores[0], to: store)
    let contents = try await fixture.ledger.summary()
    let summary = try await store.summary()
    try fixture.ledger.close()

    let again = try fixture.opened()
    let study = try await again.study(matching: "alto huallaga")
    let storeAgain = try #require(again.store(of: study))

    #expect(try await storeAgain.summary() == summary)
    #expect(try await again.check().isSound)
    #expect(try await again.summary() == contents)
  }

  @Test func `every commit waits for the disk`() async throws {
    let fixture = try await LedgerFixture()

    let synchronous = try await fixture.pool.write { db in
      try Int.fetchOne(db, sql: "PRAGMA synchronous")
    }

    #expect(synchronous == 2)
  }

  @Test func `a ledger of a newer version is refused and not touched`() async throws {
    let fixture = try await LedgerFixture()
    try await fixture.pool.write { try $0.execute(sql: "PRAGMA user_version = 2") }
    try fixture.ledger.close()
    let before = try fixture.folder.bytes(of: "ledger.sqlite")

    #expect(throws: StoreError.newerVersion(found: 2, known: 1)) { try fixture.opened() }

    #expect(try fixture.folder.bytes(of: "ledger.sqlite") == before)
  }

  @Test func `a database of something else is refused and not touched`() async throws {
    let folder = try ScratchFolder()
    let other = try DatabaseQueue(path: folder.file("ledger.sqlite"))
    try await other.write { try $0.execute(sql: "CREATE TABLE photo (id INTEGER)") }
    try other.close()
    let before = try folder.bytes(of: "ledger.sqlite")

    #expect(throws: StoreError.otherKind(applicationID: 0)) {
      try Ledger(folder: folder.path, now: { 0 }, random: { .init(repeating: 0, count: $0) })
    }

    #expect(try folder.bytes(of: "ledger.sqlite") == before)
  }

  @Test(arguments: [0, 1, 100, 4_096])
  func `a file that is no database is refused and not touched`(size: Int) throws {
    let folder = try ScratchFolder()
    let bytes = [UInt8](repeating: 0x42, count: size)
    try folder.write(bytes, to: "ledger.sqlite")

    #expect(throws: size == 0 ? StoreError.empty : StoreError.notADatabase) {
      try Ledger(folder: folder.path, now: { 0 }, random: { .init(repeating: 0, count: $0) })
    }

    #expect(try folder.bytes(of: "ledger.sqlite") == bytes)
  }

  @Test func `the folder is made, for its owner alone`() throws {
    let folder = try ScratchFolder()

    let ledger = try Ledger(
      folder: folder.file("a/b"), now: { 0 }, random: { .init(repeating: 0, count: $0) })
    try ledger.close()

    #expect(try folder.permissions(of: "a/b") == 0o700)
    #expect(try folder.permissions(of: "a/b/ledger.lock") == 0o600)
  }

  @Test func `a ledger is made only where that was asked for`() throws {
    let folder = try ScratchFolder()

    #expect(throws: LedgerError.noLedger) {
      try Ledger(
        folder: folder.path, isMade: false, now: { 0 },
        random: { .init(repeating: 0, count: $0) })
    }

    #expect(try folder.names() == [])
  }

  @Test func `a folder that cannot be made is told`() throws {
    let folder = try ScratchFolder()
    try folder.write([1], to: "file")

    #expect(throws: LedgerError.self) {
      try Ledger(
        folder: folder.file("file/data"), now: { 0 }, random: { .init(repeating: 0, count: $0) })
    }
  }

  @Test func `two that have a ledger open write in turn`() async throws {
    let fixture = try await LedgerFixture()
    let other = try fixture.opened()

    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<20 {
        let ledger = number.isMultiple(of: 2) ? fixture.ledger : other
        group.addTask { _ = try await ledger.createStudy(title: "Study \(number)") }
      }
      try await group.waitForAll()
    }

    #expect(try await fixture.ledger.studies().count == 20)
    #expect(try await other.check().isSound)
  }
}
