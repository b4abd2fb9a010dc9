import CuadernoNotebook
import CuadernoSchema
import CuadernoSync
import Foundation

/// One sync of a notebook with a hub of whatever kind, from its beginning to its report.
struct SyncRun {
  let notebook: Notebook
  let options: NotebookOptions
  let counterpart: SyncReport.Counterpart
  let checks: SyncChecks
  /// The server, when it is one.
  var known: KnownHub?
  /// Whether what comes may delete as much as it likes.
  let acceptsDeletes: Bool
  /// What it takes out of sight here; shared by those that follow each other.
  let removed: RemovedLately

  /// Closes the notebook when the sync fails; what arrived until then is kept.
  func sync(with hub: some Hub) async throws -> SyncReport {
    try notebook.expectMuch()
    let before = try notebook.read { try $0.conflictKeys() }
    let arrivals = ArrivalCounter()
    let clock = ClockNote()
    let meter = ProgressMeter(isShown: !options.json && isatty(STDERR_FILENO) == 1)
    let store = CountingStore(
      notebook: notebook, arrivals: arrivals, clock: clock, acceptsDeletes: acceptsDeletes,
      removed: removed)
    let begun = ContinuousClock.now
    let driver = SyncDriver(
      store: store, device: try notebook.identity().device, hub: hub,
      packing: ZstdPacking(), isReceivingOnly: counterpart == .bundle,
      known: known?.syncedFrontier,
      wait: { try await Task.sleep(for: .milliseconds($0)) },
      elapsed: {
        let (seconds, attoseconds) = (ContinuousClock.now - begun).components
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
      },
      report: { meter.show(pushed: $0.pushed, of: $0.toPush, pulled: $0.pulled, of: $0.toPull) })
    do {
      let (outcome, progress) = try await CheckedSync(store: store, hub: hub, checks: checks)
        .run(driver)
      meter.clear()
      let conflicts = try notebook.read { try $0.conflictKeys() }
      let (shown, blind) = try notebook.read {
        (try $0.shown(arrivals.total), try $0.blindCoding())
      }
      let left = arrivals.total.erased > 0 ? try ErasedWords(notebook) : ErasedWords()
      return SyncReport(
        counterpart: counterpart, outcome: outcome, agreed: progress.agreed,
        came: arrivals.frontier,
        pushed: progress.pushed, pulled: progress.pulled, clock: clock.mending, arrivals: shown,
        left: left,
        kept: try notebook.read { try $0.kept(arrivals.total.kept) },
        newConflicts: conflicts.subtracting(before).count, conflicts: conflicts.count,
        isBlind: blind?.isBlindHere ?? false, registers: try notebook.summary().registers,
        role: progress.role)
    } catch {
      meter.clear()
      defer { try? notebook.close() }
      if let fork = error as? ChainsPart {
        throw ForkedNotebook(parting: fork.parting, server: known?.url)
      }
      if let known { try? notebook.cut(from: known, checks, bringing: arrivals.frontier) }
      throw error
    }
  }
}

/// The notebook as the sync driver sees it, with what arrives counted for the report.
struct CountingStore: ChangeStore {
  let notebook: Notebook
  let arrivals: ArrivalCounter
  let clock: ClockNote
  let acceptsDeletes: Bool
  let removed: RemovedLately
  /// Whether it is the notebook that is met, and not the one whose person began the sync: they are told
  /// what they would take away there, and whoever owns it is asked by them.
  var isMet = false

  var study: StudyID { notebook.study }

  func frontier() throws -> VectorClock { try notebook.frontier() }

  func link(at dot: Dot) throws -> Digest? { try notebook.link(at: dot) }

  func page(beyond clock: VectorClock, bytesMax: Int) throws -> ChangePage {
    try notebook.page(beyond: clock, bytesMax: bytesMax)
  }

  func bases(of page: ChangePage, heldBy clock: VectorClock) throws -> [EarlierPayload] {
    try notebook.bases(of: page, heldBy: clock)
  }

  func bases(at dots: [Dot]) throws -> [EarlierPayload]? { try notebook.bases(at: dots) }

  func apply(_ page: ChangePage) throws -> Int {
    let brake = acceptsDeletes ? nil : RemovalBrake(removed: removed.count)
    do {
      let (count, new) = try notebook.receive(page, brake: brake)
      arrivals.add(new)
      removed.add(new.hidden)
      arrivals.add(page)
      return count
    } catch NotebookError.wouldRemove(let count, let total) where isMet {
      throw Problem(
        .forbidden,
        "with what this notebook sends, this command would have deleted \(count) of \(total) records in the one "
          + "it meets; nothing of what was sent now was applied; ask whose it is, and if it is meant, run the "
          + "command once with --accept-deletes"
      )
    }
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
