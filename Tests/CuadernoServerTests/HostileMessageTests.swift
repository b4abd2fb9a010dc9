import CuadernoLedger
import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport
import HTTPTypes
import HummingbirdTesting
import Testing

/// Faults 30 to 32 of the list: what no notebook sends gets 400 or 422 and changes nothing.
@Suite struct HostileMessageTests {
  @Test(arguments: WireFormat.allCases)
  func `a message cut at any byte is refused and changes nothing`(format: WireFormat) async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    let requests = try await sampleRequests(format)
    let before = try await fixture.state()
    try await fixture.withServer { client async throws in
      for (step, body) in requests {
        for length in body.indices {
          let answer = try await client.ask(
            step, as: device, Array(body[..<length]), format: format)
          guard answer.status == 400, answer.problem?.code == .badMessage else {
            Issue.record("\(step) cut at \(length): \(answer.status)")
            continue
          }
        }
      }
    }
    #expect(try await fixture.state() == before)
  }

  @Test(arguments: WireFormat.allCases)
  func `a request to join cut at any byte is refused and leaves the invite good`(
    format: WireFormat
  ) async throws {
    let fixture = try ServerFixture()
    let secret = try await fixture.invite()
    let request = JoinRequest(
      secret: secret, device: DeviceID(1), deviceName: "laptop", study: StudyID(rawValue: 9))
    let body = request.encode(format)
    let before = try await fixture.state()
    try await fixture.withServer { client async throws in
      for length in body.indices {
        let answer = try await client.send(
          .post, "/v1/join", Array(body[..<length]), headers: [.contentType: format.contentType])
        #expect(answer.status == 400, "cut at \(length)")
      }
      #expect(try await fixture.state() == before)
      let answer = try await client.join(request, format: format)
      #expect(answer.status == 200)
    }
  }

  @Test func `a compressed page cut at any byte is refused and changes nothing`() async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    let body = Compression.compress(await (try sampleNotebook()).everything.encode(.protobuf))
    let before = try await fixture.state()
    try await fixture.withServer { client async throws in
      for length in body.indices {
        let answer = try await client.ask(
          "push", as: device, Array(body[..<length]), headers: [.contentEncoding: "zstd"])
        #expect(answer.status == 400, "cut at \(length)")
      }
    }
    #expect(try await fixture.state() == before)
  }

  @Test func `a page with any one bit flipped is refused and changes nothing`() async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    let body = await (try sampleNotebook()).everything.encode(.protobuf)
    let before = try await fixture.state()
    try await fixture.withServer { client async throws in
      for index in body.indices {
        var flipped = body
        flipped[index] ^= 1 << UInt8(index % 8)
        let answer = try await client.ask("push", as: device, flipped)
        guard (400..<500).contains(answer.status), answer.problem != nil else {
          Issue.record("bit of byte \(index): \(answer.status)")
          continue
        }
      }
    }
    #expect(try await fixture.state() == before)
  }

  @Test(arguments: [
    String(repeating: "[", count: 100_000),
    #"{"page":"# + String(repeating: #"{"page":"#, count: 100_000),
    #"{"bytesMax":1e400,"frontier":{}}"#,
    #"{"bytesMax":1e4,"bytesMax":1e4,"frontier":{}}"#,
    #"{"bytesMax":-1,"frontier":{}}"#,
    #"{"bytesMax":18446744073709551616,"frontier":{}}"#,
    #"{"bytesMax":NaN,"frontier":{}}"#,
    #"{"bytesMax":"1e2000000","frontier":{}}"#,
    #"{"frontier":{},"frontier":{}}"#,
    #"{"frontier":{},"nobody":1}"#,
    #"{"frontier":{"devices":["\ud800"]}}"#,
    #"{"frontier":{"devices":["\u0000"]}}"#,
    #"{"frontier":{"devices":["AAAA"],"sequences":[1]}}"#,
    "{\"frontier\":{}}\u{0}", "\u{FEFF}{\"frontier\":{}}", "{\"frontier\":{}} {}", "null", "[]",
    "\"\"", "{", "{'frontier':{}}", "{\"frontier\":{},}", "\u{1b}[2J",
  ])
  func `JSON that says a thing twice, too deep, too large or not in JSON is refused`(
    text: String
  ) async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    let before = try await fixture.state()
    try await fixture.withServer { client async throws in
      let answer = try await client.ask("pull", as: device, Array(text.utf8), format: .json)
      #expect(answer.status == 400)
      #expect(answer.problem?.code == .badMessage)
    }
    #expect(try await fixture.state() == before)
  }

  @Test func `JSON that is not UTF-8 is refused`() async throws {
    let fixture = try ServerFixture()
    let secret = try await fixture.invite()
    let start = Array(
      #"{"secret":"\#(secret)","device":"AAAAAAAAAAAAAAAAAAAAAQ==","deviceName":""#.utf8)
    try await fixture.withServer { client async throws in
      for bytes in [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80]] as [[UInt8]] {
        let answer = try await client.send(
          .post, "/v1/join", start + bytes + Array(#""}"#.utf8),
          headers: [.contentType: "application/json"])
        #expect(answer.status == 400)
      }
    }
    #expect(try await fixture.ledger.studies().map(\.id) == [nil])
  }

  @Test(arguments: ["9223372036854775808", "18446744073709551615", "0"])
  func `a number outside 1 to 2^63 - 1 is no change that anybody wrote`(number: String) async throws
  {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    let before = try await fixture.state()
    let zeros = "AAAAAAAAAAAAAAAAAAAAAQ=="
    let link = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    let page = """
      {"page":{"devices":["\(zeros)"],"changes":[{"device":0,"sequence":"\(number)","stamp":"1",\
      "record":"\(zeros)","kind":1,"fieldNumbers":[1],"salt":"\(zeros)","payload":""}],\
      "heads":[{"device":0,"sequence":"\(number)","link":"\(link)"}]}}
      """
    let clock = #"{"bytesMax":1,"frontier":{"devices":["\#(zeros)"],"sequences":["\#(number)"]}}"#
    try await fixture.withServer { client async throws in
      for (step, body) in [("push", page), ("pull", clock)] {
        let answer = try await client.ask(step, as: device, Array(body.utf8), format: .json)
        #expect(answer.status == 422 || answer.status == 400)
        #expect(answer.problem != nil)
      }
    }
    #expect(try await fixture.state() == before)
  }

  @Test(arguments: WireFormat.allCases)
  func `a clock of 10,000 devices is past the limit`(format: WireFormat) async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    let clock = VectorClock(
      (1...10_000).map { Dot(device: DeviceID($0), sequence: 1) } as [Dot])
    let envelope = Envelope(
      dot: Dot(device: DeviceID(1 << 60), sequence: 1), stamp: .zero, record: RecordID(rawValue: 1),
      kind: 1, context: clock, fields: [])
    let page = ChangePage(
      changes: [
        Change(
          envelope: envelope, content: .payload(salt: .init(repeating: 0, count: 16), bytes: []))
      ], heads: [ChainHead(dot: envelope.dot, link: .zero)])
    let before = try await fixture.state()
    try await fixture.withServer { client async throws in
      let pulled = try await client.ask(
        "pull", as: device, PullRequest(frontier: clock, bytesMax: 1).encode(format), format: format
      )
      #expect(pulled.status == 422)
      #expect(pulled.problem?.code == .limitReached)
      let pushed = try await client.ask("push", as: device, page.encode(format), format: format)
      #expect(pushed.status == 422)
      #expect(pushed.problem?.code == .limitReached)
    }
    #expect(try await fixture.state() == before)
  }

  @Test func `a device that the hub has never heard of is not missed`() async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    try await fixture.store().apply(await (try sampleNotebook()).everything)
    let clock = VectorClock([Dot(device: DeviceID(0xfff), sequence: WireLimits.sequenceMax)])
    let request = PullRequest(frontier: clock, bytesMax: 1 << 20)
    try await fixture.withServer { client async throws in
      let answer = try await client.ask("pull", as: device, request.encode(.protobuf))
      #expect(try answer.message(PullReply.self).page.changes.count == 6)
    }
  }
}
