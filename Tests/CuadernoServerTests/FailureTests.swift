import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport
import GRDB
import HTTPTypes
import Testing

@testable import CuadernoLedger

/// What the hub says of its own failures, and what it keeps to itself.
@Suite struct FailureTests {
  @Test func `on a full disk pushing is refused for now, and pulling goes on`() async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    let notebook = try await sampleNotebook()
    try await fixture.store().apply(await notebook.everything)
    try await notebook.write(
      by: DeviceID(0xa), RecordID(rawValue: 1), fields: [1],
      payload: .init(repeating: 1, count: 90_000))
    let page = await notebook.everything
    try await fixture.limitPages(toPresentAnd: 2)
    try await fixture.withServer { client async throws in
      let refused = try await client.ask("push", as: device, page.encode(.protobuf))
      #expect(refused.status == 507)
      #expect(refused.problem?.code == .storageFull)
      #expect(refused.headers[.retryAfter] == "600")

      let request = PullRequest(frontier: VectorClock(), bytesMax: 1 << 20)
      let pulled = try await client.ask("pull", as: device, request.encode(.protobuf))
      #expect(try pulled.message(PullReply.self).page.changes.count == 6)

      try await fixture.limitPages(toPresentAnd: 1_000_000)
      let pushed = try await client.ask("push", as: device, page.encode(.protobuf))
      #expect(try pushed.message(PushReply.self).newChanges == 1)
    }
  }

  @Test func `a damaged ledger is a bare failure to the notebook, and named in the log`()
    async throws
  {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    try await fixture.store().apply(await (try sampleNotebook()).everything)
    let file = try #require(fixture.ledger.database as? LedgerFile)
    try await file.pool.write { db in
      try db.execute(sql: "UPDATE change SET payload = x'00' WHERE position = 3")
    }
    let request = PullRequest(frontier: VectorClock(), bytesMax: 1 << 20)
    try await fixture.withServer { client async throws in
      let answer = try await client.ask("pull", as: device, request.encode(.json), format: .json)
      #expect(answer.status == 500)
      #expect(
        String(decoding: answer.bytes, as: UTF8.self) == """
          {"code":"failed","message":"hub failed and acknowledged nothing of this; sync again \
          later, and tell whoever runs the hub"}
          """)
    }

    let errors = fixture.lines.all.filter { $0.hasPrefix("error") }
    #expect(errors.count == 2)
    #expect(errors[0].contains("does not match its stored hash"))
    #expect(errors[1].contains("problem=failed"))
    #expect(errors[1].contains("route=pull"))
  }

  @Test func `no line of the log holds a content, a name, a token, a secret or a whole id`()
    async throws
  {
    let fixture = try ServerFixture()
    let secret = try await fixture.invite(for: "Rosa Quispe")
    let notebook = try await sampleNotebook()
    let page = await notebook.everything
    let words = try await fixture.withServer { client async throws in
      let joined = try await client.join(
        JoinRequest(
          secret: secret, device: DeviceID(0xa), deviceName: "Toshiba de Rosa", study: nil))
      let reply = try joined.message(JoinReply.self)
      let device = Enrolled(token: reply.token, study: reply.study.description)
      for (step, body) in try await sampleRequests(.protobuf) {
        _ = try await client.ask(step, as: device, body)
      }
      _ = try await client.ask("verify", as: device)
      _ = try await client.ask("push", as: device, Array("Nos avisaron".utf8))
      _ = try await client.ask("push", as: Enrolled(token: "forged", study: device.study))
      _ = try await client.send(.get, "/v1/studies/Rosa/Quispe")
      return [
        reply.token, device.study, DeviceID(0xa).description, secret,
        secret.replacing("-", with: ""), "forged",
      ]
    }

    let lines = fixture.lines.all
    #expect(
      lines.contains {
        $0.contains("route=push") && $0.contains("changes=6")
          && $0.hasSuffix("study=\(words[1].prefix(8))")
      })
    #expect(lines.contains { $0.hasPrefix("info") && $0.contains("route=join") })
    #expect(lines.contains { $0.hasPrefix("notice") && $0.contains("problem=unauthenticated") })
    for word in words + ["Rosa", "Quispe", "Toshiba", "Alto Huallaga", "Nos avisaron", "127.0.0.1"]
    {
      #expect(!lines.contains { $0.contains(word) })
    }
    _ = page
  }
}

extension ServerFixture {
  /// Makes SQLite report a full disk once the file has grown by so many pages.
  func limitPages(toPresentAnd pages: Int) async throws {
    let file = try #require(ledger.database as? LedgerFile)
    try await file.pool.writeWithoutTransaction { db in
      let count = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      try db.execute(sql: "PRAGMA max_page_count = \(count + pages)")
    }
  }
}
