import ArgumentParser
import CuadernoModel
import CuadernoNotebook
import CuadernoSync

struct StudyBlind: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "blind",
    abstract: "Keep coders from each other's codings until they are released.",
    discussion: """
      While coding is blind each notebook shows its own member's codings alone: what others coded, and \
      the notes about it, is left out of every list, count, search, report and export, of the log and of \
      the news. You, who say so, see all of it, and so does whom you name with --also; that is who can \
      compare the coders and release the codings. It holds on each notebook from its next sync on. Only an \
      owner of the study may say it.

      This is a method against bias and no lock: the codings of others lie on every laptop, so that syncing, \
      merging and backups go on as ever, and somebody who takes the files apart can read them.

      Examples:
        cuaderno study blind --on
        cuaderno study blind --on --also Marta
        cuaderno report agreement
        cuaderno study blind --release
      Without an option it says how it is.
      """)

  @Flag(name: .long, help: "Show everybody their own codings alone.")
  var on = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "With --on: another member who sees all codings and may release them.", valueName: "member"))
  var also: [String] = []

  @Flag(name: .long, help: "Show everybody all codings.")
  var release = false

  @OptionGroup var options: NotebookOptions

  func validate() throws {
    guard !on || !release else { throw ValidationError("give --on or --release") }
    guard on || also.isEmpty else { throw ValidationError("--also goes with --on") }
  }

  func run() throws {
    guard on || release else {
      return try options.read { options.show(Self.output(try $0.blindCoding())) }
    }
    let blind = try options.write { writer -> BlindCoding? in
      let others = also.map(TextEntry.normalised)
      let members = Set(try writer.reader.members().values.map(\.name))
      guard others.allSatisfy(members.contains) else {
        throw ValidationError(
          "--also names somebody who is no member here; `cuaderno study show` lists them")
      }
      let open = ([writer.reader.identity.member] + others).uniqued
      _ = try writer.openCodings(to: on ? open : nil)
      return try writer.reader.blindCoding()
    }
    options.show(Self.output(blind))
  }

  private static func output(_ blind: BlindCoding?) -> Output {
    .message(
      blind?.sentence ?? "Everybody sees all codings.",
      .object([
        ("blind", .boolean(blind != nil)), ("blindHere", .boolean(blind?.isBlindHere ?? false)),
        ("codingsOpenTo", .array(blind?.openTo.map { .string($0) } ?? [])),
      ]))
  }
}

extension BlindCoding {
  /// What it means at this notebook.
  var sentence: String {
    let names = Terminal.harmless(openTo.joined(separator: ", "))
    let verb = openTo.count == 1 ? "sees" : "see"
    return isBlindHere
      ? "blind: you see your own codings alone, until they are released; \(names) \(verb) all"
      : "blind: each coder sees their own codings alone; \(names) \(verb) all. `cuaderno study blind "
        + "--release` shows them to everybody"
  }
}

extension Reader {
  /// Says beside a report or an export that it is not of everybody's codings.
  func tellIfBlind() throws {
    guard try blindCoding()?.isBlindHere == true else { return }
    tell("Coding is blind: of the codings these are yours alone.")
  }
}
