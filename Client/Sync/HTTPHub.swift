import AsyncHTTPClient
import CuadernoSchema
import CuadernoSync
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOPosix
import Synchronization

/// The server as a hub, over HTTP.
struct HTTPHub: Hub {
  let isTimekeeper = true
  let unpacks = true

  private let client: HTTPClient
  private let study: String
  private let token: String
  private let wait: @Sendable (_ milliseconds: Int64) async throws -> Void
  private let patience: Duration
  private let expected = ExpectedBody()

  /// - Parameters:
  ///   - url: of the server, without a path.
  ///   - wait: called when the server asks to come again later.
  ///   - patience: how long nothing may move on the line while something should.
  init(
    client: HTTPClient, url: String, study: StudyID, token: String,
    wait: @escaping @Sendable (_ milliseconds: Int64) async throws -> Void = HTTPExchange.sleep,
    patience: Duration = HTTPExchange.patience
  ) {
    self.patience = patience
    self.client = client
    self.wait = wait
    self.study = "\(url)/v1/studies/\(study.description)"
    self.token = token
  }

  func hello(_ hello: Hello) async throws(HubError) -> HelloReply {
    try await exchange("hello", hello)
  }

  func push(_ page: SentPage) async throws(HubError) -> PushReply {
    try await exchange("push", body: expected.take(page) ?? WireBody(page, .protobuf))
  }

  func expect(_ page: SentPage) async {
    expected.keep(page)
  }

  func pull(_ request: PullRequest) async throws(HubError) -> PullReply {
    try await exchange("pull", request)
  }

  func verify() async throws(HubError) -> StoreSummary {
    try await exchange("verify", body: .empty)
  }

  private func exchange<Reply: WireMessage>(
    _ route: String, _ message: some WireMessage
  ) async throws(HubError) -> Reply {
    try await exchange(route, body: WireBody(message, .protobuf))
  }

  private func exchange<Reply: WireMessage>(
    _ route: String, body: WireBody
  ) async throws(HubError) -> Reply {
    try await HTTPExchange(
      client: client, url: "\(study)/\(route)", token: token, wait: wait, patience: patience
    ).send(body)
  }
}

/// The body of the page that is pushed next, encoded and compressed while the server stores the one before.
final class ExpectedBody: Sendable {
  private let kept = Mutex<(page: SentPage, body: WireBody)?>(nil)

  func keep(_ page: SentPage) {
    let body = WireBody(page, .protobuf)
    kept.withLock { $0 = (page, body) }
  }

  /// Nil when another page was expected.
  func take(_ page: SentPage) -> WireBody? {
    kept.withLock { kept in
      guard let found = kept, found.page == page else { return nil }
      kept = nil
      return found.body
    }
  }
}

/// One request with a message, and the answer to it.
struct HTTPExchange {
  let client: HTTPClient
  let url: String
  let token: String?
  var wait: @Sendable (_ milliseconds: Int64) async throws -> Void = sleep
  /// As the client has it that asks.
  var patience = HTTPExchange.patience

  /// How long a server that asks to come later is waited for, with one question.
  private static let waitSecondsMax: Int64 = 60

  /// How long nothing may move on the line while something should.
  static let patience = Duration.seconds(120)

  /// How long a request may take until it is answered: as long as a server may take for one page, and
  /// what the slowest line that it bears with takes for so many bytes.
  static func timeout(sending bytes: Int) -> TimeAmount {
    .seconds(120 + Int64(bytes / WireLimits.bytesPerSecondMin))
  }

  @Sendable static func sleep(milliseconds: Int64) async throws {
    try await Task.sleep(for: .milliseconds(milliseconds))
  }

  /// Sends it until it is answered: a server that has too much to do, or was asked too often, says when
  /// to come again, and that is no reason for a sync to fail.
  func send<Reply: WireMessage>(_ body: WireBody) async throws(HubError) -> Reply {
    var waited: Int64 = 0
    while true {
      switch try await attempt(body, as: Reply.self) {
      case .answered(let reply): return reply
      case .later(let seconds, let reason):
        waited += max(1, seconds)
        guard waited <= Self.waitSecondsMax else { throw .unreachable(reason: reason) }
        do {
          try await wait(max(1, seconds) * 1_000)
        } catch {
          throw .unreachable(reason: reason)
        }
      }
    }
  }

  private enum Outcome<Reply> {
    case answered(Reply)
    case later(seconds: Int64, reason: String)
  }

  private func attempt<Reply: WireMessage>(
    _ body: WireBody, as: Reply.Type
  ) async throws(HubError) -> Outcome<Reply> {
    let status: HTTPResponseStatus
    let bytes: [UInt8]
    let retryAfter: Int64?
    do {
      (status, bytes, retryAfter) = try await exchange(
        body, acceptsZstd: Reply.self == PullReply.self)
    } catch let error as HubError {
      throw error
    } catch {
      if let fault = ServerFault(error) { throw .untrusted(reason: fault.description) }
      throw .unreachable(reason: Self.reason(error))
    }
    if (200..<300).contains(status.code) {
      do {
        return .answered(try Reply(decoding: bytes, format: .protobuf))
      } catch {
        throw .unreadable(reason: error.description)
      }
    }
    guard let problem = Self.problem(bytes) else {
      // Not words that we know: a newer server's, a proxy's, or another program's at that address.
      throw status.code >= 500
        ? .unreachable(reason: "the server answered \(status.code)")
        : .unreadable(reason: "the address answered \(status.code), and not as a Cuaderno server")
    }
    switch problem.code {
    case .busy, .tooManyRequests:
      if let retryAfter { return .later(seconds: retryAfter, reason: problem.message) }
      throw .unreachable(reason: problem.message)
    // These pass by themselves; everything else would be refused again.
    case .failed, .tooSlow: throw .unreachable(reason: problem.message)
    default: throw .refused(problem)
    }
  }

  /// In JSON where the server did not get as far as reading in which format it was asked.
  private static func problem(_ bytes: [UInt8]) -> Problem? {
    (try? Problem(decoding: bytes, format: .protobuf))
      ?? (try? Problem(decoding: bytes, format: .json))
  }

  /// - Parameter acceptsZstd: whether the answer may be long. Saying so takes more bytes than compressing
  ///   any other would save.
  private func exchange(
    _ body: WireBody, acceptsZstd: Bool
  ) async throws -> (HTTPResponseStatus, [UInt8], retryAfter: Int64?) {
    var request = HTTPClientRequest(url: url)
    request.method = .POST
    request.headers.add(name: "content-type", value: WireFormat.protobuf.contentType)
    if acceptsZstd { request.headers.add(name: "accept-encoding", value: "zstd") }
    if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
    if body.isCompressed { request.headers.add(name: "content-encoding", value: "zstd") }
    let pieces =
      body.bytes.count > BodyPieces.pieceBytes
      ? BodyPieces(body.bytes, loops: Array(client.eventLoopGroup.makeIterator())) : nil
    defer { pieces?.end() }
    request.body =
      pieces.map { .stream($0, length: .known(Int64(body.bytes.count))) } ?? .bytes(body.bytes)
    let response = try await execute(
      request, pieces, timeout: Self.timeout(sending: body.bytes.count))
    let collected = try await response.body.collect(upTo: WireLimits.messageBytes)
    let bytes = [UInt8](buffer: collected)
    let retryAfter = response.headers.first(name: "retry-after").flatMap { Int64($0) }
    guard response.headers.first(name: "content-encoding") == "zstd" else {
      return (response.status, bytes, retryAfter)
    }
    do {
      return (
        response.status,
        try Compression.decompress(bytes, limit: WireFormat.protobuf.messageBytes), retryAfter
      )
    } catch {
      throw HubError.unreadable(reason: error.description)
    }
  }

  private func execute(
    _ request: HTTPClientRequest, _ pieces: BodyPieces?, timeout: TimeAmount
  ) async throws -> HTTPClientResponse {
    guard let pieces else { return try await client.execute(request, timeout: timeout) }
    return try await withThrowingTaskGroup(of: HTTPClientResponse?.self) { group in
      group.addTask { try await client.execute(request, timeout: timeout) }
      group.addTask {
        try await pieces.allTaken(patience: patience)
        return nil
      }
      defer { group.cancelAll() }
      while let ended = try await group.next() {
        if let response = ended { return response }
      }
      throw HTTPClientError.remoteConnectionClosed
    }
  }

  private static let noServer = "no server answers at that address, or there is no network"

  /// What to tell a person, without addresses or whatever else an error carries.
  private static func reason(_ error: any Error) -> String {
    switch error as? HTTPClientError {
    case .connectTimeout, .deadlineExceeded, .readTimeout, .writeTimeout:
      "it does not answer in time"
    case .remoteConnectionClosed: "the link was lost"
    default: linkReason(error)
    }
  }

  private static func linkReason(_ error: any Error) -> String {
    switch error {
    case is NIOConnectionError: noServer
    case let error as IOError:
      [ECONNRESET, EPIPE, ENOTCONN].contains(error.errnoCode)
        ? "the link was lost" : noServer
    default: "the link failed (\(type(of: error)))"
    }
  }
}
