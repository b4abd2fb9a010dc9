import ArgumentParser
import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import Foundation

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Begin a study in a new notebook.",
    discussion: """
      Example: cuaderno init "Coca y confianza en el Estado" --as Ana
      To take part in a study that your team has already begun, use `cuaderno join` instead.
      """)

  @Argument(help: "The title of the study.")
  var title: String

  @Option(name: .customLong("as"), help: "Your name, as your team will see it.")
  var member: String

  @Option(
    name: .customLong("device"), help: "What to call this laptop; without it, its host name.")
  var deviceName: String?

  @OptionGroup var options: NotebookOptions

  func run() throws {
    let notebook = try Notebook.create(
      in: options.folder, study: nil, title: title, member: member,
      deviceName: deviceName ?? ProcessInfo.processInfo.hostName,
      surroundings: options.surroundings)
    let identity = try notebook.identity()
    try notebook.close()
    options.show(
      .message(
        "Notebook made. Add an interview with `cuaderno interview add`, or see `cuaderno --help`.",
        .object([
          ("study", .string(identity.study.description)),
          ("device", .string(identity.device.description)),
          ("folder", .string(options.folder.url.path)),
        ])))
  }
}

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Say what the notebook holds, and what waits to be synced or settled.",
    discussion: """
      Exit status 2 when there are conflicts to settle, or codings to review: those whose words were \
      removed from the text, or cannot be found in it with certainty (`cuaderno coding list --review`).
      """)

  @OptionGroup var options: NotebookOptions

  func run() throws {
    let notebook = try options.open(for: .reading)
    try notebook.completeReview()
    let hubs = try notebook.hubs()
    let unsent = try hubs.first.map { try notebook.unsentChanges(to: $0) }
    let frontier = try notebook.frontier()
    let clock = try notebook.learntClock()
    let (conflicts, toReview) = try notebook.read { reader in
      let (conflicts, toReview) = (try reader.conflictCount(), try reader.codingsToReview())
      options.show(
        .card(
          try Self.card(
            reader, hub: hubs.first, unsent: unsent, changes: frontier.changeCount,
            devices: frontier.entries.count, conflicts: conflicts, toReview: toReview,
            clock: ClockWords(clock, machine: options.surroundings.now()))))
      return (conflicts, toReview)
    }
    if conflicts > 0 || toReview > 0 { throw ExitCode(2) }
  }

  private static func card(
    _ reader: Reader, hub: KnownHub?, unsent: UInt64?, changes: UInt64, devices: Int,
    conflicts: Int, toReview: Int, clock: ClockWords?
  ) throws -> Card {
    let counts = try reader.counts()
    var fields: [(label: String, key: String, value: JSON)] = [
      ("member", "member", .string(reader.identity.member)),
      ("device", "device", .string(reader.identity.device.description)),
      ("study id", "study", .string(reader.identity.study.description)),
    ]
    for kind in Kind.allCases where kind != .study {
      fields.append((kind.name + "s", kind.name + "s", .integer(counts[kind, default: 0])))
    }
    fields += [
      ("changes", "changes", .integer(Int64(clamping: changes))),
      ("devices", "devices", .integer(devices)),
      ("registers", "registers", .string(try reader.registersDigest().description)),
      ("conflicts", "conflicts", .integer(conflicts)),
      ("codings to review", "codingsToReview", .integer(toReview)),
      ("hub", "hub", .string(hub?.url)),
      ("last synced", "synced", .string(hub?.syncedMilliseconds.map(Moment.text))),
      ("not seen yet", "unseen", .integer(Int64(clamping: try reader.unseenCount()))),
      ("to send", "unsent", unsent.map { .integer(Int64(clamping: $0)) } ?? .null),
      ("clock", "clock", .string(clock?.sentence)),
      ("coding", "blindCoding", .string(try reader.blindCoding()?.sentence)),
    ]
    return Card(title: try reader.studyHeader().title ?? "", fields: fields)
  }
}

struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy the notebook into one file, and check the copy.",
    discussion: """
      Example: cuaderno backup /media/ana/usb/tocache-2017-05-12.cuaderno
      The file holds every interview, so keep it as safe as the laptop. It does not hold what this \
      laptop signs in to the server with.
      """)

  @Argument(help: "The file to make; it must not exist.", completion: .file())
  var file: String

  @OptionGroup var options: NotebookOptions

  func run() throws {
    let notebook = try options.open(for: .writing)
    let contents = try notebook.backup(to: URL(fileURLWithPath: file))
    try notebook.close()
    options.show(
      .message(
        "Backup made and checked: \(contents.changes) changes, \(contents.bytes) bytes.",
        .object([
          ("changes", .integer(contents.changes)), ("bytes", .integer(contents.bytes)),
        ])))
  }
}

struct RestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Make a notebook from a backup, in a folder that has none.",
    discussion: """
      Example: cuaderno restore tocache-2017-05-12.cuaderno --notebook ~/restored
      The notebook becomes a new device, so that nothing written after the backup gets mixed up. Ask \
      for a new invite and `cuaderno join` to get from the server what came after the backup.
      To bring back one earlier version of a record, see `cuaderno revert --help`.
      """)

  @Argument(help: "The backup.", completion: .file())
  var file: String

  @OptionGroup var options: NotebookOptions

  func run() throws {
    let contents: BackupContents
    do {
      contents = try Notebook.restore(
        URL(fileURLWithPath: file), in: options.folder, surroundings: options.surroundings)
    } catch let error as BackupError where error.isUnfitFile {
      throw UnfitBackup()
    }
    options.show(
      .message(
        "Notebook restored: \(contents.changes) changes. It is a new device of its study.",
        .object([("changes", .integer(contents.changes))])))
  }
}

/// A file that was to be restored and is no backup. Elsewhere a damaged file is to be restored from one.
struct UnfitBackup: Error, CustomStringConvertible {
  let description =
    "file is no backup of a notebook, or is damaged; nothing was restored; take another one that "
    + "`cuaderno backup` made"
}

/// Points in time as they are printed: UTC, to the second.
enum Moment {
  static func text(_ milliseconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(milliseconds) / 1000)
      .formatted(.iso8601)
  }

  static func text(_ stamp: Stamp) -> String { text(stamp.milliseconds) }
}
