import CuadernoModel
package import CuadernoNotebook
import CuadernoSync

/// Takes in a project that Taguette exported as SQLite: its documents, its tags, and its highlights.
///
/// Positions of highlights count bytes of UTF-8 over the text of the HTML, without its tags (its
/// extract.py). A project is taken in whole or not at all, in its caller's one transaction.
///
/// Taguette numbers everything anew when it exports, so ids here are made of what stays: when a
/// document was brought into Taguette and of which file, and the place of a highlight in it.
package struct TaguetteImport {
  private let project: TaguetteProject
  private let coder: String?
  private let coders: [Int64: String]
  private var report = IntakeReport()
  private var tags = TaguetteTags(keepsEdits: true)
  private var themes: [Int64: RecordID] = [:]
  private var names: [Int64: String] = [:]
  private var codings = CodingWriting(keepsEdits: true)
  private var labels = UniqueNames()
  private var ids: RepeatedIDs

  /// Whoever uses Taguette alone is called so there, and everybody in an exported project.
  private static let nobody = "admin"

  /// - Parameters:
  ///   - number: of the project, where the database holds several.
  ///   - coder: who made the highlights of which the project does not say it.
  /// - Throws: ``ExchangeError`` with the table and row of what was refused.
  package static func read(
    _ path: String, project number: Int64? = nil, coder: String? = nil, into writer: inout Writer
  ) throws -> IntakeReport {
    var reading = try TaguetteImport(TaguetteProject(path, project: number), coder)
    try reading.read(into: &writer)
    if let kept = reading.codings.kept { reading.report.add(kept) }
    return reading.report
  }

  private init(_ project: TaguetteProject, _ coder: String?) throws {
    self.project = project
    self.coder = coder
    ids = RepeatedIDs(["taguette", project.project.created])
    coders = try project.coders()
  }

  private mutating func read(into writer: inout Writer) throws {
    try study(&writer)
    for tag in try project.tags() {
      let place = ExchangeError.Place.row(table: "tags", id: tag.id)
      themes[tag.id] = try tags.enter(
        tag.path, tag.description, at: place, &report, into: &writer)
      names[tag.id] = tag.path
    }
    let project = project
    try project.forEachDocument { try document($0, &writer) }
    report.count(.danglingHighlights, try project.danglingHighlights())
  }

  /// The study that is here keeps its title; a project brings its own only where there is none.
  private mutating func study(_ writer: inout Writer) throws {
    let header = try writer.reader.studyHeader()
    let place = ExchangeError.Place.row(table: "projects", id: project.project.id)
    var edits = [FieldEdit]()
    if header.title == nil, let name = report.line(project.project.name, at: place) {
      edits.append(FieldEdit(.Study.title, name))
    }
    if header.description == nil, !project.project.description.isEmpty {
      edits.append(
        FieldEdit(
          .Study.description, report.kept(project.project.description, at: place).kept))
    }
    guard !edits.isEmpty else { return }
    let record = writer.reader.studyRecord
    report.tally.count(
      .study, try ExchangeError.at(place) { try writer.enter(record, .study, edits) })
  }

  // MARK: - Documents

  private mutating func document(
    _ document: TaguetteProject.Document, _ writer: inout Writer
  ) throws {
    let place = ExchangeError.Place.row(table: "documents", id: document.id)
    let id = ids.id(["document", document.created, document.fileName])
    let markup = MarkupText(document.contents)
    let incoming = report.kept(markup.text, at: place)
    var edits = [FieldEdit(.Interview.text, incoming.kept)]
    edits.append(
      FieldEdit(
        .Interview.label, labels.name(report.line(document.name, at: place) ?? "document")))
    if let name = report.line(document.fileName, at: place) {
      edits.append(FieldEdit(.Interview.source, name))
    }
    if !document.description.isEmpty {
      edits.append(FieldEdit(.Interview.summary, report.kept(document.description, at: place).kept))
    }
    if try writer.reader.state(of: id) == nil {
      edits.append(FieldEdit(.Interview.kind, InterviewKind.interview.rawValue))
    }
    let outcome = try ExchangeError.at(place) {
      try codings.enter(id, .interview, edits, text: incoming.kept, &writer)
    }
    report.tally.count(.interview, outcome)
    for highlight in try project.highlights(of: document.id) {
      try self.highlight(highlight, on: id, markup, incoming, &writer)
    }
  }

  // MARK: - Highlights

  private mutating func highlight(
    _ highlight: TaguetteProject.Highlight, on record: RecordID, _ markup: MarkupText,
    _ incoming: IncomingText, _ writer: inout Writer
  ) throws {
    let place = ExchangeError.Place.row(table: "highlights", id: highlight.id)
    let span = span(of: highlight, markup, incoming, at: place)
    let known = highlight.tags.filter { themes[$0] != nil }
    report.count(.danglingTags, highlight.tags.count - known.count, at: place)
    let coder = report.line(coder(of: highlight.id), at: place)
    let words = MarkupText(highlight.snippet).text
    if let span {
      for tag in known {
        guard let theme = themes[tag] else { continue }
        let id = ids.id([
          "coding", record.guid, String(highlight.start), String(highlight.end),
          names[tag] ?? "",
        ])
        let outcome = try ExchangeError.at(place) {
          try codings.write(
            id, on: record, span, theme: theme, coder: coder, memo: nil, &writer)
        }
        report.tally.count(.coding, outcome)
      }
      guard known.isEmpty else { return }
      report.count(.untaggedHighlights, at: place)
    } else {
      report.count(.unplacedHighlights, at: place)
    }
    let tagged = known.compactMap { names[$0] }.joined(separator: "; ")
    let quote = span.flatMap { codings.quote($0, of: record) } ?? words
    try keep(
      (tagged.isEmpty ? "" : tagged + ": ") + "«\(quote)»", of: highlight, about: record,
      at: place, &writer)
  }

  private func coder(of highlight: Int64) -> String? {
    guard let login = coders[highlight], login != Self.nobody else {
      return coder ?? coders[highlight]
    }
    return login
  }

  /// Where a highlight lies in the text as it is kept; nil when it does not.
  private mutating func span(
    of highlight: TaguetteProject.Highlight, _ markup: MarkupText, _ incoming: IncomingText,
    at place: ExchangeError.Place
  ) -> Range<Int>? {
    guard let start = Int(exactly: highlight.start), let end = Int(exactly: highlight.end),
      case .found(let found, let isMoved) = markup.placing(ofBytes: start, end),
      let kept = incoming.kept([found]).first, !kept.range.isEmpty
    else { return nil }
    let isWhole = !isMoved && !kept.isMoved
    let words = Self.letters(MarkupText(highlight.snippet).text)
    if isWhole, !words.isEmpty, Self.letters(incoming.words(found)) != words { return nil }
    if !isWhole { report.count(.movedEnds, at: place) }
    return kept.range
  }

  /// Without white space, which is another at the ends of a snippet's HTML.
  private static func letters(_ text: String) -> [Unicode.Scalar] {
    text.unicodeScalars.filter { $0.properties.isAlphabetic }
  }

  private mutating func keep(
    _ text: String, of highlight: TaguetteProject.Highlight, about record: RecordID,
    at place: ExchangeError.Place, _ writer: inout Writer
  ) throws {
    let id = ids.id([
      "note", record.guid, String(highlight.start), String(highlight.end),
    ])
    let kept = report.kept(text, at: place).kept
    let outcome = try ExchangeError.at(place) {
      try writer.enter(
        id, .note,
        [
          FieldEdit(.Note.about, value: .reference(record.rawValue)), FieldEdit(.Note.text, kept),
        ], keeping: &report)
    }
    report.tally.count(.note, outcome)
  }
}
