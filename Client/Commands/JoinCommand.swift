import ArgumentParser
import CuadernoNotebook
import CuadernoSchema
import CuadernoSync
import Foundation

struct JoinCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "join",
    abstract: "Join a study with an invite from its server.",
    discussion: """
      The invite is one string, used once; when the answer to it got lost, use it again. Where there is no notebook yet one is made; where there \
      is one, it is connected with the server. After this laptop was revoked, join again with a new \
      invite: what was not sent yet is sent with the next sync. An invite may name the server's key: \
      then nothing is ever sent to a server that does not prove to have it.
      Example: cuaderno join https://192.168.1.20:8787#9K3F-22TQ-…
      Then `cuaderno sync` brings what the team has written.
      """)

  @Argument(help: "The invite.")
  var invite: String

  @Option(
    name: .customLong("device"), help: "What to call this laptop; without it, its host name.")
  var deviceName: String?

  @Flag(
    name: .long,
    help: "Accept an address without TLS on another machine; everything can be read on the way.")
  var plainHTTP = false

  @OptionGroup var options: NotebookOptions

  func run() async throws {
    let invite = try parsedInvite()
    let folder = options.folder
    let existing = folder.exists ? try options.open(for: .writing) : nil
    let identity = try existing?.identity()
    let deviceName =
      deviceName ?? identity?.deviceName ?? ProcessInfo.processInfo.hostName
    // A new notebook begins with the device that the server is told of.
    let device =
      identity?.device ?? invite.newDevice(on: options.surroundings.machine, in: folder.url.path)
    var request = JoinRequest(
      secret: invite.secret, device: device, deviceName: deviceName, study: identity?.study)
    let reply: JoinReply
    do {
      reply = try await Self.join(invite, request)
    } catch HubError.refused(let problem) where problem.code == .deviceTaken {
      // It joined before, and was revoked or lost its token. The invite can still be used, and what this
      // notebook wrote until now stands under the names that it has.
      guard let existing else { throw HubError.refused(problem) }
      request.device = try existing.becomeNewDevice()
      reply = try await Self.join(invite, request)
    }
    let notebook =
      try existing
      ?? Notebook.create(
        in: folder, study: reply.study, title: nil, member: reply.member, deviceName: deviceName,
        device: device, surroundings: options.surroundings)
    try notebook.remember(
      KnownHub(
        url: invite.url, fingerprint: invite.fingerprint, token: reply.token, role: reply.role))
    try notebook.close()
    options.show(
      .message(
        "Joined as \(Terminal.harmless(reply.member)) (\(Terminal.harmless(reply.role))). "
          + "`cuaderno sync` exchanges what is new.",
        .object([
          ("study", .string(reply.study.description)), ("member", .string(reply.member)),
          ("role", .string(reply.role)), ("hub", .string(invite.url)),
        ])))
  }

  private func parsedInvite() throws -> InviteText {
    do {
      return try InviteText(invite, allowsPlainHTTP: plainHTTP)
    } catch {
      throw ValidationError(error.description)
    }
  }

  private static func join(
    _ invite: InviteText, _ request: JoinRequest
  ) async throws -> JoinReply {
    try await withHTTPClient(pinning: invite.fingerprint) { client in
      try await HTTPExchange(client: client, url: "\(invite.url)/v1/join", token: nil)
        .send(WireBody(request, .protobuf))
    }
  }
}
