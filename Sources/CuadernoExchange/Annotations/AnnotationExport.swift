import CuadernoModel
package import CuadernoNotebook
package import CuadernoSync
import CuadernoText

/// Writes codings as annotations of the W3C Web Annotation Data Model (Recommendation of 23 February
/// 2017), in JSON-LD: a collection with one page that holds one annotation for each coding.
///
/// The page is written text by text: the codings are in memory, and one text at a time. What is written depends on the study alone: an annotation, a theme and a text have the ids of
/// their records.
package struct AnnotationExport {
  let reader: Reader
  /// What is to be written and is not yet, by what it lies on.
  private var codings: [RecordID: [Coding]]
  let study: [UInt8]
  let merged: [RecordID: RecordID]
  let themes: [RecordID: Theme]
  let tree: Tree
  private var consents: ConsentCounter
  private var coders: [String: RecordID] = [:]
  var report = AnnotationExportReport()
  var json = AnnotationBytes()
  private let sink: Sink
  private static let pieceBytes = 1 << 16
  /// The texts that annotations lie on, to be described at the end.
  var sources: [Source] = []

  struct Source {
    var id: RecordID
    var name: String
    var languages: [String]
    var consent: Consent?
    /// Whose consent it is: of a note, that of what it is about in the end; nil where that is none.
    var interview: RecordID?
    /// Which nobody was asked for.
    var isDocument: Bool
  }

  /// - Parameters:
  ///   - selected: the codings to write; nil for all.
  ///   - milliseconds: since 1970, the time by which embargoes are counted.
  package static func write(
    _ reader: Reader, only selected: Set<RecordID>? = nil, milliseconds: Int64,
    to sink: @escaping Sink
  ) throws -> AnnotationExportReport {
    var export = try AnnotationExport(reader, selected, milliseconds, sink)
    try export.begin()
    try export.annotations()
    try export.end()
    let asking = export.consents.counts
    for (line, count) in [
      (AnnotationExportReport.Line.withdrawn, asking.withdrawn), (.contested, asking.contested),
      (.paraphrased, asking.paraphrased), (.archived, asking.archived),
      (.unasked, asking.unasked), (.embargoed, asking.embargoed),
    ] { export.report.count(line, count) }
    return export.report
  }

  private init(
    _ reader: Reader, _ selected: Set<RecordID>?, _ milliseconds: Int64, _ sink: @escaping Sink
  ) throws {
    self.reader = reader
    codings = try reader.codingsByTarget { selected?.contains($0.id) ?? true }
    study = reader.identity.study.bytes
    merged = try reader.mergedThemes()
    let merged = merged
    themes = Dictionary(
      try reader.fetchAll(Theme.self).filter { merged[$0.id] == nil }.map { ($0.id, $0) },
      uniquingKeysWith: { first, _ in first })
    tree = try reader.themeTree().tree
    consents = try ConsentCounter(reader, milliseconds: milliseconds)
    self.sink = sink
  }

  /// Hands on what was written, once it is a piece.
  mutating func flush(isLast: Bool = false) throws {
    guard isLast || json.bytes.count >= Self.pieceBytes else { return }
    try sink(json.bytes)
    json.removeAll()
  }

  // MARK: - Annotations

  /// Interviews by name, then notes: the order in which a person would look for them.
  private mutating func annotations() throws {
    var targets = [Source]()
    try reader.forEach(InterviewFacts.self) { interview in
      targets.append(
        Source(
          id: interview.id, name: interview.name, languages: interview.languages,
          consent: interview.consent, interview: interview.id,
          isDocument: interview.kind == .document))
    }
    targets.sort { ($0.name, $0.id) < ($1.name, $1.id) }
    let byID = Dictionary(
      targets.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let subjects = try reader.noteSubjects()
    // A note on a note shows words of the interview as much as the first one does.
    for note in try reader.ids(of: .note) {
      let about = subjects[note].flatMap { byID[$0] }
      targets.append(
        Source(
          id: note, name: about?.name ?? "", languages: about?.languages ?? [],
          consent: about?.consent, interview: about?.id, isDocument: false))
    }
    for target in targets { try annotations(on: target) }
  }

  private struct Annotated {
    var coding: Coding
    var theme: RecordID
    var span: Range<Int>
  }

  private mutating func annotations(on source: Source) throws {
    guard let codings = codings.removeValue(forKey: source.id) else { return }
    let coded = try reader.codedText(of: source.id)
    let text = ScalarText(coded?.text ?? "")
    var found = [Annotated]()
    var others = [Coding]()
    for coding in codings {
      if let anchor = coding.anchor, let version = coded?.version,
        anchor.textVersion == version, QuotedSpan(anchor).isBorneOut(by: text)
      {
        add(coding, anchor.start..<anchor.end, to: &found)
      } else {
        others.append(coding)
      }
    }
    for placed in try others.isEmpty ? [] : reader.placed(others, on: source.id) {
      guard let span = placed.span, !placed.needsReview else {
        report.count(.unplaced)
        continue
      }
      guard let words = text.substring(span), words.utf8.elementsEqual(placed.quote.utf8) else {
        throw AnnotationFault.quoteDiffers
      }
      if placed.status == .changed { report.count(.changed) }
      add(placed.coding, span, to: &found)
    }
    guard !found.isEmpty else { return }
    found.sort {
      ($0.span.lowerBound, $0.span.upperBound, $0.coding.id)
        < ($1.span.lowerBound, $1.span.upperBound, $1.coding.id)
    }
    count(source)
    let times = try reader.times(ofCodingsOn: source.id)
    for annotated in found {
      try write(annotated, source, text, times[annotated.coding.id])
      try flush()
    }
  }

  private mutating func add(
    _ coding: Coding, _ span: Range<Int>, to found: inout [Annotated]
  ) {
    guard let theme = coding.theme.map({ merged[$0] ?? $0 }), themes[theme] != nil else {
      report.count(.withoutTheme)
      return
    }
    found.append(Annotated(coding: coding, theme: theme, span: span))
  }

  private mutating func count(_ source: Source) {
    sources.append(source)
    report.count(.texts)
    consents.add(source.consent, of: source.interview, isDocument: source.isDocument)
  }

  private mutating func write(
    _ annotated: Annotated, _ source: Source, _ text: ScalarText, _ times: CodingTimes?
  ) throws {
    guard let quoted = QuotedSpan(annotated.span, of: text), quoted.isBorneOut(by: text) else {
      throw AnnotationFault.quoteDiffers
    }
    let coding = annotated.coding
    json.open("{")
    json.member("id", coding.id)
    json.member("type", "Annotation")
    json.member("motivation", "tagging")
    if let coder = coding.coder { creator(coder) }
    if let times {
      json.member("created", time(times.made))
      if times.changed > times.made { json.member("modified", time(times.changed)) }
    }
    body(annotated.theme, coding.memo)
    target(source.id, quoted)
    json.close("}")
    json.lineEnd()
    report.count(.annotations)
  }

  private mutating func creator(_ name: String) {
    let id = coders[name] ?? RecordID(madeOf: ["user", name], study)
    coders[name] = id
    json.key("creator")
    json.open("{")
    json.member("id", id)
    json.member("type", "Person")
    json.member("name", name)
    json.close("}")
  }

  private mutating func body(_ theme: RecordID, _ memo: String?) {
    json.key("body")
    json.open("[")
    json.open("{")
    json.member("type", "TextualBody")
    json.member("purpose", "tagging")
    json.member("value", themes[theme]?.name ?? "")
    json.close("}")
    json.open("{")
    json.member("type", "SpecificResource")
    json.member("purpose", "classifying")
    json.member("source", theme)
    json.close("}")
    if let memo, !memo.isEmpty {
      json.open("{")
      json.member("type", "TextualBody")
      json.member("purpose", "commenting")
      json.member("format", "text/plain")
      json.member("value", memo)
      json.close("}")
    }
    json.close("]")
  }

  /// Two selectors of the same words (section 4): the position counts code points from 0 and its end is
  /// exclusive (section 4.2.5); the quote finds the words where the text has changed since.
  private mutating func target(_ source: RecordID, _ quoted: QuotedSpan) {
    json.key("target")
    json.open("{")
    json.member("source", source)
    json.key("selector")
    json.open("[")
    json.open("{")
    json.member("type", "TextPositionSelector")
    json.member("start", quoted.start)
    json.member("end", quoted.end)
    json.close("}")
    json.open("{")
    json.member("type", "TextQuoteSelector")
    json.member("exact", quoted.quote)
    json.member("prefix", quoted.prefix)
    json.member("suffix", quoted.suffix)
    json.close("}")
    json.close("]")
    json.close("}")
  }

  private func time(_ stamp: Stamp) -> String {
    Moment(milliseconds: stamp.milliseconds).description
  }
}

/// Why annotations were not written.
package enum AnnotationFault: Error, Hashable, Sendable {
  case quoteDiffers
}

extension AnnotationFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .quoteDiffers:
      "an annotation would not hold the words that were coded; nothing was written. This is a fault "
        + "of Cuaderno: please report it"
    }
  }
}
