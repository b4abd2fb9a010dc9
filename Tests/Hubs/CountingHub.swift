import CuadernoSync
import Synchronization

/// Counts what is asked of a hub, answered or not.
final class CountingHub<Base: Hub>: Hub {
  enum Step: Hashable, Sendable { case hello, push, pull, verify }

  var isTimekeeper: Bool { base.isTimekeeper }
  var unpacks: Bool { base.unpacks }

  private let base: Base
  private let counts = Mutex<[Step: Int]>([:])
  private let packedCounts = Mutex<[Step: Int]>([:])

  init(_ base: Base) {
    self.base = base
  }

  /// How many pages went and came packed.
  var packed: [Step: Int] { packedCounts.withLock { $0 } }
  var requests: [Step: Int] { counts.withLock { $0 } }
  var total: Int { requests.values.reduce(0, +) }

  private func count(_ step: Step) {
    counts.withLock { $0[step, default: 0] += 1 }
  }

  private func note(_ page: SentPage, _ step: Step) {
    if page.isPacked { packedCounts.withLock { $0[step, default: 0] += 1 } }
  }

  func hello(_ hello: Hello) async throws(HubError) -> HelloReply {
    count(.hello)
    return try await base.hello(hello)
  }

  func push(_ page: SentPage) async throws(HubError) -> PushReply {
    count(.push)
    note(page, .push)
    return try await base.push(page)
  }

  func pull(_ request: PullRequest) async throws(HubError) -> PullReply {
    count(.pull)
    let reply = try await base.pull(request)
    note(reply.content, .pull)
    return reply
  }

  func verify() async throws(HubError) -> StoreSummary {
    count(.verify)
    return try await base.verify()
  }
}
