import ArgumentParser
import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import Foundation

struct SyncCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sync",
    abstract: "Exchange what is new with the team's server, or with another notebook.",
    discussion: """
      Examples: cuaderno sync
                cuaderno sync --with /media/ana/usb/notebook
                cuaderno sync --watch
      A sync may be cut at any moment: what has arrived stays, and the next one goes on from there. \
      Exit status 2 when there are conflicts to settle, or something of yours was not taken.
      With --watch it stays until you end it, and syncs soon after anything is written here and every \
      minute for what others wrote; without a network it waits and tries again. It speaks when something \
      came or went, and ends by itself only when a person is needed.
      """)

  @Argument(
    help:
      "The server's address, when the notebook has joined several; or another notebook's folder.")
  var hub: String?

  @Option(
    name: .customLong("with"),
    help: ArgumentHelp(
      "Sync with another notebook of the study, such as one on a USB disk.", valueName: "folder"))
  var other: String?

  @Flag(name: .long, help: "Stay, and sync whenever there is something new, until you end it.")
  var watch = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "How often --watch asks what others wrote, in seconds; 60 without it.", valueName: "seconds"))
  var every: Int?

  @OptionGroup var deletes: DeleteOptions

  @OptionGroup var options: NotebookOptions

  func validate() throws {
    guard hub == nil || other == nil else {
      throw ValidationError("give the address or folder once, with or without --with")
    }
    guard !watch || !deletes.acceptDeletes else {
      throw ValidationError(
        "--accept-deletes is for the deletes of one sync that you know of; run it once without --watch"
      )
    }
    guard every == nil || watch else {
      throw ValidationError("--every says how often --watch asks; give both")
    }
    if let every, !WatchPace.seconds.contains(every) {
      throw ValidationError(
        "--every is \(every) seconds and must be \(WatchPace.seconds.lowerBound) to "
          + "\(WatchPace.seconds.upperBound)")
    }
  }

  func run() async throws {
    let removed = Removed(now: options.surroundings.now)
    guard !watch else {
      return try await SyncWatch(options: options, pace: WatchPace(seconds: every ?? 60))
        .run { try await mendingSync(removed) }
    }
    let report = try await mendingSync(removed)
    options.show(.lines(report.lines, report.json))
    if report.conflicts > 0 || !report.arrivals.untaken.isEmpty { throw ExitCode(2) }
  }

  /// What goes out of sight in this notebook and in the one that it meets.
  private struct Removed {
    let here: RemovedLately
    let there: RemovedLately

    init(now: @escaping @Sendable () -> Int64) {
      here = RemovedLately(now: now)
      there = RemovedLately(now: now)
    }
  }

  private func mendingSync(_ removed: Removed) async throws -> SyncReport {
    do {
      return try await sync(removed)
    } catch let fork as ForkedNotebook {
      try fork.mend(options)
      return try await sync(removed)
    }
  }

  private func sync(_ removed: Removed) async throws -> SyncReport {
    let notebook = try options.open(for: .writing)
    let report: SyncReport
    if let folder = otherFolder {
      report = try await sync(notebook, with: folder, removed)
    } else {
      report = try await sync(notebook, with: chosenHub(notebook), removed.here)
    }
    try notebook.close()
    return report
  }

  /// The folder that is meant, if it is a folder and no address.
  private var otherFolder: NotebookFolder? {
    if let other { return NotebookFolder(URL(fileURLWithPath: other)) }
    guard let hub, ServerAddress(hub) == nil else { return nil }
    let folder = NotebookFolder(URL(fileURLWithPath: hub))
    // A path is one although its disk is away.
    return folder.exists || hub.hasPrefix("/") || hub.hasPrefix(".") ? folder : nil
  }

  private func sync(
    _ notebook: Notebook, with hub: KnownHub, _ removed: RemovedLately
  ) async throws -> SyncReport {
    let checks = try notebook.checks(with: hub)
    let run = SyncRun(
      notebook: notebook, options: options, counterpart: .server, checks: checks, known: hub,
      acceptsDeletes: deletes.acceptDeletes, removed: removed)
    let report = try await withHTTPClient(pinning: hub.fingerprint) { client in
      try await run.sync(
        with: HTTPHub(client: client, url: hub.url, study: notebook.study, token: hub.token))
    }
    var hub = hub
    if let role = report.role { hub.role = role }
    do {
      if let agreed = report.agreed {
        try notebook.synced(with: hub, agreeing: agreed)
      } else {
        try notebook.cut(from: hub, checks, bringing: report.came)
      }
    } catch {
      // On a full disk what is here can still be sent; only the note of it waits for the next sync.
      tell("this sync could not be noted here: \(error)")
    }
    return report
  }

  private func sync(
    _ notebook: Notebook, with folder: NotebookFolder, _ removed: Removed
  ) async throws -> SyncReport {
    guard folder.exists else { throw SyncFault.noNotebook }
    guard !folder.isSame(as: notebook.folder) else { throw SyncFault.itself }
    let other: Notebook
    do {
      other = try Notebook.open(folder, for: .writing, surroundings: options.surroundings)
    } catch let error as NotebookError {
      throw SyncFault.unusable(error)
    }
    guard other.study == notebook.study else { throw SyncFault.otherStudy }
    try other.expectMuch()
    let met = CountingStore(
      notebook: other, arrivals: ArrivalCounter(), clock: ClockNote(),
      acceptsDeletes: deletes.acceptDeletes, removed: removed.there, isMet: true)
    let report: SyncReport
    do {
      report = try await SyncRun(
        notebook: notebook, options: options, counterpart: .notebook, checks: .withNotebook,
        acceptsDeletes: deletes.acceptDeletes, removed: removed.here
      ).sync(with: StoreHub(store: met, now: options.surroundings.now))
    } catch let fork as ForkedNotebook {
      var parting = fork.parting
      try await parting.learnLinks(from: other)
      try other.close()
      throw ForkedNotebook(parting: parting)
    }
    if report.outcome != .movedOn {
      try notebook.heard(from: other.identity().device, holding: other.frontier())
      try other.heard(from: notebook.identity().device, holding: notebook.frontier())
    }
    try other.close()
    return report
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
}

enum SyncFault: Error, Equatable, CustomStringConvertible {
  case noHub, unknownHub, noToken, noNotebook, itself, otherStudy
  /// The other notebook cannot be opened for writing.
  case unusable(NotebookError)

  var description: String {
    switch self {
    case .noHub:
      "this notebook has joined no server; ask for an invite and use `cuaderno join INVITE`"
    case .unknownHub:
      "this notebook has not joined that server, and there is no notebook in a folder of that name; "
        + "`cuaderno status` shows its hub"
    case .noToken:
      "this notebook was restored from a backup, which does not hold what it signs in with; ask "
        + "for a new invite and use `cuaderno join INVITE`"
    case .noNotebook:
      "there is no notebook in that folder; name the folder that `cuaderno --notebook` would take"
    case .itself:
      "that folder is this notebook itself; name the other one with --with and this one with "
        + "--notebook"
    case .otherStudy:
      "the notebook in that folder is of another study; nothing was mixed and nothing was changed"
    case .unusable(let error): "the notebook in that folder cannot be used: \(error)"
    }
  }
}
