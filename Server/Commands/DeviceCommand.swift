import ArgumentParser
import CuadernoLedger
import CuadernoSync

struct DeviceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "device", abstract: "The laptops that may sync a study.",
    subcommands: [DeviceList.self, DeviceRevoke.self])
}

struct DeviceList: LedgerCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the devices of a study, with when each last asked for something.",
    discussion: """
      The time is exact to five minutes.
      Example: cuaderno-server device list "Alto Huallaga"
      """)

  @OptionGroup var study: StudyArgument

  @OptionGroup var options: LedgerOptions

  func answer(from ledger: Ledger) async throws -> Output {
    let rows = try await ledger.devices(of: study.found(in: ledger)).map(DeviceRow.init)
    let text =
      rows.isEmpty
      ? "No devices. Invite a member with `cuaderno-server invite create`."
      : table(
        ["id", "member", "role", "name", "joined", "last seen", "revoked"],
        rows.map {
          [
            String($0.id.prefix(8)), $0.member, $0.role, $0.name, $0.joined, $0.lastSeen ?? "-",
            $0.revoked ?? "-",
          ]
        })
    return try Output(text, json: rows)
  }
}

struct DeviceRevoke: LedgerCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Refuse everything that a device asks from now on.",
    discussion: """
      What it has sent stays here, and what it has not sent stays safe on it. Its owner can join \
      again with a new invite.
      Example: cuaderno-server device revoke "Alto Huallaga" 3f09
      """)

  @OptionGroup var study: StudyArgument

  @Argument(help: "How the device's id begins, as `device list` shows it.")
  var device: String

  @OptionGroup var options: LedgerOptions

  func answer(from ledger: Ledger) async throws -> Output {
    let found = try await ledger.device(matching: device, of: study.found(in: ledger))
    try await ledger.revoke(found)
    let name = found.name.isEmpty ? "device \(found.id.description.prefix(8))" : found.name
    return try Output(
      "\(name) of \(found.member) is refused from now on.",
      json: ["revoked": found.id.description])
  }
}

private struct DeviceRow: Encodable {
  let id: String
  let name: String
  let member: String
  let role: String
  let joined: String
  let lastSeen: String?
  let revoked: String?

  init(_ device: EnrolledDevice) {
    id = device.id.description
    name = device.name
    member = device.member
    role = device.role
    joined = moment(device.createdMilliseconds)
    lastSeen = device.seenMilliseconds.map(moment)
    revoked = device.revokedMilliseconds.map(moment)
  }
}
