import CuadernoLedger
import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport
import HTTPTypes
import Testing

@Suite struct RouteTests {
  @Test func `health is asked without a token and says whether the ledger can be read`()
    async throws
  {
    let fixture = try ServerFixture()
    try await fixture.withServer { client async throws in
      let answer = try await client.send(.get, "/health")
      #expect(answer.status == 200)
      #expect(answer.bytes.isEmpty)
      #expect(try await client.send(.head, "/health").status == 200)

      try fixture.ledger.close()
      let unwell = try await client.send(.get, "/health")
      #expect(unwell.status == 503)
      #expect(unwell.bytes.isEmpty)
    }
  }

  @Test(arguments: WireFormat.allCases)
  func `a notebook joins and goes through a whole session`(format: WireFormat) async throws {
    let fixture = try ServerFixture()
    let secret = try await fixture.invite()
    let notebook = try await sampleNotebook()
    let page = await notebook.everything
    let frontier = await notebook.frontier()
    let now = fixture.clock.milliseconds
    try await fixture.withServer { client async throws in
      let joined = try await client.join(
        JoinRequest(
          secret: secret, device: DeviceID(0xa), deviceName: "Toshiba", study: notebook.study),
        format: format)
      let joinReply = try joined.message(JoinReply.self)
      #expect(joined.format == format)
      #expect(joinReply.study == notebook.study)
      #expect(joinReply.member == "Ana")
      #expect(joinReply.role == "researcher")
      let device = Enrolled(token: joinReply.token, study: joinReply.study.description)

      let hello = Hello(device: DeviceID(0xa), head: nil, frontierDigest: frontier.digest)
      let first = try await client.ask("hello", as: device, hello.encode(format), format: format)
      #expect(
        try first.message(HelloReply.self)
          == HelloReply(frontier: VectorClock(), milliseconds: now, role: "researcher"))

      let pushed = try await client.ask("push", as: device, page.encode(format), format: format)
      #expect(try pushed.message(PushReply.self).newChanges == 6)
      let again = try await client.ask("push", as: device, page.encode(format), format: format)
      #expect(try again.message(PushReply.self).newChanges == 0)

      let request = PullRequest(frontier: VectorClock(), bytesMax: 1 << 20)
      let pulled = try await client.ask("pull", as: device, request.encode(format), format: format)
      #expect(try pulled.message(PullReply.self) == PullReply(page: page, remaining: 0))

      let verified = try await client.ask(
        "verify", as: device, headers: [.accept: format.contentType])
      #expect(try verified.message(StoreSummary.self) == (await notebook.summary()))
      #expect(verified.format == format)

      let second = try await client.ask("hello", as: device, hello.encode(format), format: format)
      #expect(
        try second.message(HelloReply.self)
          == HelloReply(frontier: nil, milliseconds: now, role: "researcher"))
    }
  }

  @Test func `a page stops where it was asked to, and says what is left`() async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    let notebook = MemoryStore()
    for _ in 0..<10 {
      try await notebook.write(
        by: DeviceID(0xa), RecordID(rawValue: 1), fields: [1],
        payload: .init(repeating: 7, count: 5_000))
    }
    try await fixture.store().apply(await notebook.everything)
    try await fixture.withServer { client async throws in
      let request = PullRequest(frontier: VectorClock(), bytesMax: 1)
      let answer = try await client.ask("pull", as: device, request.encode(.protobuf))
      let reply = try answer.message(PullReply.self)

      // Less than the smallest page is not sent, whatever is asked for.
      #expect(reply.page.changes.count == 3)
      #expect(reply.remaining == 7)
    }
  }

  @Test func `what the server learns of a device is kept`() async throws {
    let fixture = try ServerFixture()
    let ana = try await fixture.enrolled(0xa)
    _ = try await fixture.enrolled(0xb, for: "Luis")
    let study = try await fixture.ledger.study(matching: "Alto Huallaga")
    let notebook = MemoryStore()
    try await notebook.write(by: DeviceID(0xb), RecordID(rawValue: 1), fields: [1])
    try await fixture.store().apply(await notebook.everything)
    let hello = Hello(device: DeviceID(0xa), head: nil, frontierDigest: .zero)
    @Sendable func missing() async throws -> [Int] {
      try await fixture.ledger.contents(of: study).devices.map(\.missing)
    }

    try await fixture.withServer { client async throws in
      _ = try await client.ask("hello", as: ana, hello.encode(.protobuf))
      #expect(try await missing() == [1, 0])
      #expect(
        try await fixture.ledger.devices(of: study).map(\.seenMilliseconds)
          == [fixture.clock.milliseconds, nil])
      _ = try await client.ask("verify", as: ana)
      #expect(try await missing() == [0, 0])
    }
  }

  @Test(arguments: [
    "/", "", "/v1", "/v1/", "/v1/join/", "//v1/join", "/v1//join", "/V1/join", "/v1/%6aoin",
    "/v1/studies", "/v1/studies/a/b/c/push", "/v1/studies/../join", "/v1/studies/x/erase",
    "/health/", "/metrics", "/v2/join", "/v1/studies/x/hello/..", "/../../etc/passwd",
    "/v1/studies/x/push%00",
  ])
  func `what is no route is refused in one way`(path: String) async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    try await fixture.withServer { client async throws in
      for method in [HTTPRequest.Method.get, .post, .delete] {
        let answer = try await client.send(
          method, path, [1], headers: [.authorization: "Bearer \(device.token)"])
        #expect(answer.status == 404)
        #expect(answer.problem?.code == .unknownRoute)
        #expect(answer.format == .json)
      }
    }
  }

  @Test(arguments: [
    ("/health", "GET, HEAD"), ("/v1/join", "POST"), ("/v1/studies/x/hello", "POST"),
    ("/v1/studies/x/push", "POST"), ("/v1/studies/x/pull", "POST"),
    ("/v1/studies/x/verify", "POST"),
  ])
  func `another method is refused with those that there are`(
    path: String, allowed: String
  ) async throws {
    let fixture = try ServerFixture()
    let methods: [HTTPRequest.Method] = [
      .get, .head, .post, .put, .patch, .delete, .options, .trace, .init("BREW")!,
    ]
    try await fixture.withServer { client async throws in
      for method in methods where !allowed.contains(method.rawValue) {
        let answer = try await client.send(method, path, headers: [.accept: "application/json"])
        #expect(answer.status == 405)
        #expect(answer.headers[.allow] == allowed)
        if method != .head { #expect(answer.problem?.code == .unknownRoute) }
      }
    }
  }

  @Test func `a query changes nothing`() async throws {
    let fixture = try ServerFixture()
    try await fixture.withServer { client async throws in
      let answer = try await client.send(.get, "/health?verbose=1")
      #expect(answer.status == 200)
    }
  }
}
