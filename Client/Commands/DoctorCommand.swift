import ArgumentParser
import CuadernoNotebook
import CuadernoSync
import Foundation

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check every change against its hash, and mend what is damaged.",
    discussion: """
      The log of changes is the truth. The view, which listings and search read, is made from it; \
      when it differs it is made anew. With --rebuild it is made anew in any case.
      When the log itself is damaged, a new one is made of all that is provably whole, and the \
      damaged files are kept beside it. What is missing comes back with the next `cuaderno sync`, or \
      from a backup with --from.
      Exit status 2 when changes are missing.
      Example: cuaderno doctor --from /media/ana/usb/tocache-2017-05-12.cuaderno
      """)

  @Flag(name: .long, help: "Make the view anew from the log.")
  var rebuild = false

  @Option(
    name: .customLong("from"), help: "Take what is missing from this backup.",
    completion: .file())
  var backup: String?

  @OptionGroup var options: NotebookOptions

  func run() throws {
    let healing = try Notebook.heal(
      options.folder, rebuild: rebuild, backup: backup.map { URL(fileURLWithPath: $0) },
      surroundings: options.surroundings)
    let report = DoctorReport(healing: healing)
    let clock = ClockWords(
      try options.open(for: .reading).learntClock(), machine: options.surroundings.now())
    options.show(.lines(report.lines + (clock.map { [$0.sentence] } ?? []), report.json))
    if !healing.examination.isHealthy { throw ExitCode.failure }
    if healing.isIncomplete { throw ExitCode(2) }
  }
}

/// What the doctor found and did, in a few lines without a word of what the notes say.
struct DoctorReport {
  let healing: Healing

  var lines: [String] {
    let examination = healing.examination
    var lines = [String]()
    if let mending = healing.mending { lines += Self.lines(mending) }
    if let taken = healing.taken {
      lines.append("\(counted(taken, "change")) taken from the backup")
    }
    lines.append("\(examination.changes) changes read, \(examination.damaged.count) damaged")
    if let agrees = examination.viewAgrees {
      lines.append(
        examination.wasRebuilt
          ? "view made anew from the log" : agrees ? "view agrees with the log" : "view differs")
    }
    if examination.lost > 0 {
      lines.append(
        "\(counted(examination.lost, "last change")) of this device are missing from the log; the "
          + "next edit makes it a new device, so that none of their numbers is given away again")
    }
    lines += healing.missing.prefix(20).map { "missing: change \($0)" }
    if healing.missing.count > 20 {
      lines.append("… and \(healing.missing.count - 20) more")
    }
    if healing.isIncomplete {
      lines.append(
        "what is missing comes back with the next `cuaderno sync`, or from a backup with "
          + "`cuaderno doctor --from BACKUP`")
    } else if !examination.isHealthy {
      lines.append("restore a backup in another folder and sync both: nothing is overwritten")
    }
    return lines
  }

  private static func lines(_ mending: Mending) -> [String] {
    var lines = [
      "log was damaged and has been mended: \(counted(mending.kept, "change")) kept, "
        + "\(mending.missing.count) missing"
    ]
    if mending.turnedBack > 0 {
      lines.append("flipped bits turned back, as the hashes prove: \(mending.turnedBack)")
    }
    if mending.writtenAnew > 0 {
      lines.append(
        "\(counted(mending.writtenAnew, "change")) of yours built on what is missing; what they say "
          + "was kept and written anew")
    }
    if mending.waiting > 0 {
      lines.append(
        "\(counted(mending.waiting, "change")) wait for what they build on, and appear when it is "
          + "back")
    }
    if mending.isNewDevice { lines.append("this notebook goes on as a new device") }
    lines.append("the damaged log is kept in the notebook's folder as \(mending.damagedLog)")
    return lines
  }

  var json: JSON {
    let (examination, mending) = (healing.examination, healing.mending)
    return .object([
      ("changes", .integer(examination.changes)),
      ("damaged", .array(examination.damaged.map { .string($0.description) })),
      ("structureFaults", .integer(examination.structureFaults)),
      ("viewAgrees", examination.viewAgrees.map(JSON.boolean) ?? .null),
      ("rebuilt", .boolean(examination.wasRebuilt)),
      ("mended", .boolean(mending != nil)),
      ("kept", mending.map { .integer($0.kept) } ?? .null),
      ("turnedBack", mending.map { .integer($0.turnedBack) } ?? .null),
      ("writtenAnew", mending.map { .integer($0.writtenAnew) } ?? .null),
      ("waiting", .integer(examination.waiting)),
      ("lost", .integer(Int64(clamping: examination.lost))),
      ("missing", .array(healing.missing.map { .string($0.description) })),
      ("taken", healing.taken.map { .integer($0) } ?? .null),
      ("registers", .string(healing.registers.description)),
    ])
  }
}
