import AsyncHTTPClient
import CuadernoSchema
import CuadernoSync
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOPosix

/// The server as a hub, over HTTP.
struct HTTPHub: Hub {
  let isTimekeeper = true

  private let client: HTTPClient
  private let study: String
  private let token: String

  /// - Parameter url: of the server, without a path.
  init(client: HTTPClient, url: String, study: StudyID, token: String) {
    self.client = client
    self.study = "\(url)/v1/studies/\(study.description)"
    self.token = token
  }

  func hello(_ hello: Hello) async throws(HubError) -> HelloReply {
    try await exchange("hello", hello)
  }

  func push(_ page: ChangePage) async throws(HubError) -> PushReply {
    try await exchange("push", page)
  }

  func pull(_ request: PullRequest) async throws(HubError) -> PullReply {
    try await exchange("pull", request)
  }

  func verify() async throws(HubError) -> StoreSummary {
    try await HTTPExchange(client: client, url: "\(study)/verify", token: token).send(body: [])
  }

  private func exchange<Reply: WireMessage>(
    _ route: String, _ message: some WireMessage
  ) async throws(HubError) -> Reply {
    try await HTTPExchange(client: client, url: "\(study)/\(route)", token: token)
      .send(body: message.encode(.protobuf))
  }
}

/// One request with a message, and the answer to it.
struct HTTPExchange {
  let client: HTTPClient
  let url: String
  let token: String?

  /// From this size on a message is compressed; below it the frame outweighs what it saves.
  private static let compressedBytesMin = 256

  /// How long a server may take for one page.
  private static let timeoutSeconds: Int64 = 120

  func send<Reply: WireMessage>(body: [UInt8]) async throws(HubError) -> Reply {
    let status: HTTPResponseStatus
    let bytes: [UInt8]
    do {
      (status, bytes) = try await exchange(body)
    } catch let error as HubError {
      throw error
    } catch {
      if let fault = ServerFault(error) { throw .untrusted(reason: fault.description) }
      throw .unreachable(reason: Self.reason(error))
    }
    if (200..<300).contains(status.code) {
      do {
        return try Reply(decoding: bytes, format: .protobuf)
      } catch {
        throw .unreadable(reason: error.description)
      }
    }
    guard let problem = try? Problem(decoding: bytes, format: .protobuf) else {
      // Not words that we know: a newer server's, a proxy's, or another program's at that address.
      throw status.code >= 500
        ? .unreachable(reason: "the server answered \(status.code)")
        : .unreadable(reason: "the address answered \(status.code), and not as a Cuaderno server")
    }
    // These pass by themselves; everything else would be refused again.
    if problem.code == .busy || problem.code == .failed {
      throw .unreachable(reason: problem.message)
    }
    throw .refused(problem)
  }

  private func exchange(_ body: [UInt8]) async throws -> (HTTPResponseStatus, [UInt8]) {
    var request = HTTPClientRequest(url: url)
    request.method = .POST
    request.headers.add(name: "content-type", value: WireFormat.protobuf.contentType)
    request.headers.add(name: "accept-encoding", value: "zstd")
    if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
    if body.count >= Self.compressedBytesMin {
      request.headers.add(name: "content-encoding", value: "zstd")
      request.body = .bytes(Compression.compress(body))
    } else {
      request.body = .bytes(body)
    }
    let response = try await client.execute(
      request, timeout: .seconds(Self.timeoutSeconds))
    let collected = try await response.body.collect(upTo: WireLimits.messageBytes)
    let bytes = [UInt8](buffer: collected)
    guard response.headers.first(name: "content-encoding") == "zstd" else {
      return (response.status, bytes)
    }
    do {
      return (
        response.status,
        try Compression.decompress(bytes, limit: WireFormat.protobuf.messageBytes)
      )
    } catch {
      throw HubError.unreadable(reason: error.description)
    }
  }

  /// What to tell a person, without addresses or whatever else an error carries.
  private static func reason(_ error: any Error) -> String {
    switch error as? HTTPClientError {
    case .connectTimeout, .deadlineExceeded, .readTimeout: "it does not answer in time"
    case .remoteConnectionClosed: "the link was lost"
    default:
      error is NIOConnectionError
        ? "no server answers at that address, or there is no network"
        : "the link failed (\(type(of: error)))"
    }
  }
}
