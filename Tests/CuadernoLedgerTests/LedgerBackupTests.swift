import CuadernoLog
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoLedger

@Suite struct LedgerBackupTests {
  private func filled() async throws -> (LedgerFixture, LedgerStudy) {
    let fixture = try await LedgerFixture()
    let (_, _, store) = try await fixture.joinedStudy()
    try await History.bring(from: try await History(seed: 9).stores[0], to: store)
    return (fixture, store)
  }

  @Test func `a backup is a ledger with everything in it`() async throws {
    let (fixture, store) = try await filled()
    let target = try ScratchFolder()

    let check = try await fixture.ledger.backup(to: target.file("ledger.sqlite"))

    #expect(check.isSound)
    let changes = try await store.frontier().changeCount
    #expect(UInt64(check.studies[0].changes) == changes)
    #expect(try target.names() == ["ledger.sqlite"])
    #expect(try target.permissions(of: "ledger.sqlite") == 0o600)
    let restored = try Ledger(
      folder: target.path, now: { 0 }, random: { .init(repeating: 0, count: $0) })
    let study = try await restored.study(matching: "Alto Huallaga")
    #expect(try await restored.store(of: study)?.summary() == store.summary())
  }

  @Test func `a backup is of one moment while the hub goes on writing`() async throws {
    let (fixture, store) = try await filled()
    let history = try await History(seed: 10, devices: 3, steps: 400)
    // Other devices than those whose changes are held already.
    let (_, _, second) = try await fixture.joinedStudy(
      "Monzón", id: StudyID(rawValue: 0x5e), device: DeviceID(rawValue: 0xe))
    let target = try ScratchFolder()

    async let writing: Void = History.bring(from: history.stores[0], to: second)
    var checks = [LedgerCheck]()
    for number in 0..<5 {
      checks.append(try await fixture.ledger.backup(to: target.file("\(number).sqlite")))
    }
    try await writing

    #expect(checks.map(\.isSound) == [true, true, true, true, true])
    #expect(try await second.summary() == history.stores[0].summary())
    #expect(try await store.frontier().changeCount > 0)
  }

  @Test func `a copy that is not sound replaces nothing`() async throws {
    let (fixture, _) = try await filled()
    let target = try ScratchFolder()
    _ = try await fixture.ledger.backup(to: target.file("good.sqlite"))
    let good = try target.bytes(of: "good.sqlite")
    try await fixture.flip("payload", byte: 1, in: "change", where: "position = 20")

    await #expect(throws: LedgerError.backupNotSound) {
      try await fixture.ledger.backup(to: target.file("good.sqlite"))
    }

    #expect(try target.bytes(of: "good.sqlite") == good)
    #expect(try target.names() == ["good.sqlite"])
  }

  @Test func `a backup cannot replace the ledger itself`() async throws {
    let (fixture, store) = try await filled()

    await #expect(throws: LedgerError.backupOntoLedger) {
      try await fixture.ledger.backup(to: fixture.folder.path + "/./ledger.sqlite")
    }

    #expect(try await store.frontier().changeCount > 0)
  }

  @Test func `a folder that is not there is told, and nothing is left behind`() async throws {
    let (fixture, _) = try await filled()
    let target = try ScratchFolder()

    await #expect(throws: LedgerError.backupTargetUnusable(code: 2)) {
      try await fixture.ledger.backup(to: target.file("none/ledger.sqlite"))
    }
    try target.write([1], to: "taken")
    await #expect(throws: LedgerError.self) {
      try await fixture.ledger.backup(to: target.file("taken/ledger.sqlite"))
    }

    #expect(try target.names() == ["taken"])
  }
}
