import ArgumentParser
import CuadernoModel
import CuadernoNotebook
import CuadernoSync

struct NewsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "news",
    abstract: "Tell what others wrote since you last looked.",
    discussion: """
      Everything that came from other notebooks, your own others among them, and was not marked as \
      seen, by record: conflicts first, then what changed, then what is new. It stays in the news, \
      however often you look, until you mark it:
        cuaderno news
        cuaderno news --seen
      `--seen` marks what it has just shown and nothing that comes later. The mark is yours and stays \
      in this notebook. `cuaderno diff RECORD` shows a change itself. Exit status 2 when there is a \
      conflict in the news.
      """)

  @Flag(name: .long, help: "Mark what is shown as seen.")
  var seen = false

  @OptionGroup var options: NotebookOptions

  func run() throws {
    let notebook = try options.open(for: seen ? .writing : .reading)
    let news = try notebook.read { reader in
      let news = try reader.news()
      let hasErased = news.items.contains(where: \.wasErased)
      let text = NewsText(news, reader, hasErased ? try ErasedWords(notebook) : ErasedWords())
      options.show(.lines(try text.lines, text.json(seen: seen)))
      return news
    }
    // Only after all of it was printed: a listing that was cut off has not been seen.
    if seen { try notebook.markSeen(news.frontier) }
    try notebook.close()
    if !options.json, !news.items.isEmpty {
      tell(seen ? "Marked as seen." : "Mark it as seen with `cuaderno news --seen`.")
    }
    if news.items.contains(where: { !$0.conflicts.isEmpty }) { throw ExitCode(2) }
  }
}

/// The news as lines for people, and for programs.
struct NewsText {
  private let news: News
  private let reader: Reader
  private let left: ErasedWords

  init(_ news: News, _ reader: Reader, _ left: ErasedWords) {
    self.news = news
    self.reader = reader
    self.left = left
  }

  var lines: [String] {
    get throws {
      guard !news.items.isEmpty else { return ["No news."] }
      let sections: [(title: String, items: [News.Item])] = [
        ("conflicts", news.items.filter { !$0.conflicts.isEmpty }),
        ("changed", news.items.filter { $0.conflicts.isEmpty && !$0.isNew && $0.isAlive }),
        ("erased for good", news.items.filter { $0.conflicts.isEmpty && $0.wasErased }),
        (
          "deleted",
          news.items.filter { $0.conflicts.isEmpty && !$0.isAlive && !$0.wasErased }
        ),
        ("new", news.items.filter { $0.conflicts.isEmpty && $0.isNew && $0.isAlive }),
      ]
      var lines = [String]()
      for section in sections where !section.items.isEmpty {
        lines.append(section.title)
        lines += try self.lines(section.items)
      }
      if news.items.contains(where: \.wasErased) {
        lines += ["  " + ErasedWords.elsewhere] + left.lines.map { "  \($0)" }
      }
      let total = "\(counted(news.changes, "change")) to \(counted(news.items.count, "record"))"
      return lines + ["\(total) since you last looked."]
    }
  }

  /// New codings and notes are counted by what they lie on and who made them.
  private func lines(_ items: [News.Item]) throws -> [String] {
    var lines = [String]()
    var counts = [String: (count: Int, line: Int)]()
    for item in items {
      guard let kind = item.kind, kind == .coding || kind == .note, item.isNew, item.isAlive,
        item.conflicts.isEmpty
      else {
        lines.append("  " + (try line(item)))
        continue
      }
      let subject = try item.subject.flatMap { try reader.match($0) }
      let place = subject.map { " on \(reader.called($0.id, $0.kind, $0.name))" } ?? ""
      let end = "\(place)  \(Self.who(item))"
      let known = counts[kind.name + end] ?? (0, lines.count)
      if known.count == 0 { lines.append("") }
      counts[kind.name + end] = (known.count + 1, known.line)
      lines[known.line] = "  \(counted(known.count + 1, kind.name))\(end)"
    }
    return lines
  }

  private func line(_ item: News.Item) throws -> String {
    if item.kind == .study, item.authors.allSatisfy({ $0.fields == [.Study.members] }) {
      return "joined the study  \(Self.who(item))"
    }
    let subject = try item.subject.flatMap { try reader.match($0) }
    let place = subject.map { " on \(Terminal.harmless($0.name))" } ?? ""
    var line = "\(reader.called(item.record, item.kind, item.name))\(place)"
    if item.wasDeleted, item.isAlive { line += ", kept though it was deleted" }
    if !item.conflicts.isEmpty {
      line += ", in conflict: \(item.conflicts.map(\.name).uniqued.joined(separator: ", "))"
    }
    let authors = item.authors.map { author -> String in
      var words = author.fields.map(\.name)
      if author.hasNewerFields { words.append("a field of a newer version") }
      if author.isDelete { words.append("deleted") }
      let what =
        words.isEmpty || item.isNew && item.isAlive ? "" : ": \(words.joined(separator: ", "))"
      return "\(Self.name(author))\(what)"
    }
    return "\(line)  \(authors.joined(separator: "; "))"
  }

  private static func who(_ item: News.Item) -> String {
    item.authors.map(name).uniqued.joined(separator: ", ")
  }

  private static func name(_ author: News.Author) -> String {
    Terminal.harmless(author.member ?? "unknown")
  }

  // MARK: - For programs

  func json(seen: Bool) -> JSON {
    .object([
      ("changes", .integer(news.changes)), ("markedAsSeen", .boolean(seen)),
      ("filesBesides", left.json), ("isCleaned", .boolean(!left.isUnclean)),
      ("records", .array(news.items.map(json))),
    ])
  }

  private func json(_ item: News.Item) -> JSON {
    .object([
      ("record", .string(item.record.description)), ("kind", .string(item.kind?.name)),
      ("name", .string(item.name)), ("subject", .string(item.subject?.description)),
      ("new", .boolean(item.isNew)), ("alive", .boolean(item.isAlive)),
      ("deleted", .boolean(item.wasDeleted)), ("erased", .boolean(item.wasErased)),
      ("conflicts", .array(item.conflicts.map { .string($0.name) })),
      (
        "by",
        .array(
          item.authors.map { author in
            .object([
              ("member", .string(author.member)), ("device", .string(author.device.description)),
              ("changes", .integer(author.changes)),
              ("fields", .array(author.fields.map { .string($0.name) })),
              ("newerFields", .boolean(author.hasNewerFields)),
              ("deleted", .boolean(author.isDelete)), ("time", .string(Moment.text(author.last))),
            ])
          })
      ),
    ])
  }
}
