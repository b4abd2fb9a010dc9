import ArgumentParser
import CuadernoLedger
import CuadernoModel
import CuadernoSync

struct StudyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study", abstract: "The studies on this server.",
    subcommands: [StudyCreate.self, StudyList.self, StudyShow.self])
}

struct StudyCreate: LedgerCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Make room for a study.",
    discussion: """
      It is empty until the first notebook joins and brings what it holds. Where a server was lost, \
      --id takes the id that `cuaderno status` prints on any of the notebooks, so that none but those \
      of the study can join.
      Example: cuaderno-server study create "Alto Huallaga"
      """)

  static let makesLedger = true

  @Argument(help: "A title by which the commands find it.")
  var title: String

  @Option(
    name: .long, help: "The id of a study that notebooks hold already, in 32 hexadecimal digits.")
  var id: String?

  @OptionGroup var options: LedgerOptions

  func validate() throws {
    guard id == nil || id.flatMap({ StudyID($0) }) != nil else {
      throw ValidationError("--id takes 32 hexadecimal digits, as `cuaderno status` prints them")
    }
  }

  func answer(from ledger: Ledger) async throws -> Output {
    let study = try await ledger.createStudy(title: title, id: id.flatMap { StudyID($0) })
    return try Output(
      """
      Made the study "\(study.title)". Invite its first member with
        cuaderno-server invite create "\(study.title)" --for NAME --role owner
      """, json: StudyRow(study))
  }
}

struct StudyList: LedgerCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the studies.",
    discussion: "Example: cuaderno-server study list")

  @OptionGroup var options: LedgerOptions

  func answer(from ledger: Ledger) async throws -> Output {
    let rows = try await ledger.studies().map(StudyRow.init)
    let text =
      rows.isEmpty
      ? "No studies. Make one with `cuaderno-server study create TITLE`."
      : table(["title", "id", "made"], rows.map { [$0.title, $0.id ?? "-", $0.created] })
    return try Output(text, json: rows)
  }
}

struct StudyShow: LedgerCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Say what a study holds and which devices are behind, without reading a note.",
    discussion: "Example: cuaderno-server study show \"Alto Huallaga\"")

  @OptionGroup var study: StudyArgument

  @OptionGroup var options: LedgerOptions

  func answer(from ledger: Ledger) async throws -> Output {
    let study = try await study.found(in: ledger)
    let contents = try await ledger.contents(of: study)
    let shown = StudyContentsRow(study, contents)
    var lines = [
      study.title,
      "  id        \(shown.study.id ?? "none before the first notebook joins")",
      "  changes   \(shown.changes)",
      "  contested \(shown.contestedFields)"
        + (shown.contestedFields > 0 ? " (`cuaderno conflicts` on a notebook shows them)" : ""),
    ]
    if !shown.records.isEmpty {
      lines += [
        "",
        table(
          ["kind", "records", "deleted"],
          shown.records.map { [$0.kind, String($0.alive), String($0.deleted)] }),
      ]
    }
    if !shown.devices.isEmpty {
      lines += [
        "",
        table(
          ["member", "device", "name", "standing"],
          shown.devices.map { [$0.member, String($0.id.prefix(8)), $0.name, $0.standing] }),
      ]
    }
    return try Output(lines.joined(separator: "\n"), json: shown)
  }
}

/// The study that a command is about.
struct StudyArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("The study's title, or how its id begins.", valueName: "study"))
  var study: String

  func found(in ledger: Ledger) async throws -> Study {
    try await ledger.study(matching: study)
  }
}

private struct StudyRow: Encodable {
  let title: String
  let id: String?
  let created: String

  init(_ study: Study) {
    title = study.title
    id = study.id?.description
    created = moment(study.createdMilliseconds)
  }
}

private struct StudyContentsRow: Encodable {
  struct Records: Encodable {
    let kind: String
    let alive: Int
    let deleted: Int
  }

  struct Device: Encodable {
    let id: String
    let name: String
    let member: String
    let isRevoked: Bool
    let changesBehind: Int

    var standing: String {
      if isRevoked { return "revoked" }
      return changesBehind == 0 ? "up to date" : "\(counted(changesBehind, "change")) behind"
    }
  }

  let study: StudyRow
  let changes: UInt64
  let contestedFields: Int
  let records: [Records]
  let devices: [Device]

  init(_ study: Study, _ contents: StudyContents) {
    self.study = StudyRow(study)
    changes = contents.changes
    contestedFields = contents.contested
    records = contents.records.map { count in
      let kind = UInt32(exactly: count.kind).flatMap(Kind.init(rawValue:))
      return Records(
        // A newer notebook may have written kinds that this server has no word for.
        kind: kind?.name ?? "kind \(count.kind)", alive: count.alive, deleted: count.deleted)
    }
    devices = contents.devices.map { standing in
      Device(
        id: standing.device.id.description, name: standing.device.name,
        member: standing.device.member,
        isRevoked: standing.device.revokedMilliseconds != nil, changesBehind: standing.missing)
    }
  }
}
