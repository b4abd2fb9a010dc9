import ArgumentParser
import CuadernoLedger
import CuadernoSync

struct CheckCommand: LedgerCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract:
      "Read everything: each change against its hash, each register and the audit log against theirs.",
    discussion: """
      The server may go on running. The exit status is 1 when something is wrong.
      Example: cuaderno-server check
      """)

  @Flag(
    name: .long,
    help: "Make the registers again from the log in the studies where they do not agree with it.")
  var rebuild = false

  @OptionGroup var options: LedgerOptions

  func answer(from ledger: Ledger) async throws -> Output {
    var check = try await ledger.check()
    if rebuild, check.structureFaults.isEmpty {
      let studies = try await ledger.studies()
      for found in check.studies where !found.faults.isEmpty && found.isLogSound {
        guard let study = studies.first(where: { $0.title == found.title }) else { continue }
        try await ledger.rebuildRegisters(of: study)
      }
      check = try await ledger.check()
    }
    return try CheckReport(check).output(success: "Everything is sound.")
  }
}

struct BackupCommand: LedgerCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy the ledger into one file while the server runs, and check the copy.",
    discussion: """
      It holds what informants said, and not key.pem, which a server on another machine needs too: keep \
      a copy of that once. `restore` puts a backup back, and with --database, where the backup is such a \
      file too, `migrate` brings it into an empty database; the notebooks bring back what came after it.
      Example: cuaderno-server backup /var/backups/cuaderno.sqlite
      """)

  @Argument(help: "The file; one that is there is replaced only by a copy that is sound.")
  var file: String

  @OptionGroup var options: LedgerOptions

  func answer(from ledger: Ledger) async throws -> Output {
    try CheckReport(try await ledger.backup(to: file)).output(
      success: "The backup is on the disk, and sound.")
  }
}

/// What a check found, with nothing of what anybody wrote.
struct CheckReport: Encodable {
  struct Study: Encodable {
    let title: String
    let changes: Int
    let devices: Int
    let records: Int
    let faults: [String]
    let isLogSound: Bool
  }

  let isSound: Bool
  let structureFaults: Int
  let studies: [Study]
  let auditEntries: Int64
  /// The first entry of the audit log that does not follow from the one before it.
  let auditFault: Int64?
  private let areStudiesSound: Bool

  private enum CodingKeys: String, CodingKey {
    case isSound, structureFaults, studies, auditEntries, auditFault
  }

  /// More lines than these tell nobody more.
  private static let faultsShown = 20

  init(_ check: LedgerCheck) {
    isSound = check.isSound
    structureFaults = check.structureFaults.count
    areStudiesSound = check.areStudiesSound
    auditEntries = check.audit.entries
    auditFault = check.audit.firstFault
    studies = check.studies.map { study in
      Study(
        title: study.title, changes: study.changes, devices: study.devices,
        records: study.records, faults: study.faults.map(Self.words), isLogSound: study.isLogSound)
    }
  }

  private static func words(_ fault: StudyCheck.Fault) -> String {
    switch fault {
    case .unreadable: "the tables contradict each other"
    case .change(let dot): "change \(dot) does not match its hash"
    case .head(let device): "the last change of device \(device) is not the one noted"
    case .registers(let record): "the registers of record \(record) are not what the log comes to"
    case .sum: "the digest of the registers is not that of the records"
    case .voids: "the changes noted as void are not those that the log's marks name"
    }
  }

  func output(success: String) throws -> Output {
    var lines = studies.flatMap { study in
      [
        "\(study.title): \(counted(study.changes, "change")) of "
          + "\(counted(study.devices, "device")), \(counted(study.records, "record"))"
      ] + study.faults.prefix(Self.faultsShown).map { "  " + $0 }
        + (study.faults.count > Self.faultsShown
          ? ["  and \(study.faults.count - Self.faultsShown) more"] : [])
    }
    if let auditFault {
      lines.append(
        "Entry \(auditFault) of a study's audit log does not follow from the one before it: the log was "
          + "altered there or damaged; `cuaderno-server audit verify` says of which study. What members "
          + "wrote is another matter:")
    }
    lines.append(verdict(success))
    return try Output(lines.joined(separator: "\n"), json: self, isFailure: !isSound)
  }

  private func verdict(_ success: String) -> String {
    if areStudiesSound { return success }
    guard structureFaults == 0, studies.allSatisfy(\.isLogSound) else {
      return """
        The ledger is damaged. Stop the server and restore a backup; the notebooks bring back what \
        came after it.
        """
    }
    return """
      Every change is whole, but the registers do not agree with them. \
      `cuaderno-server check --rebuild` makes them again.
      """
  }
}
