import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// What a file says of an interview: what is not set is not said, and left as it is. Places and
/// participants are still names.
struct InterviewEntry {
  var label: String?
  var title: String?
  var kind: InterviewKind?
  var date: PartialDate?
  var placePath: String?
  var location: Location?
  var participants: [String] = []
  var interviewers: [String] = []
  var languages: [String] = []
  var consent: Consent?
  var source: String?
  var summary: String?
  var attributes: [Attribute] = []
  var text: String?

  /// Where it stands, and each of its fields.
  var place: ExchangeError.Place
  var places: [String: ExchangeError.Place] = [:]

  init(at place: ExchangeError.Place) {
    self.place = place
  }

  init(_ draft: InterviewDraft) {
    place = .file
    label = draft.label
    title = draft.title
    kind = draft.kind
    date = draft.date
    placePath = draft.placePath
    participants = draft.participants
    interviewers = draft.interviewers
    languages = draft.languages
    consent = draft.consent
    source = draft.source
    summary = draft.summary
    attributes = draft.attributes
    text = draft.text
    places = draft.lines.mapValues(ExchangeError.Place.line)
  }

  func place(of field: String) -> ExchangeError.Place { places[field] ?? place }

  // MARK: - From cells

  /// Takes a cell for one of the fields of ``ColumnMapping``, but for a location.
  mutating func take(
    _ field: String, _ value: String, heading: String?, at place: ExchangeError.Place,
    _ mapping: ColumnMapping
  ) throws {
    places[field] = place
    let line = value.trimmed
    if field == "text" {
      let section = heading.map { $0 + "\n" + value } ?? value
      text = text.map { $0 + "\n\n" + section } ?? section
      return
    }
    guard !line.isEmpty else { return }
    try ExchangeError.at(place) {
      switch field {
      case "label": label = line
      case "title": title = line
      case "summary": summary = value
      case "source": source = line
      case "kind": kind = try InterviewDraft.kind(line)
      case "date": date = try mapping.date(line, at: place)
      case "place": placePath = line
      case "participants": participants = line.listEntries
      case "interviewers": interviewers = line.listEntries
      case "languages": languages = line.listEntries
      case "consent":
        guard let consent = try InterviewDraft.consent(line) else {
          throw ExchangeError(place, .frontMatter(.consent))
        }
        self.consent = consent
      default: preconditionFailure("a mapping has no other fields")
      }
    }
  }

  // MARK: - Into the notebook

  /// - Parameters:
  ///   - record: nil for the one that has this label.
  ///   - makesNames: whether places and participants that are not there are made.
  func write(
    _ record: RecordID?, makesNames: Bool = false, _ report: inout IntakeReport,
    into writer: inout Writer
  ) throws -> (record: RecordID, outcome: ImportTally.Outcome) {
    let found = try existing(record, writer.reader)
    var edits = plainEdits(isNew: found == nil)
    // As `interview add` has it.
    if found == nil, kind == nil {
      edits.append(FieldEdit(.Interview.kind, InterviewKind.interview.rawValue))
    }
    var attributes = attributes
    let names = NameMaking(isMaking: makesNames)
    if let path = placePath {
      let place = try names.place(path, at: place(of: "place"), &report, &writer)
      edits.append(FieldEdit(.Interview.place, value: .reference(place.rawValue)))
      if let location {
        try locate(place, location, &attributes, &report, &writer)
      }
    } else if let location {
      attributes.append(Attribute(name: PointText.attribute, value: PointText.text(location)))
    }
    for pseudonym in participants {
      let participant = try names.participant(
        pseudonym, at: place(of: "participants"), &report, &writer)
      edits.append(
        FieldEdit(
          .Interview.participants, key: writer.keys.key(participant.rawValue),
          value: .membership(participant.rawValue, isMember: true)))
    }
    for attribute in attributes {
      edits.append(
        FieldEdit(
          .Interview.attributes, key: writer.keys.key(named: attribute.name),
          value: .attribute(attribute)))
    }
    for edit in edits {
      guard let value = edit.value else { continue }
      try ExchangeError.at(place(of: edit.field.name)) {
        try Validation.check(TextEntry.normalised(value), for: edit.field)
      }
    }
    let id = found ?? record ?? writer.newID()
    let outcome = try ExchangeError.at(place) {
      try writer.enter(id, .interview, edits, keeping: &report)
    }
    return (id, outcome)
  }

  private func existing(_ record: RecordID?, _ reader: Reader) throws -> RecordID? {
    if let record { return try reader.fetch(Interview.self, record) == nil ? nil : record }
    guard let label else { return nil }
    let found = try References().own(label, .interview, reader)
    guard found.count <= 1 else {
      throw ExchangeError(place(of: "label"), .ambiguous(.interview, matches: found.count))
    }
    return found.first
  }

  private func plainEdits(isNew: Bool) -> [FieldEdit] {
    [
      // A label that is there keeps its spelling, and one that somebody gave it here stays.
      FieldEdit(.Interview.label, isNew ? label : nil),
      FieldEdit(.Interview.title, title),
      FieldEdit(.Interview.kind, kind?.rawValue),
      FieldEdit(.Interview.date, value: date.map(Value.date)),
      FieldEdit(.Interview.consent, value: consent.map(Value.consent)),
      FieldEdit(.Interview.source, source), FieldEdit(.Interview.summary, summary),
      FieldEdit(.Interview.text, text),
      FieldEdit(.Interview.interviewers, value: Self.list(interviewers)),
      FieldEdit(.Interview.languages, value: Self.list(languages)),
    ].filter { $0.value != nil }
  }

  private static func list(_ entries: [String]) -> Value? {
    entries.isEmpty ? nil : .list(entries)
  }

  /// A place keeps the location that it has: it may have been measured better, or made coarser so that
  /// nobody is found by it.
  private func locate(
    _ place: RecordID, _ location: Location, _ attributes: inout [Attribute],
    _ report: inout IntakeReport, _ writer: inout Writer
  ) throws {
    let origin = self.place(of: "location")
    let known = try writer.reader.fetch(Place.self, place)?.location
    guard known == nil || known == location else {
      report.count(.unplacedPoints, at: origin)
      attributes.append(Attribute(name: PointText.attribute, value: PointText.text(location)))
      return
    }
    let outcome = try ExchangeError.at(origin) {
      try writer.enter(
        place, .place, [FieldEdit(.Place.location, value: .location(location))],
        keeping: &report)
    }
    if known == location || outcome == .changed { report.count(.placedPoints) }
    if outcome == .changed { report.tally.count(.place, outcome) }
  }
}

/// A location in an attribute.
enum PointText {
  /// What it is called when nobody says.
  static let attribute = "location"

  /// `-8.18 -76.51 (±5 m)`: latitude and longitude stand together, since one means nothing alone.
  static func text(_ location: Location) -> String {
    let accuracy = location.accuracy.map { " (±\(number($0)) m)" } ?? ""
    return "\(number(location.latitude)) \(number(location.longitude))\(accuracy)"
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
  }
}

/// Finds places and participants by their names, and makes those that are not there when that was
/// asked for. Made ones have the same ids in every notebook of the study.
struct NameMaking {
  let isMaking: Bool

  func participant(
    _ pseudonym: String, at place: ExchangeError.Place, _ report: inout IntakeReport,
    _ writer: inout Writer
  ) throws -> RecordID {
    do {
      return try References().one(pseudonym, .participant, at: place, writer.reader)
    } catch let error as ExchangeError where error.reason == .notFound(.participant) && isMaking {
      let id = id(["participant", Folding.folded(pseudonym)], writer)
      report.count(.newParticipants)
      let outcome = try ExchangeError.at(place) {
        try writer.enter(id, .participant, [FieldEdit(.Participant.pseudonym, pseudonym)])
      }
      report.tally.count(.participant, outcome)
      return id
    }
  }

  func place(
    _ path: String, at place: ExchangeError.Place, _ report: inout IntakeReport,
    _ writer: inout Writer
  ) throws -> RecordID {
    do {
      return try References().one(path, .place, at: place, writer.reader)
    } catch let error as ExchangeError where error.reason == .notFound(.place) && isMaking {
      return try made(path, at: place, &report, &writer)
    }
  }

  private func made(
    _ path: String, at place: ExchangeError.Place, _ report: inout IntakeReport,
    _ writer: inout Writer
  ) throws -> RecordID {
    let names = path.unicodeScalars.split(separator: ">", omittingEmptySubsequences: false)
      .map { String($0).trimmed }
    guard names.allSatisfy({ !$0.isEmpty }) else {
      throw ExchangeError(place, .table(.emptyStep))
    }
    guard names.count <= Limits.treeDepth else { throw ExchangeError(place, .fault(.tooDeep)) }
    var above: RecordID?
    for depth in 1...names.count {
      let upper = names[..<depth].joined(separator: pathSeparator)
      if let found = try? References().one(upper, .place, at: place, writer.reader) {
        above = found
        continue
      }
      let steps = names[..<depth].map(Folding.folded)
      let id = id(["place"] + steps, writer)
      report.count(.newPlaces)
      let edits = [
        FieldEdit(.Place.name, names[depth - 1]),
        FieldEdit(.Place.parent, value: above.map { .reference($0.rawValue) }),
      ].filter { $0.value != nil }
      let outcome = try ExchangeError.at(place) { try writer.enter(id, .place, edits) }
      report.tally.count(.place, outcome)
      above = id
    }
    guard let above else { throw ExchangeError(place, .table(.emptyStep)) }
    return above
  }

  private func id(_ parts: [String], _ writer: Writer) -> RecordID {
    RecordID(madeOf: ["made of a name"] + parts, writer.reader.identity.study.bytes)
  }
}
