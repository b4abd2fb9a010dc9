import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// Interviews, participants, places and themes as tidy tables: a row for each.
struct RecordTables {
  private let reader: Reader
  private let facts: StudyFacts
  private let part: StudyPart
  private var codingsOf: [RecordID: Int] = [:]
  private var codingsWith: [RecordID: Int] = [:]

  init(_ reader: Reader, _ facts: StudyFacts, of part: StudyPart) throws {
    self.reader = reader
    self.facts = facts
    self.part = part
    try reader.forEach(Coding.self) { coding in
      guard part.contains(coding.id) else { return }
      if let target = coding.target { codingsOf[target, default: 0] += 1 }
      if let theme = coding.theme { codingsWith[facts.merged[theme] ?? theme, default: 0] += 1 }
    }
  }

  // MARK: - Interviews

  var interviewColumns: [TableColumn] {
    [
      TableColumn("interview"), TableColumn("title", width: 30), TableColumn("kind"),
      TableColumn("date", width: 11),
    ] + StudyFacts.placeColumns + StudyFacts.peopleColumns + [
      TableColumn("interviewers", width: 16), TableColumn("languages", width: 10),
      TableColumn("consent"), TableColumn("consentForm", width: 12),
      TableColumn("consentDate", width: 12), TableColumn("embargo", width: 11),
      TableColumn("periods", width: 20), TableColumn("codings", width: 9),
      TableColumn("summary", width: 50, isProse: true), TableColumn("source", width: 30),
    ] + facts.interviewAttributes.columns + facts.participantAttributes.columns
      + facts.placeAttributes.columns + [TableColumn("id", width: 10)]
  }

  /// By label.
  func forEachInterview(
    _ body: (InterviewFacts, _ row: [TableCell]) throws -> Void
  ) throws {
    var interviews = [InterviewFacts]()
    try reader.forEach(InterviewFacts.self) { if part.contains($0.id) { interviews.append($0) } }
    interviews.sort { ($0.name, $0.id) < ($1.name, $1.id) }
    for interview in interviews { try body(interview, row(interview)) }
  }

  private func row(_ interview: InterviewFacts) -> [TableCell] {
    let people = facts.people(interview.id)
    let consent = interview.consent
    let before: [TableCell] =
      [
        .init(interview.label), .init(interview.title), .init(interview.kind?.rawValue),
        .init(interview.date),
      ] + facts.placeCells(interview.place) + facts.peopleCells(people)
    let own: [TableCell] = [
      .joined(interview.interviewers), .joined(interview.languages),
      .init(consent?.level.rawValue), .init(consent?.form), .init(consent?.date),
      .init(consent?.embargo), .joined(facts.periodNames(interview.date)),
      .integer(codingsOf[interview.id, default: 0]), .init(interview.summary),
      .init(interview.source),
    ]
    return before + own + facts.interviewAttributes.cells([interview.id])
      + facts.participantAttributes.cells(people.map(\.id))
      + facts.placeAttributes.cells(interview.place.map { [$0] } ?? [])
      + [.text(interview.id.description)]
  }

  // MARK: - Participants

  var participantColumns: [TableColumn] {
    [
      TableColumn("participant", width: 20), TableColumn("role", width: 20),
      TableColumn("interviewCount", width: 10),
    ] + facts.participantAttributes.columns + [TableColumn("id", width: 10)]
  }

  func forEachParticipant(_ body: ([TableCell]) throws -> Void) throws {
    var interviews = [RecordID: Int]()
    for (interview, people) in facts.participantsOf where part.contains(interview) {
      for person in people { interviews[person, default: 0] += 1 }
    }
    let people = facts.participants.values.filter { part.contains($0.id) }
      .sorted { ($0.pseudonym ?? "", $0.id) < ($1.pseudonym ?? "", $1.id) }
    for person in people {
      try body(
        [.init(person.pseudonym), .init(person.role), .integer(interviews[person.id, default: 0])]
          + facts.participantAttributes.cells([person.id]) + [.text(person.id.description)])
    }
  }

  // MARK: - Places

  var placeColumns: [TableColumn] {
    [
      TableColumn("place", width: 40), TableColumn("name", width: 20), TableColumn("kind"),
      TableColumn("otherNames", width: 20), TableColumn("within", width: 20),
      TableColumn("code", width: 10), TableColumn("latitude", width: 11),
      TableColumn("longitude", width: 11), TableColumn("accuracy", width: 9),
      TableColumn("interviewCount", width: 10),
    ] + facts.placeAttributes.columns + [TableColumn("id", width: 10)]
  }

  func forEachPlace(_ body: ([TableCell]) throws -> Void) throws {
    var interviews = [RecordID: Int]()
    try reader.forEach(InterviewFacts.self) { interview in
      if part.contains(interview.id), let place = interview.place {
        interviews[place, default: 0] += 1
      }
    }
    let within = try reader.references(.Place.within)
    let places = facts.places.values.filter { part.contains($0.id) }
      .map { (path: facts.placePaths.path(to: $0.id), place: $0) }
      .sorted { ($0.path, $0.place.id) < ($1.path, $1.place.id) }
    for (path, place) in places {
      let cells: [TableCell] = [
        .text(path), .init(place.name), .init(place.kind?.rawValue), .joined(place.otherNames),
        .joined(
          (within[place.id] ?? []).filter { facts.places[$0] != nil }.map(facts.placePaths.path)),
        .init(place.code), .init(place.location?.latitude), .init(place.location?.longitude),
        .init(place.location?.accuracy), .integer(interviews[place.id, default: 0]),
      ]
      try body(cells + facts.placeAttributes.cells([place.id]) + [.text(place.id.description)])
    }
  }

  // MARK: - The code book

  let themeColumns = [
    TableColumn("theme", width: 40), TableColumn("level", width: 8), TableColumn("name", width: 24),
    TableColumn("definition", width: 60, isProse: true), TableColumn("colour", width: 9),
    TableColumn("codings", width: 9), TableColumn("codingsBelow", width: 12),
    TableColumn("id", width: 10),
  ]

  /// Those above before those below, without the ones that were merged.
  func forEachTheme(_ body: ([TableCell]) throws -> Void) throws {
    var below = [RecordID: Int]()
    for (theme, count) in codingsWith {
      for step in facts.themes.tree.path(to: theme.rawValue) {
        below[RecordID(rawValue: step), default: 0] += count
      }
    }
    let themes = try reader.fetchAll(Theme.self).filter { facts.merged[$0.id] == nil }
      .map { (steps: facts.themes.steps(to: $0.id), theme: $0) }
      .sorted { left, right in
        left.steps != right.steps
          ? left.steps.lexicographicallyPrecedes(right.steps) : left.theme.id < right.theme.id
      }
    for (steps, theme) in themes {
      try body([
        .text(steps.joined(separator: pathSeparator)), .integer(steps.count), .init(theme.name),
        .init(theme.definition), .init(theme.colour),
        .integer(codingsWith[theme.id, default: 0]), .integer(below[theme.id, default: 0]),
        .text(theme.id.description),
      ])
    }
  }
}
