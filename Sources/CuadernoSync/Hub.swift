/// Anything a notebook syncs with: the server, another notebook, a bundle file.
///
/// The project's one seam. Nothing is kept between two requests, so a lost answer leaves nothing to
/// clean up and every request may be repeated.
package protocol Hub: Sendable {
  /// Whether a notebook may set its time by the hub's clock: only by a server's, which a whole team
  /// shares. Another notebook's may be as wrong as one's own.
  var isTimekeeper: Bool { get }

  /// Whether it takes packed pages, and packs those that are pulled.
  var unpacks: Bool { get }

  func hello(_ hello: Hello) async throws(HubError) -> HelloReply

  /// Stores the changes and answers once they are on disk; what the hub holds already is passed over.
  ///
  /// A packed page of which a base is not there is refused with ``Problem/Code/baseMissing``.
  func push(_ page: SentPage) async throws(HubError) -> PushReply

  /// Told of the page that is most likely pushed next, while it stores the one before; what it takes to
  /// write the page for a line can be done meanwhile.
  func expect(_ page: SentPage) async

  func pull(_ request: PullRequest) async throws(HubError) -> PullReply

  func verify() async throws(HubError) -> StoreSummary
}

extension Hub {
  package var isTimekeeper: Bool { false }

  package var unpacks: Bool { false }

  package func push(_ page: ChangePage) async throws(HubError) -> PushReply {
    try await push(.page(page))
  }

  package func expect(_ page: SentPage) async {}
}

package struct Hello: Hashable, Sendable {
  /// The newest protocol the notebook speaks.
  package var version: UInt32
  package var device: DeviceID

  /// Where the notebook's own chain stands; nil before its first change.
  package var head: ChainHead?
  package var frontierDigest: Digest

  /// Of the frontier that both held when they last synced; the hub may then answer with what its own has
  /// beyond that.
  package var knownDigest: Digest?

  package init(
    version: UInt32 = SyncProtocol.version, device: DeviceID, head: ChainHead?,
    frontierDigest: Digest, knownDigest: Digest? = nil
  ) {
    self.knownDigest = knownDigest
    self.version = version
    self.device = device
    self.head = head
    self.frontierDigest = frontierDigest
  }
}

package struct HelloReply: Hashable, Sendable {
  package var version: UInt32

  /// The hub's frontier; nil when its digest is the one sent, and so there is nothing to do.
  package var frontier: VectorClock?

  /// Whether the frontier is only what it has beyond the one with the digest that the notebook knew.
  package var isDifference: Bool

  /// Milliseconds since 1970 on the hub's clock, from which the notebook learns its offset.
  package var milliseconds: Int64

  /// The role that the notebook's member has in the study now, as CuadernoModel's `Role` spells it; nil
  /// where the hub knows of no roles.
  package var role: String?

  package init(
    version: UInt32 = SyncProtocol.version, frontier: VectorClock?, isDifference: Bool = false,
    milliseconds: Int64, role: String? = nil
  ) {
    self.isDifference = isDifference
    self.version = version
    self.frontier = frontier
    self.milliseconds = milliseconds
    self.role = role
  }
}

extension HelloReply {
  /// The reply with the hub's whole frontier.
  ///
  /// - Parameter known: the frontier whose digest the hello named.
  package func whole(knowing known: VectorClock) -> HelloReply {
    guard isDifference, let difference = frontier else { return self }
    var reply = self
    reply.frontier = known.joined(with: difference)
    reply.isDifference = false
    return reply
  }
}

package struct PushReply: Hashable, Sendable {
  /// How many of the changes were new to the hub.
  package var newChanges: Int

  /// What the hub holds now. A notebook that has nothing to pull need not ask once more whether the two
  /// hold the same.
  package var digests: StoreDigests

  package init(newChanges: Int, digests: StoreDigests) {
    self.newChanges = newChanges
    self.digests = digests
  }
}

package struct PullRequest: Hashable, Sendable {
  package var frontier: VectorClock

  /// Where the page should stop, in bytes of changes; the hub holds it within its own limits.
  package var bytesMax: Int

  /// Whether the page may come packed with what the frontier covers.
  package var unpacks: Bool

  package init(frontier: VectorClock, bytesMax: Int, unpacks: Bool = false) {
    self.frontier = frontier
    self.bytesMax = bytesMax
    self.unpacks = unpacks
  }
}

package struct PullReply: Hashable, Sendable {
  package var content: SentPage

  /// How many changes remain after this page, so that progress can be shown.
  package var remaining: UInt64

  package init(_ content: SentPage, remaining: UInt64) {
    self.content = content
    self.remaining = remaining
  }

  package init(page: ChangePage, remaining: UInt64) {
    self.init(.page(page), remaining: remaining)
  }
}

package enum SyncProtocol {
  /// The protocol of this build; a hub speaks this one and the one before.
  package static let version: UInt32 = 1
}

/// Why a hub did not do what it was asked.
package enum HubError: Error, Equatable, Sendable {
  /// The hub could not be asked, or its answer got lost. Asking again is safe.
  case unreachable(reason: String)

  /// The hub understood and refused. Asking the same again will not help.
  case refused(Problem)

  /// Whoever answers at the hub's address has not proved to be the hub. Nothing was sent to it.
  case untrusted(reason: String)

  /// The hub's answer is not one. The notebook changed nothing.
  case unreadable(reason: String)
}

extension HubError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreachable(let reason):
      "hub cannot be reached: \(reason); everything is kept here, so try again when there is a network"
    case .refused(let problem): problem.message
    case .untrusted(let reason): reason
    case .unreadable(let reason): "hub's answer cannot be read: \(reason)"
    }
  }
}
