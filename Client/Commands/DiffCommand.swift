import ArgumentParser
import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoText

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Show what changed between two versions of a record.",
    discussion: """
      Field by field; of a long text, the passages that differ, with [-what was taken out-] and \
      {+what was put in+}. Versions are named as in `cuaderno log RECORD`.
      Examples:
        cuaderno diff TOC-017                what the last change to it did
        cuaderno diff TOC-017@2              from the second change until now
        cuaderno diff TOC-017@2 5            from the second change to the fifth
      """)

  @Argument(help: "A record, or one of its versions, such as TOC-017@2.")
  var record: String

  @Argument(help: "The version to compare with; without it, the record as it is now.")
  var version: String?

  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.read { reader in
      let (match, dot) = try reader.resolveVersion(record)
      let from: RecordPoint
      var to = RecordPoint.now
      if let dot {
        from = .version(dot)
        if let version { to = .version(try reader.resolveVersion(version, of: match)) }
      } else {
        guard version == nil else {
          throw ValidationError(
            "name the first version after an @, such as `cuaderno diff TOC-017@2 5`")
        }
        guard let last = try reader.history(of: match.id).last else {
          throw NotebookError.unknownRecord
        }
        from = .before(last.dot)
        to = .version(last.dot)
      }
      guard let difference = try reader.difference(of: match.id, from: from, to: to) else {
        throw NotebookError.unknownRecord
      }
      let text = DifferenceText(difference, match, reader)
      options.show(.lines(try text.lines, try text.json))
    }
  }
}

/// A difference as lines for people, and for programs.
struct DifferenceText {
  private let difference: RecordDifference
  private let match: Match
  private let reader: Reader

  init(_ difference: RecordDifference, _ match: Match, _ reader: Reader) {
    self.difference = difference
    self.match = match
    self.reader = reader
  }

  /// The scalars of a text shown where all of it is new or gone.
  private static let shownScalars = 240

  var lines: [String] {
    get throws {
      let from = difference.from.map(Self.told) ?? "the beginning"
      let to = difference.to.map(Self.told) ?? "now"
      var lines = ["\(reader.called(match.id, match.kind, match.name)), from \(from) to \(to)"]
      if difference.wasAlive != difference.isAlive {
        let isNew = difference.isAlive && difference.from == nil
        lines.append(isNew ? "  added" : difference.isAlive ? "  brought back" : "  deleted")
      }
      for field in difference.fields { lines += try self.lines(field) }
      return lines.count > 1 ? lines : lines + ["  no difference"]
    }
  }

  private static func told(_ entry: HistoryEntry) -> String {
    let who = Terminal.harmless(entry.member ?? "unknown")
    return "\(entry.dot.short) (\(who), \(Moment.text(entry.stamp)))"
  }

  private func lines(_ change: RecordDifference.FieldChange) throws -> [String] {
    let name = change.field?.name ?? "a field of a newer version"
    guard change.isReadable else { return ["  \(name)", "    differs, and cannot be shown here"] }
    guard change.passages.isEmpty else {
      return change.passages.flatMap { passage in
        ["  \(name), line \(passage.newLine)"] + Self.lines(passage, of: change)
      }
    }
    var lines = ["  \(name)"]
    if let before = change.before { lines.append("    - \(Self.shown(try reader.json(before)))") }
    if let after = change.after { lines.append("    + \(Self.shown(try reader.json(after)))") }
    return lines
  }

  private static func shown(_ json: JSON) -> String {
    let text = json.cell
    let count = text.unicodeScalars.count
    guard count > shownScalars else { return text }
    let start = String(String.UnicodeScalarView(text.unicodeScalars.prefix(shownScalars)))
    return "\(start)… (\(count) characters)"
  }

  private static func lines(
    _ passage: ChangedPassage, of change: RecordDifference.FieldChange
  ) -> [String] {
    var text = passage.new.lowerBound > 0 ? "… " : ""
    for piece in passage.pieces {
      switch piece {
      case .kept(let words): text += words
      case .removed(let words): text += "[-\(words)-]"
      case .added(let words): text += "{+\(words)+}"
      }
    }
    if case .text(let after) = change.after, passage.new.upperBound < after.unicodeScalars.count {
      text += " …"
    }
    return Terminal.harmless(text, keepsLines: true)
      .split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
  }

  // MARK: - For programs

  var json: JSON {
    get throws {
      .object([
        ("record", .string(match.id.description)), ("kind", .string(match.kind.name)),
        ("name", .string(match.name)), ("from", Self.json(difference.from)),
        ("to", Self.json(difference.to)), ("wasAlive", .boolean(difference.wasAlive)),
        ("isAlive", .boolean(difference.isAlive)),
        ("fields", .array(try difference.fields.map(json))),
      ])
    }
  }

  private static func json(_ entry: HistoryEntry?) -> JSON {
    guard let entry else { return .null }
    return .object([
      ("change", .string(entry.dot.description)), ("member", .string(entry.member)),
      ("time", .string(Moment.text(entry.stamp))),
    ])
  }

  private func json(_ change: RecordDifference.FieldChange) throws -> JSON {
    .object([
      ("field", .string(change.field?.name)), ("number", .integer(Int(change.id.number))),
      ("key", .string(change.id.key.isEmpty ? nil : hexadecimal(change.id.key))),
      ("readable", .boolean(change.isReadable)),
      ("before", try change.before.map { try reader.json($0) } ?? .null),
      ("after", try change.after.map { try reader.json($0) } ?? .null),
      ("passages", .array(change.passages.map(Self.json))),
    ])
  }

  private static func json(_ passage: ChangedPassage) -> JSON {
    .object([
      ("oldLine", .integer(passage.oldLine)), ("newLine", .integer(passage.newLine)),
      ("oldStart", .integer(passage.old.lowerBound)), ("oldEnd", .integer(passage.old.upperBound)),
      ("newStart", .integer(passage.new.lowerBound)), ("newEnd", .integer(passage.new.upperBound)),
      (
        "pieces",
        .array(
          passage.pieces.map { piece in
            switch piece {
            case .kept(let words): .object([("kept", .string(words))])
            case .removed(let words): .object([("removed", .string(words))])
            case .added(let words): .object([("added", .string(words))])
            }
          })
      ),
    ])
  }
}
