import ArgumentParser
import CuadernoModel
import CuadernoNotebook
import CuadernoSync

struct UndoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo",
    abstract: "Take back what was written last in this notebook.",
    discussion: """
      Fields show again what they showed before, what was added is deleted, and what was deleted is \
      there again. `undo` again goes one further back; `cuaderno redo` goes forth again. All that one \
      command wrote is taken back together.
      What somebody has changed since is left alone, and you are told. Nothing is lost: an undo is \
      written like any other change, everyone gets it with the next sync, and the log keeps both.
      Examples:
        cuaderno undo
        cuaderno undo 3f2a81c0:17      what that change and those written with it did
      To bring back an earlier version of one record, see `cuaderno revert --help`. Exit status 2 when \
      something was left alone.
      """)

  @Argument(help: "A change as `cuaderno log` names it; without it, the last one written here.")
  var change: String?

  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.takeBack(.undo, change)
  }
}

struct RedoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "redo",
    abstract: "Do again what `cuaderno undo` took back.",
    discussion: """
      As often as `undo` was used, until something new is written. Exit status 2 when something was \
      left alone because somebody has changed it since.
      """)

  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.takeBack(.redo, nil)
  }
}

struct RevertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revert",
    abstract: "Bring back an earlier version of a record.",
    discussion: """
      The fields that differ are written as they were in that version; what was added later is \
      emptied. It is an ordinary change: `cuaderno undo` takes it back, and the log keeps what was \
      there. A deleted record is there again.
      Examples:
        cuaderno log TOC-017                 the versions and who wrote them
        cuaderno diff TOC-017@2              what has changed since the second one
        cuaderno revert TOC-017@2
      To make a notebook from a backup, see `cuaderno restore --help`. Exit status 2 when a field was \
      left alone.
      """)

  @Argument(help: "A record and one of its versions, such as TOC-017@2 or TOC-017@3f2a81c0:17.")
  var version: String

  @OptionGroup var options: NotebookOptions

  func run() throws {
    let (report, status) = try options.write { writer in
      let (match, dot) = try writer.reader.resolveVersion(version)
      guard let dot else {
        throw ValidationError(
          "name a version after an @, such as TOC-017@2; `cuaderno log RECORD` numbers them")
      }
      let result = try writer.revert(match.id, to: dot)
      let report = TakenBackReport(result, writer.reader)
      let empty = "Nothing to write: \(report.name(match)) is as it was in \(dot.short)."
      return (
        report.output("Reverted to \(dot.short)", key: "version", dot, whenEmpty: empty),
        result.left.isEmpty
      )
    }
    options.show(report)
    if !status { throw ExitCode(2) }
  }
}

extension NotebookOptions {
  /// Takes back a write, or the next one there is, and says what came of it.
  func takeBack(_ direction: UndoDirection, _ change: String?) throws {
    let (report, isWhole) = try write { writer -> (Output, Bool) in
      let reader = writer.reader
      let named = try change.map { try reader.resolveChange($0) }
      guard let write = try named.map({ try reader.write(of: $0) }) ?? reader.nextWrite(direction)
      else {
        let sentence =
          direction == .undo
          ? "Nothing to undo: nothing written here is left to take back."
          : "Nothing to redo: nothing was undone since the last change."
        return (.message(sentence, TakenBackReport.nothing), true)
      }
      let result = try writer.takeBack(write)
      let report = TakenBackReport(result, reader)
      let verb = direction == .undo ? "Undone" : "Redone"
      let earlier = result.done.isEmpty ? try reader.write(before: write) : nil
      let further = earlier.map { " To go one further back: cuaderno undo \($0.dot.short)" } ?? ""
      return (
        report.output(
          verb, key: "change", write.dot,
          whenEmpty: "Nothing was \(verb.lowercased()) of \(write.dot.short).\(further)"),
        result.left.isEmpty
      )
    }
    show(report)
    if !isWhole { throw ExitCode(2) }
  }
}

/// What came of an undo or a revert, in a line, and a line for each thing that was left alone.
struct TakenBackReport {
  private let result: TakenBack
  private let reader: Reader

  init(_ result: TakenBack, _ reader: Reader) {
    self.result = result
    self.reader = reader
  }

  static let nothing = JSON.object([
    ("change", .null), ("done", .array([])), ("settled", .array([])), ("left", .array([])),
  ])

  /// - Parameter key: what programs find the dot under.
  func output(_ verb: String, key: String, _ dot: Dot, whenEmpty: String) -> Output {
    let name = verb.hasSuffix(dot.short) ? verb : "\(verb) \(dot.short)"
    let first = result.done.isEmpty ? whenEmpty : "\(name): \(told)."
    return .lines(
      [first] + settled + left,
      .object([
        (key, .string(dot.description)),
        (
          "done",
          .array(
            result.done.map { record, step in
              .object(
                Self.json(record) + [
                  ("what", .string(Self.word(step))),
                  ("fields", .array(fields(step, record).map { .string($0) })),
                ])
            })
        ),
        (
          "settled",
          .array(
            result.settled.map { record, field in
              .object(Self.json(record) + [("field", .string(self.field(field, record)))])
            })
        ),
        (
          "left",
          .array(
            result.left.map { record, field, obstacle in
              .object(
                Self.json(record) + [
                  ("field", .string(field.flatMap { self.field($0, record) })),
                  ("reason", .string(Self.reason(obstacle))),
                ])
            })
        ),
      ]))
  }

  func name(_ match: Match) -> String { reader.called(match.id, match.kind, match.name) }

  private func name(_ record: TakenBack.Record) -> String {
    reader.called(record.id, record.kind, record.name)
  }

  /// Up to this many things are named one by one; more are counted.
  private static let named = 4

  private var told: String {
    guard result.done.count > Self.named else {
      return result.done.map { record, step in
        let fields = fields(step, record).joined(separator: ", ")
        return switch step {
        case .fields: "\(fields) of \(name(record))"
        case .deleted: "\(name(record)) is deleted"
        case .broughtBack: "\(name(record)) is there again"
        }
      }.joined(separator: "; ")
    }
    var counts = [String: Int]()
    for (_, step) in result.done { counts[Self.word(step), default: 0] += 1 }
    return ["changed", "deleted", "brought back"].compactMap { word in
      counts[word].map { "\(counted($0, "record")) \(word)" }
    }.joined(separator: ", ")
  }

  private var settled: [String] {
    let lines = result.settled.map { record, field in
      "The conflict in \(self.field(field, record) ?? "a field") of \(name(record)) stays settled; "
        + "`cuaderno log \(record.id.description.prefix(8))` has every side of it."
    }
    guard lines.count > Self.named else { return lines }
    return ["\(lines.count) conflicts stay settled; `cuaderno log RECORD` has every side of them."]
  }

  private var left: [String] {
    let lines = result.left.map { record, field, obstacle in
      let what = field.flatMap { self.field($0, record) }.map { "\($0) of " } ?? ""
      return "Left alone: \(what)\(name(record)), \(Self.because(obstacle))."
    }
    guard lines.count > 20 else { return lines }
    return lines.prefix(20) + ["… and \(lines.count - 20) more; --json lists them all"]
  }

  private func field(_ field: FieldID, _ record: TakenBack.Record) -> String? {
    record.kind.flatMap { Field.find($0, field.number)?.name } ?? "a field of a newer version"
  }

  /// Each name once: a keyed field has one for all its keys.
  private func fields(_ step: TakenBack.Step, _ record: TakenBack.Record) -> [String] {
    guard case .fields(let fields) = step else { return [] }
    return fields.compactMap { field($0, record) }.uniqued
  }

  private static func json(_ record: TakenBack.Record) -> [(String, JSON)] {
    [
      ("record", .string(record.id.description)), ("kind", .string(record.kind?.name)),
      ("name", .string(record.name)),
    ]
  }

  private static func word(_ step: TakenBack.Step) -> String {
    switch step {
    case .fields: "changed"
    case .deleted: "deleted"
    case .broughtBack: "brought back"
    }
  }

  private static func reason(_ obstacle: TakenBack.Obstacle) -> String {
    switch obstacle {
    case .changedSince: "changed since"
    case .deletedSince: "deleted since"
    case .inUse: "in use"
    case .isDeleted: "deleted"
    case .isThere: "there"
    case .unreadable: "unreadable"
    case .erased: "erased"
    case .newerAction: "newer version"
    case .fault: "does not fit"
    }
  }

  private static func because(_ obstacle: TakenBack.Obstacle) -> String {
    switch obstacle {
    case .changedSince(let member):
      "which \(Terminal.harmless(member ?? "somebody")) has changed since"
    case .deletedSince(let member):
      "which \(Terminal.harmless(member ?? "somebody")) has deleted too"
    case .inUse(0): "which codings use that are not shown while coding is blind"
    case .inUse(let count): "which \(counted(count, "other record")) \(count == 1 ? "uses" : "use")"
    case .isDeleted: "which is deleted"
    case .isThere: "which is there already"
    case .unreadable: "since what was there before was erased or is of a newer version"
    case .erased: "which was erased for good"
    case .newerAction: "to which a newer version did something; update first"
    case .fault(let fault): "since \(fault)"
    }
  }
}

extension Array where Element: Hashable {
  /// Each element once, where it stands first.
  var uniqued: [Element] {
    var seen = Set<Element>()
    return filter { seen.insert($0).inserted }
  }
}
