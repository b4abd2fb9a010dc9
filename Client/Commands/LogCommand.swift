import ArgumentParser
import CuadernoModel
import CuadernoNotebook
import CuadernoSync

struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Tell who changed what and when: of one record, or the last changes of all.",
    discussion: """
      Of one record, the oldest first. `cuaderno show`, `diff` and `revert` take RECORD@N, or \
      RECORD@CHANGE, which is the same on every device; `cuaderno undo` takes CHANGE. What was deleted \
      is found by its whole id.
      What others wrote since you last looked is told by `cuaderno news`.
      """)

  @Argument(help: "Label, name, pseudonym, path or id.")
  var record: String?

  @Option(name: .long, help: "How many of the last changes to show.")
  var limit = 30

  @OptionGroup var options: NotebookOptions

  func validate() throws {
    guard (1...1_000_000).contains(limit) else {
      throw ValidationError("--limit takes a number from 1 to 1000000")
    }
  }

  func run() throws {
    try options.read { reader in
      let match = try record.map { try reader.resolveWithHistory($0) }
      let all = try match.map { try reader.history(of: $0.id) } ?? reader.lastChanges(limit)
      let total = try match == nil ? Int(clamping: reader.frontier().changeCount) : all.count
      let skipped = max(0, all.count - limit)
      let entries = all.enumerated().dropFirst(skipped)
      options.show(
        .table(
          Table(
            Self.columns(isOfOne: match != nil),
            rows: try entries.map { try Self.row($0, $1, reader) }, whenEmpty: "No changes.")))
      if total > entries.count, !options.json {
        tell("The last \(entries.count) of \(total) changes; see --limit.")
      }
    }
  }

  private static func columns(isOfOne: Bool) -> [Table.Column] {
    [
      .init("number", "N", isForPrograms: !isOfOne), .init("change", isForPrograms: true),
      .init("shortChange", "CHANGE"), .init("time"), .init("member", "WHO"),
      .init("kind", isForPrograms: isOfOne), .init("name", isForPrograms: isOfOne),
      .init("record", isForPrograms: true), .init("what"),
      .init("undoes", isForPrograms: true),
    ]
  }

  private static func row(
    _ index: Int, _ entry: HistoryEntry, _ reader: Reader
  ) throws -> [JSON] {
    let name = try entry.kind.map { try reader.lastName(of: entry.record, $0) } ?? ""
    return [
      .integer(index + 1), .string(entry.dot.description), .string(entry.dot.short),
      .string(Moment.text(entry.stamp)),
      .string(entry.voided > 0 ? "the server" : entry.member ?? "unknown"),
      .string(entry.kind?.name ?? "unknown"), .string(name.isEmpty ? entry.record.short : name),
      .string(entry.record.description), .string(entry.summary),
      .string(entry.undoes?.description),
    ]
  }
}

extension HistoryEntry {
  /// What a change did, in a few words.
  var summary: String {
    let undone = undoes.map { " (undoes \($0.short))" } ?? ""
    if voided > 0 { return "did not take \(counted(voided, "change"))" }
    if isVoid { return "was not taken: its author's role does not allow it" }
    if isErase { return "erased for good" }
    if isErased { return "erased" }
    if isDelete { return "deleted" + undone }
    if edits.isEmpty { return (isFirst ? "added" : "brought back") + undone }
    return (isFirst ? "added: " : "") + names.uniqued.joined(separator: ", ") + undone
  }

  private var names: [String] {
    edits.map { edit in
      guard let field = edit.field else { return "a field of a newer version" }
      return edit.value == nil ? "\(field.name) emptied" : field.name
    }
  }
}

extension Reader {
  /// A record as it was.
  func card(_ version: RecordVersion, _ match: Match) throws -> Card {
    var body: String?
    var fields: [(label: String, key: String, value: JSON)] = [
      ("", "id", .string(match.id.description)), ("", "kind", .string(match.kind.name)),
      ("version", "version", .string(version.entry.dot.short)),
      ("written by", "member", .string(version.entry.member ?? "unknown")),
      ("at", "time", .string(Moment.text(version.entry.stamp))),
      ("what", "what", .string(version.entry.summary)),
    ]
    // A keyed field is one list, whatever the number of its keys.
    var lists = [(name: String, values: [JSON])]()
    for (id, value) in version.values.sorted(by: { $0.key < $1.key }) {
      guard let field = Field.find(match.kind, id.number), let value else { continue }
      if field.canBeCoded, case .text(let text) = value {
        body = text
      } else if !field.shape.isKeyed {
        // Programs know the record's own kind as `kind`.
        let key = field.name == "kind" ? "\(match.kind.name)Kind" : field.name
        fields.append((field.name, key, try json(value)))
      } else if value.isInSet {
        if lists.last?.name != field.name { lists.append((field.name, [])) }
        lists[lists.count - 1].values.append(try json(value))
      }
    }
    fields += lists.map { ($0.name, $0.name, .array($0.values)) }
    return Card(title: match.name, fields: fields, body: body)
  }
}

extension Value {
  /// Whether a keyed field's value says that the key is there.
  fileprivate var isInSet: Bool {
    switch self {
    case .membership(_, let isMember): isMember
    case .attribute(let attribute): attribute.value != nil
    case .attributeDefinition(let definition): definition.isDefined
    case .period(let period): period.isDefined
    default: true
    }
  }
}
