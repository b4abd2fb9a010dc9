import ArgumentParser
import CuadernoLedger
import CuadernoSync

struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Who joined, pushed, was refused and was revoked, and when.",
    discussion: """
      The log holds ids, numbers and times, and nothing of what was written, no name and no address; \
      names are looked up when it is shown. It is kept in a chain of hashes for each study.
      """,
    subcommands: [AuditList.self, AuditVerify.self], defaultSubcommand: AuditList.self)
}

struct AuditList: LedgerCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show the last entries, the newest at the end.",
    discussion: """
      The same refusal of the same device is written once an hour.
      Example: cuaderno-server audit list --study "Alto Huallaga"
      """)

  @Option(name: .long, help: "The study's title, or how its id begins; without it, all studies.")
  var study: String?

  @Option(name: .long, help: "How many entries to show.")
  var limit = 50

  @OptionGroup var options: LedgerOptions

  func validate() throws {
    guard (1...1_000_000).contains(limit) else {
      throw ValidationError("--limit takes a number from 1 to 1000000")
    }
  }

  func answer(from ledger: Ledger) async throws -> Output {
    var found: Study?
    if let study { found = try await ledger.study(matching: study) }
    let rows = try await ledger.audit(of: found, limit: limit).map(AuditRow.init)
    let text =
      rows.isEmpty
      ? "Nothing has happened yet."
      : table(
        ["number", "time", "study", "member", "device", "event", "what"],
        rows.map {
          [
            String($0.number), $0.time, $0.study ?? "-", $0.member ?? "-",
            $0.device.map { String($0.prefix(8)) } ?? "-", $0.event, $0.what,
          ]
        })
    return try Output(text, json: rows)
  }
}

struct AuditVerify: LedgerCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Read the whole log against its chains of hashes.",
    discussion: """
      It prints the number and hash of each study's last entry. Write them down elsewhere now and \
      then: whoever has the ledger can make a whole log anew from its beginning, and only a hash that \
      they do not have shows it.
      Example: cuaderno-server audit verify --noted 118:5f0c…
      """)

  @Option(
    name: .long,
    help: ArgumentHelp(
      "An entry that was written down, to be found again.", valueName: "number:hash"))
  var noted: String?

  @OptionGroup var options: LedgerOptions

  func validate() throws {
    guard noted == nil || parsed != nil else {
      throw ValidationError("--noted takes a number and a hash as `audit verify` prints them")
    }
  }

  private var parsed: (number: Int64, link: Digest)? {
    guard let noted else { return nil }
    let parts = noted.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int64(parts[0]), number > 0,
      let link = digest(parts[1])
    else { return nil }
    return (number, link)
  }

  private func digest(_ text: Substring) -> Digest? {
    let digits = text.compactMap(\.hexDigitValue).map(UInt8.init)
    guard digits.count == text.count, digits.count == 2 * Digest.byteCount else { return nil }
    return Digest(
      bytes: stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
  }

  func answer(from ledger: Ledger) async throws -> Output {
    let check = try await ledger.checkAudit(noted: parsed)
    var lines = [String]()
    for chain in check.chains {
      let study = chain.study.map { "\"\($0)\"" } ?? "a study that is gone"
      if let fault = chain.firstFault {
        lines.append(
          "\(study): entry \(fault) does not follow from the one before it: the log was altered there "
            + "or damaged. Of those before it \(chain.entries) follow from each other.")
      } else {
        lines.append(
          "\(study): entries 1 to \(chain.entries) follow from each other. The last is "
            + "\(chain.entries):\(chain.head)")
      }
    }
    if lines.isEmpty { lines = ["Nothing has happened yet."] }
    if check.holdsNoted == false {
      lines.append(
        "The entry that was written down is not there: the log was cut short or made anew.")
    }
    return try Output(
      lines.joined(separator: "\n"), json: AuditVerdict(check), isFailure: !check.isSound)
  }
}

private struct AuditVerdict: Encodable {
  struct Chain: Encodable {
    let study: String?
    let entries: Int64
    let head: String
    let firstFault: Int64?
  }

  let studies: [Chain]
  let holdsNoted: Bool?

  init(_ check: AuditCheck) {
    studies = check.chains.map {
      Chain(
        study: $0.study, entries: $0.entries, head: $0.head.description, firstFault: $0.firstFault)
    }
    holdsNoted = check.holdsNoted
  }
}

private struct AuditRow: Encodable {
  let number: Int64
  let time: String
  let study: String?
  let member: String?
  let device: String?
  let deviceName: String?
  let event: String
  let changes: Int64
  let notTaken: Int64
  let detail: String

  init(_ told: ToldAuditEntry) {
    number = told.entry.number
    time = moment(told.entry.milliseconds)
    study = told.study
    member = told.member
    device = told.entry.device?.description
    deviceName = told.deviceName
    event = told.entry.event
    changes = told.entry.changes
    notTaken = told.entry.voidChanges
    detail = told.entry.detail
  }

  var what: String {
    switch AuditEntry.Event(rawValue: event) {
    case .pushed:
      counted(changes, "change") + (notTaken > 0 ? ", \(notTaken) of them not taken" : "")
    case .memberAdded, .roleChanged, .invited, .joined: "as \(detail)"
    case .refused, .revoked, .inviteRevoked, nil: detail
    }
  }
}
