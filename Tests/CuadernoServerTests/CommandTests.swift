import ArgumentParser
import CuadernoLedger
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoServer

/// What whoever runs the hub types, and reads.
@Suite struct CommandTests {
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
  }

  private func run(_ arguments: String...) async throws -> Output {
    let command = try ServerCommand.parseAsRoot(arguments + ["--data", folder.file("data")])
    return try await (try #require(command as? any LedgerCommand)).output()
  }

  private func failure(_ arguments: String...) async throws -> String {
    let command = try ServerCommand.parseAsRoot(arguments + ["--data", folder.file("data")])
    let ledgerCommand = try #require(command as? any LedgerCommand)
    let error = await #expect(throws: CommandFailure.self) {
      _ = try await ledgerCommand.output()
    }
    return error?.description ?? ""
  }

  private func ledger() throws -> Ledger {
    try Ledger(
      folder: folder.file("data"), now: systemMilliseconds,
      random: { .init(repeating: 5, count: $0) })
  }

  private func usageError(_ arguments: String...) -> String? {
    do {
      _ = try ServerCommand.parseAsRoot(arguments)
      return nil
    } catch {
      guard ServerCommand.exitCode(for: error) == .validationFailure else { return nil }
      return ServerCommand.message(for: error)
    }
  }

  @Test func `a study is made, listed and shown`() async throws {
    #expect(
      try await run("study", "create", "Alto Huallaga").text == """
        Made the study "Alto Huallaga". Invite its first member with
          cuaderno-server invite create "Alto Huallaga" --for NAME --role owner
        """)
    let list = try await run("study", "list").text.split(separator: "\n")
    #expect(list[0] == "TITLE          ID  MADE")
    #expect(list[1].hasPrefix("Alto Huallaga  -   20"))
    #expect(
      try await run("study", "show", "ALTO HUALLAGA").text == """
        Alto Huallaga
          id        none before the first notebook joins
          changes   0
          contested 0
        """)
    #expect(
      try await failure("study", "create", "alto huallaga")
        == "a study titled \"alto huallaga\" exists already; choose another title")
  }

  @Test func `a role is changed, everything of a member is revoked, and the log tells of it`()
    async throws
  {
    _ = try await run("study", "create", "Monzón")
    _ = try await run("invite", "create", "Monzón", "--for", "Luis", "--role", "coder")
    #expect(
      try await run("member", "role", "Monzón", "luis", "researcher").text
        == "Luis is researcher from now on. 1 open invite revoked.")
    #expect(
      try await run("member", "role", "Monzón", "Luis", "researcher").text
        == "Luis is researcher from now on.")
    _ = try await run("invite", "create", "Monzón", "--for", "Luis")
    #expect(
      try await run("member", "revoke", "Monzón", "Luis").text
        == "0 devices and 1 open invite of Luis are refused from now on.")
    #expect(
      try await failure("member", "role", "Monzón", "Rosa", "coder")
        == "no member of this study has that name; `cuaderno-server member list` shows all")

    let lines = try await run("audit", "list").text.split(separator: "\n")
    #expect(
      lines[0] == "NUMBER  TIME                  STUDY   MEMBER  DEVICE  EVENT           WHAT")
    #expect(
      lines.dropFirst().map { $0.split(separator: " ").dropFirst(5).joined(separator: " ") } == [
        "member-added as coder", "invited as coder", "role-changed as researcher",
        "invite-revoked", "invited as researcher", "invite-revoked",
      ])
    let verified = try await run("audit", "verify")
    #expect(
      verified.text.hasPrefix("\"Monzón\": entries 1 to 6 follow from each other. The last is 6:"))
    let noted = String(verified.text.split(separator: " ").last ?? "")
    #expect(try await !run("audit", "verify", "--noted", noted).isFailure)
    let other = try await run("audit", "verify", "--noted", "5" + noted.dropFirst())
    #expect(other.isFailure)
    #expect(
      other.text
        == verified.text
        + "\nThe entry that was written down is not there: the log was cut short or made anew.")
    for text in [
      "", "6", "x:\(noted.dropFirst(2))", "6:12", "6:" + String(repeating: "g", count: 64),
    ] {
      #expect(
        usageError("audit", "verify", "--noted", text)
          == "--noted takes a number and a hash as `audit verify` prints them")
    }
  }

  @Test func `what a study holds is shown by kind and device`() async throws {
    _ = try await run("study", "create", "Monzón")
    let ledger = try ledger()
    let study = try await ledger.study(matching: "Monzón")
    let (_, secret) = try await ledger.createInvite(
      to: study, for: "Ana", role: "owner", usualRole: "owner")
    let reply = try await ledger.join(
      JoinRequest(
        secret: secret.text, device: DeviceID(0xa << 60), deviceName: "Toshiba",
        study: StudyID(rawValue: 0xabc)))
    _ = try #require(try await ledger.device(token: reply.token))
    let notebook = MemoryStore()
    try await notebook.write(by: DeviceID(0xb), RecordID(rawValue: 1), fields: [1], kind: 2)
    try await notebook.write(by: DeviceID(0xb), RecordID(rawValue: 2), fields: [1], kind: 99)
    try await notebook.delete(by: DeviceID(0xb), RecordID(rawValue: 2), kind: 99)
    let joined = try await ledger.study(matching: "Monzón")
    try await #require(ledger.store(of: joined)).apply(await notebook.everything)
    try ledger.close()

    #expect(
      try await run("study", "show", "monzón").text == """
        Monzón
          id        00000000000000000000000000000abc
          changes   3
          contested 0

        KIND       RECORDS  DELETED
        interview  1        0
        kind 99    0        1

        MEMBER  DEVICE    NAME     STANDING
        Ana     00000000  Toshiba  3 changes behind
        """)
    let json = try await run("study", "show", "monzón", "--json").json
    #expect(json.contains("\"changesBehind\" : 3"))
    #expect(json.contains("\"kind\" : \"interview\""))

    #expect(
      try await run("device", "revoke", "Monzón", "0000").text
        == "Toshiba of Ana is refused from now on.")
    #expect(try await run("study", "show", "monzón").text.contains("Toshiba  revoked"))
    let devices = try await run("device", "list", "Monzón")
    #expect(
      devices.text.split(separator: "\n")[0]
        == "ID        MEMBER  ROLE   NAME     JOINED                LAST SEEN  REVOKED")
    #expect(!devices.json.contains("token"))
  }

  @Test func `members are added and listed`() async throws {
    _ = try await run("study", "create", "Monzón")

    #expect(
      try await run("member", "add", "Monzón", "Ñusta", "--role", "coder").text
        == "Added Ñusta to \"Monzón\" as coder.")
    #expect(
      try await run("member", "add", "Monzón", "Luis").text
        == "Added Luis to \"Monzón\" as researcher.")

    let lines = try await run("member", "list", "Monzón").text.split(separator: "\n")
    #expect(lines[0] == "NAME   ROLE        ADDED")
    #expect(lines[1].hasPrefix("Ñusta  coder       20"))
    #expect(lines[2].hasPrefix("Luis   researcher  20"))
  }

  @Test func `an invite is one string that a notebook joins with`() async throws {
    _ = try await run("study", "create", "Monzón")

    let output = try await run(
      "invite", "create", "Monzón", "--for", "Ana", "--role", "owner", "--url",
      "https://10.0.0.1:8787/")

    let lines = output.text.split(separator: "\n")
    #expect(lines[0].hasPrefix("For Ana, as owner, once, until 20"))
    let start = "  cuaderno join https://10.0.0.1:8787#"
    #expect(lines[1].hasPrefix(start))
    let pieces = lines[1].dropFirst(start.count).split(separator: ".")
    let secret = String(pieces[0])
    let key = try OwnCertificate(folder: folder.file("data")).identity().fingerprint
    #expect(KeyFingerprint(typed: pieces[1]) == key)
    #expect(
      lines[2] == """
        It names this server's own key. Behind a reverse proxy, or with a certificate of an authority, \
        make it with --public-certificate.
        """)
    let ledger = try ledger()
    let reply = try await ledger.join(
      JoinRequest(secret: secret, device: DeviceID(1), deviceName: "x", study: nil))
    #expect(reply.role == "owner")
    try ledger.close()
  }

  @Test func `invites are listed without their secrets, and revoked`() async throws {
    _ = try await run("study", "create", "Monzón")
    let made = try await run(
      "invite", "create", "Monzón", "--for", "Ana", "--url", "http://127.0.0.1:8787", "--json"
    ).json
    #expect(made.contains("\"invite\" : \"http://127.0.0.1:8787#"))

    let list = try await run("invite", "list", "Monzón")
    #expect(
      list.text.split(separator: "\n")[1].hasPrefix("1       Ana     researcher  open      20"))
    #expect(!list.text.contains("#") && !list.json.contains("#"))
    #expect(
      try await run("invite", "revoke", "Monzón", "1").text
        == "Invite 1 cannot be used any more.")
    #expect(try await run("invite", "list", "Monzón").text.contains("revoked"))
    #expect(
      try await failure("invite", "revoke", "Monzón", "7")
        == "there is no invite 7 in this study; `cuaderno-server invite list` shows all")
  }

  @Test func `check and backup say what they read`() async throws {
    _ = try await run("study", "create", "Monzón")

    let check = try await run("check")
    #expect(check.text == "Monzón: 0 changes of 0 devices, 0 records\nEverything is sound.")
    #expect(!check.isFailure)
    let backup = try await run("backup", folder.file("copy.sqlite"))
    #expect(
      backup.text
        == "Monzón: 0 changes of 0 devices, 0 records\nThe backup is on the disk, and sound.")
    #expect(try folder.names() == ["copy.sqlite", "data"])
  }

  @Test func `without a ledger a command says how to make one, and makes none`() async throws {
    let words = """
      there is no ledger in the data folder; `cuaderno-server study create TITLE` makes one, and \
      --data names another folder
      """
    #expect(try await failure("study", "list") == words)
    #expect(try await failure("check") == words)
    #expect(try await failure("backup", folder.file("x")) == words)
    #expect(try folder.names() == [])
  }

  @Test func `nothing to list is said in words, and is an empty list in JSON`() async throws {
    _ = try await run("study", "create", "Monzón")

    for noun in ["member", "invite", "device"] {
      let output = try await run(noun, "list", "Monzón")
      #expect(output.text.contains("`cuaderno-server invite create`"))
      #expect(output.json == "[\n\n]")
    }
  }

  @Test func `wrong usage is told before anything is opened`() {
    #expect(usageError("serve", "--port", "70000")?.contains("0 to 65535") == true)
    #expect(usageError("invite", "create", "x", "--for", "Ana", "--role", "boss") != nil)
    for url in ["ftp://x", "https://", "10.0.0.1", "http://a b", "http://a#b"] {
      #expect(usageError("invite", "create", "x", "--for", "Ana", "--url", url) != nil, "\(url)")
    }
  }

  @Test func `the data folder is the one named, or the environment's, or the usual one`() throws {
    var options = try FolderOption.parse([])
    #expect(options.path(["HOME": "/home/ana"]) == "/home/ana/.local/share/cuaderno-server")
    #expect(
      options.path(["HOME": "/home/ana", "XDG_DATA_HOME": "/data"]) == "/data/cuaderno-server")
    #expect(
      options.path(["HOME": "/home/ana", "XDG_DATA_HOME": "data"])
        == "/home/ana/.local/share/cuaderno-server")
    #expect(options.path(["CUADERNO_SERVER_DATA": "/srv", "HOME": "/home/ana"]) == "/srv")
    options = try FolderOption.parse(["--data", "/here"])
    #expect(options.path(["CUADERNO_SERVER_DATA": "/srv"]) == "/here")
  }

  @Test func `every command has help with an example`() {
    let verbs: [(any ParsableCommand.Type, String)] = [
      (ServeCommand.self, "serve"), (StudyCreate.self, "study create"),
      (StudyList.self, "study list"), (StudyShow.self, "study show"),
      (MemberAdd.self, "member add"), (MemberList.self, "member list"),
      (DeviceList.self, "device list"), (DeviceRevoke.self, "device revoke"),
      (InviteCreate.self, "invite create"), (InviteList.self, "invite list"),
      (InviteRevoke.self, "invite revoke"), (CertificateShow.self, "certificate show"),
      (BackupCommand.self, "backup"), (RestoreCommand.self, "restore"),
      (CheckCommand.self, "check"), (MigrateCommand.self, "migrate"),
      (StatusLink.self, "status link"),
    ]
    for (command, words) in verbs {
      let help = ServerCommand.helpMessage(for: command, columns: 100)
      #expect(help.contains(": cuaderno-server \(words)"), "\(words)")
      #expect(help.contains("--data <folder>"), "\(words)")
    }
  }

  @Test func `the first page of help is enough to begin`() {
    #expect(
      ServerCommand.helpMessage(columns: 100).hasPrefix(
        """
        OVERVIEW: The hub of a research team's notebooks.

        It keeps every change that the team's notebooks send and merges them, without reading a note. The
        commands work while the server runs.

        To begin:
          cuaderno-server study create "Alto Huallaga"
          cuaderno-server invite create "Alto Huallaga" --for Ana --role owner
          cuaderno-server serve
        Give Ana the line that the second one prints; she types it on her laptop.

        USAGE: cuaderno-server <subcommand>
        """))
  }
}
