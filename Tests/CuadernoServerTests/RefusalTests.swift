import CuadernoLedger
import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport
import HTTPTypes
import HummingbirdTesting
import Testing

/// Every problem that the server can answer with; each has its status, and nothing is changed.
@Suite struct RefusalTests {
  /// Sends a request that must be refused, in both formats.
  private func expect(
    _ code: Problem.Code, status: Int, _ fixture: ServerFixture,
    _ request: @Sendable (any TestClientProtocol, WireFormat) async throws -> RawAnswer,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let before = try await fixture.state()
    let answers = try await fixture.withServer { client async throws in
      var answers = [RawAnswer]()
      for format in WireFormat.allCases { answers.append(try await request(client, format)) }
      return answers
    }
    for answer in answers {
      #expect(answer.problem?.code == code, sourceLocation: sourceLocation)
      #expect(answer.status == status, sourceLocation: sourceLocation)
      #expect(answer.problem?.message.isEmpty == false, sourceLocation: sourceLocation)
    }
    #expect(try await fixture.state() == before, sourceLocation: sourceLocation)
  }

  // MARK: - Who asks

  @Test(arguments: [
    nil, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer x", "Bearer a b", "bearer",
    "Token 0123456789012345678901234567890123456789012",
  ] as [String?])
  func `a request without a token that is known is refused at every step`(
    authorization: String?
  ) async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    let body = await (try sampleNotebook()).everything.encode(.protobuf)
    for step in ["hello", "push", "pull", "verify"] {
      try await expect(.unauthenticated, status: 401, fixture) { client, format in
        var headers: HTTPFields = [.contentType: "application/protobuf", .accept: format.contentType]
        headers[.authorization] = authorization
        let answer = try await client.send(
          .post, "/v1/studies/\(device.study)/\(step)", body, headers: headers)
        #expect(answer.headers[.wwwAuthenticate] == "Bearer")
        return answer
      }
    }
  }

  @Test func `a revoked device is refused from the next request on`() async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    let body = await (try sampleNotebook()).everything.encode(.protobuf)
    try await fixture.withServer { client async throws in
      #expect(try await client.ask("push", as: device, body).status == 200)
      let study = try await fixture.ledger.study(matching: "Alto Huallaga")
      try await fixture.ledger.revoke(try await fixture.ledger.device(matching: "00", of: study))
    }
    for step in ["hello", "push", "pull", "verify"] {
      try await expect(.unauthenticated, status: 401, fixture) { client, format in
        try await client.ask(step, as: device, body, headers: [.accept: format.contentType])
      }
    }
  }

  @Test func `a study that is another's and one that does not exist have the same answer`()
    async throws
  {
    let fixture = try ServerFixture()
    let mine = try await fixture.enrolled()
    let theirs = try await fixture.enrolled(in: "Monzón", for: "Luis")
    let studies = [
      theirs.study, "00000000000000000000000000000000", "zz", "", String(mine.study.dropLast()),
      mine.study + "0", "\(mine.study.prefix(8))-\(mine.study.dropFirst(8))",
    ]
    let body = await (try sampleNotebook()).everything.encode(.protobuf)
    for study in studies {
      for step in ["hello", "push", "pull", "verify"] {
        try await expect(.unknownStudy, status: 404, fixture) { client, format in
          try await client.ask(
            step, as: Enrolled(token: mine.token, study: study), body,
            headers: [.accept: format.contentType])
        }
      }
    }
    let answers = try await fixture.withServer { client async throws in
      var answers = [[UInt8]]()
      for study in studies {
        let other = Enrolled(token: mine.token, study: study)
        answers.append(try await client.ask("verify", as: other).bytes)
      }
      return answers
    }
    #expect(Set(answers).count == 1)
  }

  @Test func `an id in capital letters is the same id`() async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    try await fixture.withServer { client async throws in
      let capital = Enrolled(token: device.token, study: device.study.uppercased())
      let answer = try await client.ask("verify", as: capital)
      #expect(answer.status == 200)
    }
  }

  // MARK: - Joining

  @Test func `an invite that cannot be used, a study that is another and a device that is there`()
    async throws
  {
    let fixture = try ServerFixture()
    _ = try await fixture.enrolled(0xd)
    let secret = try await fixture.invite()
    let other = StudyID(rawValue: 7)
    for (code, status, request) in [
      (
        Problem.Code.inviteRefused, 403,
        JoinRequest(secret: "AAAA", device: DeviceID(1), deviceName: "", study: nil)
      ),
      (
        .otherStudy, 409,
        JoinRequest(secret: secret, device: DeviceID(1), deviceName: "", study: other)
      ),
      (
        .deviceTaken, 409,
        JoinRequest(secret: secret, device: DeviceID(0xd), deviceName: "", study: nil)
      ),
    ] {
      try await expect(code, status: status, fixture) { client, format in
        try await client.join(request, format: format)
      }
    }
    fixture.clock.advance(hours: 72)
    try await expect(.inviteRefused, status: 403, fixture) { client, format in
      try await client.join(
        JoinRequest(secret: secret, device: DeviceID(1), deviceName: "", study: nil), format: format)
    }
  }

  // MARK: - What a body is

  @Test(arguments: [
    nil, "text/plain", "application/x-protobuf", "application", "", "json", "application/xml",
  ] as [String?])
  func `a type that nobody here speaks is refused`(type: String?) async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    for (step, body) in try await sampleRequests(.protobuf) {
      try await expect(.unsupportedMedia, status: 415, fixture) { client, format in
        var headers: HTTPFields = [
          .accept: format.contentType, .authorization: "Bearer \(device.token)",
        ]
        headers[.contentType] = type
        return try await client.send(
          .post, "/v1/studies/\(device.study)/\(step)", body, headers: headers)
      }
    }
  }

  @Test(arguments: ["gzip", "br", "deflate", "zstd, zstd", "zstd, gzip", "x"])
  func `an encoding that nobody here reads is refused`(encoding: String) async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    let body = await (try sampleNotebook()).everything
    try await expect(.unsupportedMedia, status: 415, fixture) { client, format in
      try await client.ask(
        "push", as: device, body.encode(format), format: format,
        headers: [.contentEncoding: encoding])
    }
  }

  @Test func `a body that is not what it says is bad`() async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    let page = await (try sampleNotebook()).everything
    try await expect(.badMessage, status: 400, fixture) { client, format in
      let other: WireFormat = format == .json ? .protobuf : .json
      return try await client.ask("push", as: device, page.encode(other), format: format)
    }
    try await expect(.badMessage, status: 400, fixture) { client, format in
      try await client.ask(
        "push", as: device, page.encode(format), format: format,
        headers: [.contentEncoding: "zstd"])
    }
    try await expect(.badMessage, status: 400, fixture) { client, format in
      try await client.ask("push", as: device, [], format: format)
    }
    try await expect(.badMessage, status: 400, fixture) { client, format in
      try await client.ask("verify", as: device, Array("{}".utf8), format: format)
    }
  }

  @Test func `a version before the first is refused`() async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    try await expect(.unsupportedVersion, status: 422, fixture) { client, format in
      let hello = Hello(version: 0, device: DeviceID(1), head: nil, frontierDigest: .zero)
      return try await client.ask("hello", as: device, hello.encode(format), format: format)
    }
  }

  @Test func `a notebook of a newer version is answered in this one`() async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    let hello = Hello(version: 99, device: DeviceID(1), head: nil, frontierDigest: .zero)
    try await fixture.withServer { client async throws in
      let answer = try await client.ask("hello", as: device, hello.encode(.protobuf))
      #expect(try answer.message(HelloReply.self).version == SyncProtocol.version)
    }
  }

  // MARK: - Size

  @Test func `a body that is too long is refused, before and after it is decompressed`()
    async throws
  {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    try await expect(.tooLarge, status: 413, fixture) { client, format in
      try await client.ask(
        "push", as: device, .init(repeating: 0x20, count: format.messageBytes + 1), format: format)
    }
    try await expect(.tooLarge, status: 413, fixture) { client, format in
      let bomb = Compression.compress(.init(repeating: 0x20, count: 40 << 20))
      #expect(bomb.count < 10_000)
      return try await client.ask(
        "push", as: device, bomb, format: format, headers: [.contentEncoding: "zstd"])
    }
    try await expect(.tooLarge, status: 413, fixture) { client, _ in
      try await client.ask(
        "verify", as: device, .init(repeating: 0x20, count: WireLimits.messageBytes + 1))
    }
  }

  @Test func `a page of too many changes is refused`() async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    let envelope = Envelope(
      dot: Dot(device: DeviceID(1), sequence: 1), stamp: .zero, record: RecordID(rawValue: 1),
      kind: 1, context: VectorClock(), fields: [])
    let change = Change(
      envelope: envelope, content: .payload(salt: .init(repeating: 0, count: 16), bytes: []))
    let page = ChangePage(
      changes: .init(repeating: change, count: WireLimits.pageChanges + 1), heads: [])
    try await expect(.tooLarge, status: 413, fixture) { client, _ in
      try await client.ask("push", as: device, page.encode(.protobuf))
    }
  }

  // MARK: - What a page says

  @Test(arguments: PageDamage.allCases)
  func `a page that may not be stored is refused with its code`(damage: PageDamage) async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    let notebook = try await sampleNotebook()
    try await fixture.store().apply(
      await notebook.page(beyond: VectorClock(), bytesMax: 300))
    var page = await notebook.everything
    let (code, status) = damage.apply(to: &page)
    let damaged = page
    try await expect(code, status: status, fixture) { client, format in
      try await client.ask("push", as: device, damaged.encode(format), format: format)
    }
  }

  /// One way for a sample page, of which the hub holds the first two changes, to be wrong.
  enum PageDamage: CaseIterable, Sendable {
    case gap, contextAhead, invalid, damaged, forked, manyDevices

    func apply(to page: inout ChangePage) -> (Problem.Code, Int) {
      switch self {
      case .gap:
        page.changes.remove(at: 2)
        return (.gap, 409)
      case .contextAhead:
        page.changes[5].envelope.context.include(Dot(device: DeviceID(0xc), sequence: 1))
        return (.contextAhead, 409)
      case .invalid:
        page.changes[5].envelope.context.include(page.changes[5].dot)
        return (.invalidChange, 422)
      case .damaged:
        page.changes[5].envelope.stamp.rawValue += 1
        return (.damagedPage, 422)
      case .forked:
        page.changes = [page.changes[0]]
        page.heads = [ChainHead(dot: page.changes[0].dot, link: .zero)]
        return (.forkedChain, 409)
      case .manyDevices:
        page = ChangePage()
        for number in 0..<UInt64(WireLimits.clockDevices) {
          let dot = Dot(device: DeviceID(0x1000 + number), sequence: 1)
          let change = Change(
            envelope: Envelope(
              dot: dot, stamp: .zero, record: RecordID(rawValue: 1), kind: 1,
              context: VectorClock(), fields: []),
            content: .payload(salt: .init(repeating: 0, count: 16), bytes: []))
          page.changes.append(change)
          page.heads.append(
            ChainHead(dot: dot, link: AdmittedChange(own: change, after: .zero).link))
        }
        return (.limitReached, 422)
      }
    }
  }

  @Test func `a head that the hub has otherwise is a fork, told at hello`() async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    let page = await (try sampleNotebook()).everything
    try await fixture.store().apply(page)
    try await expect(.forkedChain, status: 409, fixture) { client, format in
      let hello = Hello(
        device: DeviceID(0xa), head: ChainHead(dot: page.heads[0].dot, link: .zero),
        frontierDigest: .zero)
      return try await client.ask("hello", as: device, hello.encode(format), format: format)
    }
  }
}
