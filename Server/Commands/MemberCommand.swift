import ArgumentParser
import CuadernoLedger
import CuadernoModel

struct MemberCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "member", abstract: "The members of a study.",
    subcommands: [MemberAdd.self, MemberList.self])
}

struct MemberAdd: LedgerCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add a member; inviting somebody adds them too.",
    discussion: "Example: cuaderno-server member add \"Alto Huallaga\" Luis --role coder")

  @OptionGroup var study: StudyArgument

  @Argument(help: "The member's name.")
  var name: String

  @Option(name: .long, help: "owner, researcher, coder or reader.")
  var role = Role.researcher

  @OptionGroup var options: LedgerOptions

  func answer(from ledger: Ledger) async throws -> Output {
    let study = try await study.found(in: ledger)
    let member = try await ledger.addMember(name: name, role: role.rawValue, to: study)
    return try Output(
      "Added \(member.name) to \"\(study.title)\" as \(member.role).", json: MemberRow(member))
  }
}

struct MemberList: LedgerCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the members of a study.",
    discussion: "Example: cuaderno-server member list \"Alto Huallaga\"")

  @OptionGroup var study: StudyArgument

  @OptionGroup var options: LedgerOptions

  func answer(from ledger: Ledger) async throws -> Output {
    let rows = try await ledger.members(of: study.found(in: ledger)).map(MemberRow.init)
    let text =
      rows.isEmpty
      ? "No members. Invite one with `cuaderno-server invite create`."
      : table(["name", "role", "added"], rows.map { [$0.name, $0.role, $0.created] })
    return try Output(text, json: rows)
  }
}

private struct MemberRow: Encodable {
  let name: String
  let role: String
  let created: String

  init(_ member: CuadernoLedger.Member) {
    name = member.name
    role = member.role
    created = moment(member.createdMilliseconds)
  }
}

extension Role: ExpressibleByArgument {}
