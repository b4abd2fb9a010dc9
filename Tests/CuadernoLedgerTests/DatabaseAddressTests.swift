import CuadernoLog
import CuadernoPostgreSQLTestSupport
import Testing

@testable import CuadernoLedger
@testable import CuadernoPostgreSQL

@Suite struct DatabaseAddressTests {
  private func ledger(_ address: String, isMade: Bool = true) throws -> Ledger {
    try Ledger(
      database: address, isMade: isMade, now: { 0 }, random: { .init(repeating: 0, count: $0) })
  }

  @Test(arguments: [
    "", "postgres", "host=localhost password=zzsecret", "mysql://zzsecret@host/database",
    "postgres://host:zzsecret/database?nonsense=1", "postgres://[::1/database", "/var/lib/cuaderno",
  ])
  func `what is no address of a database is refused without being repeated`(text: String) throws {
    let error = #expect(throws: LedgerError.badDatabaseAddress) { try ledger(text) }

    #expect(error?.description.contains("zzsecret") == false)
  }

  @Test func `an address shows nothing of itself`() throws {
    let address = try #require(DatabaseAddress("postgres://ana:zzsecret@zzhost/zzdatabase"))
    var dumped = ""
    dump(address, to: &dumped)

    for text in ["\(address)", String(reflecting: address), dumped, "\([address])"] {
      #expect(!text.contains("zz"), "\(text)")
    }
  }

  @Test func `every refusal of a database or a migration says what to do`() {
    let errors: [LedgerError] = [
      .badDatabaseAddress, .noLedgerInDatabase, .databaseUnreachable, .databaseNotUTF8,
      .databaseTooOld(version: 11), .databaseTaken, .databaseFailed(state: "42501"),
      .outcomeUnknown, .sourceNotSound, .copyDiffers, .targetNotEmpty,
    ]
    #expect(
      errors.map(\.description) == [
        "database is named by an address such as postgres://name@host/database",
        "there is no ledger in the database; `cuaderno-server study create TITLE` makes one, and "
          + "`cuaderno-server migrate` brings one there",
        "database cannot be reached, or does not let this server in; check that it runs, the address, "
          + "name and password given for it, and that it speaks TLS if it is on another machine; what "
          + "was acknowledged before is kept",
        "database does not keep its texts in UTF-8; make one that does",
        "database is PostgreSQL 11; this cuaderno-server needs 12 or newer",
        "database has tables of something else, with names that a ledger needs; name an empty database",
        "database refused the operation (SQLSTATE 42501); its own log says why",
        "connection to the database broke in the moment of storing, so it may be stored or not; look "
          + "before you repeat this",
        "ledger did not pass its check, so nothing was copied; run `cuaderno-server check`",
        "copy is not the same as the ledger that was copied, so nothing of it was kept; try again, and "
          + "tell the makers of Cuaderno if it happens again",
        "there is a ledger already where the copy should go; name an empty folder or database",
      ])
  }

  @Test(arguments: [
    ("postgres:///db", nil), ("postgres://localhost/db", nil),
    ("postgres://127.0.0.1:5433/db", nil),
    ("postgres://[::1]/db", nil), ("postgres:///db?host=/run/postgresql", nil),
    ("postgres://db.example.org/db", "require"), ("postgres://10.0.0.1/db", "require"),
    ("postgres://127.example.org/db", "require"), ("postgres://localhost,10.0.0.1/db", "require"),
    ("postgres://localhost/db?hostaddr=10.0.0.1", "require"),
    ("postgres://10.0.0.1/db?sslmode=disable", nil),
    ("postgres://10.0.0.1/db?sslmode=verify-full", nil),
  ])
  func `another machine is spoken to with TLS unless the address says otherwise`(
    text: String, encryption: String?
  ) throws {
    #expect(try #require(DatabaseAddress(text)).encryption == encryption)
    #expect(DatabaseAddress("postgres:///db", environment: ["PGHOST": "db"])?.encryption != nil)
  }

  @Test func `a database that nobody answers for is told without its password`() throws {
    let error = #expect(throws: LedgerError.databaseUnreachable) {
      try ledger("postgres://ana:zzsecret@127.0.0.1:1/cuaderno")
    }

    #expect(error.flatMap { failureWords($0) }?.contains("cannot be reached") == true)
    #expect(error.flatMap { failureWords($0) }?.contains("zzsecret") == false)
  }

  @Suite(.enabled(if: TestPostgreSQL.isInstalled, "\(TestPostgreSQL.isMissing)"))
  struct OnPostgreSQLTests {
    private let postgreSQL: TestPostgreSQL

    init() async throws {
      postgreSQL = try await TestPostgreSQL.shared()
    }

    private func open(_ address: String, isMade: Bool = true) throws {
      try DatabaseAddressTests().ledger(address, isMade: isMade).close()
    }

    @Test func `a ledger is made only where that was asked for`() async throws {
      let address = try await postgreSQL.emptyDatabase()

      #expect(throws: LedgerError.noLedgerInDatabase) { try open(address, isMade: false) }
      try open(address)
      try open(address, isMade: false)
    }

    @Test func `a ledger of a newer version is refused and not touched`() async throws {
      let address = try await postgreSQL.emptyDatabase()
      try open(address)
      try await postgreSQL.run("UPDATE ledgerVersion SET version = 2", in: address)

      #expect(throws: StoreError.newerVersion(found: 2, known: 1)) { try open(address) }

      #expect(try await postgreSQL.number("SELECT version FROM ledgerVersion", in: address) == 2)
    }

    @Test func `a database with tables of something else is refused and not touched`() async throws
    {
      let address = try await postgreSQL.emptyDatabase()
      try await postgreSQL.run("CREATE TABLE member (photo BIGINT)", in: address)

      #expect(throws: LedgerError.databaseTaken) { try open(address) }

      let tables = try await postgreSQL.number(
        "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace",
        in: address)
      #expect(tables == 1)
    }

    @Test func `a database whose texts are not in UTF-8 is refused`() async throws {
      let address = try await postgreSQL.databaseAlone(encoding: "SQL_ASCII")

      #expect(throws: LedgerError.databaseNotUTF8) { try open(address) }
    }

    /// What databases ask for that keep a row where its key says.
    @Test(arguments: [
      "change", "device", "record", "erased", "void", "registerSum", "audit",
    ])
    func `each key of a table that grows with a study begins with the study`(
      table: String
    ) async throws {
      let address = try await postgreSQL.emptyDatabase()
      try open(address)
      func count(_ condition: String) async throws -> Int64? {
        try await postgreSQL.number(
          """
          SELECT count(*) FROM pg_index JOIN pg_attribute
            ON attrelid = indrelid AND attnum = indkey[0]
          WHERE indrelid = '\(table)'::regclass AND indisunique AND \(condition)
          """, in: address)
      }

      #expect(try await count("attname = 'study'") ?? 0 > 0)
      #expect(try await count("attname <> 'study'") == 0)
    }

    @Test func `what is acknowledged waits for the disk where the database would not`() async throws
    {
      let address = try await postgreSQL.emptyDatabase()

      let count = try await postgreSQL.number(
        "SELECT count(*) FROM pg_settings WHERE name = 'synchronous_commit' AND setting = 'on'",
        in: address)

      #expect(count == 1)
    }
  }
}
