import ArgumentParser
import CuadernoLedger
import CuadernoSync

struct MigrateCommand: LedgerCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate",
    abstract: "Copy the ledger into a PostgreSQL database, or from one into a folder.",
    discussion: """
      What is copied is checked first, and the copy is kept only if it holds the same to the last row. \
      Stop the server before, so that nothing comes in behind the copy; the ledger that was copied is \
      left as it is. The key that the server proves itself with stays in its data folder.
      Examples: cuaderno-server migrate --to postgres://cuaderno@localhost/cuaderno
                cuaderno-server migrate --database postgres://cuaderno@localhost/cuaderno \
      --to /srv/cuaderno
      """)

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Where the copy goes: an empty database or folder.", valueName: "address or folder"))
  var to: String

  @Flag(name: .long, help: "Copy nothing; say whether the two hold the same.")
  var compare = false

  @OptionGroup var options: LedgerOptions

  func answer(from ledger: Ledger) async throws -> Output {
    let target = try FolderOption.ledger(in: to, isMade: !compare)
    let output =
      compare ? try await comparison(of: ledger, with: target) : try await copy(ledger, to: target)
    try target.close()
    return output
  }

  private func copy(_ ledger: Ledger, to target: Ledger) async throws -> Output {
    let copied = MigrationReport(try await ledger.migrate(to: target), isSame: true)
    return try Output(
      """
      Copied \(copied.contents), and compared them: the same on both sides.
        digest  \(copied.digest)
      """, json: copied)
  }

  private func comparison(of ledger: Ledger, with target: Ledger) async throws -> Output {
    let (one, other) = (try await ledger.summary(), try await target.summary())
    let report = MigrationReport(one, isSame: one == other)
    let text =
      report.isSame
      ? """
      Both hold the same: \(report.contents).
        digest  \(report.digest)
      """
      : """
      They do not hold the same: \(report.contents) here,
      \(MigrationReport(other, isSame: false).contents) there.
      """
    return try Output(text, json: report, isFailure: !report.isSame)
  }
}

private struct MigrationReport: Encodable {
  let studies: Int
  let changes: Int
  let digest: String
  let isSame: Bool

  init(_ summary: LedgerSummary, isSame: Bool) {
    studies = summary.studies
    changes = summary.changes
    digest = summary.digest.description
    self.isSame = isSame
  }

  var contents: String {
    (studies == 1 ? "1 study" : "\(studies) studies") + " with \(counted(changes, "change"))"
  }
}
