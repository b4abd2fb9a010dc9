import CuadernoLog
import CuadernoPostgreSQLTestSupport
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoLedger

/// A ledger goes from a file into PostgreSQL and back, and is the same to the last row.
@Suite(.enabled(if: TestPostgreSQL.isInstalled, "\(TestPostgreSQL.isMissing)"))
struct MigrationTests {
  /// Two studies whose changes came in turn, with everything that a ledger keeps: void and erased changes,
  /// open, used and revoked invites, devices that are behind, refusals.
  private static func filled(_ kind: LedgerKind) async throws -> LedgerFixture {
    let fixture = try await LedgerFixture(kind)
    let (study, device, _) = try await fixture.joinedStudy()
    let (_, _, other) = try await fixture.joinedStudy(
      "Monzón", id: StudyID(rawValue: 0x5e), device: DeviceID(rawValue: 0xe))
    let store = fixture.ledger.store(
      for: device, permitting: { _, change, _ in change.kind != 9 }, guarding: { _ in false })
    let (one, two) = (MemoryStore(study: store.study), try await History(seed: 5).stores[0])
    for number in 0..<12 {
      try await one.write(
        by: DeviceID(rawValue: 0xd), RecordID(rawValue: UInt128(number % 4)), fields: [1, 2],
        kind: number == 5 ? 9 : 2)
      try await store.apply(one.page(beyond: store.frontier(), bytesMax: 400))
      try await other.apply(two.page(beyond: other.frontier(), bytesMax: 400))
      if number == 7 {
        let frontier = try await store.frontier()
        try await fixture.ledger.noteHolding(
          device, frontierDigest: frontier.digest, isNews: true)
      }
    }
    _ = try await one.author(
      by: DeviceID(rawValue: 0xd), RecordID(rawValue: 1), kind: 2, action: .erase,
      context: await one.frontier(), fields: [], about: nil, payload: [], milliseconds: 5)
    try await store.apply(one.page(beyond: store.frontier(), bytesMax: 1 << 20))
    _ = try await fixture.ledger.createInvite(
      to: study, for: "Luis", role: nil, usualRole: "coder")
    _ = try await fixture.ledger.revokeAll(of: "Luis", in: study)
    try await fixture.ledger.noteRefusal(of: device, .forbidden)
    return fixture
  }

  @Test func `there and back everything is the same, by digest`() async throws {
    let file = try await Self.filled(.file)
    let before = try await file.ledger.summary()
    let (postgreSQL, back) = (try await LedgerFixture(.postgreSQL), try await LedgerFixture())

    #expect(try await file.ledger.migrate(to: postgreSQL.ledger) == before)
    #expect(try await postgreSQL.ledger.migrate(to: back.ledger) == before)

    #expect(before.studies == 2 && before.changes > 30)
    #expect(try await back.ledger.summary() == before)
    #expect(try await file.ledger.summary() == before)
    #expect(try await back.everyRow(withAudit: true) == file.everyRow(withAudit: true))
    #expect(try await postgreSQL.everyRow(withAudit: true) == file.everyRow(withAudit: true))
    for fixture in [postgreSQL, back] {
      #expect(try await fixture.ledger.check().isSound)
      #expect(try await fixture.ledger.checkAudit().isSound)
      let study = try await fixture.ledger.study(matching: "Alto Huallaga")
      let old = try await file.ledger.study(matching: "Alto Huallaga")
      #expect(
        try await fixture.ledger.contents(of: study).devices.map(\.missing)
          == file.ledger.contents(of: old).devices.map(\.missing))
    }
    try postgreSQL.ledger.close()
  }

  @Test(arguments: LedgerKind.here)
  func `a ledger that was migrated goes on, and gives no number away twice`(
    kind: LedgerKind
  ) async throws {
    let source = try await Self.filled(kind == .file ? .postgreSQL : .file)
    let target = try await LedgerFixture(kind, seed: 8)
    _ = try await source.ledger.migrate(to: target.ledger)

    try await target.joinedStudy(
      "Tocache", id: StudyID(rawValue: 0x60), device: DeviceID(rawValue: 0xf))
    let study = try await target.ledger.study(matching: "Monzón")
    try await target.join(study, device: DeviceID(rawValue: 0xf0), for: "Rosa")
    let store = try #require(target.ledger.store(of: study))
    let notebook = MemoryStore(study: store.study, seed: 9)
    try await notebook.write(by: DeviceID(rawValue: 0xf0), RecordID(rawValue: 1), fields: [1])
    try await store.apply(notebook.page(beyond: VectorClock(), bytesMax: 1 << 20))

    #expect(try await target.ledger.check().isSound)
    #expect(try await target.ledger.checkAudit().isSound)
    #expect(try await target.ledger.studies().count == 3)
    try target.ledger.close()
    try source.ledger.close()
  }

  @Test(arguments: [
    "UPDATE change SET payload = 'x' WHERE study = 2 AND position = 3",
    "UPDATE change SET envelope = 'x' WHERE study = 1 AND position = 2",
    "DELETE FROM record WHERE study = 2",
    "UPDATE audit SET detail = 'owner' WHERE study = 1 AND number = 2",
    "DELETE FROM change WHERE study = 1 AND position = 4",
  ])
  func `a ledger that was tampered with is not copied on, and the other one tells`(
    sql: String
  ) async throws {
    let file = try await Self.filled(.file)
    let (postgreSQL, back) = (try await LedgerFixture(.postgreSQL), try await LedgerFixture())
    _ = try await file.ledger.migrate(to: postgreSQL.ledger)
    try await postgreSQL.run(sql)

    await #expect(throws: LedgerError.sourceNotSound) {
      try await postgreSQL.ledger.migrate(to: back.ledger)
    }

    #expect(try await back.ledger.studies().isEmpty)
    #expect(try await postgreSQL.ledger.summary() != file.ledger.summary())
    try postgreSQL.ledger.close()
  }

  @Test func `what no chain covers is found by comparing`() async throws {
    let file = try await Self.filled(.file)
    let postgreSQL = try await LedgerFixture(.postgreSQL)
    _ = try await file.ledger.migrate(to: postgreSQL.ledger)

    try await postgreSQL.run("UPDATE member SET role = 'owner' WHERE name = 'Luis'")

    #expect(try await postgreSQL.ledger.check().isSound)
    #expect(try await postgreSQL.ledger.summary() != file.ledger.summary())
    try postgreSQL.ledger.close()
  }

  @Test func `a copy that is altered on its way is not kept`() async throws {
    let file = try await Self.filled(.file)
    let target = try await LedgerFixture(.postgreSQL)
    try await TestPostgreSQL.shared().run(
      """
      CREATE FUNCTION alter_role() RETURNS trigger LANGUAGE plpgsql
      AS $body$ BEGIN NEW.role = 'owner'; RETURN NEW; END $body$
      """,
      "CREATE TRIGGER alter_role BEFORE INSERT ON member FOR EACH ROW EXECUTE FUNCTION alter_role()",
      in: target.address)

    await #expect(throws: LedgerError.copyDiffers) {
      try await file.ledger.migrate(to: target.ledger)
    }

    #expect(try await target.ledger.studies().isEmpty)
    try target.ledger.close()
  }

  @Test(arguments: LedgerKind.here)
  func `nothing is copied over what is there`(kind: LedgerKind) async throws {
    let source = try await Self.filled(.file)
    let target = try await LedgerFixture(kind)
    _ = try await target.ledger.createStudy(title: "Tocache")

    await #expect(throws: LedgerError.targetNotEmpty) {
      try await source.ledger.migrate(to: target.ledger)
    }

    #expect(try await target.ledger.studies().map(\.title) == ["Tocache"])
    try target.ledger.close()
  }

  @Test func `a backup from PostgreSQL is a ledger in a file, of one moment`() async throws {
    let fixture = try await Self.filled(.postgreSQL)
    let before = try await fixture.ledger.summary()
    let target = try ScratchFolder()

    let check = try await fixture.ledger.backup(to: target.file("ledger.sqlite"))

    #expect(check.isSound)
    #expect(try target.names() == ["ledger.sqlite"])
    #expect(try target.permissions(of: "ledger.sqlite") == 0o600)
    let restored = try Ledger(
      folder: target.path, now: { 0 }, random: { .init(repeating: 0, count: $0) })
    #expect(try await restored.summary() == before)
    let again = try await LedgerFixture(.postgreSQL)
    #expect(try await restored.migrate(to: again.ledger) == before)
    try again.ledger.close()
    try fixture.ledger.close()
  }
}
