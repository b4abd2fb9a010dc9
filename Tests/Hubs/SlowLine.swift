import CuadernoSchema
import CuadernoSync

/// A hub at the end of a line of so many bytes a second that is cut again and again, in a time of
/// its own: nothing waits.
///
/// What travels is what HTTP would carry: the messages as they are encoded and compressed, and the
/// headers. Whatever is under way at a cut is lost.
actor SlowLine<Base: Hub>: Hub {
  /// The headers of a request or of an answer, as the client and the server send them.
  static var headerBytes: Int { 260 }

  private let base: Base
  private let bytesPerSecond: Int
  private let millisecondsBetweenCuts: Int

  private(set) var milliseconds = 0
  private(set) var cuts = 0
  /// Bytes that were sent, and those of them that were lost.
  private(set) var sentBytes = 0
  private(set) var lostBytes = 0
  /// The most bytes that one request and its answer took.
  private(set) var longestExchangeBytes = 0

  init(_ base: Base, bytesPerSecond: Int, secondsBetweenCuts: Int) {
    self.base = base
    self.bytesPerSecond = bytesPerSecond
    millisecondsBetweenCuts = secondsBetweenCuts * 1_000
  }

  nonisolated var unpacks: Bool { base.unpacks }

  func wait(_ milliseconds: Int64) {
    self.milliseconds += Int(milliseconds)
  }

  func hello(_ hello: Hello) async throws(HubError) -> HelloReply {
    try send(WireBody(hello, .protobuf))
    let reply = try await base.hello(hello)
    try send(WireBody(reply, .protobuf))
    return reply
  }

  func push(_ page: SentPage) async throws(HubError) -> PushReply {
    try send(WireBody(page, .protobuf))
    let reply = try await base.push(page)
    try send(WireBody(reply, .protobuf))
    return reply
  }

  func pull(_ request: PullRequest) async throws(HubError) -> PullReply {
    try send(WireBody(request, .protobuf))
    let reply = try await base.pull(request)
    try send(WireBody(reply, .protobuf))
    return reply
  }

  func verify() async throws(HubError) -> StoreSummary {
    try send(.empty)
    let reply = try await base.verify()
    try send(WireBody(reply, .protobuf))
    return reply
  }

  private func send(_ body: WireBody) throws(HubError) {
    let bytes = Self.headerBytes + body.bytes.count
    longestExchangeBytes = max(longestExchangeBytes, bytes)
    let needed = (bytes * 1_000 + bytesPerSecond - 1) / bytesPerSecond
    let left = millisecondsBetweenCuts - milliseconds % millisecondsBetweenCuts
    guard needed >= left else {
      milliseconds += needed
      sentBytes += bytes
      return
    }
    milliseconds += left
    cuts += 1
    sentBytes += left * bytesPerSecond / 1_000
    lostBytes += left * bytesPerSecond / 1_000
    throw .unreachable(reason: "the line was cut")
  }
}
