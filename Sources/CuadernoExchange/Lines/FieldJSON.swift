import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// How the values of fields look in JSON, by their shapes; reading is in FieldReading.
struct FieldJSON {
  /// What stands for the study itself where a record is named, since its id is this study's alone.
  static let study = "study"

  /// The member that says of what kind a line's record is: `kind` is a field of some.
  static let record = "record"
  static let field = "field"

  let studyRecord: RecordID

  func json(_ id: RecordID) -> JSONValue {
    .string(id == studyRecord ? Self.study : id.description)
  }

  /// The members of a line for what a record shows; what is not set is left out.
  func members(_ shown: ShownValues, _ kind: Kind) -> [JSONValue.Member] {
    Field.fields(of: kind).compactMap { field in
      json(shown, field).map { JSONValue.Member(field.name, $0) }
    }
  }

  private func json(_ shown: ShownValues, _ field: Field) -> JSONValue? {
    switch field.shape {
    case .references:
      let members = shown.references[field.number, default: []].sorted()
      return members.isEmpty ? nil : .array(members.map(json))
    case .attributes:
      let names = shown.attributes.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      return names.isEmpty
        ? nil
        : .object(names.map { JSONValue.Member($0, string(shown.attributes[$0])) })
    case .periods:
      let periods = shown.periods.values.sorted {
        $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
      }
      return periods.isEmpty ? nil : .array(periods.map(json))
    case .attributeDefinitions:
      let definitions = shown.definitions.values.sorted {
        $0.record == $1.record
          ? $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
          : $0.record.rawValue < $1.record.rawValue
      }
      return definitions.isEmpty ? nil : .array(definitions.map(json))
    case .lines where field == .Study.codingsOpenTo:
      // Who is kept from whose codings is a matter of this team, and of no notebook that takes a copy in.
      return nil
    case .members:
      // Which devices write in a study is no part of what it holds: the notebook that reads this
      // has its own.
      return nil
    default:
      return shown.values[field.number].map(json)
    }
  }

  private func json(_ value: Value) -> JSONValue {
    switch value {
    case .text(let text): .string(text)
    case .list(let entries): .array(entries.map(JSONValue.string))
    case .date(let date): .string(date.description)
    case .consent(let consent): json(consent)
    case .location(let location):
      object([
        ("latitude", .number(location.latitude)), ("longitude", .number(location.longitude)),
        ("accuracy", location.accuracy.map(JSONValue.number)),
      ])
    case .reference(let reference): json(RecordID(rawValue: reference))
    case .target(let target): json(target)
    case .anchor, .membership, .attribute, .attributeDefinition, .period, .member: .null
    }
  }

  private func json(_ consent: Consent) -> JSONValue {
    object([
      ("form", .string(consent.form)), ("level", .string(consent.level.rawValue)),
      ("date", date(consent.date)), ("embargo", date(consent.embargo)),
    ])
  }

  /// The kind stands with the target, since a number of a field says nothing without it.
  private func json(_ target: Target) -> JSONValue {
    let record = json(RecordID(rawValue: target.record))
    for kind in Kind.allCases {
      if let field = Field.codedText(of: kind), field.number == target.field {
        return object([(kind.name, record), (Self.field, .string(field.name))])
      }
    }
    return object([(Self.record, record), (Self.field, .integer(Int64(target.field)))])
  }

  private func json(_ period: Period) -> JSONValue {
    object([
      ("name", .string(period.name)), ("from", date(period.from)), ("to", date(period.to)),
      ("description", text(period.description)),
    ])
  }

  private func json(_ definition: AttributeDefinition) -> JSONValue {
    object([
      ("name", .string(definition.name)), ("record", .string(definition.record.name)),
      ("type", .string(definition.type.rawValue)), ("description", text(definition.description)),
      (
        "choices",
        definition.choices.isEmpty ? nil : .array(definition.choices.map(JSONValue.string))
      ),
    ])
  }

  private func object(_ members: [(String, JSONValue?)]) -> JSONValue {
    .object(members.compactMap { name, value in value.map { JSONValue.Member(name, $0) } })
  }

  private func string(_ text: String?) -> JSONValue {
    text.map(JSONValue.string) ?? .null
  }

  private func text(_ text: String) -> JSONValue? {
    text.isEmpty ? nil : .string(text)
  }

  private func date(_ date: PartialDate?) -> JSONValue? {
    date.map { .string($0.description) }
  }
}
