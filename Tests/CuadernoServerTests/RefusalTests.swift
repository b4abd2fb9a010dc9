import CuadernoLedger
import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport
import HTTPTypes
import HummingbirdTesting
import Testing

/// Every problem that a message can have; each has its status, and nothing is changed.
@Suite struct RefusalTests {
  @Test(
    arguments: [
      nil, "text/plain", "application/x-protobuf", "application", "", "json", "application/xml",
    ] as [String?])
  func `a type that nobody here speaks is refused`(type: String?) async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    for (step, body) in try await sampleRequests(.protobuf) {
      try await fixture.expect(.unsupportedMedia, status: 415) { client, format in
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
    try await fixture.expect(.unsupportedMedia, status: 415) { client, format in
      try await client.ask(
        "push", as: device, body.encode(format), format: format,
        headers: [.contentEncoding: encoding])
    }
  }

  @Test func `a body that is not what it says is bad`() async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    let page = await (try sampleNotebook()).everything
    try await fixture.expect(.badMessage, status: 400) { client, format in
      let other: WireFormat = format == .json ? .protobuf : .json
      return try await client.ask("push", as: device, page.encode(other), format: format)
    }
    try await fixture.expect(.badMessage, status: 400) { client, format in
      try await client.ask(
        "push", as: device, page.encode(format), format: format,
        headers: [.contentEncoding: "zstd"])
    }
    try await fixture.expect(.badMessage, status: 400) { client, format in
      try await client.ask("push", as: device, [], format: format)
    }
    try await fixture.expect(.badMessage, status: 400) { client, format in
      try await client.ask("verify", as: device, Array("{}".utf8), format: format)
    }
  }

  @Test func `a version before the first is refused`() async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    try await fixture.expect(.unsupportedVersion, status: 422) { client, format in
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

  @Test func `a body that is too long is refused, before and after it is decompressed`()
    async throws
  {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    try await fixture.expect(.tooLarge, status: 413) { client, format in
      try await client.ask(
        "push", as: device, .init(repeating: 0x20, count: format.messageBytes + 1), format: format)
    }
    try await fixture.expect(.tooLarge, status: 413) { client, format in
      let bomb = Compression.compress(.init(repeating: 0x20, count: 40 << 20))
      #expect(bomb.count < 10_000)
      return try await client.ask(
        "push", as: device, bomb, format: format, headers: [.contentEncoding: "zstd"])
    }
    try await fixture.expect(.tooLarge, status: 413) { client, _ in
      let bomb = Compression.compress(.init(repeating: 0x20, count: 40 << 20))
      return try await client.ask("verify", as: device, bomb, headers: [.contentEncoding: "zstd"])
    }
    try await fixture.expect(.tooLarge, status: 413) { client, _ in
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
    try await fixture.expect(.tooLarge, status: 413) { client, _ in
      try await client.ask("push", as: device, page.encode(.protobuf))
    }
  }

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
    try await fixture.expect(code, status: status) { client, format in
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
    try await fixture.expect(.forkedChain, status: 409) { client, format in
      let hello = Hello(
        device: DeviceID(0xa), head: ChainHead(dot: page.heads[0].dot, link: .zero),
        frontierDigest: .zero)
      return try await client.ask("hello", as: device, hello.encode(format), format: format)
    }
  }
}
