import CuadernoLog
import CuadernoPostgreSQLTestSupport
import CuadernoSync
import CuadernoTestSupport
import Dispatch
import Testing

@testable import CuadernoLedger
@testable import CuadernoPostgreSQL

/// The database goes away at the worst moment: what was acknowledged is there once, and the server that
/// ran into it goes on.
@Suite(.enabled(if: TestPostgreSQL.isInstalled, "\(TestPostgreSQL.isMissing)"))
struct LostDatabaseTests {
  /// A ledger with a study, and a page for it.
  private struct Scene {
    let fixture: LedgerFixture
    let store: LedgerStudy
    let source: MemoryStore
    let page: ChangePage
    let postgreSQL: TestPostgreSQL

    init() async throws {
      postgreSQL = try await TestPostgreSQL.shared()
      fixture = try await LedgerFixture(.postgreSQL)
      (_, _, store) = try await fixture.joinedStudy()
      source = try await History(seed: 3, devices: 2, steps: 60).stores[0]
      page = await source.page(beyond: VectorClock(), bytesMax: 1 << 20)
    }

    /// Does something in the server's own process when a row is written to `change`.
    ///
    /// - Parameter isOnce: whether only the first time; a sequence counts on when a transaction is taken
    ///   back.
    func arrange(
      _ action: String, atPosition position: Int = 7, isOnce: Bool = false, atCommit: Bool = false
    ) async throws {
      let address = try #require(fixture.address)
      let condition =
        "NEW.position = \(position)" + (isOnce ? " AND nextval('times') = 1" : "")
      try await postgreSQL.run(
        "CREATE SEQUENCE times",
        """
        CREATE FUNCTION strike() RETURNS trigger LANGUAGE plpgsql AS $body$
        BEGIN
          IF \(condition) THEN \(action); END IF;
          RETURN NEW;
        END $body$
        """,
        atCommit
          ? """
          CREATE CONSTRAINT TRIGGER strike AFTER INSERT ON change DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW EXECUTE FUNCTION strike()
          """
          : "CREATE TRIGGER strike BEFORE INSERT ON change FOR EACH ROW EXECUTE FUNCTION strike()",
        in: address)
    }

    func leaveInPeace() async throws {
      try await postgreSQL.run(
        "DROP TRIGGER strike ON change", in: fixture.address)
    }

    /// Everything is there once, and nothing else.
    func expectWhole() async throws {
      #expect(try await store.summary() == source.summary())
      #expect(try await fixture.ledger.check().isSound)
      #expect(try await fixture.ledger.checkAudit().isSound)
      try fixture.ledger.close()
    }
  }

  private static let death = "PERFORM pg_terminate_backend(pg_backend_pid())"

  @Test func `a push whose connection breaks in its midst is done again, and once`() async throws {
    let scene = try await Scene()
    try await scene.arrange(Self.death, isOnce: true)

    #expect(try await scene.store.apply(scene.page) == scene.page.changes.count)

    try await scene.expectWhole()
  }

  @Test func `a push whose connection breaks each time is refused for now and leaves nothing`()
    async throws
  {
    let scene = try await Scene()
    let before = try await scene.fixture.everyRow(withAudit: true)
    try await scene.arrange(Self.death)

    let problem = await #expect(throws: Problem.self) { try await scene.store.apply(scene.page) }

    #expect(problem?.code == .busy)
    #expect(problem?.message.contains("nothing of this was stored") == true)
    #expect(try await scene.fixture.everyRow(withAudit: true) == before)
    try await scene.leaveInPeace()
    try await scene.store.apply(scene.page)
    try await scene.expectWhole()
  }

  @Test
  func
    `a connection that breaks during the commit is told as what it is, and a repetition adds nothing`()
    async throws
  {
    let scene = try await Scene()
    try await scene.arrange(Self.death, atCommit: true)

    let problem = await #expect(throws: Problem.self) { try await scene.store.apply(scene.page) }

    #expect(problem?.code == .busy)
    #expect(problem?.message.contains("may be there or not") == true)
    try await scene.leaveInPeace()
    try await scene.store.apply(scene.page)
    #expect(try await scene.store.apply(scene.page) == 0)
    try await scene.expectWhole()
  }

  @Test(arguments: [("53100", Problem.Code.storageFull), ("55P03", .busy), ("53200", .busy)])
  func `what the database has no room or time for is told as such and leaves nothing`(
    state: String, code: Problem.Code
  ) async throws {
    let scene = try await Scene()
    try await scene.arrange("RAISE EXCEPTION 'zzsecret' USING ERRCODE = '\(state)'")

    let problem = await #expect(throws: Problem.self) { try await scene.store.apply(scene.page) }

    #expect(problem?.code == code)
    #expect(problem?.message.contains("zzsecret") == false)
    #expect(try await scene.store.frontier().isEmpty)
    try await scene.leaveInPeace()
    try await scene.store.apply(scene.page)
    try await scene.expectWhole()
  }

  @Test func `a refusal of the database is told by its code alone`() async throws {
    let scene = try await Scene()
    try await scene.arrange("RAISE EXCEPTION 'zzsecret' USING ERRCODE = '22012'")

    let error = await #expect(throws: LedgerError.databaseFailed(state: "22012")) {
      try await scene.store.apply(scene.page)
    }

    #expect(error.flatMap { failureWords($0) }?.contains("SQLSTATE 22012") == true)
    #expect(error.flatMap { failureWords($0) }?.contains("zzsecret") == false)
    try scene.fixture.ledger.close()
  }

  @Test(arguments: ["40001", "40P01"])
  func `a transaction that lost against another one is run again`(state: String) async throws {
    let scene = try await Scene()
    try await scene.arrange("RAISE EXCEPTION 'lost' USING ERRCODE = '\(state)'", isOnce: true)

    #expect(try await scene.store.apply(scene.page) == scene.page.changes.count)

    try await scene.expectWhole()
  }

  @Test func `after the database was started again the server goes on with what was acknowledged`()
    async throws
  {
    let postgreSQL = try await TestPostgreSQL.another()
    let ledger = try Ledger(
      database: try await postgreSQL.emptyDatabase(), now: { 1_700_000_000_000 },
      random: { [random = SeededBytes(seed: 7)] in random.next($0) })
    let id = StudyID(rawValue: 0x5d)
    let study = try await ledger.createStudy(title: "Monzón", id: id)
    let store = try #require(ledger.store(of: study))
    let source = MemoryStore(study: id)
    for number in 0..<5 {
      try await source.write(by: DeviceID(rawValue: 1), RecordID(rawValue: 1), fields: [1])
      let page = await source.page(beyond: try await store.frontier(), bytesMax: 1 << 20)
      #expect(try await store.apply(page) == 1, "\(number)")

      try await postgreSQL.restart()
    }

    #expect(try await store.summary() == source.summary())
    #expect(try await ledger.check().isSound)
    try ledger.close()
  }

  @Test func `what a transaction leaves undone when it ends in another error is in nobody's way`()
    async throws
  {
    let postgreSQL = try await TestPostgreSQL.shared()
    let address = try #require(DatabaseAddress(try await postgreSQL.emptyDatabase()))
    let pool = ConnectionPool(address, connections: 1)
    for _ in 0..<3 {
      await #expect(throws: LedgerError.noStudy) {
        try await pool.transact(.committed) { db in
          // On its way still when the other error comes.
          try db.run("SELECT 1 / 0", [])
          throw LedgerError.noStudy
        }
      }
      let one = try await pool.transact(.committed) { db in
        try db.first("SELECT CAST(1 AS BIGINT)", []) { try $0.integer(0) }
      }
      #expect(one == 1)
    }
    pool.close()
  }

  @Test func `whoever gets no connection in time is told so`() async throws {
    let postgreSQL = try await TestPostgreSQL.shared()
    let address = try #require(DatabaseAddress(try await postgreSQL.emptyDatabase()))
    let pool = ConnectionPool(address, connections: 1, patience: .milliseconds(20))
    let (held, done) = (Gate(), Gate())

    async let holder: Void = pool.transact(.committed) { db in
      held.open()
      done.wait()
    }
    await held.opened()
    await #expect(throws: PostgreSQLFault.poolExhausted) {
      try await pool.transact(.snapshot) { _ in }
    }
    done.open()
    try await holder
    try await pool.transact(.snapshot) { _ in }
    pool.close()

    await #expect(throws: PostgreSQLFault.closed) { try await pool.transact(.snapshot) { _ in } }
  }
}
