import ArgumentParser
import CuadernoLedger
import CuadernoModel

struct MemberCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "member", abstract: "The members of a study.",
    subcommands: [MemberAdd.self, MemberList.self, MemberRole.self, MemberRevoke.self])
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

struct MemberRole: LedgerCommand {
  static let configuration = CommandConfiguration(
    commandName: "role",
    abstract: "Give a member another role.",
    discussion: """
      It holds for what comes here from now on: what was taken stays, and what was not taken stays \
      with its author. Open invites for the member are revoked.
      Example: cuaderno-server member role "Alto Huallaga" Luis researcher
      """)

  @OptionGroup var study: StudyArgument

  @Argument(help: "The member's name.")
  var name: String

  @Argument(help: "owner, researcher, coder or reader.")
  var role: Role

  @OptionGroup var options: LedgerOptions

  func answer(from ledger: Ledger) async throws -> Output {
    let study = try await study.found(in: ledger)
    let (member, invites) = try await ledger.setRole(role.rawValue, of: name, in: study)
    let revoked = invites > 0 ? " \(counted(invites, "open invite")) revoked." : ""
    return try Output(
      "\(member.name) is \(member.role) from now on.\(revoked)", json: MemberRow(member))
  }
}

struct MemberRevoke: LedgerCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Refuse everything that any of a member's devices asks from now on.",
    discussion: """
      Their open invites are revoked too. What they have sent stays here, and what they have not sent \
      stays safe on their laptops; it comes in when they are invited again.
      Example: cuaderno-server member revoke "Alto Huallaga" Luis
      """)

  @OptionGroup var study: StudyArgument

  @Argument(help: "The member's name.")
  var name: String

  @OptionGroup var options: LedgerOptions

  func answer(from ledger: Ledger) async throws -> Output {
    let study = try await study.found(in: ledger)
    let (member, devices, invites) = try await ledger.revokeAll(of: name, in: study)
    return try Output(
      "\(counted(devices, "device")) and \(counted(invites, "open invite")) of \(member.name) are "
        + "refused from now on.",
      json: ["devices": devices, "invites": invites])
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
