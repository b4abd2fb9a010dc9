import ArgumentParser
import CuadernoLedger

struct BackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy the ledger into one file while the server runs, and check the copy.",
    discussion: "Example: cuaderno-server backup /var/backups/cuaderno-2026-11-21.sqlite")

  @Argument(help: "The file; one that is there is replaced only by a copy that was checked.")
  var file: String

  @OptionGroup var options: LedgerOptions

  func run() async throws {
    let check = try await options.ledger().backup(to: file)
    if options.json {
      try options.show(json: CheckReport(check))
    } else {
      print("Backup made and checked.")
      CheckReport(check).print()
    }
  }
}

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Read everything: each change against its hash, each register against the log.")

  @OptionGroup var options: LedgerOptions

  func run() async throws {
    let check = try await options.ledger().check()
    if options.json {
      try options.show(json: CheckReport(check))
    } else {
      CheckReport(check).print()
    }
    if !check.isSound { throw ExitCode.failure }
  }
}

/// What was found, without anything of what was written.
private struct CheckReport: Encodable {
  struct Study: Encodable {
    var title: String
    var changes: Int
    var devices: Int
    var records: Int
    var faults: Int
  }

  var isSound: Bool
  var structureFaults: Int
  var studies: [Study]

  init(_ check: LedgerCheck) {
    isSound = check.isSound
    structureFaults = check.structureFaults.count
    studies = check.studies.map { study in
      Study(
        title: study.title, changes: study.changes, devices: study.devices,
        records: study.records, faults: study.faults.count)
    }
  }

  func print() {
    for study in studies {
      Swift.print(
        "\(study.title): \(study.changes) changes of \(study.devices) devices, "
          + "\(study.records) records, \(study.faults) faults")
    }
    if structureFaults > 0 { Swift.print("the file has \(structureFaults) faults in its structure") }
    Swift.print(isSound ? "sound: the registers are what the log comes to" : "not sound")
  }
}
