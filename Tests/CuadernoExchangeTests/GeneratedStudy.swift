import CuadernoExchange
import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import CuadernoText

/// A study of everything there is, from a seed: names that are there twice, that hold markup, quotes,
/// separators and emoji; texts with characters of every width; notes about anything.
struct GeneratedStudy {
  private var random: SplitMix64
  private var places: [RecordID] = []
  private var people: [RecordID] = []
  private var themes: [RecordID] = []
  private var texts: [RecordID] = []
  private var codings: [RecordID] = []

  private static let names = [
    "Confianza", "confianza", "Estado", "Crédito/deuda", "a <b> & \"c\"", "x = y; z",
    #"back\slash"#,
    "👩🏽‍🌾 campesina", "Ñawpaq", "due\u{301}", "=1+1", "Place in Cuaderno", "Tab\tulador", "Uno (Dos)",
  ]
  private static let words = [
    "la", "coca", "señor", "👩🏽‍🌾", "ñawpaq", "\n", "\n\n", "«no»", "<i>", "&amp;", "]]>", "\t", "क्षि",
    "𝔸",
    "e\u{301}", "dijo:", "",
  ]

  static func write(_ seed: UInt64, into book: TestNotebook) throws {
    var study = GeneratedStudy(random: SplitMix64(seed: seed &+ 77))
    try book.write { try study.write(into: &$0) }
  }

  private init(random: SplitMix64) { self.random = random }

  private mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: elements.indices, using: &random)]
  }

  private mutating func chance(_ percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &random) < percent
  }

  private mutating func text(_ most: Int) -> String {
    let count = Int.random(in: 1...most, using: &random)
    let text = (0..<count).map { _ in pick(Self.words) }.joined(separator: " ")
    // A text of nothing is no text to other programs.
    return text.isEmpty ? "nada" : TextEntry.normalised(text)
  }

  private mutating func date() -> Value {
    let dates = [
      "1998", "2010-08", "2017-06-03", "2017-05-12T09:30 America/Lima", "2017-05-12T09:30:15-05:00",
    ]
    guard let date = try? PartialDate(pick(dates), isKnownZone: { _ in true }) else {
      preconditionFailure("these are dates")
    }
    return .date(date)
  }

  private mutating func write(into writer: inout Writer) throws {
    try study(&writer)
    for _ in 0..<Int.random(in: 0...4, using: &random) { try place(&writer) }
    for _ in 0..<Int.random(in: 0...3, using: &random) { try person(&writer) }
    for _ in 0..<Int.random(in: 0...6, using: &random) { try theme(&writer) }
    for _ in 0..<Int.random(in: 0...4, using: &random) { try interview(&writer) }
    for _ in 0..<Int.random(in: 0...4, using: &random) { try note(&writer) }
    let targets = texts
    for target in targets { try code(target, &writer) }
    // About codings too, which are there only now.
    if !codings.isEmpty { try note(&writer) }
  }

  private mutating func study(_ writer: inout Writer) throws {
    let keys = writer.keys
    var edits = [FieldEdit]()
    if chance(50) { edits.append(FieldEdit(.Study.description, text(8))) }
    for name in ["Antes", "x = y; z"] where chance(60) {
      let from = try PartialDate("1998", isKnownZone: { _ in false })
      edits.append(
        FieldEdit(
          .Study.periods, key: keys.key(named: name),
          value: .period(
            Period(name: name, from: chance(50) ? from : nil, to: nil, description: text(4)))))
    }
    let definitions: [(String, Kind, AttributeDefinition.ValueType, [String])] = [
      ("edad", .participant, .integer, []), ("edad", .interview, .number, []),
      ("urgente", .interview, .boolean, []), ("género", .participant, .choice, ["a; b", "c\\d"]),
      ("visita", .interview, .date, []), ("altura", .place, .number, []),
    ]
    for (name, kind, type, choices) in definitions where chance(70) {
      edits.append(
        FieldEdit(
          .Study.attributeDefinitions, key: keys.key(definitionNamed: name, of: kind),
          value: .attributeDefinition(
            AttributeDefinition(
              name: name, record: kind, type: type, description: text(3), choices: choices))))
    }
    if !edits.isEmpty { try writer.update(writer.reader.studyRecord, edits) }
  }

  private mutating func attributes(_ field: Field, _ keys: FieldKeys) -> [FieldEdit] {
    let values: [(Field, String, [String])] = [
      (.Participant.attributes, "edad", ["41", "7"]),
      (.Interview.attributes, "edad", ["3.5", "1e3"]),
      (.Interview.attributes, "urgente", ["true", "false"]),
      (.Participant.attributes, "género", ["a; b", "c\\d"]),
      (.Interview.attributes, "visita", ["2017-05-12", "2017"]),
      (.Place.attributes, "altura", ["500", "0.25"]),
      (.Place.attributes, "x = y", ["=", "a\nb\\n"]),
      (.Interview.attributes, "no \"definido\"", ["<x>", "dos\nlíneas"]),
    ]
    return values.filter { $0.0 == field }.compactMap { field, name, values in
      guard chance(60) else { return nil }
      return FieldEdit(
        field, key: keys.key(named: name),
        value: .attribute(Attribute(name: name, value: pick(values))))
    }
  }

  private mutating func place(_ writer: inout Writer) throws {
    var edits = [FieldEdit(.Place.name, pick(Self.names))]
    if chance(50) { edits.append(FieldEdit(.Place.kind, pick(PlaceKind.allCases).rawValue)) }
    if chance(30) { edits.append(FieldEdit(.Place.code, "2210")) }
    if chance(30) { edits.append(FieldEdit(.Place.otherNames, value: .list(["a; b", "c"]))) }
    if chance(50) {
      edits.append(
        FieldEdit(
          .Place.location,
          value: .location(
            Location(latitude: -8.25, longitude: -76.5, accuracy: chance(50) ? 30.5 : nil))))
    }
    if let parent = places.randomElement(using: &random), chance(60) {
      edits.append(FieldEdit(.Place.parent, value: .reference(parent.rawValue)))
    }
    if let other = places.randomElement(using: &random), chance(30) {
      edits.append(
        FieldEdit(
          .Place.within, key: writer.keys.key(other.rawValue),
          value: .membership(other.rawValue, isMember: true)))
    }
    edits += attributes(.Place.attributes, writer.keys)
    places.append(try writer.create(.place, edits))
  }

  private mutating func person(_ writer: inout Writer) throws {
    var edits = [FieldEdit(.Participant.pseudonym, pick(Self.names))]
    if chance(50) { edits.append(FieldEdit(.Participant.role, pick(Self.names))) }
    edits += attributes(.Participant.attributes, writer.keys)
    people.append(try writer.create(.participant, edits))
  }

  private mutating func theme(_ writer: inout Writer) throws {
    var edits = [FieldEdit(.Theme.name, pick(Self.names))]
    if let parent = themes.randomElement(using: &random), chance(60) {
      edits.append(FieldEdit(.Theme.parent, value: .reference(parent.rawValue)))
    }
    if chance(50) { edits.append(FieldEdit(.Theme.definition, text(6))) }
    if chance(50) { edits.append(FieldEdit(.Theme.colour, pick(["#1f3A5f", "#000000"]))) }
    themes.append(try writer.create(.theme, edits))
  }

  private mutating func interview(_ writer: inout Writer) throws {
    var edits = [FieldEdit]()
    if chance(80) { edits.append(FieldEdit(.Interview.label, pick(Self.names))) }
    if chance(50) { edits.append(FieldEdit(.Interview.title, pick(Self.names))) }
    if chance(50) {
      edits.append(FieldEdit(.Interview.kind, pick(InterviewKind.allCases).rawValue))
    }
    if chance(70) { edits.append(FieldEdit(.Interview.date, value: date())) }
    if let place = places.randomElement(using: &random) {
      edits.append(FieldEdit(.Interview.place, value: .reference(place.rawValue)))
    }
    if chance(30) {
      edits.append(
        FieldEdit(.Interview.interviewers, value: .list([pick(["Ana", "a; b", "c d"])])))
    }
    if chance(50) { edits.append(FieldEdit(.Interview.languages, value: .list(["es", "qu"]))) }
    if chance(50) {
      guard case .date(let day) = date() else { return }
      edits.append(
        FieldEdit(
          .Interview.consent,
          value: .consent(
            Consent(
              form: "oral; grabado", level: pick(ConsentLevel.allCases),
              date: chance(50) ? day : nil, embargo: chance(50) ? day : nil))))
    }
    if chance(30) { edits.append(FieldEdit(.Interview.summary, text(5))) }
    if chance(30) { edits.append(FieldEdit(.Interview.source, pick(Self.names))) }
    if chance(90) { edits.append(FieldEdit(.Interview.text, text(60))) }
    for person in people where chance(50) {
      edits.append(
        FieldEdit(
          .Interview.participants, key: writer.keys.key(person.rawValue),
          value: .membership(person.rawValue, isMember: true)))
    }
    edits += attributes(.Interview.attributes, writer.keys)
    if edits.isEmpty { edits.append(FieldEdit(.Interview.title, "x")) }
    texts.append(try writer.create(.interview, edits))
  }

  private mutating func note(_ writer: inout Writer) throws {
    var edits = [FieldEdit(.Note.text, text(20))]
    let about = places + people + themes + texts + codings + [writer.reader.studyRecord]
    if chance(85) { edits.append(FieldEdit(.Note.about, value: .reference(pick(about).rawValue))) }
    if chance(60) { edits.append(FieldEdit(.Note.at, value: date())) }
    let id = try writer.create(.note, edits)
    if chance(50) { texts.append(id) }
  }

  private mutating func code(_ target: RecordID, _ writer: inout Writer) throws {
    guard let (field, text, version) = try writer.reader.codedText(of: target), let version,
      !themes.isEmpty
    else { return }
    let length = text.unicodeScalars.count
    guard length > 0 else { return }
    let maker = AnchorMaker(text: text, version: version)
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      let start = Int.random(in: 0..<length, using: &random)
      let end = Int.random(in: start + 1...length, using: &random)
      var edits = [
        FieldEdit(
          .Coding.target,
          value: .target(Target(record: target.rawValue, field: field.number))),
        FieldEdit(.Coding.anchor, value: .anchor(try maker.anchor(start..<end))),
        FieldEdit(.Coding.theme, value: .reference(pick(themes).rawValue)),
      ]
      if chance(80) { edits.append(FieldEdit(.Coding.coder, pick(["Ana", "Luis", "a <b>"]))) }
      if chance(40) { edits.append(FieldEdit(.Coding.memo, self.text(5))) }
      codings.append(try writer.create(.coding, edits))
    }
  }
}
