import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// The variables of a project: which field or attribute of which kind each of them is here.
struct VariableReading {
  /// What a value becomes.
  enum Meaning {
    case field(Field, part: String?)
    case attribute(String)
  }

  private struct Variable {
    let node: XMLNode
    let name: String
    let type: QDAVariableType
    let own: DescribedLines?
    let description: String
    var values: [Kind: [String]] = [:]
  }

  private struct Use: Hashable {
    let variable: RecordID
    let kind: Kind
  }

  private var variables: [RecordID: Variable] = [:]
  private var order: [RecordID] = []
  private var attributeNames: [Use: String] = [:]
  private var booleans: Set<Use> = []

  init(_ root: XMLNode, _ file: inout QDAFile) {
    for node in root.child("variables")?.children("variable") ?? [] {
      guard let guid = QDAFile.guid(node), variables[guid] == nil else { continue }
      let description = file.description(of: node)
      variables[guid] = Variable(
        node: node, name: file.line(node.attribute("name")) ?? "variable",
        type: node.attribute("typeofvariable").flatMap(QDAVariableType.init) ?? .text,
        own: DescribedLines(description, .variable), description: description ?? "")
      order.append(guid)
    }
  }

  // MARK: - Values

  /// The values that an element has, by their variables.
  func values(
    of node: XMLNode, _ file: inout QDAFile
  ) -> [(variable: RecordID, value: String)] {
    node.children("variablevalue").compactMap { element in
      guard let variable = QDAFile.guid(element.child("variableref"), "targetguid") else {
        return nil
      }
      let text = element.children.first { $0.name != "variableref" && $0.name.hasSuffix("value") }
      guard let value = file.text(text?.text) else { return nil }
      guard variables[variable] != nil else {
        file.count(.danglingReferences, element)
        return nil
      }
      return (variable, value)
    }
  }

  /// To be called for every value before the attributes are defined: a type must fit them all.
  mutating func note(_ values: [(variable: RecordID, value: String)], of kind: Kind) {
    for (variable, value) in values {
      variables[variable]?.values[kind, default: []].append(value)
    }
  }

  func meaning(_ id: RecordID, of kind: Kind) -> Meaning? {
    guard let variable = variables[id] else { return nil }
    if let own = variable.own, own.value("Of") == kind.name {
      if let name = own.value("Field"), let field = Field.find(kind, named: name) {
        return .field(field, part: own.value("Part"))
      }
      if let name = own.value("Attribute") { return .attribute(name) }
    }
    return .attribute(attributeNames[Use(variable: id, kind: kind)] ?? variable.name)
  }

  func isBoolean(_ id: RecordID, of kind: Kind) -> Bool {
    booleans.contains(Use(variable: id, kind: kind))
  }

  static func boolean(_ value: String) -> String? {
    switch value.trimmed.lowercased() {
    case "true", "1": "true"
    case "false", "0": "false"
    default: nil
    }
  }

  // MARK: - Definitions

  /// What the study gets to know of the attributes.
  mutating func definitions(
    _ known: [AttributeDefinition], _ file: inout QDAFile
  ) -> [AttributeDefinition] {
    var result = [AttributeDefinition]()
    for id in order {
      guard let variable = variables[id] else { continue }
      if let own = variable.own, let definition = definition(variable, own, &file) {
        result.append(definition)
        continue
      }
      guard variable.own == nil else { continue }
      for kind in variable.values.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
        let use = Use(variable: id, kind: kind)
        let values = variable.values[kind] ?? []
        attributeNames[use] = Self.name(variable.name, kind, values, known)
        guard attributeNames[use] == variable.name,
          !known.contains(where: { $0.record == kind && $0.name == variable.name }),
          variable.type != .text || !variable.description.isEmpty
        else { continue }
        let type = type(use, variable, values, &file)
        result.append(
          AttributeDefinition(
            name: variable.name, record: kind, type: type, description: variable.description))
      }
    }
    return result
  }

  /// Another name where the study has an attribute of this one that the values do not fit.
  private static func name(
    _ name: String, _ kind: Kind, _ values: [String], _ known: [AttributeDefinition]
  ) -> String {
    guard let definition = known.first(where: { $0.record == kind && $0.name == name }),
      !values.allSatisfy({ fits($0, definition) })
    else { return name }
    return name + " (REFI-QDA)"
  }

  private mutating func type(
    _ use: Use, _ variable: Variable, _ values: [String], _ file: inout QDAFile
  ) -> AttributeDefinition.ValueType {
    let type: AttributeDefinition.ValueType
    switch variable.type {
    case .text: return .text
    case .boolean:
      if values.allSatisfy({ Self.boolean($0) != nil }) {
        booleans.insert(use)
        return .boolean
      }
      type = .boolean
    case .integer: type = .integer
    case .float: type = .number
    case .date, .dateTime: type = .date
    }
    let definition = AttributeDefinition(name: variable.name, record: use.kind, type: type)
    if values.allSatisfy({ Self.fits($0, definition) }) { return type }
    file.count(.unfitValues, variable.node)
    return .text
  }

  private func definition(
    _ variable: Variable, _ own: DescribedLines, _ file: inout QDAFile
  ) -> AttributeDefinition? {
    guard let name = own.value("Attribute"), let kind = own.value("Of").flatMap(Kind.init(name:)),
      let type = own.value("Type").flatMap(AttributeDefinition.ValueType.init)
    else { return nil }
    var definition = AttributeDefinition(
      name: name, record: kind, type: type, description: own.text, choices: own.values("Choice"))
    if !(variable.values[kind] ?? []).allSatisfy({ Self.fits($0, definition) }) {
      file.count(.unfitValues, variable.node)
      definition.type = .text
      definition.choices = []
    }
    return definition
  }

  private static func fits(_ value: String, _ definition: AttributeDefinition) -> Bool {
    (try? Validation.check(
      value, as: definition, isKnownZone: Surroundings.isKnownTimeZone)) != nil
  }
}
