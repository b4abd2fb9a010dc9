/// Carries out what a session asks, between a store and a hub.
package struct SyncDriver<Store: ChangeStore, Remote: Hub> {
  package struct Progress: Hashable, Sendable {
    package var pushed: UInt64 = 0
    package var toPush: UInt64 = 0
    package var pulled: UInt64 = 0
    package var toPull: UInt64 = 0
    /// The role that the hub says the notebook's member has.
    package var role: String?

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
  ///   Whatever is thrown, every page received until then is applied and stays.
  package func run() async throws -> (outcome: SyncSession.Outcome, progress: Progress) {
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      var intake = PageIntake(store: store)
      do {
        return try await converse(&intake, &tasks)
      } catch let error as HubError {
        try await intake.finish(&tasks)
        throw error
      } catch let error as SyncSession.Failure {
        try await intake.finish(&tasks)
        throw error
      }
    }
  }

  private func converse(
    _ intake: inout PageIntake<Store>, _ tasks: inout ThrowingTaskGroup<Void, any Error>
  ) async throws -> (outcome: SyncSession.Outcome, progress: Progress) {
    var session = SyncSession(isReceivingOnly: isReceivingOnly)
    var progress = Progress()
    var page = ChangePage()
    let frontier = try await store.frontier()
    var action = session.handle(.started(frontier: frontier))
    while true {
      let event: SyncSession.Event
      do {
        switch action {
        case .finish(let outcome): return (outcome, progress)
        case .fail(let failure): throw failure
        case .hello: event = try await greet(&progress)
        case .push(let clock, let bytesMax): event = try await push(clock, bytesMax, &progress)
        case .pull(let request):
          let reply = try await hub.pull(request)
          page = reply.page
          event = .received(SyncSession.PulledPage(reply))
        case .apply(let request):
          progress.pulled += UInt64(page.changes.count)
          try await intake.add(page, &tasks)
          let next = try await fetch(request)
          if let next { page = next.page }
          event = .applied(next: next.map { SyncSession.PulledPage($0) })
        case .verify:
          try await intake.finish(&tasks)
          event = .verified(try await hub.verify(), own: try await store.summary())
        case .retry: preconditionFailure("a retry answers a lost link, which is handled below")
        }
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

  private func push(
    _ clock: VectorClock, _ bytesMax: Int, _ progress: inout Progress
  ) async throws -> SyncSession.Event {
    let page = try await store.page(beyond: clock, bytesMax: bytesMax)
    guard !page.changes.isEmpty else { return .nothingToPush }
    _ = try await hub.push(page)
    progress.pushed += UInt64(page.changes.count)
    return .pushed(heads: page.heads)
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
    progress.role = reply.role
    if let hubFrontier = reply.frontier {
      progress.toPush = isReceivingOnly ? 0 : frontier.changesMissing(from: hubFrontier)
      progress.toPull = hubFrontier.changesMissing(from: frontier)
    }
    return .greeted(reply)
  }
}
