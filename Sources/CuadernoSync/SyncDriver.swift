/// Carries out what a session asks, between a store and a hub.
package struct SyncDriver<Store: ChangeStore, Remote: Hub> {
  package struct Progress: Hashable, Sendable {
    package var pushed: UInt64 = 0
    package var toPush: UInt64 = 0
    package var pulled: UInt64 = 0
    package var toPull: UInt64 = 0
    /// The role that the hub says the notebook's member has.
    package var role: String?
    /// What both were found to hold alike when the sync ended; nil when they were not. What was written
    /// here since is not in it.
    package var agreed: VectorClock?

    package init() {}
  }

  private let store: Store
  private let device: DeviceID
  private let hub: Remote
  private let packing: (any PagePacking)?
  private let isReceivingOnly: Bool
  private let known: VectorClock?
  private let wait: @Sendable (_ milliseconds: Int64) async throws -> Void
  private let elapsed: @Sendable () -> Int64
  private let report: @Sendable (Progress) -> Void

  /// - Parameters:
  ///   - packing: how pages are packed, with a hub that takes them so; nil leaves them as they are.
  ///   - isReceivingOnly: whether nothing is sent, as to a bundle.
  ///   - known: what both held after the last sync, so that the hub need not say all of it again.
  ///   - wait: what a retry waits with; tests return at once.
  ///   - elapsed: milliseconds on a clock that is never set, by which pages get their size.
  ///   - report: told after each page.
  package init(
    store: Store, device: DeviceID, hub: Remote, packing: (any PagePacking)? = nil,
    isReceivingOnly: Bool = false, known: VectorClock? = nil,
    wait: @escaping @Sendable (_ milliseconds: Int64) async throws -> Void,
    elapsed: @escaping @Sendable () -> Int64 = { 0 },
    report: @escaping @Sendable (Progress) -> Void = { _ in }
  ) {
    self.store = store
    self.device = device
    self.hub = hub
    self.packing = packing
    self.isReceivingOnly = isReceivingOnly
    self.known = known
    self.wait = wait
    self.elapsed = elapsed
    self.report = report
  }

  /// - Throws: ``HubError`` when the hub refuses, ``SyncSession/Failure`` when the session cannot
  ///   go on, ``PageFault`` when the hub sent what may not be applied, and what the store throws.
  ///   Whatever is thrown, every page received until then is applied and stays.
  package func run() async throws -> (outcome: SyncSession.Outcome, progress: Progress) {
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      var intake = PageIntake(store: store, isFromFile: isReceivingOnly)
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
    var carriage = PageCarriage(store: store, hub: hub, packing: packing)
    var progress = Progress()
    var hubMilliseconds: Int64 = 0
    var page = ChangePage()
    var ahead: PageAhead?
    let frontier = try await store.frontier()
    var action = session.handle(.started(frontier: frontier))
    while true {
      let event: SyncSession.Event
      var begun = elapsed()
      do {
        switch action {
        case .finish(let outcome):
          if outcome == .movedOn { progress.agreed = nil }
          return (outcome, progress)
        case .fail(let failure): throw failure
        case .hello:
          let reply = try await greet(&progress)
          hubMilliseconds = reply.milliseconds
          event = .greeted(reply)
        case .push(let clock, let bytesMax):
          event = try await push(clock, bytesMax, hubMilliseconds, &carriage, &ahead, &progress)
        case .pull(let request):
          let pulled = try await carriage.pull(request, after: intake)
          page = pulled.page
          event = .received(SyncSession.PulledPage(page, remaining: pulled.remaining))
        case .apply(let request):
          progress.pulled += UInt64(page.changes.count)
          try await intake.add(page, &tasks)
          begun = elapsed()
          let next = try await fetch(request, &carriage, intake)
          if let next { page = next.page }
          event = .applied(
            next: next.map { SyncSession.PulledPage($0.page, remaining: $0.remaining) })
        case .summarise:
          let own = try await store.summary()
          progress.agreed = own.frontier
          event = .summarised(own.digests)
        case .verify:
          try await intake.finish(&tasks)
          let (there, own) = (try await hub.verify(), try await store.summary())
          progress.agreed = own.frontier
          event = .verified(there, own: own)
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
      action = session.handle(event, after: elapsed() - begun)
    }
  }

  private func push(
    _ clock: VectorClock, _ bytesMax: Int, _ hubMilliseconds: Int64,
    _ carriage: inout PageCarriage<Store, Remote>, _ ahead: inout PageAhead?,
    _ progress: inout Progress
  ) async throws -> SyncSession.Event {
    let made = ahead?.page(beyond: clock, bytesMax)
    ahead = nil
    let next: ReadyPage? =
      if let made { made } else {
        try await nextPage(beyond: clock, bytesMax, hubMilliseconds, carriage)
      }
    guard var ready = next else { return .nothingToPush }
    let (sent, present) = (ready, carriage)
    async let following = PageAhead(after: sent.page, beyond: clock, bytesMax) { clock, bytesMax in
      let next = try await nextPage(beyond: clock, bytesMax, hubMilliseconds, present)
      if let next { await hub.expect(next.sent) }
      return next
    }
    var reply = try await taken(sent, &carriage)
    ahead = await following
    if reply == nil {
      // What was written by a wrong clock is given other stamps.
      ahead = nil
      // The hub's clock is another one than at the greeting, or that answer was not its own.
      _ = try await greet(knowing: .zero)
      // Whatever is ahead of it now cannot be mended any more.
      guard let mended = try await nextPage(beyond: clock, bytesMax, nil, carriage) else {
        return .nothingToPush
      }
      ready = mended
      reply = try await carriage.push(ready)
    }
    guard let reply else { return .nothingToPush }
    progress.pushed += UInt64(ready.page.changes.count)
    return .pushed(heads: ready.page.heads, reply.digests)
  }

  /// Nil when the hub refuses a page for stamps that may still be mended.
  private func taken(
    _ ready: ReadyPage, _ carriage: inout PageCarriage<Store, Remote>
  ) async throws -> PushReply? {
    do {
      return try await carriage.push(ready)
    } catch HubError.refused(let problem)
      where problem.code == .clockAhead && !ready.page.areStampsSettled
    {
      return nil
    }
  }

  /// Nil when there is nothing left to push.
  ///
  /// - Parameter hubMilliseconds: the hub's time; what is stamped after it is settled, since what could be
  ///   mended was, at the greeting. Nil settles the page whatever its stamps.
  private func nextPage(
    beyond clock: VectorClock, _ bytesMax: Int, _ hubMilliseconds: Int64?,
    _ carriage: PageCarriage<Store, Remote>
  ) async throws -> ReadyPage? {
    guard
      var page = try await store.next(beyond: clock, bytesMax, isOffered: hub.isTimekeeper)
    else { return nil }
    page.areStampsSettled =
      if let hubMilliseconds {
        hub.isTimekeeper
          && page.changes.contains { $0.envelope.stamp.isAhead(ofHub: hubMilliseconds) }
      } else { true }
    return try await carriage.ready(page, beyond: clock)
  }

  /// Nil when nothing is wanted or the link was lost: the session then asks once more by itself.
  private func fetch(
    _ request: PullRequest?, _ carriage: inout PageCarriage<Store, Remote>,
    _ intake: PageIntake<Store>
  ) async throws -> (page: ChangePage, remaining: UInt64)? {
    guard let request else { return nil }
    do {
      return try await carriage.pull(request, after: intake)
    } catch HubError.unreachable {
      return nil
    }
  }

  private func greet(_ progress: inout Progress) async throws -> HelloReply {
    let frontier = try await store.frontier()
    let reply = try await greet(knowing: frontier.digest)
    progress.role = reply.role
    progress.agreed = reply.frontier == nil ? frontier : nil
    if let hubFrontier = reply.frontier {
      progress.toPush = isReceivingOnly ? 0 : frontier.changesMissing(from: hubFrontier)
      progress.toPull = hubFrontier.changesMissing(from: frontier)
    }
    return reply
  }

  /// Says hello, and has the store learn from the answer what the time is, where the hub's clock counts.
  private func greet(knowing digest: Digest) async throws -> HelloReply {
    let frontier = try await store.frontier()
    let own = Dot(device: device, sequence: frontier[device])
    let link = try await store.link(at: own)
    // A frontier that the digest names already is not named twice.
    let known = [self.known, frontier].lazy.compactMap(\.self).first { $0.digest != digest }
    let sent = store.machineMilliseconds()
    let reply = try await hub.hello(
      Hello(
        device: device, head: link.map { ChainHead(dot: own, link: $0) }, frontierDigest: digest,
        knownDigest: known?.digest)
    ).whole(knowing: known ?? frontier)
    if hub.isTimekeeper, let sent, let received = store.machineMilliseconds(),
      let reading = ClockReading(sent: sent, hub: reply.milliseconds, received: received)
    {
      try await store.learn(reading, from: reply.frontier ?? frontier)
    }
    return reply
  }
}
