/// One sync that also finds out when two notebooks have written as one device.
///
/// A hub refuses a page whose chain is not its own, and a frontier counts numbers alone: neither sees a
/// change that *builds on* another branch. So chains are compared before anything is sent where others
/// than this hub may have brought something, and whenever a sync fails as it does for chains that part.
package struct CheckedSync<Store: ChangeStore, Remote: Hub> {
  private let store: Store
  private let hub: Remote
  private let checks: SyncChecks

  package init(store: Store, hub: Remote, checks: SyncChecks) {
    self.store = store
    self.hub = hub
    self.checks = checks
  }

  /// - Parameter driver: what carries out the sync, of the same store.
  /// - Throws: ``ChainsPart``, and what ``SyncDriver/run()`` throws.
  package func run<Line>(
    _ driver: SyncDriver<Store, Line>
  ) async throws -> (outcome: SyncSession.Outcome, progress: SyncDriver<Store, Line>.Progress) {
    let search = ForkSearch(store: store, hub: hub)
    if let known = checks.comparesBeyond, let parting = try await search.parting(beyond: known) {
      throw ChainsPart(parting: parting)
    }
    do {
      let result = try await driver.run()
      if checks.comparesRegisters, result.outcome == .nothingToDo { try await requireSame() }
      return result
    } catch {
      if Self.mayBeParting(error), let parting = try? await search.parting() {
        throw ChainsPart(parting: parting)
      }
      throw error
    }
  }

  /// Equal frontiers say nothing of what stands under their numbers.
  private func requireSame() async throws {
    let (there, here) = (try await hub.verify(), try await store.summary())
    guard there.frontier != here.frontier || there.registers == here.registers else {
      throw SyncSession.Failure.registersDiffer
    }
  }

  private static func mayBeParting(_ error: any Error) -> Bool {
    switch error {
    case HubError.refused(let problem):
      problem.code == .forkedChain || problem.code == .damagedPage
    case PageFault.forked, PageFault.damaged, SyncSession.Failure.registersDiffer: true
    default: false
    }
  }
}

/// A notebook holds other changes under the same numbers than the hub it met.
package struct ChainsPart: Error {
  package let parting: Parting
}

/// What a notebook looks at, when it meets a hub, beside what a session looks at.
package struct SyncChecks: Hashable, Sendable {
  /// What both are known to hold alike: beyond it chains are compared before anything is sent. Nil where
  /// nobody but this hub can have brought anything.
  package var comparesBeyond: VectorClock?
  /// Whether equal frontiers are not taken for equal changes.
  package var comparesRegisters: Bool

  package init(comparesBeyond: VectorClock? = nil, comparesRegisters: Bool = false) {
    self.comparesBeyond = comparesBeyond
    self.comparesRegisters = comparesRegisters
  }

  /// With another notebook, which meets others and may be a copy.
  package static let withNotebook = SyncChecks(
    comparesBeyond: VectorClock(), comparesRegisters: true)

  /// A bundle is compared whole before anything of it is taken.
  package static let withBundle = SyncChecks()
}
