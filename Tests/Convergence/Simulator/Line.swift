import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport
import Synchronization

/// What a line does to what is said over it, and so what may be said of a sync over it.
enum Line: String, CaseIterable {
  /// Nothing goes wrong.
  case good
  /// Requests and answers get lost or come twice: a sync ends, or says that the link was lost.
  case losing
  /// Answers come at the wrong time, or bytes are cut and changed: a sync may say anything, as long as
  /// it harms nothing.
  case wild

  /// One sync over such a line. Chains are compared on a good one: no answer that came at the wrong time
  /// may say where they part.
  ///
  /// - Returns: what came of it, in words too; no outcome when it was cut.
  /// - Throws: ``Broken`` when it failed and this line gave it no reason, and ``ChainsPart``.
  func sync(
    _ store: some ChangeStore, as device: DeviceID, with hub: some Hub,
    _ checks: SyncChecks = SyncChecks(), seed: UInt64, _ tally: inout Tally
  ) async throws -> (outcome: SyncSession.Outcome?, words: String) {
    let packing = CountedPacking()
    defer { tally.count("pages packed", packing.count) }
    do {
      let outcome: SyncSession.Outcome
      switch self {
      case .good:
        outcome = try await Self.converse(store, device, hub, over: hub, checks, packing)
      case .losing:
        let line = FaultyHub(
          WireLine(hub, odds: 0, seed: seed),
          odds: .init(lostRequest: 12, lostAnswer: 12, repeated: 15), seed: seed)
        outcome = try await Self.converse(store, device, hub, over: line, checks, packing)
      case .wild:
        let wire = WireLine(hub, odds: 25, seed: seed)
        defer { tally.count("messages damaged", wire.damaged) }
        let line = FaultyHub(
          wire, odds: .init(lostRequest: 5, lostAnswer: 8, repeated: 10, swapped: 15), seed: seed)
        outcome = try await Self.converse(store, device, hub, over: line, checks, packing)
      }
      tally.count("syncs done")
      return (outcome, "\(self) \(outcome)")
    } catch let parted as ChainsPart {
      tally.count("syncs cut")
      throw parted
    } catch {
      tally.count("syncs cut")
      guard isReason(for: error) else {
        throw Broken(
          "a sync fails only for a reason", "over a \(self) line: \(type(of: error)): \(error)")
      }
      return (nil, "\(self) \(error)")
    }
  }

  /// One sync, as the command does it.
  static func converse(
    _ store: some ChangeStore, _ device: DeviceID, _ hub: some Hub,
    _ checks: SyncChecks = SyncChecks()
  ) async throws -> SyncSession.Outcome {
    try await converse(store, device, hub, over: hub, checks, ZstdPacking())
  }

  private static func converse(
    _ store: some ChangeStore, _ device: DeviceID, _ hub: some Hub, over line: some Hub,
    _ checks: SyncChecks, _ packing: any PagePacking
  ) async throws -> SyncSession.Outcome {
    try await CheckedSync(store: store, hub: hub, checks: checks)
      .run(
        SyncDriver(
          store: store, device: device, hub: line, packing: packing, wait: { _ in })
      ).outcome
  }

  private func isReason(for error: any Error) -> Bool {
    switch self {
    case .good: return false
    case .losing:
      if case SyncSession.Failure.linkLost = error { return true }
      if case HubError.unreachable = error { return true }
      return false
    case .wild:
      return error is HubError || error is PageFault || error is SyncSession.Failure
    }
  }
}

/// Counts the pages that a notebook packs and unpacks.
private final class CountedPacking: PagePacking {
  private let packing = ZstdPacking()
  private let counted = Mutex(0)

  var count: Int { counted.withLock { $0 } }

  func pack(_ page: ChangePage, with bases: [EarlierPayload]) -> PackedPage {
    counted.withLock { $0 += 1 }
    return packing.pack(page, with: bases)
  }

  func unpack(_ page: PackedPage, with bases: [EarlierPayload]) throws(Problem) -> ChangePage {
    counted.withLock { $0 += 1 }
    return try packing.unpack(page, with: bases)
  }
}
