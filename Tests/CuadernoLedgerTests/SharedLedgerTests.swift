import CuadernoLog
import CuadernoPostgreSQLTestSupport
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoLedger

/// Several servers on one PostgreSQL database.
@Suite(.enabled(if: TestPostgreSQL.isInstalled, "\(TestPostgreSQL.isMissing)"))
struct SharedLedgerTests {
  /// Brings everything, as a notebook does whose server others use too.
  private static func bring(_ source: MemoryStore, to target: LedgerStudy) async throws {
    while true {
      let page = await source.page(beyond: try await target.frontier(), bytesMax: 900)
      guard !page.changes.isEmpty else { return }
      do {
        try await target.apply(page)
      } catch is PageFault {
        // Somebody else brought some of it meanwhile.
      }
    }
  }

  @Test(arguments: Seeds.upTo(3))
  func `two servers take pushes of one study at once, and no change is missed or twice`(
    seed: UInt64
  ) async throws {
    let history = try await History(seed: seed, devices: 4, steps: 160)
    let fixture = try await LedgerFixture(.postgreSQL)
    let (study, _, store) = try await fixture.joinedStudy()
    let servers = [fixture.ledger, try fixture.opened()]
    let reader = MemoryStore(study: store.study)

    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, source) in history.stores.enumerated() {
        for server in servers {
          guard let target = server.store(of: study) else { throw Missing() }
          group.addTask { try await Self.bring(source, to: target) }
        }
        if index > 0 { continue }
        // Whoever reads meanwhile is never sent what builds on something that they were not sent.
        group.addTask {
          let whole = await source.frontier()
          while await reader.frontier() != whole {
            try await History.bring(from: store, to: reader)
          }
        }
      }
      try await group.waitForAll()
    }

    let file = try await LedgerFixture()
    let (_, _, alone) = try await file.joinedStudy()
    try await History.bring(from: history.stores[0], to: alone)
    #expect(try await store.summary() == alone.summary(), "\(Seeds.replay(seed))")
    #expect(await reader.summary() == history.stores[0].summary(), "\(Seeds.replay(seed))")
    let postgreSQL = try await TestPostgreSQL.shared()
    let address = try #require(fixture.address)
    #expect(
      try await postgreSQL.number("SELECT max(position) - count(*) FROM change", in: address) == 0,
      "\(Seeds.replay(seed))")
    #expect(try await fixture.ledger.check().isSound, "\(Seeds.replay(seed))")
    #expect(try await fixture.ledger.checkAudit().isSound, "\(Seeds.replay(seed))")
    for server in servers { try server.close() }
  }

  @Test func `pages that devices push through two servers are all in the chain of the audit log`()
    async throws
  {
    let fixture = try await LedgerFixture(.postgreSQL)
    let (study, _, _) = try await fixture.joinedStudy()
    let servers = [fixture.ledger, try fixture.opened()]
    let devices = try await fixture.ledger.devices(of: study)
    let before = try #require(try await fixture.ledger.checkAudit().chains.first).entries

    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<16 {
        let notebook = MemoryStore(study: devices[0].study, seed: UInt64(number))
        try await notebook.write(
          by: DeviceID(rawValue: UInt128(number + 100)), RecordID(rawValue: UInt128(number % 3)),
          fields: [1])
        let page = await notebook.page(beyond: VectorClock(), bytesMax: 1 << 20)
        let store = servers[number % 2].store(
          for: devices[0], permitting: { _, _, _ in true }, guarding: { _ in false })
        group.addTask { try await store.apply(page) }
      }
      try await group.waitForAll()
    }

    let chain = try #require(try await servers[1].checkAudit().chains.first)
    #expect(chain.firstFault == nil)
    #expect(chain.entries == before + 16)
    #expect(try await servers[1].check().isSound)
    for server in servers { try server.close() }
  }

  @Test func `a push waits for one of its own study and for none of another`() async throws {
    let fixture = try await LedgerFixture(.postgreSQL)
    let (study, _, _) = try await fixture.joinedStudy()
    let (_, _, other) = try await fixture.joinedStudy(
      "Monzón", id: StudyID(rawValue: 0x5e), device: DeviceID(rawValue: 0xe))
    let (held, done) = (Gate(), Gate())
    let page = await (try await History(seed: 1).stores[0]).page(
      beyond: VectorClock(), bytesMax: 1 << 20)
    let database = fixture.ledger.database

    async let holder: Void = database.write { db in
      try db.lock(study: study.number)
      _ = try Study.count(db)
      held.open()
      done.wait()
    }
    await held.opened()
    let count = try await other.apply(page)
    await #expect(throws: (any Error).self) {
      try await database.write { db in
        try db.run("SET LOCAL lock_timeout = '50ms'", [])
        try db.lock(study: study.number)
      }
    }
    done.open()
    try await holder

    #expect(count == page.changes.count)
    try fixture.ledger.close()
  }

  @Test func `of two studies that are made at once under one title one is refused`() async throws {
    let fixture = try await LedgerFixture(.postgreSQL)
    let servers = [fixture.ledger, try fixture.opened()]

    let made = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<8 {
        let server = servers[number % 2]
        group.addTask { (try? await server.createStudy(title: "Monzón")) != nil }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }

    #expect(made == 1)
    #expect(try await fixture.ledger.studies().map(\.title) == ["Monzón"])
    for server in servers { try server.close() }
  }

  @Test func `two servers that start at once on an empty database make its tables once`()
    async throws
  {
    let address = try await TestPostgreSQL.shared().emptyDatabase()

    let opened = await withTaskGroup(of: Ledger?.self) { group in
      for _ in 0..<4 {
        group.addTask {
          try? Ledger(database: address, now: { 0 }, random: { .init(repeating: 0, count: $0) })
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }

    #expect(opened.compactMap { $0 }.count == 4)
    for ledger in opened { try ledger?.close() }
  }

  /// The same devices and steps in a file and in PostgreSQL: everything that is kept is the same.
  @Test(arguments: Seeds.upTo(4))
  func `a file and PostgreSQL come to the same digests, whatever comes in what order`(
    seed: UInt64
  ) async throws {
    let devices = 2 + Int(seed % 5)
    let history = try await History(seed: seed &+ 500, devices: devices, steps: 200)
    var summaries = [StoreSummary]()
    var checks = [LedgerCheck]()
    for (kind, source) in zip(
      [LedgerKind.file, .postgreSQL], [history.stores[0], history.stores[1]])
    {
      let fixture = try await LedgerFixture(kind)
      let (_, _, store) = try await fixture.joinedStudy()
      try await History.bring(from: source, to: store)
      summaries.append(try await store.summary())
      checks.append(try await fixture.ledger.check())
      try fixture.ledger.close()
    }

    #expect(summaries[0] == summaries[1], "\(Seeds.replay(seed))")
    #expect(await summaries[0] == history.stores[0].summary(), "\(Seeds.replay(seed))")
    #expect(checks[0].studies == checks[1].studies, "\(Seeds.replay(seed))")
    #expect(checks[0].audit.entries == checks[1].audit.entries, "\(Seeds.replay(seed))")
    #expect(checks[0].isSound, "\(Seeds.replay(seed))")
  }
}
