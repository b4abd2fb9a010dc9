import CuadernoSchema
package import CuadernoSync
import CuadernoTestSupport
import Synchronization

/// A hub at the end of a line that carries bytes, and may cut or change them.
///
/// Nothing below it looks after the bytes, as TLS and TCP would: what protects a notebook here are the
/// shape of the messages and the chains alone.
package struct WireLine<Remote: Hub>: Hub {
  private let remote: Remote
  private let damage: Damage

  /// - Parameter odds: how many messages of a hundred are damaged.
  package init(_ remote: Remote, odds: Int, seed: UInt64) {
    self.remote = remote
    damage = Damage(odds: odds, seed: seed)
  }

  package var isTimekeeper: Bool { remote.isTimekeeper }
  package var unpacks: Bool { remote.unpacks }

  /// How many messages were damaged.
  package var damaged: Int { damage.count }

  package func hello(_ hello: Hello) async throws(HubError) -> HelloReply {
    try answered(try await remote.hello(try asked(hello)))
  }

  package func push(_ page: SentPage) async throws(HubError) -> PushReply {
    try answered(try await remote.push(try asked(page)))
  }

  package func pull(_ request: PullRequest) async throws(HubError) -> PullReply {
    try answered(try await remote.pull(try asked(request)))
  }

  package func verify() async throws(HubError) -> StoreSummary {
    try answered(try await remote.verify())
  }

  /// A request as it arrives; a server answers what it cannot read with a problem.
  private func asked<Message: WireMessage>(_ message: Message) throws(HubError) -> Message {
    do {
      return try damage.carry(message)
    } catch {
      throw .refused(Problem(.badMessage, error.description))
    }
  }

  private func answered<Message: WireMessage>(_ message: Message) throws(HubError) -> Message {
    do {
      return try damage.carry(message)
    } catch {
      throw .unreadable(reason: error.description)
    }
  }
}

/// Cuts messages and flips their bits.
private final class Damage: Sendable {
  private let odds: Int
  private let state: Mutex<(random: SplitMix64, count: Int)>

  init(odds: Int, seed: UInt64) {
    self.odds = odds
    state = Mutex((SplitMix64(seed: seed), 0))
  }

  var count: Int { state.withLock { $0.count } }

  func carry<Message: WireMessage>(_ message: Message) throws(WireError) -> Message {
    let (isDamaged, isCompressed, isByBytes, seed) = state.withLock { state in
      let isDamaged = Int.random(in: 0..<100, using: &state.random) < odds
      if isDamaged { state.count += 1 }
      return (
        isDamaged, Bool.random(using: &state.random),
        Int.random(in: 0..<4, using: &state.random) == 0, state.random.next()
      )
    }
    // One whole message of four goes by its bytes too; more would prove the same at four times the
    // cost.
    guard isDamaged || isByBytes else { return message }
    var random = SplitMix64(seed: seed)
    var bytes = message.encode(.protobuf)
    if isCompressed { bytes = Compression.compress(bytes) }
    if isDamaged { bytes = Self.damaged(bytes, &random) }
    if isCompressed {
      bytes = try Compression.decompress(bytes, limit: WireFormat.protobuf.messageBytes)
    }
    return try Message(decoding: bytes, format: .protobuf)
  }

  private static func damaged(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    guard !bytes.isEmpty else { return bytes }
    var bytes = bytes
    if Int.random(in: 0..<3, using: &random) == 0 {
      return Array(bytes.prefix(Int.random(in: 0..<bytes.count, using: &random)))
    }
    for _ in 0..<Int.random(in: 1...2, using: &random) {
      let index = Int.random(in: bytes.indices, using: &random)
      bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    }
    return bytes
  }
}
