import ArgumentParser
import CuadernoLedger
import CuadernoSync

struct DeviceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "device", abstract: "The laptops that may sync a study.",
    subcommands: [DeviceList.self, DeviceRevoke.self])
}

struct DeviceList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the devices of a study, with when each was last seen.")

  @Argument(help: "The study's title, or how its id begins.")
  var study: String

  @OptionGroup var options: LedgerOptions

  func run() async throws {
    let ledger = try options.ledger()
    let devices = try await ledger.devices(of: ledger.study(matching: study))
    try options.show(
      ["id", "member", "role", "device", "joined", "seen", "revoked"],
      devices.map { device in
        [
          device.id.description, device.member, device.role, device.name,
          moment(device.createdMilliseconds), moment(device.seenMilliseconds),
          moment(device.revokedMilliseconds),
        ]
      }, whenEmpty: "No devices. Invite a member with `cuaderno-server invite create`.")
  }
}

struct DeviceRevoke: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Refuse everything that a device asks from now on.",
    discussion: """
      What it has sent stays, and what it still holds stays on it. Its owner can join again with a \
      new invite.
      """)

  @Argument(help: "The study's title, or how its id begins.")
  var study: String

  @Argument(help: "How the device's id begins.")
  var device: String

  @OptionGroup var options: LedgerOptions

  func run() async throws {
    let ledger = try options.ledger()
    let device = try await ledger.device(
      matching: device, of: ledger.study(matching: study))
    try await ledger.revoke(device)
    if options.json {
      try options.show(json: ["revoked": device.id.description])
    } else {
      print("Revoked \(device.name) of \(device.member).")
    }
  }
}
