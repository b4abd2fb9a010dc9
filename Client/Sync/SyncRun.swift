import CuadernoNotebook
import CuadernoSync
import Foundation

/// One sync of a notebook with a hub of whatever kind, from its beginning to its report.
struct SyncRun {
  let notebook: Notebook
  let options: NotebookOptions
  let counterpart: SyncReport.Counterpart
  /// Whether what comes may delete as much as it likes.
  let acceptsDeletes: Bool

  /// Closes the notebook when the sync fails; what arrived until then is kept.
  func sync(with hub: some Hub) async throws -> SyncReport {
    try notebook.expectMuch()
    let before = try notebook.read { try $0.conflictKeys() }
    let arrivals = ArrivalCounter()
    let clock = ClockNote()
    let meter = ProgressMeter(isShown: !options.json && isatty(STDERR_FILENO) == 1)
    let driver = SyncDriver(
      store: CountingStore(
        notebook: notebook, arrivals: arrivals, clock: clock, acceptsDeletes: acceptsDeletes),
      device: try notebook.identity().device, hub: hub, isReceivingOnly: counterpart == .bundle,
      wait: { try await Task.sleep(for: .milliseconds($0)) },
      report: { meter.show(pushed: $0.pushed, of: $0.toPush, pulled: $0.pulled, of: $0.toPull) })
    do {
      if try hasHeardOthers(),
        let parting = try await ForkSearch(store: notebook, hub: hub).parting()
      {
        throw ForkedNotebook(parting: parting)
      }
      let (outcome, progress) = try await driver.run()
      if outcome == .nothingToDo { try await requireSame(hub) }
      meter.clear()
      let conflicts = try notebook.read { try $0.conflictKeys() }
      let (shown, blind) = try notebook.read {
        (try $0.shown(arrivals.total), try $0.blindCoding())
      }
      return SyncReport(
        counterpart: counterpart, outcome: outcome, pushed: progress.pushed,
        pulled: progress.pulled, clock: clock.mending, arrivals: shown,
        kept: try notebook.read { try $0.kept(arrivals.total.kept) },
        newConflicts: conflicts.subtracting(before).count, conflicts: conflicts.count,
        isBlind: blind?.isBlindHere ?? false, registers: try notebook.summary().registers,
        role: progress.role)
    } catch {
      meter.clear()
      defer { try? notebook.close() }
      if Self.mayBeFork(error),
        let parting = try? await ForkSearch(store: notebook, hub: hub).parting()
      {
        throw ForkedNotebook(parting: parting)
      }
      throw error
    }
  }

  /// Whether chains that part can have caused an error.
  private static func mayBeFork(_ error: any Error) -> Bool {
    switch error {
    case HubError.refused(let problem):
      problem.code == .forkedChain || problem.code == .damagedPage
    case PageFault.forked, PageFault.damaged, SyncSession.Failure.registersDiffer: true
    default: false
    }
  }

  /// Whether changes may have come from elsewhere since this notebook and the hub last met. Then chains
  /// are compared before anything is sent: what builds on another branch would be taken by the hub for
  /// something that builds on its own.
  private func hasHeardOthers() throws -> Bool {
    switch counterpart {
    case .bundle: return false
    case .notebook: return true
    case .server:
      let synced = try notebook.hubs().map { $0.syncedMilliseconds ?? .min }.min() ?? .min
      return try notebook.partners().contains { $0.heardMilliseconds >= synced }
    }
  }

  /// Equal frontiers say nothing of what stands under their numbers. With a hub that is all that a
  /// notebook sent, only what came from elsewhere meanwhile can differ, and so it is compared.
  private func requireSame(_ hub: some Hub) async throws {
    guard try !notebook.partners().isEmpty else { return }
    let (there, here) = (try await hub.verify(), try notebook.summary())
    guard there.frontier != here.frontier || there.registers == here.registers else {
      throw SyncSession.Failure.registersDiffer
    }
  }
}

/// The notebook as the sync driver sees it, with what arrives counted for the report.
struct CountingStore: ChangeStore {
  let notebook: Notebook
  let arrivals: ArrivalCounter
  let clock: ClockNote
  let acceptsDeletes: Bool

  var study: StudyID { notebook.study }

  func frontier() throws -> VectorClock { try notebook.frontier() }

  func link(at dot: Dot) throws -> Digest? { try notebook.link(at: dot) }

  func page(beyond clock: VectorClock, bytesMax: Int) throws -> ChangePage {
    try notebook.page(beyond: clock, bytesMax: bytesMax)
  }

  func apply(_ page: ChangePage) throws -> Int {
    let brake = acceptsDeletes ? nil : RemovalBrake(removed: arrivals.total.deleted)
    let (count, new) = try notebook.receive(page, brake: brake)
    arrivals.add(new)
    return count
  }

  func summary() throws -> StoreSummary { try notebook.summary() }

  func machineMilliseconds() -> Int64? { notebook.machineMilliseconds() }

  func learn(_ reading: ClockReading, from frontier: VectorClock) throws {
    clock.add(try notebook.mendClock(reading, from: frontier))
  }

  func offer(beyond clock: VectorClock, bytesMax: Int) throws -> ChangePage {
    try notebook.offer(beyond: clock, bytesMax: bytesMax)
  }
}
