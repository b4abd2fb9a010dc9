import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// The variables of a project: which field or attribute of which kind each of them is here.
struct VariableReading {
  /// What a value becomes.
  enum Meaning: Hashable {
    case field(Field, part: String?)
    case attribute(String)
  }

  typealias Value = (variable: RecordID, value: String)

  private struct Variable {
    let node: XMLNode
    let name: String
    let type: QDAVariableType
    let own: DescribedLines?
    let description: String
    /// All values of each kind of record, those of one record together.
    var values: [Kind: [String]] = [:]
  }

  private struct Use: Hashable {
    let variable: RecordID
    let kind: Kind
  }

  private struct OwnName: Hashable {
    let kind: String?
    let field: String?
    let part: String?
    let attribute: String?
  }

  private var variables: [RecordID: Variable] = [:]
  private var order: [RecordID] = []
  /// Variables of ours that are there twice, as where two of our projects were put together, by the first
  /// of them.
  private var first: [RecordID: RecordID] = [:]
  private var attributeNames: [Use: String] = [:]

  init(_ root: XMLNode, _ file: inout QDAFile) {
    var names = [OwnName: RecordID]()
    for node in root.child("variables")?.children("variable") ?? [] {
      guard let guid = QDAFile.guid(node), variables[guid] == nil else { continue }
      let description = file.description(of: node)
      let own = DescribedLines(description, .variable)
      if let own {
        let name = OwnName(
          kind: own.value("Of"), field: own.value("Field"), part: own.value("Part"),
          attribute: own.value("Attribute"))
        if let known = names[name] { first[guid] = known } else { names[name] = guid }
      }
      variables[guid] = Variable(
        node: node, name: file.line(node.attribute("name")) ?? "variable",
        type: node.attribute("typeofvariable").flatMap(QDAVariableType.init) ?? .text,
        own: own, description: description ?? "")
      order.append(guid)
    }
  }

  // MARK: - Values

  /// The values that an element has, by their variables.
  func values(of node: XMLNode) -> [Value] {
    node.children("variablevalue").compactMap { element in
      guard let id = QDAFile.guid(element.child("variableref"), "targetguid"),
        let variable = variables[id]
      else { return nil }
      let node = element.children.first { $0.name != "variableref" && $0.name.hasSuffix("value") }
      let text = TextEntry.normalised(ControlCharacters.asSpaces(node?.text ?? "").text)
      guard !text.isEmpty else { return nil }
      // The schema has 1 and 0 too, and programs write capitals and spaces.
      let value = variable.type == .boolean ? Self.boolean(text) ?? text : text
      return (first[id] ?? id, value)
    }
  }

  /// Counts what of an element's values cannot be taken as it is; once for each element.
  func tell(of node: XMLNode, _ file: inout QDAFile) {
    for element in node.children("variablevalue") {
      guard let id = QDAFile.guid(element.child("variableref"), "targetguid") else { continue }
      if variables[id] == nil { file.count(.danglingReferences, element) }
      let text = element.children.first { $0.name != "variableref" && $0.name.hasSuffix("value") }
      file.report.count(
        .controlCharacters, ControlCharacters.asSpaces(text?.text ?? "").count,
        at: file.place(element))
    }
  }

  /// The values of each variable once, in the order of the file.
  static func gathered(_ values: [Value]) -> [(variable: RecordID, values: [String])] {
    var result = [(variable: RecordID, values: [String])]()
    var places = [RecordID: Int]()
    var seen = [RecordID: Set<String>]()
    for (variable, value) in values where seen[variable, default: []].insert(value).inserted {
      if let place = places[variable] {
        result[place].values.append(value)
      } else {
        places[variable] = result.count
        result.append((variable, [value]))
      }
    }
    return result
  }

  /// Several values of one attribute, as one.
  static func joined(_ values: [String]) -> String { values.joined(separator: "; ") }

  /// To be called for the values of every record before the attributes are defined: a type must fit them
  /// all.
  mutating func note(_ values: [Value], of kind: Kind) {
    for (variable, values) in Self.gathered(values) {
      variables[variable]?.values[kind, default: []].append(Self.joined(values))
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

  static func boolean(_ value: String) -> String? {
    switch value.trimmed.lowercased() {
    case "true", "1": "true"
    case "false", "0": "false"
    default: nil
    }
  }

  // MARK: - Definitions

  /// What the study gets to know of the attributes; each variable that is not ours gets its name here.
  ///
  /// - Parameter taken: names of attributes that sets become.
  mutating func definitions(
    _ known: [AttributeDefinition], taken: Set<String>, _ file: inout QDAFile
  ) -> [AttributeDefinition] {
    var result = [AttributeDefinition]()
    var names = AttributeNames(known, taken)
    for id in order where first[id] == nil {
      guard let variable = variables[id], let own = variable.own else { continue }
      if let name = own.value("Attribute"), let kind = own.value("Of").flatMap(Kind.init(name:)) {
        names.take(name, kind)
      }
      if let definition = definition(variable, own, &file) { result.append(definition) }
    }
    for id in order {
      guard let variable = variables[id] else { continue }
      for kind in variable.values.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
        guard variable.own?.value("Of") != kind.name else { continue }
        let values = variable.values[kind] ?? []
        let name = names.free(variable.name, kind, values)
        attributeNames[Use(variable: id, kind: kind)] = name
        guard variable.own == nil, !names.isKnown(name, kind),
          variable.type != .text || !variable.description.isEmpty
        else { continue }
        result.append(
          AttributeDefinition(
            name: name, record: kind, type: type(variable, kind, values, &file),
            description: variable.description))
      }
    }
    return result
  }

  private func type(
    _ variable: Variable, _ kind: Kind, _ values: [String], _ file: inout QDAFile
  ) -> AttributeDefinition.ValueType {
    let type: AttributeDefinition.ValueType =
      switch variable.type {
      case .text: .text
      case .boolean: .boolean
      case .integer: .integer
      case .float: .number
      case .date, .dateTime: .date
      }
    let definition = AttributeDefinition(name: variable.name, record: kind, type: type)
    if values.allSatisfy({ definition.fits($0) }) { return type }
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
    if !(variable.values[kind] ?? []).allSatisfy({ definition.fits($0) }) {
      file.count(.unfitValues, variable.node)
      definition.type = .text
      definition.choices = []
    }
    return definition
  }
}

/// Gives the variables of a project names of attributes, each its own.
private struct AttributeNames {
  private let known: [AttributeDefinition]
  private var taken: [Kind: Set<String>]
  /// The next number to be tried: names are never given back, so all before it are used.
  private var numbers: [Kind: [String: Int]] = [:]

  init(_ known: [AttributeDefinition], _ sets: Set<String>) {
    self.known = known
    taken = [.interview: sets]
  }

  mutating func take(_ name: String, _ kind: Kind) {
    taken[kind, default: []].insert(name)
  }

  func isKnown(_ name: String, _ kind: Kind) -> Bool {
    known.contains { $0.record == kind && $0.name == name }
  }

  /// The name itself, or with a number behind it where another variable has it; and another one where the
  /// study has an attribute of that name which the values do not fit.
  mutating func free(_ wanted: String, _ kind: Kind, _ values: [String]) -> String {
    while true {
      let number = numbers[kind, default: [:]][wanted, default: 1]
      numbers[kind, default: [:]][wanted] = number + 1
      let name = number == 1 ? wanted : "\(wanted) (\(number))"
      guard taken[kind, default: []].insert(name).inserted else { continue }
      let definition = known.first { $0.record == kind && $0.name == name }
      guard let definition, !values.allSatisfy({ definition.fits($0) }) else { return name }
      let other = name + " (REFI-QDA)"
      if taken[kind, default: []].insert(other).inserted { return other }
    }
  }
}

extension AttributeDefinition {
  fileprivate func fits(_ value: String) -> Bool {
    (try? Validation.check(value, as: self, isKnownZone: Surroundings.isKnownTimeZone)) != nil
  }
}
