import CuadernoLedger
import CuadernoSchema
import CuadernoSync
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import CuadernoServer

/// How often somebody may ask, and that nobody is kept out by others.
@Suite struct RateTests {
  /// Of somebody behind a proxy.
  private static func headers(from address: String) -> HTTPFields {
    var headers = HTTPFields()
    if let name = HTTPField.Name("X-Forwarded-For") { headers[name] = address }
    return headers
  }

  private static let stranger = headers(from: "203.0.113.9")

  private func fixture() throws -> ServerFixture {
    var fixture = try ServerFixture()
    fixture.limits = ServerLimits()
    return fixture
  }

  @Test func `a device asks 60 times at once, is told to wait, and goes on`() async throws {
    let fixture = try fixture()
    let device = try await fixture.enrolled()
    let other = try await fixture.enrolled(0xe, for: "Luis")
    try await fixture.withServer { client async throws in
      for _ in 0..<60 { #expect(try await client.ask("verify", as: device).status == 200) }
      let refused = try await client.ask("verify", as: device)
      #expect(refused.status == 429)
      #expect(refused.headers[.retryAfter] == "1")
      #expect(
        refused.problem
          == Problem(
            .tooManyRequests,
            "this device asked more than 20 times a second; ask again in 1 s"))
      #expect(try await client.ask("verify", as: other).status == 200)
      fixture.clock.advance(milliseconds: 1_000)
      for _ in 0..<20 { #expect(try await client.ask("verify", as: device).status == 200) }
      #expect(try await client.ask("verify", as: device).status == 429)
    }
    let refusals = try await fixture.ledger.audit(of: nil, limit: 100)
      .filter { $0.entry.event == "refused" }
    #expect(refusals.isEmpty, "who asks too often fills no audit log")
  }

  @Test func `the eleventh bad token of an address is told to wait, and a good one never`()
    async throws
  {
    let fixture = try fixture()
    let device = try await fixture.enrolled()
    try await fixture.withServer(.live) { client async throws in
      func verify(_ token: String) async throws -> RawAnswer {
        var headers = Self.stranger
        headers[.authorization] = "Bearer \(token)"
        return try await client.send(
          .post, "/v1/studies/\(device.study)/verify", headers: headers)
      }
      for number in 0..<10 { #expect(try await verify("forged\(number)").status == 401) }
      let refused = try await verify("forged")
      #expect(refused.status == 429)
      #expect(refused.problem?.code == .tooManyRequests)
      #expect(refused.headers[.retryAfter] == "6")
      #expect(try await verify(device.token).status == 200)

      var headers = Self.headers(from: "203.0.113.10")
      headers[.authorization] = "Bearer forged"
      let elsewhere = try await client.send(
        .post, "/v1/studies/\(device.study)/verify", headers: headers)
      #expect(elsewhere.status == 401)
      fixture.clock.advance(milliseconds: 6_000)
      #expect(try await verify("forged").status == 401)
      #expect(try await verify("forged").status == 429)
    }
  }

  @Test func `bad invites count as bad tokens do, and a good invite is taken all the same`()
    async throws
  {
    let fixture = try fixture()
    let secret = try await fixture.invite()
    try await fixture.withServer(.live) { client async throws in
      func join(_ secret: String) async throws -> RawAnswer {
        var headers = Self.stranger
        headers[.contentType] = WireFormat.protobuf.contentType
        let request = JoinRequest(
          secret: secret, device: DeviceID(0xd), deviceName: "", study: nil)
        return try await client.send(
          .post, "/v1/join", request.encode(.protobuf), headers: headers)
      }
      let forged = String(repeating: "0", count: 52)
      for _ in 0..<10 { #expect(try await join(forged).status == 403) }
      #expect(try await join(forged).status == 429)
      #expect(try await join(secret).status == 200)
    }
  }

  @Test func `who shows no token asks 60 times at once too, by address`() async throws {
    let fixture = try fixture()
    try await fixture.withServer(.live) { client async throws in
      for _ in 0..<30 {
        #expect(try await client.send(.get, "/health", headers: Self.stranger).status == 200)
        #expect(try await client.send(.get, "/x", headers: Self.stranger).status == 404)
      }
      #expect(try await client.send(.get, "/health", headers: Self.stranger).status == 429)
      #expect(try await client.send(.put, "/health", headers: Self.stranger).status == 429)
      #expect(try await client.send(.get, "/health").status == 200)
    }
  }

  @Test func `a join is 64 KiB at most`() async throws {
    let fixture = try fixture()
    try await fixture.expect(.tooLarge, status: 413) { client, format in
      try await client.send(
        .post, "/v1/join", .init(repeating: 0x20, count: ServerLimits.joinBytes + 1),
        headers: [.contentType: format.contentType])
    }
  }

  @Test func `bodies for which there is no memory are put off`() async throws {
    var fixture = try fixture()
    fixture.limits.bodyBytes = 10_000
    let device = try await fixture.enrolled()
    let page = await (try sampleNotebook(changes: 200)).everything
    try await fixture.expect(.busy, status: 503) { client, format in
      let answer = try await client.ask("push", as: device, page.encode(format), format: format)
      #expect(answer.headers[.retryAfter] == "2")
      return answer
    }
    try await fixture.expect(.busy, status: 503) { client, format in
      try await client.ask(
        "push", as: device, Compression.compress(page.encode(format)), format: format,
        headers: [.contentEncoding: "zstd"])
    }
  }

  @Test func `a page is put off while answers that nobody reads take the memory for them`()
    async throws
  {
    var fixture = try fixture()
    fixture.limits.answerBytes = 20_000
    let device = try await fixture.enrolled()
    try await fixture.expect(.busy, status: 503) { client, format in
      let request = PullRequest(frontier: VectorClock(), bytesMax: 65_536)
      return try await client.ask("pull", as: device, request.encode(format), format: format)
    }
    try await fixture.withServer { client async throws in
      let request = PullRequest(frontier: VectorClock(), bytesMax: 16_384)
      let answer = try await client.ask("pull", as: device, request.encode(.protobuf))
      #expect(answer.status == 200)
      #expect(try await client.ask("verify", as: device).status == 200)
    }
  }
}
