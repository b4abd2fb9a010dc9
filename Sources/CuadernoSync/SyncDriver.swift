/// Carries out what a session asks, between a store and a hub.
package struct SyncDriver<Store: ChangeStore, Remote: Hub> {
  package struct Progress: Hashable, Sendable {
    package var pushed: UInt64 = 0
    package var toPush: UInt64 = 0
    package var pulled: UInt64 = 0
    package var toPull: UInt64 = 0

    package init() {}
  }

  private let store: Store
  private let device: DeviceID
  private let hub: Remote
  private let isReceivingOnly: Bool
  private let wait: @Sendable (_ milliseconds: Int64) async throws -> Void
  private let report: @Sendable (Progress) -> Void

  /// - Parameters:
  ///   - isReceivingOnly: whether nothing is sent, as to a bundle.
  ///   - wait: what a retry waits with; tests return at once.
  ///   - report: told after each page.
  package init(
    store: Store, device: DeviceID, hub: Remote, isReceivingOnly: Bool = false,
    wait: @escaping @Sendable (_ milliseconds: Int64) async throws -> Void,
    report: @escaping @Sendable (Progress) -> Void = { _ in }
  ) {
    self.store = store
    self.device = device
    self.hub = hub
    self.isReceivingOnly = isReceivingOnly
    self.wait = wait
    self.report = report
  }

  /// - Throws: ``HubError`` when the hub refuses, ``SyncSession/Failure`` when the session cannot
  ///   go on, ``PageFault`` when the hub sent what may not be applied, and what the store throws.
  ///   Whatever is thrown, every page applied until then stays.
  package func run() async throws -> (outcome: SyncSession.Outcome, progress: Progress) {
    var session = SyncSession(isReceivingOnly: isReceivingOnly)
    var progress = Progress()
    var received: PullReply?
    let frontier = try await store.frontier()
    var action = session.handle(.started(frontier: frontier))
    while true {
      switch action {
      case .finish(let outcome):
        return (outcome, progress)
      case .fail(let failure):
        throw failure
      default:
        break
      }
      let event: SyncSession.Event
      do {
        event = try await carryOut(action, &received, &progress)
      } catch HubError.unreachable(let reason) {
        guard case .retry(let milliseconds) = session.handle(.linkLost) else {
          throw HubError.unreachable(reason: reason)
        }
        try await wait(milliseconds)
        action = session.repeated(action)
        continue
      }
      report(progress)
      action = session.handle(event)
    }
  }

  private func carryOut(
    _ action: SyncSession.Action, _ received: inout PullReply?, _ progress: inout Progress
  ) async throws -> SyncSession.Event {
    switch action {
    case .hello:
      return try await greet(&progress)
    case .push(let clock, let bytesMax):
      let page = try await store.page(beyond: clock, bytesMax: bytesMax)
      guard !page.changes.isEmpty else { return .nothingToPush }
      _ = try await hub.push(page)
      progress.pushed += UInt64(page.changes.count)
      return .pushed(heads: page.heads)
    case .pull(let request):
      let reply = try await hub.pull(request)
      received = reply
      return .received(SyncSession.PulledPage(reply))
    case .apply(let request):
      return try await apply(&received, fetching: request, &progress)
    case .verify:
      let summary = try await hub.verify()
      return .verified(summary, own: try await store.summary())
    case .retry, .finish, .fail:
      preconditionFailure("the loop carries these out itself")
    }
  }

  /// The next page travels while this one is written: a first sync then takes as long as the slower
  /// of the two and not both.
  private func apply(
    _ received: inout PullReply?, fetching request: PullRequest?, _ progress: inout Progress
  ) async throws -> SyncSession.Event {
    guard let reply = received else { preconditionFailure("nothing was received") }
    async let next = fetch(request)
    try await store.apply(reply.page)
    progress.pulled += UInt64(reply.page.changes.count)
    progress.toPull = progress.pulled + reply.remaining
    received = try await next
    return .applied(next: received.map { SyncSession.PulledPage($0) })
  }

  /// Nil when nothing is wanted or the link was lost: the session then asks once more by itself.
  private func fetch(_ request: PullRequest?) async throws -> PullReply? {
    guard let request else { return nil }
    do {
      return try await hub.pull(request)
    } catch HubError.unreachable {
      return nil
    }
  }

  private func greet(_ progress: inout Progress) async throws -> SyncSession.Event {
    let frontier = try await store.frontier()
    let own = Dot(device: device, sequence: frontier[device])
    let link = try await store.link(at: own)
    let reply = try await hub.hello(
      Hello(
        device: device, head: link.map { ChainHead(dot: own, link: $0) },
        frontierDigest: frontier.digest))
    if let hubFrontier = reply.frontier {
      progress.toPush = isReceivingOnly ? 0 : frontier.changesMissing(from: hubFrontier)
      progress.toPull = hubFrontier.changesMissing(from: frontier)
    }
    return .greeted(reply)
  }
}
