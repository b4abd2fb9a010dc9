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

    init() throws {
      postgreSQL = try #require(TestPostgreSQL.shared)
    }

    private func open(_ address: String, isMade: Bool = true) throws {
      try DatabaseAddressTests().ledger(address, isMade: isMade).close()
    }

    @Test func `a ledger is made only where that was asked for`() throws {
      let address = try postgreSQL.emptyDatabase()

      #expect(throws: LedgerError.noLedgerInDatabase) { try open(address, isMade: false) }
      try open(address)
      try open(address, isMade: false)
    }

    @Test func `a ledger of a newer version is refused and not touched`() throws {
      let address = try postgreSQL.emptyDatabase()
      try open(address)
      try postgreSQL.run("UPDATE ledgerVersion SET version = 2", in: address)

      #expect(throws: StoreError.newerVersion(found: 2, known: 1)) { try open(address) }

      #expect(try postgreSQL.number("SELECT version FROM ledgerVersion", in: address) == 2)
    }

    @Test func `a database with tables of something else is refused and not touched`() throws {
      let address = try postgreSQL.emptyDatabase()
      try postgreSQL.run("CREATE TABLE member (photo BIGINT)", in: address)

      #expect(throws: LedgerError.databaseTaken) { try open(address) }

      let tables = try postgreSQL.number(
        "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace",
        in: address)
      #expect(tables == 1)
    }

    @Test func `a database whose texts are not in UTF-8 is refused`() throws {
      let address = try postgreSQL.databaseAlone(encoding: "SQL_ASCII")

      #expect(throws: LedgerError.databaseNotUTF8) { try open(address) }
    }

    /// What databases ask for that keep a row where its key says.
    @Test(arguments: [
      "change", "device", "record", "erased", "void", "registerSum", "audit",
    ])
    func `each key of a table that grows with a study begins with the study`(
      table: String
    ) throws {
      let address = try postgreSQL.emptyDatabase()
      try open(address)
      func count(_ condition: String) throws -> Int64? {
        try postgreSQL.number(
          """
          SELECT count(*) FROM pg_index JOIN pg_attribute
            ON attrelid = indrelid AND attnum = indkey[0]
          WHERE indrelid = '\(table)'::regclass AND indisunique AND \(condition)
          """, in: address)
      }

      #expect(try count("attname = 'study'") ?? 0 > 0)
      #expect(try count("attname <> 'study'") == 0)
    }

    @Test func `what is acknowledged waits for the disk where the database would not`() throws {
      let address = try postgreSQL.emptyDatabase()

      let count = try postgreSQL.number(
        "SELECT count(*) FROM pg_settings WHERE name = 'synchronous_commit' AND setting = 'on'",
        in: address)

      #expect(count == 1)
    }
  }
}
