package import CuadernoModel
package import CuadernoNotebook
package import CuadernoSync
import CuadernoTestSupport

/// Edits a notebook as its seed decides: every kind of record, every field, clearing, deleting,
/// settling conflicts, and doing nothing.
package struct RandomEditor {
  /// A text that a notebook has acknowledged, and the change it came with.
  package struct Text: Sendable {
    package let record: RecordID
    package let field: Field
    package let text: String
    package let dot: Dot
  }

  private var generator: SplitMix64

  package init(seed: UInt64) {
    generator = SplitMix64(seed: seed)
  }

  /// One writing, of one to three edits.
  ///
  /// - Returns: the texts in it, when it was acknowledged.
  package mutating func edit(_ notebook: Notebook) throws -> [Text] {
    var editor = self
    defer { self = editor }
    do {
      return try notebook.write { writer in
        var texts = [Text]()
        for _ in 0..<editor.number(1...3) {
          if let text = try editor.editOnce(&writer) { texts.append(text) }
        }
        return texts
      }
    } catch NotebookError.fault {
      // A circle or a value that does not fit its definition: refused, and nothing was written.
      return []
    }
  }

  private mutating func editOnce(_ writer: inout Writer) throws -> Text? {
    let kind = pick(Self.kinds)
    let known = try writer.reader.ids(of: kind)
    switch number(0...19) {
    case 0...6 where kind != .study:
      let edits = try edits(of: kind, number(1...5), writer)
      return try text(of: try writer.create(kind, edits), writer)
    case 0...14:
      guard let record = known.randomElement(using: &generator) else { return nil }
      let edits = try edits(of: kind, number(1...3), writer)
      return try writer.update(record, edits) ? try text(of: record, writer) : nil
    case 15:
      guard let record = known.randomElement(using: &generator) else { return nil }
      let field = pick(Self.fields(of: kind).filter { !$0.shape.isKeyed })
      try writer.update(record, [FieldEdit(field, value: nil)])
    case 16:
      guard kind != .study, let record = known.randomElement(using: &generator) else { return nil }
      try writer.delete(record)
    case 17:
      // Somebody who still has it on the screen goes on with a record that was deleted.
      guard let record = try writer.reader.lastChanges(6).last(where: \.isDelete)?.record,
        let deleted = try writer.reader.state(of: record).flatMap({ Kind(rawValue: $0.kind) })
      else { return nil }
      try writer.update(record, edits(of: deleted, 1, writer))
    case 18:
      guard let conflict = try writer.reader.conflicts().first else { return nil }
      try writer.resolve(conflict, with: pick(conflict.sides).value)
    default:
      return nil
    }
    return nil
  }

  private static let kinds: [Kind] = [
    .study, .interview, .interview, .interview, .note, .note, .place, .place, .participant, .theme,
    .theme, .coding,
  ]

  /// A text that the last change wrote; none when the field held it already.
  private func text(of record: RecordID, _ writer: Writer) throws -> Text? {
    let change = try writer.reader.history(of: record).last { $0.dot == writer.lastDot }
    for edit in change?.edits ?? [] {
      if let field = edit.field, field.shape == .text, case .text(let text) = edit.value {
        return Text(record: record, field: field, text: text, dot: writer.lastDot)
      }
    }
    return nil
  }

  /// Without the one that keeps a notebook from what others coded: what is written here is read back.
  private static func fields(of kind: Kind) -> [Field] {
    Field.fields(of: kind).filter { $0 != .Study.codingsOpenTo }
  }

  private mutating func edits(
    of kind: Kind, _ count: Int, _ writer: Writer
  ) throws -> [FieldEdit] {
    let fields = Self.fields(of: kind)
    return try (0..<count).map { _ in try edit(of: pick(fields), writer) }
  }

  private mutating func edit(of field: Field, _ writer: Writer) throws -> FieldEdit {
    let keys = writer.keys
    switch field.shape {
    case .references(let kind):
      let member = try reference(kind, writer)
      return FieldEdit(
        field, key: keys.key(member), value: .membership(member, isMember: chance(80)))
    case .attributes:
      let name = pick(Self.attributeNames)
      let value = chance(85) ? pick(["12", "60", "sí", "Huallaga", "ñandú"]) : nil
      return FieldEdit(
        field, key: keys.key(named: name), value: .attribute(Attribute(name: name, value: value)))
    case .attributeDefinitions:
      let definition = AttributeDefinition(
        name: pick(Self.attributeNames), record: pick([.interview, .place]),
        type: pick([.text, .integer]), isDefined: chance(80))
      return FieldEdit(
        field, key: keys.key(definitionNamed: definition.name, of: definition.record),
        value: .attributeDefinition(definition))
    case .periods:
      let period = Period(
        name: pick(["antes", "después"]), from: try date(), to: nil, isDefined: chance(80))
      return FieldEdit(field, key: keys.key(named: period.name), value: .period(period))
    case .members:
      let member = Member(name: pick(Self.words), device: "laptop")
      return FieldEdit(
        field, key: writer.reader.identity.device.bytes, value: .member(member))
    default:
      return FieldEdit(field, value: try value(of: field, writer))
    }
  }

  private mutating func value(of field: Field, _ writer: Writer) throws -> Value {
    switch field.shape {
    case .line: .text(pick(Self.words) + (chance(50) ? "" : " " + pick(Self.words)))
    case .text: .text(sentence())
    case .lines: .list(Array(Self.words.shuffled(using: &generator).prefix(number(0...3))))
    case .languages: .list(chance(50) ? ["es"] : ["qu", "es-PE"])
    case .choice(let choices): .text(pick(choices))
    case .colour: .text(pick(["#1b9e77", "#d95f02"]))
    case .date: .date(try date())
    case .consent:
      .consent(Consent(form: pick(["oral", "escrito"]), level: pick(ConsentLevel.allCases)))
    case .location: .location(Location(latitude: Double(number(-90...90)), longitude: -76.5))
    case .reference(let kind): .reference(try reference(kind ?? .interview, writer))
    case .target: .target(try target(writer).target)
    case .anchor: .anchor(try target(writer).anchor)
    case .references, .attributes, .attributeDefinitions, .periods, .members:
      preconditionFailure("keyed fields have edits of their own")
    }
  }

  /// A stretch of some interview's text, or one of nowhere when no text is there.
  private mutating func target(_ writer: Writer) throws -> (target: Target, anchor: Anchor) {
    let nowhere = Anchor(
      version: [TextWrite(device: 1, sequence: 1)], start: 0, end: 4, quote: "coca", prefix: "",
      suffix: "")
    guard let record = try writer.reader.ids(of: .interview).randomElement(using: &generator),
      let (field, text, version) = try writer.reader.codedText(of: record), let version
    else { return (Target(record: 1, field: Field.Interview.text.number), nowhere) }
    let length = text.unicodeScalars.count
    let target = Target(record: record.rawValue, field: field.number)
    guard length > 1 else { return (target, nowhere) }
    let start = number(0...length - 2)
    let end = number(start + 1...length)
    return (target, try AnchorMaker(text: text, version: version).anchor(start..<end))
  }

  /// Mostly a record that is there.
  private mutating func reference(_ kind: Kind, _ writer: Writer) throws -> Reference {
    let known = try writer.reader.ids(of: kind)
    guard chance(80), let id = known.randomElement(using: &generator) else {
      return Reference(number(1...4))
    }
    return id.rawValue
  }

  private mutating func date() throws -> PartialDate {
    try PartialDate(
      pick(["1990", "1999-07", "2017-05-12", "2017-05-12T09:30 America/Lima"]),
      isKnownZone: { _ in true })
  }

  private mutating func sentence() -> String {
    let words = (0..<number(0...12)).map { _ in pick(Self.words) }
    return words.joined(separator: chance(20) ? "\n" : " ")
  }

  private static let words = [
    "coca", "cacao", "Año", "ano", "cañón", "Tocache", "Uchiza", "chacra", "señor", "José", "Jose",
    "qʼero", "Estado", "erradicación", "paz", "PAZ",
  ]
  private static let attributeNames = ["río", "edad"]

  private mutating func number(_ range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &generator)
  }

  private mutating func chance(_ percent: Int) -> Bool {
    number(0...99) < percent
  }

  private mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[number(0...elements.count - 1)]
  }
}
