import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// The variables of a project: fields and attributes of interviews and participants, and the dates of
/// notes.
struct QDAVariables {
  enum Key: Hashable {
    case field(Field)
    /// A part of a field that is several values, such as a consent.
    case part(Field, String)
    case attribute(Kind, String)

    var kind: Kind {
      switch self {
      case .field(let field), .part(let field, _): field.kind
      case .attribute(let kind, _): kind
      }
    }
  }

  struct Variable {
    let id: RecordID
    let name: String
    let type: QDAVariableType
    let description: DescribedLines
  }

  private(set) var list: [Variable] = []
  private var index: [Key: Int] = [:]
  private var usedKeys: [Key] = []
  private var known: Set<Key> = []
  /// Types that every value so far fits, from the narrowest.
  private var types: [Key: QDAVariableType] = [:]

  subscript(_ key: Key) -> Variable? { index[key].map { list[$0] } }

  /// Says that there is such a value; the type of its variable has to hold it.
  mutating func note(_ key: Key, _ value: String, as type: QDAVariableType = .text) {
    if known.insert(key).inserted {
      usedKeys.append(key)
      types[key] = type
    }
    if let type = types[key], !type.valueType.accepts(value) { types[key] = .text }
  }

  /// Makes the variables, once all values are known.
  mutating func finish(
    _ definitions: [AttributeDefinition], _ study: StudyID, _ names: inout UniqueNames
  ) {
    for definition in definitions {
      let key = Key.attribute(definition.record, definition.name)
      if known.insert(key).inserted { usedKeys.append(key) }
    }
    for key in usedKeys.sorted(by: { Self.isBefore($0, $1) }) {
      let definition = definitions.first { Key.attribute($0.record, $0.name) == key }
      index[key] = list.count
      list.append(variable(key, definition, study, &names))
    }
  }

  private func variable(
    _ key: Key, _ definition: AttributeDefinition?, _ study: StudyID, _ names: inout UniqueNames
  ) -> Variable {
    var description = DescribedLines(.variable)
    description.add("Of", key.kind.name)
    switch key {
    case .field(let field): description.add("Field", field.name)
    case .part(let field, let part):
      description.add("Field", field.name)
      description.add("Part", part)
    case .attribute(_, let name): description.add("Attribute", name)
    }
    if let definition {
      description.add("Type", definition.type.rawValue)
      for choice in definition.choices { description.add("Choice", choice) }
      description.text = definition.description
    }
    return Variable(
      id: RecordID(madeOf: ["variable"] + Self.parts(key), study.bytes),
      name: names.name(Self.name(key)),
      type: types[key] ?? definition.map { Self.type($0.type) } ?? .text,
      description: description)
  }

  static func type(_ type: AttributeDefinition.ValueType) -> QDAVariableType {
    switch type {
    case .text, .choice: .text
    case .integer: .integer
    case .number: .float
    case .boolean: .boolean
    case .date: .date
    }
  }

  private static func parts(_ key: Key) -> [String] {
    switch key {
    case .field(let field): [field.kind.name, "field", field.name]
    case .part(let field, let part): [field.kind.name, "field", field.name, part]
    case .attribute(let kind, let name): [kind.name, "attribute", name]
    }
  }

  /// The names of the table of codings, where a field of an interview has no kind before it.
  private static func name(_ key: Key) -> String {
    switch key {
    case .field(.Note.at): "note.date"
    case .field(let field): field.name
    case .part(_, let part): part
    case .attribute(let kind, let name): "\(kind.name).\(name)"
    }
  }

  /// Fields in the order of their numbers, then attributes by name.
  private static func isBefore(_ left: Key, _ right: Key) -> Bool {
    func place(_ key: Key) -> (UInt32, Int, UInt32, String) {
      switch key {
      case .field(let field): (field.kind.rawValue, 0, field.number, "")
      case .part(let field, let part): (field.kind.rawValue, 0, field.number, part)
      case .attribute(let kind, let name): (kind.rawValue, 1, 0, name)
      }
    }
    return place(left) < place(right)
  }
}
