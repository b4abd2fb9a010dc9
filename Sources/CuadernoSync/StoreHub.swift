/// A hub over a store: what the server does for a study, and what another notebook does.
package struct StoreHub<Store: ChangeStore>: Hub {
  package let store: Store
  package let isTimekeeper: Bool
  private let packing: (any PagePacking)?
  private let now: @Sendable () -> Int64

  /// - Parameters:
  ///   - isTimekeeper: whether it is a server, whose clock counts.
  ///   - packing: how pages are packed; nil where they do not travel.
  ///   - now: milliseconds since 1970.
  package init(
    store: Store, isTimekeeper: Bool = false, packing: (any PagePacking)? = nil,
    now: @escaping @Sendable () -> Int64
  ) {
    self.store = store
    self.isTimekeeper = isTimekeeper
    self.packing = packing
    self.now = now
  }

  package var unpacks: Bool { packing != nil }

  package func hello(_ hello: Hello) async throws(HubError) -> HelloReply {
    guard hello.version >= 1 else {
      throw .refused(
        Problem(
          .unsupportedVersion,
          "protocol version \(hello.version) is unknown; this hub speaks \(SyncProtocol.version)"))
    }
    return try await answer {
      let (frontier, link) = try await store.standing(at: hello.head?.dot)
      if let head = hello.head, frontier.covers(head.dot), link != head.link {
        throw PageFault.forked(head.dot)
      }
      let version = min(hello.version, SyncProtocol.version)
      guard frontier.digest != hello.frontierDigest else {
        return HelloReply(version: version, frontier: nil, milliseconds: now())
      }
      if let known = try await known(hello, frontier), frontier.covers(known) {
        return HelloReply(
          version: version, frontier: frontier.beyond(known), isDifference: true,
          milliseconds: now())
      }
      return HelloReply(version: version, frontier: frontier, milliseconds: now())
    }
  }

  /// What the notebook holds of this hub's frontier, where a digest that it names says it.
  private func known(_ hello: Hello, _ frontier: VectorClock) async throws -> VectorClock? {
    let digest = hello.knownDigest ?? hello.frontierDigest
    // Mostly nobody was here since it was.
    guard digest != frontier.digest else { return frontier }
    // No frontier has the digest of zeros, so it is looked for by nobody who sends it.
    return digest == .zero ? nil : try await store.earlierFrontier(withDigest: digest)
  }

  package func push(_ sent: SentPage) async throws(HubError) -> PushReply {
    try await answer {
      let page = try await unpacked(sent)
      if isTimekeeper, !page.areStampsSettled { try await refuseStampsAhead(page) }
      let (count, digests) = try await store.applyAndDigest(page)
      return PushReply(newChanges: count, digests: digests)
    }
  }

  package func pull(_ request: PullRequest) async throws(HubError) -> PullReply {
    let bytesMax = min(max(request.bytesMax, WireLimits.pageBytesMin), WireLimits.pageBytes)
    return try await answer {
      let (page, frontier) = try await store.pageAndFrontier(
        beyond: request.frontier, bytesMax: bytesMax)
      var covered = request.frontier
      for head in page.heads { covered.include(head.dot) }
      return PullReply(
        try await packed(page, for: request), remaining: frontier.changesMissing(from: covered))
    }
  }

  private func unpacked(_ sent: SentPage) async throws -> ChangePage {
    switch sent {
    case .page(let page): return page
    case .packed(let packed):
      guard let packing, let bases = try await store.bases(at: packed.bases) else {
        throw Problem.baseMissing
      }
      return try packing.unpack(packed, with: bases)
    }
  }

  private func packed(_ page: ChangePage, for request: PullRequest) async throws -> SentPage {
    guard let packing, request.unpacks else { return .page(page) }
    let bases = try await store.bases(of: page, heldBy: request.frontier)
    return bases.isEmpty ? .page(page) : .packed(packing.pack(page, with: bases))
  }

  package func verify() async throws(HubError) -> StoreSummary {
    try await answer { try await store.summary() }
  }

  /// Refuses what is far in this hub's future and not held yet, so that the notebook mends its clock
  /// and what it still can. A hub whose own clock cannot be right refuses nothing.
  private func refuseStampsAhead(_ page: ChangePage) async throws {
    let now = now()
    let ahead = page.changes.filter { $0.envelope.stamp.isAhead(ofHub: now) }
    guard !ahead.isEmpty else { return }
    let frontier = try await store.frontier()
    guard let change = ahead.first(where: { !frontier.covers($0.dot) }) else { return }
    let hours = (change.envelope.stamp.milliseconds - now) / 3_600_000
    throw Problem(
      .clockAhead,
      "change \(change.dot) is stamped \(hours) hours after the hub's time; the limit is "
        + "\(WireLimits.stampAheadMillisecondsMax / 3_600_000); set this machine's clock right and "
        + "sync again")
  }

  private func answer<Reply>(
    _ body: () async throws -> Reply
  ) async throws(HubError) -> Reply {
    do {
      return try await body()
    } catch let fault as PageFault {
      throw .refused(Problem(fault))
    } catch let problem as Problem {
      throw .refused(problem)
    } catch {
      // The store's own words may name paths; they belong in the hub's log, not in an answer.
      throw .unreachable(reason: "the hub's store failed (\(type(of: error)))")
    }
  }
}

extension VectorClock {
  /// How many of the changes covered here another clock does not cover.
  package func changesMissing(from other: VectorClock) -> UInt64 {
    entries.reduce(0) { $0 &+ ($1.sequence - min($1.sequence, other[$1.device])) }
  }
}
