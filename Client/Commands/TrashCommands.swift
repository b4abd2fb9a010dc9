import ArgumentParser
import CuadernoModel
import CuadernoNotebook
import CuadernoSync

struct TrashCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trash",
    abstract: "List what was deleted and can be brought back.",
    discussion: """
      Nothing deleted is lost: `cuaderno undelete RECORD` brings it back with the codings and notes on \
      it, on every notebook of the team.
      """)

  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.read { reader in
      let rows = try reader.trash().map { record -> [JSON] in
        [
          .string(record.id.short), .string(record.id.description), .string(record.kind.name),
          .string(record.name), .string(record.deletedBy), .string(Moment.text(record.deleted)),
          .integer(record.dependants),
        ]
      }
      options.show(
        .table(
          Table(
            [
              .init("shortID", "ID"), .init("id", isForPrograms: true), .init("kind"),
              .init("name"), .init("deletedBy", "DELETED BY"), .init("deleted"),
              .init("dependants", "WITH IT"),
            ],
            rows: rows, whenEmpty: "Nothing was deleted.")))
    }
  }
}

struct UndeleteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undelete",
    abstract: "Bring a deleted record back, with the codings and notes on it.",
    discussion: """
      RECORD is its name or the beginning of its id, as `cuaderno trash` shows them.
      Example: cuaderno undelete TOC-017
      """)

  @Argument(help: "What to bring back.")
  var record: String

  @OptionGroup var options: NotebookOptions

  func run() throws {
    let found = try options.write { writer in
      let matches = try writer.reader.deletedRecords(matching: record)
      guard let match = matches.first else { throw TrashFault.unknown }
      guard matches.count == 1 else { throw TrashFault.ambiguous(matches.map(\.id)) }
      try writer.undelete(match.id)
      return match
    }
    options.show(
      .message(
        "Brought back \(found.kind.name) \(Terminal.harmless(found.name)).",
        .object([
          ("id", .string(found.id.description)), ("kind", .string(found.kind.name)),
          ("dependants", .integer(found.dependants)),
        ])))
  }
}

enum TrashFault: Error, Equatable, CustomStringConvertible {
  case unknown
  case ambiguous([RecordID])

  var description: String {
    switch self {
    case .unknown: "nothing deleted has that name or id; `cuaderno trash` lists what can come back"
    case .ambiguous(let ids):
      "that fits \(ids.count) deleted records; give the id of one: "
        + ids.prefix(12).map(\.short).joined(separator: ", ")
    }
  }
}

struct EraseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "erase",
    abstract: "Take a record's contents away for good, here and on every notebook of the team.",
    discussion: """
      For consent that was withdrawn. The contents of the record, of its earlier versions and of the \
      codings and notes on it are removed here at once, and from the server and the other notebooks \
      when they sync next, and who syncs is told of it; what others wrote to it meanwhile is removed \
      too. It cannot be undone. \
      That something was there, when, and by whose device stays known. Damaged logs that the doctor \
      put aside are overwritten and removed with it. Backups, bundles and exports made before are files \
      of their own: delete those yourself; those in the notebook's own folder are named. Only an owner \
      of the study may erase.
      Example: cuaderno erase TOC-017 --for-good
      """)

  @Argument(
    help: "An interview, note, place, participant or coding: its name or the beginning of its id.")
  var record: String

  @Flag(name: .long, help: "Say that it is meant; without this nothing is erased.")
  var forGood = false

  @OptionGroup var options: NotebookOptions

  func run() throws {
    let notebook = try options.open(for: .writing)
    let roles = try notebook.hubs().map(\.role)
    guard roles.allSatisfy({ $0 == Role.owner.rawValue }) else { throw EraseFault.notOwner }
    let damagedLogs = try notebook.damagedLogCount()
    let (match, dependants) = try notebook.write { writer in
      let match = try Self.match(record, writer.reader)
      let dependants = try writer.reader.dependants(of: match.id)
      guard forGood else { throw EraseFault.notMeant(match.kind, dependants.count) }
      try writer.erase(match.id)
      return (match, dependants.count)
    }
    try notebook.close()
    let left = try ErasedWords(notebook)
    options.show(
      .lines(
        [
          "Erased \(match.kind.name) \(match.id.short) with \(dependants) codings and notes on it. "
            + "Sync so that it is erased everywhere; delete older backups, bundles and exports yourself."
        ] + Self.told(damagedLogs) + left.lines,
        .object([
          ("id", .string(match.id.description)), ("kind", .string(match.kind.name)),
          ("dependants", .integer(dependants)), ("damagedLogsRemoved", .integer(damagedLogs)),
          ("filesBesides", left.json),
          ("isCleaned", .boolean(!left.isUnclean)),
        ])))
  }

  /// What an erase did to other files in the notebook's folder.
  private static func told(_ damagedLogs: Int) -> [String] {
    guard damagedLogs > 0 else { return [] }
    return [
      "\(counted(damagedLogs, "damaged log")) that the doctor had put aside: overwritten and removed."
    ]
  }

  /// Also of what was deleted before: its contents are still in the log.
  private static func match(_ text: String, _ reader: Reader) throws -> Match {
    do {
      return try reader.resolveAny(text)
    } catch let fault as ReferenceFault {
      let deleted = try reader.deletedRecords(matching: text)
      guard deleted.count == 1 else { throw fault }
      return Match(id: deleted[0].id, kind: deleted[0].kind, name: deleted[0].name)
    }
  }
}

enum EraseFault: Error, Equatable, CustomStringConvertible {
  case notOwner
  case notMeant(Kind, Int)

  var description: String {
    switch self {
    case .notOwner:
      "only an owner of the study may erase; ask one, or delete the record, which hides it"
    case .notMeant(let kind, let dependants):
      "nothing was erased: this would take the contents of the \(kind.name) and of "
        + "\(dependants) codings and notes on it away for good, on "
        + "every notebook; say --for-good if it is meant"
    }
  }
}
