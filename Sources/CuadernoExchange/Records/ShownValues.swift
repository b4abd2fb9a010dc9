import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// What a record shows, field by field.
///
/// An export prints it, and an import compares with it: only what differs is written, so that a
/// file taken in twice changes nothing, and a conflict is not settled by a file that says what is
/// shown already.
struct ShownValues {
  /// Of the fields that have one register, by number.
  private(set) var values: [UInt32: Value] = [:]
  private(set) var references: [UInt32: [RecordID]] = [:]
  private(set) var attributes: [String: String] = [:]
  private(set) var periods: [String: Period] = [:]
  private(set) var definitions: [DefinitionName: AttributeDefinition] = [:]

  struct DefinitionName: Hashable {
    var kind: Kind
    var name: String
  }

  /// Nil when there is no such record of this kind, or it was deleted.
  init?(of record: RecordID, _ kind: Kind, _ reader: Reader) throws {
    switch kind {
    case .study: try readStudy(reader)
    case .interview:
      guard let interview = try reader.fetch(Interview.self, record) else { return nil }
      read(interview)
    case .note:
      guard let note = try reader.fetch(Note.self, record) else { return nil }
      set(.Note.about, reference(note.about))
      set(.Note.at, note.at.map(Value.date))
      set(.Note.text, note.text)
    case .place:
      guard let place = try reader.fetch(Place.self, record) else { return nil }
      read(place)
    case .participant:
      guard let participant = try reader.fetch(Participant.self, record) else { return nil }
      set(.Participant.pseudonym, participant.pseudonym)
      set(.Participant.role, participant.role)
    case .theme:
      guard let theme = try reader.fetch(Theme.self, record) else { return nil }
      set(.Theme.name, theme.name)
      set(.Theme.parent, reference(theme.parent))
      set(.Theme.definition, theme.definition)
      set(.Theme.colour, theme.colour)
      set(.Theme.mergedInto, reference(theme.mergedInto))
    case .coding:
      guard let coding = try reader.fetch(Coding.self, record) else { return nil }
      read(coding)
    }
    guard kind != .study else { return }
    for field in Field.fields(of: kind) {
      if case .references = field.shape {
        references[field.number] = try reader.references(field, of: record)
      }
      if case .attributes = field.shape {
        for attribute in try reader.attributes(of: record) {
          attributes[attribute.name] = attribute.value
        }
      }
    }
  }

  private mutating func readStudy(_ reader: Reader) throws {
    let study = try reader.studyHeader()
    set(.Study.title, study.title)
    set(.Study.description, study.description)
    for period in try reader.periods() { periods[period.name] = period }
    for definition in try reader.attributeDefinitions() {
      definitions[DefinitionName(kind: definition.record, name: definition.name)] = definition
    }
  }

  private mutating func read(_ interview: Interview) {
    set(.Interview.label, interview.label)
    set(.Interview.title, interview.title)
    set(.Interview.kind, interview.kind?.rawValue)
    set(.Interview.date, interview.date.map(Value.date))
    set(.Interview.place, reference(interview.place))
    set(.Interview.interviewers, list(interview.interviewers))
    set(.Interview.languages, list(interview.languages))
    set(.Interview.consent, interview.consent.map(Value.consent))
    set(.Interview.text, interview.text)
    set(.Interview.summary, interview.summary)
    set(.Interview.source, interview.source)
  }

  private mutating func read(_ place: Place) {
    set(.Place.name, place.name)
    set(.Place.otherNames, list(place.otherNames))
    set(.Place.kind, place.kind?.rawValue)
    set(.Place.parent, reference(place.parent))
    set(.Place.location, place.location.map(Value.location))
    set(.Place.code, place.code)
  }

  private mutating func read(_ coding: Coding) {
    if let target = coding.target {
      set(.Coding.target, .target(Target(record: target.rawValue, field: coding.targetField)))
    }
    set(.Coding.anchor, coding.anchor.map(Value.anchor))
    set(.Coding.theme, reference(coding.theme))
    set(.Coding.coder, coding.coder)
    set(.Coding.memo, coding.memo)
  }

  private mutating func set(_ field: Field, _ value: Value?) {
    values[field.number] = value
  }

  private mutating func set(_ field: Field, _ text: String?) {
    values[field.number] = text.map(Value.text)
  }

  private func reference(_ id: RecordID?) -> Value? {
    id.map { .reference($0.rawValue) }
  }

  /// A list without entries is shown as one that was never set.
  private func list(_ entries: [String]) -> Value? {
    entries.isEmpty ? nil : .list(entries)
  }

  /// Whether a record shows already what an edit would write.
  func shows(_ edit: FieldEdit) -> Bool {
    switch edit.value {
    case .membership(let member, let isMember):
      references[edit.field.number, default: []].contains(RecordID(rawValue: member)) == isMember
    case .attribute(let attribute):
      attributes[attribute.name] == attribute.value
    case .period(let period):
      periods[period.name] == period
    case .attributeDefinition(let definition):
      definitions[DefinitionName(kind: definition.record, name: definition.name)] == definition
    case .list(let entries) where entries.isEmpty:
      values[edit.field.number] == nil
    default:
      values[edit.field.number] == edit.value
    }
  }
}
