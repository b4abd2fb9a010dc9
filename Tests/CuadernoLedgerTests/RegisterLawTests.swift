import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoLedger

/// The ledger's registers are what the laws make of its changes, whatever the order.
@Suite struct RegisterLawTests {
  @Test(arguments: UInt64(0)..<12, LedgerKind.here)
  func `registers are a fold of the changes, and the summary every other store's`(
    seed: UInt64, kind: LedgerKind
  ) async throws {
    let history = try await History(seed: seed)
    let fixture = try await LedgerFixture(kind)
    let (study, _, ledger) = try await fixture.joinedStudy()

    try await History.bring(from: history.stores[0], to: ledger)

    let rows = try await fixture.ledger.database.read { db in
      var rows = [RegisterRow]()
      try RegisterTable(study: study.number).forEachRow(db) { rows.append($0) }
      return rows
    }
    let records = await history.stores[0].records
    #expect(rows.map(\.record) == records)
    for row in rows {
      let state = try #require(await history.stores[1].state(of: row.record))
      #expect(row == RegisterRow(record: row.record, state: state))
    }
    for store in history.stores {
      #expect(try await ledger.summary() == store.summary())
    }
    #expect(try await fixture.ledger.check().isSound)
  }

  @Test(arguments: UInt64(100)..<106, LedgerKind.here)
  func `two ledgers that were told in another order agree`(
    seed: UInt64, kind: LedgerKind
  ) async throws {
    let history = try await History(seed: seed)
    let fixtures = [try await LedgerFixture(kind), try await LedgerFixture(kind)]
    var summaries = [StoreSummary]()
    for (fixture, store) in zip(fixtures, [history.stores[0], history.stores[3]]) {
      let (_, _, ledger) = try await fixture.joinedStudy()
      try await History.bring(from: store, to: ledger)
      summaries.append(try await ledger.summary())
    }

    #expect(summaries[0] == summaries[1])
    #expect(summaries[0].frontier.changeCount > 40)
  }

  @Test func `a history holds what it is meant to try`() async throws {
    let store = try await History(seed: 3).stores[0]
    var contested = 0
    var deleted = 0
    for record in await store.records {
      let state = try #require(await store.state(of: record))
      contested += state.contestedFields.count
      deleted += state.isAlive ? 0 : 1
    }

    #expect(contested > 0)
    #expect(deleted > 0)
  }
}
