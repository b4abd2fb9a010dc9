import ArgumentParser
import CuadernoLedger
import CuadernoModel
import CuadernoSync

struct StudyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study", abstract: "The studies on this server.",
    subcommands: [StudyCreate.self, StudyList.self, StudyShow.self])
}

struct StudyCreate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Make room for a study.",
    discussion: """
      It takes the id of the first notebook that joins it.
      Example: cuaderno-server study create "Alto Huallaga"
      """)

  @Argument(help: "A title by which the commands find it.")
  var title: String

  @OptionGroup var options: LedgerOptions

  func run() async throws {
    let study = try await options.ledger().createStudy(title: title)
    if options.json {
      try options.show(json: ["title": study.title])
    } else {
      print("Study \"\(study.title)\" made. Invite its members with `cuaderno-server invite create`.")
    }
  }
}

struct StudyList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the studies.")

  @OptionGroup var options: LedgerOptions

  func run() async throws {
    let studies = try await options.ledger().studies()
    try options.show(
      ["id", "title", "created"],
      studies.map { [$0.id?.description ?? "", $0.title, moment($0.createdMilliseconds)] },
      whenEmpty: "No studies. Make one with `cuaderno-server study create TITLE`.")
  }
}

struct StudyShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Say what a study holds and which devices are behind, without reading a note.")

  @Argument(help: "Its title, or how its id begins.")
  var study: String

  @OptionGroup var options: LedgerOptions

  private struct Contents: Encodable {
    var title: String
    var id: String?
    var changes: UInt64
    var records: [String: Int]
    var contested: Int
    var devicesBehind: [String: Int]
  }

  func run() async throws {
    let ledger = try options.ledger()
    let study = try await ledger.study(matching: study)
    let contents = try await ledger.contents(of: study)
    let records = contents.records.map { count in
      (Kind(rawValue: UInt32(clamping: count.kind))?.name ?? "kind \(count.kind)", count.alive)
    }
    let behind = contents.devices.filter { $0.missing > 0 }
    if options.json {
      try options.show(
        json: Contents(
          title: study.title, id: study.id?.description, changes: contents.changes,
          records: Dictionary(records, uniquingKeysWith: +), contested: contents.contested,
          devicesBehind: Dictionary(
            behind.map { ($0.device.id.description, $0.missing) }, uniquingKeysWith: +)))
      return
    }
    print(study.title)
    print("  id         \(study.id?.description ?? "none before the first notebook joins")")
    print("  changes    \(contents.changes)")
    for (kind, count) in records where kind != Kind.study.name {
      print("  \(kind): \(count)")
    }
    print("  contested  \(contents.contested) records with writes that did not know each other")
    for standing in behind {
      print("  \(standing.device.member), \(standing.device.name): \(standing.missing) changes behind")
    }
  }
}

struct MemberCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "member", abstract: "The members of a study.",
    subcommands: [MemberAdd.self, MemberList.self])
}

struct MemberAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add a member; inviting somebody adds them too.",
    discussion: "Example: cuaderno-server member add \"Alto Huallaga\" Luis --role researcher")

  @Argument(help: "The study's title, or how its id begins.")
  var study: String

  @Argument(help: "The member's name.")
  var name: String

  @Option(name: .long, help: "owner, researcher, coder or reader.")
  var role = Role.researcher

  @OptionGroup var options: LedgerOptions

  func run() async throws {
    let ledger = try options.ledger()
    let study = try await ledger.study(matching: study)
    let member = try await ledger.addMember(name: name, role: role.rawValue, to: study)
    if options.json {
      try options.show(json: ["name": member.name, "role": member.role])
    } else {
      print("Added \(member.name) as \(member.role).")
    }
  }
}

struct MemberList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the members of a study.")

  @Argument(help: "The study's title, or how its id begins.")
  var study: String

  @OptionGroup var options: LedgerOptions

  func run() async throws {
    let ledger = try options.ledger()
    let members = try await ledger.members(of: ledger.study(matching: study))
    try options.show(
      ["name", "role", "added"],
      members.map { [$0.name, $0.role, moment($0.createdMilliseconds)] },
      whenEmpty: "No members. Invite one with `cuaderno-server invite create`.")
  }
}

extension Role: ExpressibleByArgument {}
