/// One conversation with a hub, as a state machine that does no I/O.
///
/// The driver feeds it what happened and carries out what it answers. Keeping sockets, clocks and
/// disks outside makes every interleaving a plain unit test.
package struct SyncSession: ~Copyable {
  package enum Event: Sendable {
    /// The session begins with what the notebook holds.
    case started(frontier: VectorClock)
    case greeted(HelloReply)
    /// The hub has stored a page that ended at these heads, and says what it holds then.
    case pushed(heads: [ChainHead], StoreDigests)
    /// What the notebook holds, after all of it was pushed.
    case summarised(StoreDigests)
    /// Nothing is left that the hub lacks.
    case nothingToPush
    /// A pulled page is here, and not yet on disk.
    case received(PulledPage)
    /// The page received last is on its way to the disk; the next has come meanwhile, unless none was
    /// wanted or the link was lost.
    case applied(next: PulledPage?)
    case verified(StoreSummary, own: StoreSummary)
    /// The last request failed in a way in which asking again is safe.
    case linkLost
  }

  /// What the session needs to know of a pulled page.
  package struct PulledPage: Hashable, Sendable {
    package var heads: [ChainHead]
    /// How many changes are still to come after it.
    package var remaining: UInt64

    package init(heads: [ChainHead], remaining: UInt64) {
      self.heads = heads
      self.remaining = remaining
    }

    init(_ page: ChangePage, remaining: UInt64) {
      self.init(heads: page.heads, remaining: remaining)
    }
  }

  package enum Action: Equatable, Sendable {
    case hello
    /// Send the next page of what this clock does not cover.
    case push(beyond: VectorClock, bytesMax: Int)
    case pull(PullRequest)
    /// Begin to bring the page received last to disk, and ask for the next meanwhile; ``verify`` is
    /// what waits until all of them are there.
    case apply(fetching: PullRequest?)
    case verify
    /// Nothing is left to push or to pull: say what the notebook holds.
    case summarise
    /// Wait, and carry out the last action again.
    case retry(afterMilliseconds: Int64)
    case finish(Outcome)
    case fail(Failure)
  }

  package enum Outcome: Equatable, Sendable {
    /// The digests of the frontiers were equal: one round trip.
    case nothingToDo
    /// The same changes, and the same registers made of them.
    case verified(changes: UInt64)
    /// Somebody else's changes reached the hub meanwhile; the next sync brings them.
    case movedOn
  }

  package enum Failure: Error, Equatable, Sendable {
    /// Both hold the same changes and make different notes of them.
    case registersDiffer
    case linkLost(attempts: Int)
    /// The hub speaks only protocols that this notebook does not know.
    case unsupportedVersion(UInt32)
    /// The hub reports changes left and sends none that is new.
    case noProgress
  }

  private enum Phase { case idle, greeting, pushing, comparing, pulling, verifying, ended }

  private var phase = Phase.idle
  private var frontier = VectorClock()
  private var hubFrontier = VectorClock()
  /// What the hub held after the last page pushed.
  private var hubDigests: StoreDigests?
  private var bytesMax: Int
  private var attempts = 0
  /// How long the page took that the event in hand tells of.
  private var tookMilliseconds: Int64 = 0
  /// The same of the last page that arrived.
  private var lastPageMilliseconds: Int64 = 0
  private var hasLostLink = false
  private var isPullComplete = false
  private var hasPulledAgain = false
  private let isReceivingOnly: Bool

  /// How often a request is tried before the session gives up.
  package static let attemptsMax = 6

  /// How often the first request is tried: a hub that was not there yet is most likely not there,
  /// and a person without a network should not wait to be told.
  package static let greetingAttemptsMax = 2

  /// How long a page should take at most: larger ones are packed closer and wait less for answers, and a cut
  /// costs a whole one.
  package static let pageMilliseconds: Int64 = 60_000

  /// The same once the link was lost in this session, for a line that is cut every half minute.
  package static let pageMillisecondsOnBadLine: Int64 = 15_000

  /// From this on a page is taken to be as long as its line makes it: what was lost then is made half as long,
  /// and not a quarter.
  private static let slowPageMilliseconds: Int64 = 2_000

  /// - Parameters:
  ///   - bytesMax: where pages start; they shrink on a bad link and grow on a good one.
  ///   - isReceivingOnly: whether nothing is sent: the hub is a bundle, which cannot take anything, and
  ///     gives whole pages from the start.
  package init(bytesMax: Int? = nil, isReceivingOnly: Bool = false) {
    self.bytesMax = bytesMax ?? (isReceivingOnly ? WireLimits.pageBytes : WireLimits.pageBytes / 4)
    self.isReceivingOnly = isReceivingOnly
  }

  /// - Parameter milliseconds: how long the request took that the event answers, where it carried a page.
  package mutating func handle(_ event: Event, after milliseconds: Int64 = 0) -> Action {
    tookMilliseconds = milliseconds
    if case .linkLost = event { return retry() }
    attempts = 0
    switch (phase, event) {
    case (.idle, .started(let frontier)):
      self.frontier = frontier
      phase = .greeting
      return .hello
    case (.greeting, .greeted(let reply)):
      return greeted(reply)
    case (.pushing, .pushed(let heads, let digests)):
      for head in heads { hubFrontier.include(head.dot) }
      hubDigests = digests
      grow()
      return pushOrPull()
    case (.comparing, .summarised(let own)):
      return summarised(own)
    case (.pushing, .nothingToPush):
      hubFrontier.join(frontier)
      return pullOrVerify()
    case (.pulling, .received(let page)):
      return received(page)
    case (.pulling, .applied(let next)):
      return applied(next)
    case (.verifying, .verified(let hub, let own)):
      return verified(hub: hub, own: own)
    default:
      // Any other pair is a driver that does not carry out what it was told.
      preconditionFailure("event \(event) does not fit phase \(phase)")
    }
  }

  private mutating func greeted(_ reply: HelloReply) -> Action {
    guard reply.version >= 1, reply.version <= SyncProtocol.version else {
      return end(.fail(.unsupportedVersion(reply.version)))
    }
    guard let frontier = reply.frontier else { return end(.finish(.nothingToDo)) }
    hubFrontier = isReceivingOnly ? frontier.joined(with: self.frontier) : frontier
    return pushOrPull()
  }

  private mutating func pushOrPull() -> Action {
    guard hubFrontier.covers(frontier) else {
      phase = .pushing
      return .push(beyond: hubFrontier, bytesMax: bytesMax)
    }
    return pullOrVerify()
  }

  private mutating func pullOrVerify() -> Action {
    guard frontier.covers(hubFrontier) else {
      phase = .pulling
      return .pull(nextPull)
    }
    guard hubDigests == nil else {
      phase = .comparing
      return .summarise
    }
    phase = .verifying
    return .verify
  }

  /// Whatever is not equal is asked about: somebody else may have been there meanwhile.
  private mutating func summarised(_ own: StoreDigests) -> Action {
    guard own != hubDigests else {
      return end(.finish(.verified(changes: frontier.changeCount)))
    }
    phase = .verifying
    return .verify
  }

  private mutating func received(_ page: PulledPage) -> Action {
    let before = frontier
    for head in page.heads { frontier.include(head.dot) }
    grow()
    isPullComplete = page.remaining == 0
    guard !isPullComplete else { return .apply(fetching: nil) }
    // A page of what is held already would be asked for again and again.
    guard frontier != before else { return end(.fail(.noProgress)) }
    return .apply(fetching: nextPull)
  }

  private mutating func applied(_ next: PulledPage?) -> Action {
    if let next { return received(next) }
    guard isPullComplete else {
      // The link was lost under the page that was fetched meanwhile, so the next one is smaller.
      shrink()
      return .pull(nextPull)
    }
    phase = .verifying
    return .verify
  }

  private var nextPull: PullRequest { PullRequest(frontier: frontier, bytesMax: bytesMax) }

  private mutating func verified(hub: StoreSummary, own: StoreSummary) -> Action {
    guard hub.frontier == own.frontier else { return pullAgain(hub.frontier) }
    guard hub.registers == own.registers else { return end(.fail(.registersDiffer)) }
    return end(.finish(.verified(changes: own.frontier.changeCount)))
  }

  /// The hub holds more than it did at hello: somebody else was there meanwhile, or it has said which of
  /// the changes pushed are void, and their author is to be told now. Once only, so that a busy hub does
  /// not keep a session from ending.
  private mutating func pullAgain(_ hubFrontier: VectorClock) -> Action {
    guard !hasPulledAgain, !frontier.covers(hubFrontier) else { return end(.finish(.movedOn)) }
    hasPulledAgain = true
    isPullComplete = false
    self.hubFrontier = hubFrontier
    phase = .pulling
    return .pull(nextPull)
  }

  private mutating func retry() -> Action {
    attempts += 1
    shrink()
    let attemptsMax = phase == .greeting ? Self.greetingAttemptsMax : Self.attemptsMax
    guard attempts < attemptsMax else { return end(.fail(.linkLost(attempts: attempts))) }
    // Half a second, doubling: long enough for a link to come back, short enough to wait for.
    return .retry(afterMilliseconds: 500 << (attempts - 1))
  }

  /// The action that a retry repeats, with the page size of now.
  package func repeated(_ action: Action) -> Action {
    switch action {
    case .push(let clock, _): .push(beyond: clock, bytesMax: bytesMax)
    case .pull(let request):
      .pull(PullRequest(frontier: request.frontier, bytesMax: bytesMax))
    default: action
    }
  }

  /// After a page has arrived: the next is twice as large as long as that takes no longer than a page
  /// should, and smaller after one that took longer.
  private mutating func grow() {
    lastPageMilliseconds = tookMilliseconds
    let wanted = hasLostLink ? Self.pageMillisecondsOnBadLine : Self.pageMilliseconds
    if tookMilliseconds <= wanted / 2 {
      bytesMax = Self.grown(bytesMax)
    } else if tookMilliseconds > wanted * 4 / 3 {
      let part = Double(wanted) / Double(tookMilliseconds)
      bytesMax = max(Int(Double(bytesMax) * part), WireLimits.pageBytesMin)
    }
  }

  /// How large the page after one that arrived soon may be.
  static func grown(_ bytesMax: Int) -> Int {
    min(bytesMax * 2, WireLimits.pageBytes)
  }

  private mutating func shrink() {
    hasLostLink = true
    // Lost twice in a row, it is the line after all that has become worse.
    let part = lastPageMilliseconds >= Self.slowPageMilliseconds && attempts < 2 ? 2 : 4
    bytesMax = max(bytesMax / part, WireLimits.pageBytesMin)
  }

  private mutating func end(_ action: Action) -> Action {
    phase = .ended
    return action
  }
}

extension SyncSession.Failure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .registersDiffer:
      "this notebook and the hub hold the same changes but make different notes of them; "
        + "nothing was overwritten; run `cuaderno doctor` here and `cuaderno-server check` there"
    case .linkLost(let attempts):
      "the link was lost and did not come back in \(attempts) attempts; what had been sent or "
        + "received is kept, and the next sync goes on from there"
    case .unsupportedVersion(let version):
      "the hub speaks protocol \(version) and this notebook \(SyncProtocol.version); update cuaderno"
    case .noProgress:
      "the hub says that changes are left but sends none that is new; sync again, or tell who runs "
        + "the server"
    }
  }
}
