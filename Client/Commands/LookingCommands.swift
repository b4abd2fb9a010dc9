import ArgumentParser
import CuadernoModel
import CuadernoNotebook
import CuadernoSync

struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Find records by the words in them, the best first.",
    discussion: """
      Every word must be there. Accents and case do not matter, but ñ is a letter of its own. \
      A word that ends in * stands for all that begin so, and words in double quotes must follow \
      each other.
      Examples:
        cuaderno search erradicacion coca
        cuaderno search 'confi*' '"puesto policial"'
      """)

  @Argument(help: "The words.")
  var words: [String]

  @Option(name: .long, help: "Only this kind of record.")
  var kind: String?

  @Option(name: .long, help: "How many to show.")
  var limit = 20

  @OptionGroup var options: NotebookOptions

  func validate() throws {
    guard (1...10_000).contains(limit) else {
      throw ValidationError("--limit takes a number from 1 to 10000")
    }
  }

  func run() throws {
    let kinds = try kind.map { name in
      guard let kind = Kind(name: name) else {
        throw NotebookError.fault(
          .notAChoice(field: "--kind", choices: Kind.allCases.map(\.name)))
      }
      return [kind]
    }
    let notebook = try options.open(for: .reading)
    try notebook.completeIndex()
    try notebook.read { reader in
      let (hits, total) = try reader.search(
        words.joined(separator: " "), kinds: kinds ?? Kind.allCases, limit: limit)
      options.show(
        .lines(
          hits.isEmpty ? ["Nothing found."] : hits.flatMap(Self.lines) + Self.rest(hits, total),
          .object([
            ("total", .integer(total)), ("hits", .array(hits.map(Self.json))),
          ])))
    }
  }

  private static func lines(_ hit: SearchHit) -> [String] {
    let name = hit.name.isEmpty ? "" : "  \(Terminal.harmless(hit.name))"
    let passage = hit.passage.isEmpty ? [] : ["    \(Terminal.harmless(marked(hit)))"]
    return ["\(hit.id.short)  \(hit.kind.name)\(name)"] + passage
  }

  /// The words found stand between brackets, which work on every terminal and in every file.
  private static func marked(_ hit: SearchHit) -> String {
    var text = String.UnicodeScalarView()
    for (index, scalar) in hit.passage.unicodeScalars.enumerated() {
      if hit.marks.contains(where: { $0.lowerBound == index }) { text.append("[") }
      text.append(scalar)
      if hit.marks.contains(where: { $0.upperBound == index + 1 }) { text.append("]") }
    }
    return String(text)
  }

  private static func rest(_ hits: [SearchHit], _ total: Int) -> [String] {
    total > hits.count ? ["… and \(total - hits.count) more; see --limit"] : []
  }

  private static func json(_ hit: SearchHit) -> JSON {
    .object([
      ("id", .string(hit.id.description)), ("kind", .string(hit.kind.name)),
      ("name", .string(hit.name)), ("passage", .string(hit.passage)),
      (
        "marks",
        .array(hit.marks.map { .array([.integer($0.lowerBound), .integer($0.upperBound)]) })
      ),
    ])
  }
}

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show any record, as it is or as it was.",
    discussion: """
      After an @ comes the number of a change in `cuaderno log RECORD`, or its name there, which is \
      the same on every device.
      Examples:
        cuaderno show TOC-017
        cuaderno show TOC-017@2
        cuaderno show TOC-017@3f2a81c0:17
      """)

  @Argument(help: "Label, name, pseudonym, path or id; `study` for the study.")
  var record: String

  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.read { reader in
      guard let at = record.lastIndex(of: "@") else {
        let match = try reader.resolveAny(record)
        options.show(.card(try reader.card(match.id, match.kind)))
        return
      }
      let match = try reader.resolveWithHistory(String(record[..<at]))
      guard
        let dot = try reader.versionDot(
          String(record[record.index(after: at)...]), of: match.id),
        let version = try reader.version(of: match.id, at: dot)
      else { throw ValidationError("no such version; `cuaderno log RECORD` numbers them") }
      options.show(.card(try reader.card(version, match)))
    }
  }
}

struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Tell who changed what and when: of one record, or the last changes of all.",
    discussion: """
      The numbers are those that `cuaderno show RECORD@NUMBER` takes. What was deleted is found by \
      its id.
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
      let entries =
        try record.map { try reader.history(of: reader.resolveWithHistory($0).id) }
        ?? reader.lastChanges(limit)
      let rows = try entries.enumerated().map { index, entry -> [JSON] in
        let match = try reader.match(entry.record)
        return [
          record == nil ? .null : .integer(index + 1),
          .string(entry.dot.description), .string(entry.dot.short),
          .string(Moment.text(entry.stamp)), .string(entry.member ?? "unknown"),
          .string(entry.kind?.name ?? "unknown"), .string(match?.name ?? ""),
          .string(entry.record.description), .string(Self.summary(entry)),
        ]
      }
      options.show(
        .table(
          Table(
            [
              .init("number", "N", isForPrograms: record == nil),
              .init("change", isForPrograms: true), .init("shortChange", "CHANGE"),
              .init("time"), .init("member", "WHO"), .init("kind"), .init("name"),
              .init("record", isForPrograms: true), .init("what"),
            ], rows: rows, whenEmpty: "No changes.")))
    }
  }

  private static func summary(_ entry: HistoryEntry) -> String {
    if entry.isErased { return "erased" }
    if entry.isDelete { return "deleted" }
    let names = entry.edits.map { edit -> String in
      guard let field = edit.field else { return "a field of a newer version" }
      return edit.value == nil ? "\(field.name) emptied" : field.name
    }
    return names.reduce(into: [String]()) { unique, name in
      if !unique.contains(name) { unique.append(name) }
    }.joined(separator: ", ")
  }
}

extension Dot {
  /// As people name a version.
  var short: String { "\(device.description.prefix(8)):\(sequence)" }
}

extension Reader {
  /// A record by its name, or by its whole id when it was deleted.
  func resolveWithHistory(_ text: String) throws -> Match {
    if let id = RecordID(text), let match = try match(id) { return match }
    return try resolveAny(text)
  }

  /// A record as it was.
  func card(_ version: RecordVersion, _ match: Match) throws -> Card {
    var body: String?
    var fields: [(label: String, key: String, value: JSON)] = [
      ("", "id", .string(match.id.description)), ("", "kind", .string(match.kind.name)),
      ("version", "version", .string(version.entry.dot.short)),
      ("written by", "member", .string(version.entry.member)),
      ("at", "time", .string(Moment.text(version.entry.stamp))),
    ]
    for (id, value) in version.values.sorted(by: { $0.key < $1.key }) {
      guard let field = Field.find(match.kind, id.number), let value else { continue }
      if field.canBeCoded, case .text(let text) = value {
        body = text
      } else {
        fields.append((field.name, field.name, try json(value)))
      }
    }
    return Card(title: match.name, fields: fields, body: body)
  }

  /// A value as it is told.
  func json(_ value: Value) throws -> JSON {
    switch value {
    case .text(let text): .string(text)
    case .list(let entries): .array(entries.map { .string($0) })
    case .date(let date): .string(date.description)
    case .consent(let consent): .string("\(consent.form); \(consent.level.rawValue)")
    case .location(let location): .string("\(location.latitude), \(location.longitude)")
    case .reference(let id): try named(id)
    case .membership(let id, let isMember):
      .string((isMember ? "" : "not ") + (try named(id)).cell)
    case .target(let target): try named(target.record)
    case .anchor(let anchor): .string(anchor.quote)
    case .attribute(let attribute): .string("\(attribute.name) = \(attribute.value ?? "")")
    case .attributeDefinition(let definition): .string(definition.name)
    case .period(let period): .string(period.name)
    case .member(let member): .string(member.name)
    }
  }

  private func named(_ reference: Reference) throws -> JSON {
    let id = RecordID(rawValue: reference)
    return .string(try match(id)?.name ?? id.short)
  }
}
