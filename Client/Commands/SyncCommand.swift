import ArgumentParser
import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import Foundation

struct SyncCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sync",
    abstract: "Exchange what is new with the team's server.",
    discussion: """
      A sync may be cut at any moment: what has arrived stays, and the next one goes on from there. \
      Exit status 2 when there are conflicts to settle.
      """)

  @Argument(help: "The server's address, when the notebook has joined several.")
  var hub: String?

  @OptionGroup var options: NotebookOptions

  func run() async throws {
    let notebook = try options.open(for: .writing)
    let hub = try chosenHub(notebook)
    try notebook.expectMuch()
    let before = try notebook.read { try $0.conflictKeys() }
    let arrivals = ArrivalCounter()
    let store = CountingStore(notebook: notebook, arrivals: arrivals)
    let meter = ProgressMeter(isShown: !options.json && isatty(STDERR_FILENO) == 1)
    let result:
      (outcome: SyncSession.Outcome, progress: SyncDriver<CountingStore, HTTPHub>.Progress)
    do {
      result = try await withHTTPClient { client in
        let driver = SyncDriver(
          store: store, device: try notebook.identity().device,
          hub: HTTPHub(client: client, url: hub.url, study: notebook.study, token: hub.token),
          wait: { try await Task.sleep(for: .milliseconds($0)) },
          report: { meter.show(pushed: $0.pushed, of: $0.toPush, pulled: $0.pulled, of: $0.toPull) }
        )
        return try await driver.run()
      }
    } catch {
      meter.clear()
      try? notebook.close()
      throw error
    }
    meter.clear()
    try remember(hub, notebook, result.outcome)
    let conflicts = try notebook.read { try $0.conflictKeys() }
    let summary = try notebook.summary()
    try notebook.close()
    let report = SyncReport(
      outcome: result.outcome, pushed: result.progress.pushed, pulled: result.progress.pulled,
      arrivals: arrivals.total, newConflicts: conflicts.subtracting(before).count,
      conflicts: conflicts.count, registers: summary.registers)
    options.show(.lines(report.lines, report.json))
    if !conflicts.isEmpty { throw ExitCode(2) }
  }

  private func chosenHub(_ notebook: Notebook) throws -> KnownHub {
    let hubs = try notebook.hubs()
    let wanted = hub.flatMap { ServerAddress($0)?.text ?? $0 }
    guard let chosen = hubs.first(where: { wanted == nil || $0.url == wanted }) else {
      throw hubs.isEmpty ? SyncFault.noHub : SyncFault.unknownHub
    }
    guard !chosen.token.isEmpty else { throw SyncFault.noToken }
    return chosen
  }

  private func remember(
    _ hub: KnownHub, _ notebook: Notebook, _ outcome: SyncSession.Outcome
  ) throws {
    guard outcome != .movedOn else { return }
    var hub = hub
    hub.syncedMilliseconds = options.surroundings.now()
    hub.syncedFrontier = try notebook.frontier()
    do {
      try notebook.remember(hub)
    } catch {
      // On a full disk what is here can still be sent; only the note of it waits for the next sync.
      tell("this sync could not be noted here: \(error)")
    }
  }
}

enum SyncFault: Error, Equatable, CustomStringConvertible {
  case noHub, unknownHub, noToken

  var description: String {
    switch self {
    case .noHub:
      "this notebook has joined no server; ask for an invite and use `cuaderno join INVITE`"
    case .unknownHub: "this notebook has not joined that server; `cuaderno status` shows its hub"
    case .noToken:
      "this notebook was restored from a backup, which does not hold what it signs in with; ask "
        + "for a new invite and use `cuaderno join INVITE`"
    }
  }
}

/// The notebook as the sync driver sees it, with what arrives counted for the report.
struct CountingStore: ChangeStore {
  let notebook: Notebook
  let arrivals: ArrivalCounter

  var study: StudyID { notebook.study }

  func frontier() throws -> VectorClock { try notebook.frontier() }

  func link(at dot: Dot) throws -> Digest? { try notebook.link(at: dot) }

  func page(beyond clock: VectorClock, bytesMax: Int) throws -> ChangePage {
    try notebook.page(beyond: clock, bytesMax: bytesMax)
  }

  func apply(_ page: ChangePage) throws -> Int {
    let (count, new) = try notebook.receive(page)
    arrivals.add(new)
    return count
  }

  func summary() throws -> StoreSummary { try notebook.summary() }
}
