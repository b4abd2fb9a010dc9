import CuadernoSchema
import CuadernoSync
import HTTPTypes
import HummingbirdTesting
import NIOCore

/// An answer as it came, not yet read.
struct RawAnswer: Sendable {
  let status: Int
  let headers: HTTPFields
  let bytes: [UInt8]

  var format: WireFormat? { headers[.contentType].flatMap { WireFormat(contentType: $0) } }

  func message<Message: WireMessage>(_ type: Message.Type) throws -> Message {
    guard status == 200, let format else { throw Missing() }
    return try Message(decoding: try content(), format: format)
  }

  /// The problem that it is; nil when it is none, or one with another status than its own.
  var problem: Problem? {
    guard let format, let content = try? content(),
      let problem = try? Problem(decoding: content, format: format)
    else { return nil }
    return problem
  }

  func content() throws -> [UInt8] {
    headers[.contentEncoding] == "zstd"
      ? try Compression.decompress(bytes, limit: 20 << 20) : bytes
  }
}

extension TestClientProtocol {
  func send(
    _ method: HTTPRequest.Method, _ path: String, _ body: [UInt8]? = nil, headers: HTTPFields = [:]
  ) async throws -> RawAnswer {
    let response = try await executeRequest(
      uri: path, method: method, headers: headers, body: body.map { ByteBuffer(bytes: $0) })
    return RawAnswer(
      status: response.status.code, headers: response.headers,
      bytes: [UInt8](buffer: response.body))
  }

  /// Asks one step of a study, as a device of it.
  func ask(
    _ step: String, as device: Enrolled, _ body: [UInt8]? = nil, format: WireFormat = .protobuf,
    headers: HTTPFields = [:]
  ) async throws -> RawAnswer {
    var headers = headers
    headers[.authorization] = "Bearer \(device.token)"
    if body != nil, headers[.contentType] == nil { headers[.contentType] = format.contentType }
    return try await send(
      .post, "/v1/studies/\(device.study)/\(step)", body, headers: headers)
  }

  func join(
    _ request: JoinRequest, format: WireFormat = .protobuf
  ) async throws -> RawAnswer {
    try await send(
      .post, "/v1/join", request.encode(format), headers: [.contentType: format.contentType])
  }
}

/// The hub over HTTP as a notebook sees it, over the tests' client.
struct ClientHub: Hub {
  let client: any TestClientProtocol
  let device: Enrolled
  let format: WireFormat
  let unpacks = true

  func hello(_ hello: Hello) async throws(HubError) -> HelloReply {
    try await ask("hello", hello.encode(format))
  }

  func push(_ page: SentPage) async throws(HubError) -> PushReply {
    try await ask("push", page.encode(format))
  }

  func pull(_ request: PullRequest) async throws(HubError) -> PullReply {
    try await ask("pull", request.encode(format))
  }

  func verify() async throws(HubError) -> StoreSummary {
    try await ask("verify", nil)
  }

  private func ask<Reply: WireMessage>(
    _ step: String, _ body: [UInt8]?
  ) async throws(HubError) -> Reply {
    let headers: HTTPFields = [.acceptEncoding: "zstd", .accept: format.contentType]
    let answer: RawAnswer
    do {
      answer = try await client.ask(step, as: device, body, format: format, headers: headers)
    } catch {
      throw .unreachable(reason: "\(error)")
    }
    if let problem = answer.problem, answer.status != 200 { throw .refused(problem) }
    do {
      return try answer.message(Reply.self)
    } catch {
      throw .unreadable(reason: "\(answer.status) \(error)")
    }
  }
}
