import CuadernoSync
import CuadernoTestSupport

/// What a line does to what is said over it, and so what may be said of a sync over it.
enum Line: String, CaseIterable {
  /// Nothing goes wrong.
  case good
  /// Requests and answers get lost or come twice: a sync ends, or says that the link was lost.
  case losing
  /// Answers come at the wrong time, or bytes are cut and changed: a sync may say anything, as long as
  /// it harms nothing.
  case wild

  /// One sync over such a line.
  ///
  /// - Returns: what came of it, in words.
  /// - Throws: ``Broken`` when it failed and this line gave it no reason, and ``ChainsParted`` when the reason
  ///   is that two notebooks have written as one device.
  func sync(
    _ store: some ChangeStore, as device: DeviceID, with hub: some Hub, seed: UInt64,
    _ tally: inout Tally
  ) async throws -> String {
    do {
      let outcome: SyncSession.Outcome
      switch self {
      case .good:
        outcome = try await Self.converse(store, device, hub)
      case .losing:
        let line = FaultyHub(
          WireLine(hub, odds: 0, seed: seed),
          odds: .init(lostRequest: 12, lostAnswer: 12, repeated: 15), seed: seed)
        outcome = try await Self.converse(store, device, line)
      case .wild:
        let wire = WireLine(hub, odds: 25, seed: seed)
        defer { tally.count("messages damaged", wire.damaged) }
        let line = FaultyHub(
          wire, odds: .init(lostRequest: 5, lostAnswer: 8, repeated: 10, swapped: 15), seed: seed)
        outcome = try await Self.converse(store, device, line)
      }
      tally.count("syncs done")
      return "\(self) \(outcome)"
    } catch {
      tally.count("syncs cut")
      guard isReason(for: error) else {
        if Self.mayBeFork(error), try await ForkSearch(store: store, hub: hub).parting() != nil {
          throw ChainsParted()
        }
        throw Broken(
          "a sync fails only for a reason", "over a \(self) line: \(type(of: error)): \(error)")
      }
      return "\(self) \(error)"
    }
  }

  /// One sync, as the command does it.
  static func converse(
    _ store: some ChangeStore, _ device: DeviceID, _ hub: some Hub
  ) async throws -> SyncSession.Outcome {
    try await SyncDriver(store: store, device: device, hub: hub, wait: { _ in }).run().outcome
  }

  /// Where a notebook's own chain and the hub's parted, when that is why the hub refused a sync; nil
  /// when it is not. A hub that holds fewer numbers of the device than the notebook has none to compare
  /// in `hello`: to it the page looks damaged.
  static func parting(
    of device: DeviceID, _ store: some ChangeStore, _ hub: some Hub, after problem: Problem
  ) async throws -> Dot? {
    guard problem.code == .forkedChain || problem.code == .damagedPage else { return nil }
    let common = try await ForkSearch(store: store, hub: hub).lastCommon(of: device)
    let here = try await store.frontier()[device]
    let there =
      try await hub.hello(Hello(device: device, head: nil, frontierDigest: .zero)).frontier?[device]
    return common.sequence < min(here, there ?? 0) ? common : nil
  }

  /// Whether chains that part can have caused an error.
  static func mayBeFork(_ error: any Error) -> Bool {
    switch error {
    case HubError.refused(let problem):
      problem.code == .forkedChain || problem.code == .damagedPage
    case PageFault.forked, PageFault.damaged, SyncSession.Failure.registersDiffer: true
    default: false
    }
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

/// Two notebooks have written as one device, which a sync has found and the command mends: a copy taken
/// before its first changes had left, of which the original got the time of a server since.
struct ChainsParted: Error {}
