import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// The variables of what a project has as fields and attributes of records.
extension ProjectImport {
  /// All values, before anything is written: what an attribute is depends on all of them.
  mutating func noteValues() {
    for element in root.child("cases")?.children("case") ?? [] {
      variables.tell(of: element, &file)
      let values = variables.values(of: element)
      guard isCaseOfSource(element) else {
        variables.note(values, of: .participant)
        countSeveral(values, element)
        continue
      }
      for source in element.children("sourceref").compactMap({ QDAFile.guid($0, "targetguid") }) {
        valuesOf[source, default: []] += values
      }
    }
    for source in root.child("sources")?.children ?? [] {
      variables.tell(of: source, &file)
      variables.note(values(of: source), of: .interview)
      countSeveral(values(of: source), source)
    }
    for note in root.child("notes")?.children("note") ?? [] {
      variables.tell(of: note, &file)
      countSeveral(variables.values(of: note), note)
    }
  }

  private mutating func countSeveral(_ values: [VariableReading.Value], _ element: XMLNode) {
    let beside = VariableReading.gathered(values).reduce(0) { $0 + $1.values.count - 1 }
    file.report.count(.severalValues, beside, at: file.place(element))
  }

  /// A source's own values, and those that it has through cases without a name.
  func values(of source: XMLNode) -> [VariableReading.Value] {
    variables.values(of: source) + (QDAFile.guid(source).flatMap { valuesOf[$0] } ?? [])
  }

  /// Some programs give a source its variables through a case without a name.
  func isCaseOfSource(_ element: XMLNode) -> Bool {
    element.attribute("name") == nil && element.child("sourceref") != nil
  }

  /// Values as edits of a record of a kind. An attribute has all its values; of a field that can have one
  /// value alone the others are put by, to be kept as a note.
  mutating func edits(
    of values: [VariableReading.Value], _ kind: Kind, _ attributes: Field?,
    from element: XMLNode, _ writer: Writer
  ) throws -> [FieldEdit] {
    let place = file.place(element)
    var edits = [FieldEdit]()
    var consent = ConsentParts()
    for (variable, values) in VariableReading.gathered(values) {
      guard let meaning = variables.meaning(variable, of: kind) else { continue }
      switch meaning {
      case .field(.Interview.consent, let part): consent.take(part, values[0])
      case .field(let field, _):
        if let edit = try ExchangeError.at(place, { try Self.edit(field, values[0]) }) {
          edits.append(edit)
        }
      case .attribute(let name):
        guard let attributes else {
          spareValues += values.map { "\(name): \($0)" }
          continue
        }
        edits.append(
          FieldEdit(
            attributes, key: writer.keys.key(named: name),
            value: .attribute(
              Attribute(name: name, value: VariableReading.joined(values)))))
        continue
      }
      spareValues += values.dropFirst().map { value in
        guard case .field(let field, let part) = meaning else { return value }
        return "\(part ?? field.name): \(value)"
      }
    }
    if let consent = try ExchangeError.at(place, { try consent.consent() }) {
      edits.append(FieldEdit(.Interview.consent, value: .consent(consent)))
    }
    return edits
  }

  /// Keeps what was put by, once its record is there.
  mutating func keepSpareValues(
    about record: RecordID, from element: XMLNode, _ writer: inout Writer
  ) throws {
    guard !spareValues.isEmpty else { return }
    let text = spareValues.joined(separator: "\n")
    spareValues = []
    try keep(text, about: record, from: element, &writer)
  }

  private static func edit(_ field: Field, _ value: String) throws -> FieldEdit? {
    switch field.shape {
    case .line, .text, .choice: FieldEdit(field, value)
    case .date: FieldEdit(field, value: try date(value, field.name).map(Value.date))
    case .lines, .languages: FieldEdit(field, value: .list(ListedText.entries(value)))
    default: nil
    }
  }

  static func date(_ text: String?, _ field: String) throws -> PartialDate? {
    guard let text else { return nil }
    do {
      return try PartialDate(text, isKnownZone: Surroundings.isKnownTimeZone)
    } catch {
      throw Fault.date(field: field, error)
    }
  }
}

/// A consent that comes in several variables.
private struct ConsentParts {
  private var parts: [String: String] = [:]

  mutating func take(_ part: String?, _ value: String) {
    parts[part ?? "level"] = value
  }

  func consent() throws -> Consent? {
    guard let name = parts["level"] else { return nil }
    guard let level = ConsentLevel(rawValue: name) else {
      throw Fault.notAChoice(
        field: "consent level", choices: ConsentLevel.allCases.map(\.rawValue))
    }
    return Consent(
      form: parts["consent form"] ?? "", level: level,
      date: try ProjectImport.date(parts["consent date"], "consent date"),
      embargo: try ProjectImport.date(parts["embargo"], "embargo"))
  }
}
