import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// Coded themes as a tidy table (Wickham, "Tidy Data", 2014): one row for each coding, with all that is
/// known of the interview it lies on.
///
/// Texts are read one at a time, and only those in which a coding has to be looked for.
struct CodingRows {
  private let reader: Reader
  private let facts: StudyFacts
  private let part: StudyPart

  init(_ reader: Reader, _ facts: StudyFacts, of part: StudyPart) {
    self.reader = reader
    self.facts = facts
    self.part = part
  }

  var columns: [TableColumn] {
    [
      TableColumn("coding", width: 10), TableColumn("interview"), TableColumn("title", width: 24),
      TableColumn("kind"), TableColumn("date", width: 11),
    ] + StudyFacts.placeColumns + StudyFacts.peopleColumns + [
      TableColumn("theme", width: 30), TableColumn("coder"),
      TableColumn("quote", width: 60, isProse: true), TableColumn("start", width: 8),
      TableColumn("end", width: 8), TableColumn("status", width: 9),
      TableColumn("memo", width: 40, isProse: true), TableColumn("periods", width: 20),
    ] + facts.interviewAttributes.columns + facts.participantAttributes.columns
      + facts.placeAttributes.columns
  }

  /// By label and then by place in the text.
  func forEach(_ body: ([TableCell]) throws -> Void) throws {
    let byTarget = try reader.codingsByTarget { part.contains($0.id) }
    let toPlace = try reader.targetsToPlace()
    let subjects = try reader.noteSubjects()
    var interviews = [RecordID: InterviewFacts]()
    try reader.forEach(InterviewFacts.self) { interviews[$0.id] = $0 }
    let targets = byTarget.keys.map { target in
      (label: interviews[target]?.name ?? "", id: target)
    }.sorted { ($0.label, $0.id) < ($1.label, $1.id) }
    for (_, target) in targets {
      let placed = try reader.placed(
        byTarget[target, default: []], on: target, amongThoseToPlace: toPlace)
      let source = try source(target, subjects, interviews)
      for coding in placed.inOrderOfText { try body(row(coding, source)) }
    }
  }

  /// The cells that all codings of a text share.
  private struct Source {
    var before: [TableCell]
    var after: [TableCell]
  }

  /// An interview's own facts; for a note, those of the interview it is about.
  private func source(
    _ target: RecordID, _ subjects: [RecordID: RecordID],
    _ interviews: [RecordID: InterviewFacts]
  ) throws -> Source {
    let note = interviews[target] == nil ? try reader.fetch(Note.self, target) : nil
    let id = subjects[target] ?? target
    let interview = interviews[id]
    let date = note?.at ?? interview?.date
    let people = facts.people(id)
    let place = interview?.place
    let before: [TableCell] =
      [
        .init(interview?.label), .init(interview?.title),
        .init(note == nil ? interview?.kind?.rawValue : Kind.note.name), .init(date),
      ] + facts.placeCells(place) + facts.peopleCells(people)
    return Source(
      before: before,
      after: [.joined(facts.periodNames(date))] + facts.interviewAttributes.cells([id])
        + facts.participantAttributes.cells(people.map(\.id))
        + facts.placeAttributes.cells(place.map { [$0] } ?? []))
  }

  private func row(_ placed: PlacedCoding, _ source: Source) -> [TableCell] {
    let coding = placed.coding
    let theme = coding.theme.map { facts.merged[$0] ?? $0 }
    return [.text(coding.id.description)] + source.before + [
      .init(theme.map(facts.themes.path)), .init(coding.coder), .text(placed.quote),
      placed.span.map { .integer($0.lowerBound) } ?? .empty,
      placed.span.map { .integer($0.upperBound) } ?? .empty, .text(placed.status.rawValue),
      .init(coding.memo),
    ] + source.after
  }
}
