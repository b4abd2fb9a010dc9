import ArgumentParser
import CuadernoModel
import CuadernoNotebook
import CuadernoSync

struct VoidCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "void",
    abstract:
      "What the server did not take of what you wrote, because your role does not allow it.",
    discussion: """
      The team does not have it, and it is not shown among the records any more. The words are yours \
      and are kept here, in this notebook alone, until you forget them.
      """,
    subcommands: [VoidList.self, VoidShow.self, VoidWrite.self, VoidForget.self],
    defaultSubcommand: VoidList.self)
}

struct VoidList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List what was not taken, the oldest first.")

  @OptionGroup var options: NotebookOptions

  func run() throws {
    let notebook = try options.open(for: .reading)
    let rows = try notebook.untaken().map { untaken -> [JSON] in
      let change = untaken.change
      return [
        .string(change.dot.description), .string(change.dot.short),
        .string(Moment.text(change.stamp)), .string(change.kind?.name ?? "unknown"),
        .string(untaken.name.isEmpty ? change.record.short : untaken.name),
        .string(change.record.description), .string(change.summary),
      ]
    }
    options.show(
      .table(
        Table(
          [
            .init("change", isForPrograms: true), .init("shortChange", "CHANGE"), .init("time"),
            .init("kind"), .init("name"), .init("record", isForPrograms: true), .init("what"),
          ], rows: rows, whenEmpty: "Everything you sent was taken.")))
    try notebook.close()
  }
}

struct VoidShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show everything that one change had in it.",
    discussion: "Example: cuaderno void show 3f09a1b2:17")

  @Argument(help: "The change, as `cuaderno void list` shows it.")
  var change: String

  @OptionGroup var options: NotebookOptions

  func run() throws {
    let notebook = try options.open(for: .reading)
    let untaken = try notebook.untaken().change(change)
    try notebook.read { reader in
      var body: String?
      var fields: [(label: String, key: String, value: JSON)] = [
        ("", "record", .string(untaken.change.record.description)),
        ("", "kind", .string(untaken.change.kind?.name ?? "unknown")),
        ("change", "change", .string(untaken.change.dot.description)),
        ("at", "time", .string(Moment.text(untaken.change.stamp))),
        ("what", "what", .string(untaken.change.summary)),
      ]
      for (field, value) in untaken.change.edits {
        guard let field, let value else { continue }
        if field.canBeCoded, case .text(let text) = value {
          body = text
        } else {
          let key = field.name == "kind" ? "valueKind" : field.name
          fields.append((field.name, key, try reader.json(value)))
        }
      }
      options.show(.card(Card(title: untaken.name, fields: fields, body: body)))
    }
    try notebook.close()
  }
}

struct VoidWrite: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "write",
    abstract: "Write it once more, after your role has changed.",
    discussion: """
      What others wrote meanwhile stays: where both of you wrote the same there is a conflict to settle.
      Examples: cuaderno void write 3f09a1b2:17
                cuaderno void write --all
      """)

  @OptionGroup var choice: UntakenChoice

  @OptionGroup var options: NotebookOptions

  func run() throws {
    let notebook = try options.open(for: .writing)
    let chosen = try choice.chosen(of: notebook.untaken())
    let dots = chosen.map(\.change.dot)
    try notebook.write { try $0.writeAgain(chosen) }
    try notebook.forgetUntaken(dots)
    try notebook.close()
    options.show(
      .message(
        "Wrote \(counted(dots.count, "change")) once more; `cuaderno sync` sends it.",
        .object([("written", .integer(dots.count))])))
  }
}

struct VoidForget: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forget", abstract: "Forget what was not taken; it is gone for good then.",
    discussion: "Example: cuaderno void forget 3f09a1b2:17")

  @OptionGroup var choice: UntakenChoice

  @OptionGroup var options: NotebookOptions

  func run() throws {
    let notebook = try options.open(for: .writing)
    let dots = try choice.chosen(of: notebook.untaken()).map(\.change.dot)
    try notebook.forgetUntaken(dots)
    try notebook.close()
    options.show(
      .message(
        "Forgot \(counted(dots.count, "change")).",
        .object([("forgotten", .integer(dots.count))])))
  }
}

/// Which of the changes that were not taken are meant.
struct UntakenChoice: ParsableArguments {
  @Argument(help: "The change, as `cuaderno void list` shows it.")
  var change: String?

  @Flag(name: .long, help: "All of them.")
  var all = false

  func validate() throws {
    guard (change == nil) == all else { throw ValidationError("name one change, or give --all") }
  }

  func chosen(of untaken: [Untaken]) throws -> [Untaken] {
    try change.map { [try untaken.change($0)] } ?? untaken
  }
}

extension [Untaken] {
  /// The one whose device and number begin as somebody typed them.
  fileprivate func change(_ text: String) throws(UntakenFault) -> Untaken {
    let parts = text.lowercased().split(separator: ":", omittingEmptySubsequences: false)
    let matches = filter { untaken in
      let dot = untaken.change.dot
      return parts.count == 2 && !parts[0].isEmpty && UInt64(parts[1]) == dot.sequence
        && dot.device.description.utf8.starts(with: parts[0].utf8)
    }
    guard matches.count == 1 else { throw .unknown }
    return matches[0]
  }
}

enum UntakenFault: Error, Equatable, CustomStringConvertible {
  case unknown

  var description: String {
    "there is no such change among those that were not taken; `cuaderno void list` shows them"
  }
}
