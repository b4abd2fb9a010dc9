import CuadernoLog
import CuadernoPostgreSQLTestSupport
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoLedger

/// What was erased is in no file that PostgreSQL keeps its tables in.
@Suite(.enabled(if: TestPostgreSQL.isInstalled, "\(TestPostgreSQL.isMissing)"))
struct ErasedRemainsTests {
  @Test func `payloads that were erased are in no file of a table any more`() async throws {
    let postgreSQL = try await TestPostgreSQL.shared()
    // Whoever reads in the same database meanwhile may still see the old rows, and so keeps them; so does
    // PostgreSQL's own clearing, which these tests are without.
    let fixture = try await LedgerFixture(at: try await postgreSQL.databaseAlone())
    let (_, _, store) = try await fixture.joinedStudy()
    let notebook = MemoryStore(study: store.study)
    let ana = DeviceID(rawValue: 0xa)
    for number in 0..<90 {
      // Some of them so long that PostgreSQL keeps them apart from their rows.
      let words = "zzerased\(number) " + String(repeating: "ñ", count: number % 9 == 0 ? 9_000 : 60)
      try await notebook.write(
        by: ana, RecordID(rawValue: UInt128(number % 3 + 1)), fields: [1],
        payload: Array(words.utf8))
    }
    try await store.apply(notebook.page(beyond: VectorClock(), bytesMax: 8 << 20))
    #expect(try await postgreSQL.filesOfTables(with: "zzerased1 ") == 1)

    for record in UInt128(1)...3 {
      _ = try await notebook.author(
        by: ana, RecordID(rawValue: record), kind: 2, action: .erase,
        context: await notebook.frontier(), fields: [], payload: [], milliseconds: 5)
    }
    try await store.apply(notebook.page(beyond: store.frontier(), bytesMax: 8 << 20))

    // On a machine that is busy with other tests the table is not always to be had for itself at once.
    for _ in 0..<20 where try await postgreSQL.filesOfTables(with: "zzerased") > 0 {
      await fixture.ledger.database.clearRemains()
    }
    #expect(try await postgreSQL.filesOfTables(with: "zzerased") == 0)
    #expect(try await fixture.ledger.check().isSound)
    try fixture.ledger.close()
  }
}
