import ArgumentParser
import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import Foundation

struct ConflictsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conflicts",
    abstract: "List what two people wrote differently without knowing of each other.",
    discussion: """
      Nothing is lost: the newest value is shown, and the others stay until somebody decides with \
      `cuaderno resolve`. Texts are shown merged; only the places where two people changed the same \
      words differently are listed, and there the words of both stand in the text, one after the \
      other. Exit status 2 when there are any.
      """)

  @Argument(help: "Only those of this record.")
  var record: String?

  @OptionGroup var options: NotebookOptions

  func run() throws {
    let count = try options.read { reader in
      let id = try record.map { try reader.resolveAny($0).id }
      let conflicts = try reader.conflicts(of: id)
      let lines = try conflicts.flatMap { try Self.lines($0, reader) }
      options.show(
        .lines(
          conflicts.isEmpty ? ["No conflicts."] : lines,
          .array(try conflicts.map { try Self.json($0, reader) })))
      return conflicts.count
    }
    if count > 0 { throw ExitCode(2) }
  }

  private static func lines(_ conflict: Conflict, _ reader: Reader) throws -> [String] {
    let name = conflict.name.isEmpty ? conflict.record.short : conflict.name
    var lines = ["\(conflict.kind.name) \(Terminal.harmless(name)): \(conflict.field.name)"]
    if conflict.field.shape == .text { return lines + TextConflictLines(conflict).lines + [""] }
    for side in conflict.sides {
      let who = "\(side.member ?? "unknown"), \(Moment.text(side.stamp))"
      let state = side.isShown ? "shown" : "overruled"
      lines.append("  \(state)  \(side.dot.short)  \(Terminal.harmless(who))")
      lines.append("    \(try side.value.map { try reader.json($0).cell } ?? "(emptied)")")
    }
    lines.append(
      "  settle it with: cuaderno resolve \(conflict.record.short) \(conflict.field.name) --keep shown"
    )
    return lines + [""]
  }

  private static func json(_ conflict: Conflict, _ reader: Reader) throws -> JSON {
    .object([
      ("record", .string(conflict.record.description)), ("kind", .string(conflict.kind.name)),
      ("name", .string(conflict.name)), ("field", .string(conflict.field.name)),
      (
        "sides",
        .array(
          try conflict.sides.map { side in
            .object([
              ("change", .string(side.dot.description)), ("member", .string(side.member)),
              ("time", .string(Moment.text(side.stamp))), ("shown", .boolean(side.isShown)),
              ("merged", .boolean(side.isMerged)),
              ("value", try side.value.map { try reader.json($0) } ?? .null),
            ])
          })
      ),
      ("shown", try conflict.shown.map { try reader.json($0) } ?? .null),
      ("spots", TextConflictLines(conflict).json),
    ])
  }
}

struct ResolveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve",
    abstract: "Settle a conflict.",
    discussion: """
      Keep what is shown, keep what a member wrote (by name, or by the change that `cuaderno \
      conflicts` prints), or write the value anew. For a text, what is shown is the merge: keeping it \
      keeps the words of everybody, and --edit begins with it; an editor that is closed without a \
      change settles nothing. Everyone gets the decision with the \
      next sync, and the log keeps what was not chosen.
      Examples:
        cuaderno resolve TOC-017 title --keep shown
        cuaderno resolve TOC-017 text --keep Luis
        cuaderno resolve TOC-017 text --edit
      """)

  @Argument(help: "Label, name, pseudonym, path or id.")
  var record: String

  @Argument(help: "The field, as `cuaderno conflicts` names it.")
  var field: String

  @Option(name: .long, help: "shown, a member's name, or a change such as 3f2a81c0:17.")
  var keep: String?

  @Option(name: .long, help: "The value to write, for a field of text.")
  var value: String?

  @Flag(name: .long, help: "Write the text in $EDITOR, beginning with what is shown merged.")
  var edit = false

  @OptionGroup var options: NotebookOptions

  func validate() throws {
    guard [keep != nil, value != nil, edit].filter({ $0 }).count == 1 else {
      throw ValidationError("say what to do with one of --keep, --value and --edit")
    }
  }

  func run() throws {
    var draft: URL?
    var text = value
    var edited: Conflict?
    if edit {
      let conflict = try options.read { reader in try self.conflict(reader) }
      let editor = Editor(
        drafts: options.folder.drafts, environment: ProcessInfo.processInfo.environment)
      let written = try editor.edit(try Self.beginning(conflict), named: "conflict")
      (text, draft, edited) = (written.text, written.draft, conflict)
    }
    let (match, left) = try Editor.saving(draft) {
      try options.write { writer -> (Conflict, Int) in
        let conflict = try edited ?? self.conflict(writer.reader)
        if let text {
          guard case .text = conflict.sides.lazy.compactMap(\.value).first else {
            throw ValidationError("\(conflict.field.name) is no text; choose a side with --keep")
          }
          try writer.resolve(conflict, with: .text(text))
        } else {
          try writer.resolve(conflict, with: try chosen(of: conflict))
        }
        return (conflict, try writer.reader.conflictCount())
      }
    }
    options.show(
      .message(
        "Settled \(match.field.name); \(counted(left, "conflict")) left.",
        .object([
          ("record", .string(match.record.description)), ("field", .string(match.field.name)),
          ("conflictsLeft", .integer(left)),
        ])))
  }

  private func conflict(_ reader: Reader) throws -> Conflict {
    let id = try reader.resolveAny(record).id
    let conflicts = try reader.conflicts(of: id).filter { $0.field.name == field }
    guard let conflict = conflicts.first else {
      throw ValidationError("there is no conflict in that field; see `cuaderno conflicts`")
    }
    return conflict
  }

  private func chosen(of conflict: Conflict) throws -> Value? {
    let wanted = keep ?? "shown"
    guard wanted != "shown" else { return conflict.shown }
    let side = try side(wanted, of: conflict)
    guard conflict.field.shape != .text || side.isMerged else {
      throw ValidationError("that side cannot be read here; update cuaderno before keeping it")
    }
    return side.value
  }

  private func side(_ wanted: String, of conflict: Conflict) throws -> Conflict.Side {
    let sides = conflict.sides.filter { side in
      side.dot.short == wanted || side.dot.device.description.hasPrefix(wanted.lowercased())
        || side.member.map { Folding.folded($0) == Folding.folded(wanted) } == true
    }
    guard sides.count == 1 else {
      let names = conflict.sides.map { "\($0.member ?? "unknown") (\($0.dot.short))" }
      throw ValidationError(
        "--keep fits \(sides.count) sides; the sides are: shown, \(names.joined(separator: ", "))")
    }
    return sides[0]
  }

  /// What is shown merged; for a line both versions, one after the other, to make one of.
  private static func beginning(_ conflict: Conflict) throws -> String {
    if conflict.field.shape == .text, case .text(let text) = conflict.shown { return text }
    let texts = try conflict.sides.map { side -> String in
      guard case .text(let text) = side.value else {
        throw ValidationError("\(conflict.field.name) is no text; choose a side with --keep")
      }
      return "[\(side.member ?? "unknown"), \(Moment.text(side.stamp))]\n\(text)"
    }
    return texts.joined(separator: "\n\n")
  }
}
