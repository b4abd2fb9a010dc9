import CuadernoLedger
import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport
import HTTPTypes
import Testing

/// Formats and encodings, in and out.
@Suite struct NegotiationTests {
  private let request = PullRequest(frontier: VectorClock(), bytesMax: 1 << 20)

  @Test(arguments: WireFormat.allCases, WireFormat.allCases)
  func `the answer has the format that is asked for, and the same content`(
    sent: WireFormat, accepted: WireFormat
  ) async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    let page = await (try sampleNotebook()).everything
    try await fixture.store().apply(page)
    let body = request.encode(sent)
    try await fixture.withServer { client async throws in
      let answer = try await client.ask(
        "pull", as: device, body, format: sent, headers: [.accept: accepted.contentType])

      #expect(answer.format == accepted)
      #expect(try answer.message(PullReply.self).page == page)
    }
  }

  @Test(
    arguments: [
      (nil, WireFormat.json), ("*/*", .json), ("application/*", .json), ("text/html", .json),
      ("*/*, application/protobuf;q=0.5", .json),
      ("application/protobuf", .protobuf), ("APPLICATION/PROTOBUF", .protobuf),
      ("text/html, application/protobuf;q=0.4, */*;q=0.1", .protobuf),
      ("application/protobuf;q=0.1, application/json;q=0.9", .json),
      ("application/json;q=0, application/protobuf;q=0.1", .protobuf), ("", .json),
      (";;,,q=", .json),
    ] as [(String?, WireFormat)])
  func `Accept is read with its weights, and without it the request's format is answered`(
    accept: String?, expected: WireFormat
  ) async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    let body = request.encode(.json)
    try await fixture.withServer { client async throws in
      var headers: HTTPFields = [:]
      headers[.accept] = accept
      let answer = try await client.ask("pull", as: device, body, format: .json, headers: headers)
      #expect(answer.status == 200)
      #expect(answer.format == expected)
    }
  }

  @Test
  func `a request without a body is answered in protobuf, and a refusal of nothing known in JSON`()
    async throws
  {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    let path = "/v1/studies/\(device.study)/verify"
    try await fixture.withServer { client async throws in
      let answer = try await client.ask("verify", as: device)
      let refused = try await client.send(.post, path)
      let wanted = try await client.send(.post, path, headers: [.accept: "application/json"])
      let unknown = try await client.send(.post, path, [1], headers: [.contentType: "text/plain"])
      #expect(answer.format == .protobuf)
      #expect(refused.format == .protobuf)
      #expect(wanted.format == .json)
      #expect(unknown.format == .json)
    }
  }

  @Test func `charset and other parameters of a type are passed over`() async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    let body = request.encode(.json)
    try await fixture.withServer { client async throws in
      let answer = try await client.ask(
        "pull", as: device, body, headers: [.contentType: "application/json; charset=utf-8"])
      #expect(answer.status == 200)
    }
  }

  @Test(arguments: WireFormat.allCases)
  func `a compressed request is read like one that is not`(format: WireFormat) async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    let body = await (try sampleNotebook()).everything.encode(format)
    try await fixture.withServer { client async throws in
      let answer = try await client.ask(
        "push", as: device, Compression.compress(body), format: format,
        headers: [.contentEncoding: "zstd"])
      #expect(try answer.message(PushReply.self).newChanges == 6)

      let plain = try await client.ask(
        "push", as: device, body, format: format, headers: [.contentEncoding: "identity"])
      #expect(try plain.message(PushReply.self).newChanges == 0)
    }
  }

  @Test(
    arguments: [
      ("zstd", true), ("gzip, zstd;q=0.5", true), ("ZSTD", true), ("*", true), ("zstd;q=0", false),
      ("gzip", false), (nil, false),
    ] as [(String?, Bool)])
  func `a long answer is compressed for whoever reads zstd`(
    accept: String?, isCompressed: Bool
  ) async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    let page = await (try sampleNotebook(changes: 40)).everything
    try await fixture.store().apply(page)
    let body = request.encode(.protobuf)
    try await fixture.withServer { client async throws in
      var headers: HTTPFields = [:]
      headers[.acceptEncoding] = accept
      let answer = try await client.ask("pull", as: device, body, headers: headers)
      #expect((answer.headers[.contentEncoding] == "zstd") == isCompressed)
      #expect(try answer.message(PullReply.self).page == page)
      if isCompressed { #expect(answer.bytes.count < page.encode(.protobuf).count / 2) }
    }
  }

  @Test func `a short answer is not compressed`() async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    try await fixture.withServer { client async throws in
      let answer = try await client.ask("verify", as: device, headers: [.acceptEncoding: "zstd"])
      #expect(answer.headers[.contentEncoding] == nil)
      #expect(answer.bytes.count < 256)
    }
  }

  @Test func `an equal digest ends a sync in one round trip of less than a kilobyte`() async throws
  {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    let notebook = try await sampleNotebook()
    let page = await notebook.everything
    try await fixture.store().apply(page)
    let digest = await notebook.frontier().digest
    let hello = Hello(device: DeviceID(0xa), head: page.heads[0], frontierDigest: digest)
    let body = hello.encode(.protobuf)
    try await fixture.withServer { client async throws in
      let answer = try await client.ask("hello", as: device, body)
      #expect(try answer.message(HelloReply.self).frontier == nil)
      #expect(body.count + answer.bytes.count < 200)
    }
  }
}
