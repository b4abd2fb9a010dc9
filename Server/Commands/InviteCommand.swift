import ArgumentParser
import CuadernoLedger
import CuadernoModel

struct InviteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "invite", abstract: "Invites, each for one laptop of one member.",
    subcommands: [InviteCreate.self, InviteList.self, InviteRevoke.self])
}

struct InviteCreate: LedgerCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Make an invite and print it, this once.",
    discussion: """
      It works once and for 72 hours. Whoever has it can join, so hand it over in private.

      It leads to this machine's address in the local network, and names the key that the server made \
      for itself, so that no other server can pass for it. Behind a reverse proxy, or with a \
      certificate of an authority, give the address and say --public-certificate.
      Examples: cuaderno-server invite create "Alto Huallaga" --for Ana --role owner
                cuaderno-server invite create "Alto Huallaga" --for Luis \
      --url https://hub.example.org --public-certificate
      """)

  @OptionGroup var study: StudyArgument

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp("The member's name; a new one is added.", valueName: "name"))
  var member: String

  @Option(name: .long, help: "owner, researcher, coder or reader; a new member is a researcher.")
  var role: Role?

  @Option(
    name: .long,
    help:
      "The address at which the member's laptop finds this server; it becomes part of the invite.")
  var url: String?

  @OptionGroup var proof: ProofOptions

  @OptionGroup var options: LedgerOptions

  func validate() throws {
    guard let url else { return }
    guard let address = InviteAddress(url) else {
      throw ValidationError("--url takes an address such as https://hub.example.org:8787")
    }
    try proof.check(address)
  }

  func answer(from ledger: Ledger) async throws -> Output {
    let study = try await study.found(in: ledger)
    let address = try url.flatMap { InviteAddress($0) } ?? .ofThisMachine()
    let fingerprint = try proof.fingerprint(for: address, in: options.folder)
    let (invite, secret) = try await ledger.createInvite(
      to: study, for: member, role: role?.rawValue, usualRole: Role.researcher.rawValue)
    let made = MadeInvite(
      invite: secret.link(to: address.text, pinning: fingerprint), number: invite.number,
      member: invite.member, role: invite.role, expires: moment(invite.expiresMilliseconds))
    let lines = [
      "For \(made.member), as \(made.role), once, until \(made.expires):",
      "  cuaderno join \(made.invite)",
      proof.sentence(for: address),
    ]
    return try Output(lines.compactMap { $0 }.joined(separator: "\n"), json: made)
  }
}

struct InviteList: LedgerCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the invites to a study; their secrets are not kept.",
    discussion: "Example: cuaderno-server invite list \"Alto Huallaga\"")

  @OptionGroup var study: StudyArgument

  @OptionGroup var options: LedgerOptions

  func answer(from ledger: Ledger) async throws -> Output {
    let now = systemMilliseconds()
    let rows = try await ledger.invites(to: study.found(in: ledger)).map { invite in
      InviteRow(
        number: invite.number, member: invite.member, role: invite.role,
        standing: invite.standing(atMilliseconds: now).rawValue,
        expires: moment(invite.expiresMilliseconds))
    }
    let text =
      rows.isEmpty
      ? "No invites. Make one with `cuaderno-server invite create`."
      : table(
        ["number", "member", "role", "standing", "expires"],
        rows.map { [String($0.number), $0.member, $0.role, $0.standing, $0.expires] })
    return try Output(text, json: rows)
  }
}

struct InviteRevoke: LedgerCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "Make an invite unusable.",
    discussion: "Example: cuaderno-server invite revoke \"Alto Huallaga\" 3")

  @OptionGroup var study: StudyArgument

  @Argument(help: "The invite's number, as `invite list` shows it.")
  var number: Int64

  @OptionGroup var options: LedgerOptions

  func answer(from ledger: Ledger) async throws -> Output {
    try await ledger.revokeInvite(number, to: study.found(in: ledger))
    return try Output("Invite \(number) cannot be used any more.", json: ["revoked": number])
  }
}

private struct MadeInvite: Encodable {
  let invite: String
  let number: Int64
  let member: String
  let role: String
  let expires: String
}

private struct InviteRow: Encodable {
  let number: Int64
  let member: String
  let role: String
  let standing: String
  let expires: String
}
