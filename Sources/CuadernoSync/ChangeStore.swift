/// What a store of changes can do: the notebook, the ledger for one study, a store in memory.
///
/// A hub is this and nothing more, so `StoreHub` makes a hub of any of them.
package protocol ChangeStore: Sendable {
  var study: StudyID { get }

  /// The clock of everything held.
  func frontier() async throws -> VectorClock

  /// The link at a change held; nil for one that is not held.
  func link(at dot: Dot) async throws -> Digest?

  /// The clock of everything held and the link at a change, both as they are at one moment.
  func standing(at dot: Dot?) async throws -> (frontier: VectorClock, link: Digest?)

  /// A frontier that the store had before, by its digest, where that is found at little cost.
  func earlierFrontier(withDigest digest: Digest) async throws -> VectorClock?

  /// The next changes that a clock does not cover, in the store's own order of arrival.
  ///
  /// Full when the changes reach `bytesMax`; holds at least one unless the clock covers all.
  func page(beyond clock: VectorClock, bytesMax: Int) async throws -> ChangePage

  /// The same with the clock of everything held at that moment.
  func pageAndFrontier(
    beyond clock: VectorClock, bytesMax: Int
  ) async throws -> (page: ChangePage, frontier: VectorClock)

  /// Changes held that a page may be packed with: earlier ones to its records, and to those that these are on,
  /// of which a clock covers each. Ascending, each once; none for a store that sends its pages as they are.
  func bases(of page: ChangePage, heldBy clock: VectorClock) async throws -> [EarlierPayload]

  /// The changes with these names, in this order; nil when the payload of one is not here.
  func bases(at dots: [Dot]) async throws -> [EarlierPayload]?

  /// Applies what the store does not hold yet, and returns when it is on disk: all of it or none.
  ///
  /// - Throws: ``PageFault`` when the page may not be applied.
  @discardableResult
  func apply(_ page: ChangePage) async throws -> Int

  /// The digest of the registers, and of how many changes.
  func summary() async throws -> StoreSummary

  /// Applies a page as ``apply(_:)`` does, and answers what the store holds then.
  func applyAndDigest(_ page: ChangePage) async throws -> (count: Int, digests: StoreDigests)

  /// Milliseconds since 1970 on the clock that the store's own changes are stamped by; nil for a store
  /// that writes nothing of its own.
  func machineMilliseconds() -> Int64?

  /// Learns what the time is from a hub whose clock counts, and gives new stamps to what the store has
  /// written by a wrong clock and nobody else holds.
  ///
  /// - Parameter frontier: what the hub holds.
  func learn(_ reading: ClockReading, from frontier: VectorClock) async throws

  /// The page for a hub that may refuse its stamps: what it did not take has left for nowhere yet.
  func offer(beyond clock: VectorClock, bytesMax: Int) async throws -> ChangePage
}

extension ChangeStore {
  package func earlierFrontier(withDigest digest: Digest) -> VectorClock? { nil }

  package func standing(at dot: Dot?) async throws -> (frontier: VectorClock, link: Digest?) {
    // What is held once stays, so the later link is that of the same change.
    let frontier = try await frontier()
    guard let dot, frontier.covers(dot) else { return (frontier, nil) }
    return (frontier, try await link(at: dot))
  }

  package func pageAndFrontier(
    beyond clock: VectorClock, bytesMax: Int
  ) async throws -> (page: ChangePage, frontier: VectorClock) {
    let page = try await page(beyond: clock, bytesMax: bytesMax)
    return (page, try await frontier())
  }

  package func bases(of page: ChangePage, heldBy clock: VectorClock) -> [EarlierPayload] { [] }

  package func bases(at dots: [Dot]) -> [EarlierPayload]? { nil }

  package func applyAndDigest(
    _ page: ChangePage
  ) async throws -> (count: Int, digests: StoreDigests) {
    let count = try await apply(page)
    return (count, try await summary().digests)
  }

  package func machineMilliseconds() -> Int64? { nil }

  package func learn(_ reading: ClockReading, from frontier: VectorClock) {}

  package func offer(beyond clock: VectorClock, bytesMax: Int) async throws -> ChangePage {
    try await page(beyond: clock, bytesMax: bytesMax)
  }
}

/// What two stores compare to say "the same changes, the same notes".
package struct StoreSummary: Hashable, Sendable {
  package var frontier: VectorClock

  /// The sum over all records of the digests of their registers.
  package var registers: Digest

  package init(frontier: VectorClock, registers: Digest) {
    self.frontier = frontier
    self.registers = registers
  }
}

extension StoreSummary {
  package var digests: StoreDigests {
    StoreDigests(frontier: frontier.digest, registers: registers)
  }
}

/// A summary of two digests: equal ones say "the same changes, the same notes", and others nothing.
package struct StoreDigests: Hashable, Sendable {
  package var frontier: Digest
  package var registers: Digest

  package init(frontier: Digest, registers: Digest) {
    self.frontier = frontier
    self.registers = registers
  }
}

extension VectorClock {
  /// What `hello` sends instead of the clock.
  package var digest: Digest { Digest(hashing: canonicalBytes) }
}
