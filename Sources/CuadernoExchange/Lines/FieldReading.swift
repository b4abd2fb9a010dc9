import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// Reads the members of a line into edits, by the shapes of the fields: FieldJSON the other way
/// round.
struct FieldReading {
  let studyRecord: RecordID
  let keys: FieldKeys

  /// The edits for every field of a kind that a line names; null clears a field.
  func edits(_ line: inout LineObject, _ kind: Kind) throws -> [FieldEdit] {
    var edits = [FieldEdit]()
    for field in Field.fields(of: kind) {
      guard field.shape != .anchor, field.shape != .members, let member = line.take(field.name)
      else { continue }
      let found = try ExchangeError.at(line.place(of: member)) {
        try self.edits(field, member, line)
      }
      if found.count > 1 { try refuseContradictions(found, member, line) }
      edits += found
    }
    return edits
  }

  private func refuseContradictions(
    _ edits: [FieldEdit], _ member: JSONValue.Member, _ line: LineObject
  ) throws {
    var values = [FieldID: Value?]()
    for edit in edits {
      if let first = values.updateValue(edit.value, forKey: edit.register), first != edit.value {
        throw ExchangeError(line.place(of: member), .lines(.repeatedName(field: member.key)))
      }
    }
  }

  func id(_ member: JSONValue.Member, _ line: LineObject) throws -> RecordID {
    try id(member.value, member, line)
  }

  private func id(
    _ value: JSONValue, _ member: JSONValue.Member, _ line: LineObject
  ) throws -> RecordID {
    guard case .string(let text) = value else { throw line.wrongShape(member, Self.idShape) }
    if text == FieldJSON.study { return studyRecord }
    guard let id = RecordID(text) else { throw line.wrongShape(member, Self.idShape) }
    return id
  }

  private static let idShape = "an id of 32 hexadecimal digits"

  private func edits(
    _ field: Field, _ member: JSONValue.Member, _ line: LineObject
  ) throws -> [FieldEdit] {
    switch field.shape {
    case .references:
      return try elements(member, line).map { element in
        let id = try id(element, member, line)
        return FieldEdit(
          field, key: keys.key(id.rawValue), value: .membership(id.rawValue, isMember: true))
      }
    case .attributes:
      return try attributes(field, member, line)
    case .periods:
      return try objects(member, line).map { object in
        var object = object
        let period = try period(&object)
        return FieldEdit(field, key: keys.key(named: period.name), value: .period(period))
      }
    case .attributeDefinitions:
      return try objects(member, line).map { object in
        var object = object
        let definition = try definition(&object)
        return FieldEdit(
          field, key: keys.key(definitionNamed: definition.name, of: definition.record),
          value: .attributeDefinition(definition))
      }
    default:
      guard member.value != .null else { return [FieldEdit(field, value: nil)] }
      return [FieldEdit(field, value: try value(field, member, line))]
    }
  }

  private func value(
    _ field: Field, _ member: JSONValue.Member, _ line: LineObject
  ) throws -> Value {
    switch field.shape {
    case .line, .text, .choice, .colour:
      guard case .string(let text) = member.value else { throw line.wrongShape(member, "a string") }
      return .text(text)
    case .lines, .languages:
      return .list(
        try elements(member, line).map { element in
          guard case .string(let text) = element else {
            throw line.wrongShape(member, "a list of strings")
          }
          return text
        })
    case .date:
      guard case .string(let text) = member.value else { throw line.wrongShape(member, "a date") }
      return .date(try LineObject.date(text, field.name, at: line.place(of: member)))
    case .consent:
      var object = try line.object(member, "an object with form and level")
      return .consent(try consent(&object, member))
    case .location:
      var object = try line.object(member, "an object with latitude and longitude")
      return .location(try location(&object))
    case .reference:
      return .reference(try id(member, line).rawValue)
    case .target:
      var object = try line.object(member, "an object with the id of an interview or a note")
      return .target(try target(&object, member))
    case .anchor, .references, .attributes, .attributeDefinitions, .periods, .members:
      throw line.wrongShape(member, "left out")
    }
  }

  // MARK: - Values of several parts

  private func elements(_ member: JSONValue.Member, _ line: LineObject) throws -> [JSONValue] {
    guard case .array(let elements) = member.value else { throw line.wrongShape(member, "a list") }
    return elements
  }

  private func objects(_ member: JSONValue.Member, _ line: LineObject) throws -> [LineObject] {
    try elements(member, line).map { element in
      var member = member
      member.value = element
      return try line.object(member, "a list of objects")
    }
  }

  /// A name without a value takes the attribute away; one that is not named is left alone.
  private func attributes(
    _ field: Field, _ member: JSONValue.Member, _ line: LineObject
  ) throws -> [FieldEdit] {
    guard case .object(let entries) = member.value else {
      throw line.wrongShape(member, "an object")
    }
    return try entries.map { entry in
      let value: String?
      switch entry.value {
      case .null: value = nil
      case .string(let text): value = text
      default: throw line.wrongShape(member, "an object of strings")
      }
      return FieldEdit(
        field, key: keys.key(named: entry.key),
        value: .attribute(Attribute(name: entry.key, value: value)))
    }
  }

  private func consent(_ object: inout LineObject, _ member: JSONValue.Member) throws -> Consent {
    let form = try object.requiredString("form")
    guard let level = ConsentLevel(rawValue: try object.requiredString("level")) else {
      throw Fault.notAChoice(
        field: "consent level", choices: ConsentLevel.allCases.map(\.rawValue))
    }
    let consent = Consent(
      form: form, level: level, date: try object.date("date"),
      embargo: try object.date("embargo"))
    try object.refuseOthers(known: ["form", "level", "date", "embargo"])
    return consent
  }

  private func location(_ object: inout LineObject) throws -> Location {
    guard let latitude = try object.number("latitude"),
      let longitude = try object.number("longitude")
    else {
      throw ExchangeError(object.place, .lines(.missingField("latitude and longitude")))
    }
    let location = Location(
      latitude: latitude, longitude: longitude, accuracy: try object.number("accuracy"))
    try object.refuseOthers(known: ["latitude", "longitude", "accuracy"])
    return location
  }

  private func target(_ object: inout LineObject, _ member: JSONValue.Member) throws -> Target {
    let codable = Kind.allCases.filter { Field.codedText(of: $0) != nil }
    for kind in codable {
      guard let name = object.take(kind.name), let field = Field.codedText(of: kind) else {
        continue
      }
      guard try object.requiredString(FieldJSON.field) == field.name else { throw Fault.notCodable }
      try object.refuseOthers(known: [kind.name, FieldJSON.field])
      return Target(record: try id(name, object).rawValue, field: field.number)
    }
    guard let name = object.take(FieldJSON.record),
      let number = UInt32(exactly: try object.requiredInteger(FieldJSON.field))
    else { throw object.wrongShape(member, "an object with the id of an interview or a note") }
    try object.refuseOthers(known: codable.map(\.name) + [FieldJSON.field])
    return Target(record: try id(name, object).rawValue, field: number)
  }

  private func period(_ object: inout LineObject) throws -> Period {
    let period = Period(
      name: try object.requiredString("name"), from: try object.date("from"),
      to: try object.date("to"), description: try object.string("description") ?? "")
    try object.refuseOthers(known: ["name", "from", "to", "description"])
    return period
  }

  private func definition(_ object: inout LineObject) throws -> AttributeDefinition {
    let name = try object.requiredString("name")
    let record = try AttributeDefinition.kind(named: object.requiredString("record"))
    let type = try AttributeDefinition.type(named: object.requiredString("type"))
    let definition = AttributeDefinition(
      name: name, record: record, type: type,
      description: try object.string("description") ?? "",
      choices: try object.strings("choices") ?? [])
    try object.refuseOthers(known: ["name", "record", "type", "description", "choices"])
    return definition
  }
}

extension AttributeDefinition {
  /// The kinds of record that have attributes.
  static let kinds = Kind.allCases.filter { kind in
    Field.fields(of: kind).contains { $0.shape == .attributes }
  }

  static func kind(named name: String) throws -> Kind {
    guard let kind = kinds.first(where: { $0.name == name }) else {
      throw Fault.notAChoice(field: "record", choices: kinds.map(\.name))
    }
    return kind
  }

  static func type(named name: String) throws -> ValueType {
    guard let type = ValueType(rawValue: name) else {
      throw Fault.notAChoice(field: "type", choices: ValueType.allCases.map(\.rawValue))
    }
    return type
  }
}
