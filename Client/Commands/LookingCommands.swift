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
      the same on every device. What the change's author saw is shown.
      Examples:
        cuaderno show TOC-017
        cuaderno show TOC-017@2
        cuaderno show TOC-017@3f2a81c0:17
      `cuaderno diff` shows what differs between two versions, `cuaderno revert` brings one back.
      """)

  @Argument(help: "Label, name, pseudonym, path or id; `study` for the study.")
  var record: String

  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.read { reader in
      let (match, dot) = try reader.resolveVersion(record)
      guard let dot else {
        options.show(.card(try reader.card(match.id, match.kind)))
        return
      }
      guard let version = try reader.version(of: match.id, at: dot) else {
        throw NotebookError.unknownRecord
      }
      options.show(.card(try reader.card(version, match)))
    }
  }
}
