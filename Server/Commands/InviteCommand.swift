import ArgumentParser
import CuadernoLedger
import CuadernoModel

struct InviteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "invite", abstract: "Invites, each for one laptop of one member.",
    subcommands: [InviteCreate.self, InviteList.self, InviteRevoke.self])
}

struct InviteCreate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Make an invite and print it, this once.",
    discussion: """
      It works once, within 72 hours. Whoever has it can join, so hand it over in private.
      Example: cuaderno-server invite create "Alto Huallaga" --for Ana --role owner \
      --url https://hub.example.org
      """)

  @Argument(help: "The study's title, or how its id begins.")
  var study: String

  @Option(name: .customLong("for"), help: "The member's name; a new one is added.")
  var member: String

  @Option(name: .long, help: "owner, researcher, coder or reader; a new member is a researcher.")
  var role: Role?

  @Option(name: .long, help: "The address at which the member's laptop finds this server.")
  var url = "http://127.0.0.1:8787"

  @OptionGroup var options: LedgerOptions

  func validate() throws {
    guard url.hasPrefix("http://") || url.hasPrefix("https://"), !url.contains("#") else {
      throw ValidationError("--url takes an address such as https://hub.example.org:8787")
    }
  }

  func run() async throws {
    let ledger = try options.ledger()
    let study = try await ledger.study(matching: study)
    let (invite, secret) = try await ledger.createInvite(
      to: study, for: member, role: role?.rawValue, usualRole: Role.researcher.rawValue)
    let link = secret.link(to: url)
    if options.json {
      try options.show(
        json: [
          "invite": link, "member": invite.member, "role": invite.role,
          "expires": moment(invite.expiresMilliseconds),
        ])
    } else {
      print("For \(invite.member), as \(invite.role), until \(moment(invite.expiresMilliseconds)):")
      print("  cuaderno join \(link)")
    }
  }
}

struct InviteList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the invites of a study; their secrets are not kept.")

  @Argument(help: "The study's title, or how its id begins.")
  var study: String

  @OptionGroup var options: LedgerOptions

  func run() async throws {
    let ledger = try options.ledger()
    let invites = try await ledger.invites(to: ledger.study(matching: study))
    try options.show(
      ["number", "member", "role", "standing", "expires"],
      invites.map { invite in
        [
          String(invite.number), invite.member, invite.role,
          invite.standing(atMilliseconds: systemMilliseconds()).rawValue,
          moment(invite.expiresMilliseconds),
        ]
      }, whenEmpty: "No invites.")
  }
}

struct InviteRevoke: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "Make an invite unusable.")

  @Argument(help: "The study's title, or how its id begins.")
  var study: String

  @Argument(help: "The invite's number.")
  var number: Int64

  @OptionGroup var options: LedgerOptions

  func run() async throws {
    let ledger = try options.ledger()
    try await ledger.revokeInvite(number, to: ledger.study(matching: study))
    if options.json {
      try options.show(json: ["revoked": number])
    } else {
      print("Invite \(number) revoked.")
    }
  }
}
