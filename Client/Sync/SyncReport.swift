import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import Foundation
import Synchronization

/// Sums up what the pages of one sync brought.
final class ArrivalCounter: Sendable {
  private let arrivals = Mutex(Arrivals())
  private let heads = Mutex(VectorClock())

  func add(_ new: Arrivals) {
    arrivals.withLock { $0.add(new) }
  }

  var total: Arrivals { arrivals.withLock { $0 } }

  /// To be called when a page has been applied.
  func add(_ page: ChangePage) {
    heads.withLock { heads in
      for head in page.heads { heads.include(head.dot) }
    }
  }

  /// Up to where the pages went.
  var frontier: VectorClock { heads.withLock { $0 } }
}

/// The line on a terminal that says how far a sync is.
struct ProgressMeter: Sendable {
  let isShown: Bool

  func show(pushed: UInt64, of toPush: UInt64, pulled: UInt64, of toPull: UInt64) {
    guard isShown, toPush + toPull > 0 else { return }
    write(
      "\r\u{1B}[Ksent \(pushed) of \(max(pushed, toPush)), received \(pulled) of \(max(pulled, toPull))"
    )
  }

  func clear() {
    if isShown { write("\r\u{1B}[K") }
  }

  private func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }
}

/// What came of a sync, in a few lines.
struct SyncReport {
  /// Whom the notebook has exchanged changes with.
  enum Counterpart {
    case server, notebook, bundle
  }

  let counterpart: Counterpart
  let outcome: SyncSession.Outcome
  /// What both hold alike; nil when somebody else has brought the hub more meanwhile.
  let agreed: VectorClock?
  /// Up to where the pages went that came.
  let came: VectorClock
  let pushed: UInt64
  let pulled: UInt64
  let clock: ClockMending
  let arrivals: Arrivals
  /// What an erase did not reach here; asked for where something was erased.
  let left: ErasedWords
  /// What somebody deleted and somebody else's work keeps.
  let kept: [KeptRecord]
  /// Conflicts that were not open before.
  let newConflicts: Int
  /// Open conflicts in the notebook, old ones among them.
  let conflicts: Int
  /// Whether the codings of others are not shown here.
  let isBlind: Bool
  let registers: Digest
  /// The member's role as the hub says it; nil for a hub that knows of none.
  let role: String?

  var lines: [String] {
    var lines = ClockWords(clock).map { [$0.sentence] } ?? []
    switch outcome {
    case .nothingToDo:
      lines.append("Nothing new; this notebook and \(other) hold the same.")
    case .verified(let changes):
      lines.append(exchanged)
      lines += arrived
      lines.append(
        "Checked: the same \(counted(changes, "change")) and the same notes on both sides.")
    case .movedOn:
      lines.append(exchanged)
      lines += arrived
      lines.append(afterwards)
    }
    if conflicts > 0 {
      lines.append("\(counted(conflicts, "conflict")) to settle; see `cuaderno conflicts`.")
    }
    return lines
  }

  private var other: String {
    switch counterpart {
    case .server: "the server"
    case .notebook: "the other one"
    case .bundle: "the bundle's writer"
    }
  }

  private var exchanged: String {
    switch counterpart {
    case .server, .notebook: "Sent \(counted(pushed, "change")), received \(pulled)."
    case .bundle:
      pulled == 0 ? "Nothing new in the bundle." : "Received \(counted(pulled, "change"))."
    }
  }

  private var afterwards: String {
    switch counterpart {
    case .server, .notebook:
      "Somebody else synced meanwhile; sync again to get what they wrote."
    case .bundle:
      "This notebook holds changes that the bundle's writer lacked; `cuaderno bundle write FILE "
        + "--for NAME` takes them there."
    }
  }

  private var arrived: [String] {
    var lines = [String]()
    if arrivals.devices > 0 {
      lines.append("  joined the study: \(counted(arrivals.devices, "device"))")
    }
    if !arrivals.new.isEmpty { lines.append("  new: \(Self.list(arrivals.new))") }
    if !arrivals.changed.isEmpty { lines.append("  changed: \(Self.list(changed))") }
    if isBlind, pulled > 0 {
      lines.append("  codings of others among it are not shown while coding is blind")
    }
    if arrivals.deleted > 0 { lines.append("  deleted: \(arrivals.deleted)") }
    if arrivals.erased > 0 {
      lines.append("  erased for good: \(arrivals.erased); \(ErasedWords.elsewhere)")
      lines += left.lines.map { "  \($0)" }
    }
    for record in kept.prefix(Self.keptMax) { lines.append("  kept: \(Self.told(record))") }
    if kept.count > Self.keptMax {
      lines.append("  kept: \(kept.count - Self.keptMax) more that were deleted and worked on")
    }
    if arrivals.parallel > 0 {
      lines.append(
        "  parallel: \(counted(arrivals.parallel, "change")) to other fields or other words of the "
          + "same records, all kept")
    }
    if newConflicts > 0 {
      lines.append(
        "  conflicts: \(counted(newConflicts, "field")) that two people wrote differently")
    }
    if !arrivals.untaken.isEmpty {
      let count = arrivals.untaken.count
      lines.append(
        "  \(counted(count, "change")) of yours \(count == 1 ? "was" : "were") not taken: \(restriction). "
          + "Your text is kept: cuaderno void list")
    }
    return lines
  }

  private var restriction: String {
    guard let role = role.flatMap(Role.init), let restriction = role.restriction else {
      return "your role did not allow it"
    }
    return "the role \(role.rawValue) \(restriction)"
  }

  /// How many kept records are told of one by one.
  private static let keptMax = 5

  private static func told(_ record: KeptRecord) -> String {
    let name = record.name.isEmpty ? record.id.short : record.name
    let deleters = record.deletedBy.isEmpty ? "somebody" : record.deletedBy.joined(separator: ", ")
    let workers = record.workedOnBy.isEmpty ? "somebody" : record.workedOnBy.joined(separator: ", ")
    return Terminal.harmless(
      "\(record.kind.name) \(name): \(workers) worked on it while \(deleters) deleted it")
  }

  private var changed: [Kind: Int] { arrivals.changed.mapValues(\.count) }

  private static func list(_ counts: [Kind: Int]) -> String {
    Kind.allCases.compactMap { kind in
      counts[kind].map { kind == .study ? "the study" : counted($0, kind.name) }
    }.joined(separator: ", ")
  }

  var json: JSON {
    let outcomeName =
      switch outcome {
      case .nothingToDo: "nothing-to-do"
      case .verified: "verified"
      case .movedOn: "moved-on"
      }
    return .object([
      ("outcome", .string(outcomeName)), ("sent", .integer(Int64(clamping: pushed))),
      ("received", .integer(Int64(clamping: pulled))), ("new", Self.json(arrivals.new)),
      ("changed", Self.json(changed)), ("deleted", .integer(arrivals.deleted)),
      ("erased", .integer(arrivals.erased)), ("filesBesides", left.json),
      ("isCleaned", .boolean(!left.isUnclean)),
      ("clockOffsetMilliseconds", .integer(clock.offset)),
      ("restamped", .integer(clock.restamped)),
      ("kept", .integer(kept.count)), ("parallel", .integer(arrivals.parallel)),
      ("untaken", .integer(arrivals.untaken.count)),
      ("newConflicts", .integer(newConflicts)), ("conflicts", .integer(conflicts)),
      ("registers", .string(registers.description)),
    ])
  }

  private static func json(_ counts: [Kind: Int]) -> JSON {
    .object(
      Kind.allCases.compactMap { kind in counts[kind].map { (kind.name, .integer($0)) } })
  }
}
