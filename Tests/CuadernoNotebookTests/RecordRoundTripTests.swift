import CuadernoModel
import CuadernoNotebookTestSupport
import CuadernoSync
import Testing

@testable import CuadernoNotebook

/// Every kind of record is written with all its fields and read back, by the notebook that wrote it,
/// by the same one opened again, and by another that got the changes.
@Suite struct RecordRoundTripTests {
  private let pair: Pair
  private let anchored = Anchor(
    version: [TextWrite(device: 7, sequence: 3), TextWrite(device: 9, sequence: 1)], start: 4,
    end: 8, quote: "coca", prefix: "la ", suffix: " y")

  init() throws {
    pair = try Pair()
  }

  /// Writes, and hands what three notebooks then read to a check.
  private func readBack<Result: Equatable>(
    _ write: (inout Writer) throws -> Void, _ read: (Reader) throws -> Result, _ expected: Result
  ) throws {
    try pair.ana.write(write)
    try pair.luis.take(from: pair.ana)
    #expect(try pair.ana.read(read) == expected)
    #expect(try pair.luis.read(read) == expected)
    try pair.ana.close()
    #expect(try pair.anaLaptop.open().read(read) == expected)
  }

  @Test func `an interview`() throws {
    let id = RecordID(rawValue: 100)
    let interview = Interview(
      id: id, label: "TOC-017", title: "Alcalde de Tocache", kind: .focusGroup,
      date: try date("2017-05-12T09:30 America/Lima"), place: RecordID(rawValue: 5),
      interviewers: ["Ana", "Luis"], languages: ["es", "qu"],
      consent: Consent(
        form: "oral", level: .mayParaphrase, date: try date("2017-05"), embargo: try date("2030")),
      text: "Antes había más coca.\nAhora hay cacao.", textVersion: nil, summary: "Cultivos",
      source: "Grabación 17")
    try readBack(
      { writer in
        try writer.create(
          .interview,
          [
            .init(.Interview.label, interview.label), .init(.Interview.title, interview.title),
            .init(.Interview.kind, "focus group"),
            .init(.Interview.date, value: interview.date.map(Value.date)),
            .init(.Interview.place, value: .reference(5)),
            .init(.Interview.interviewers, value: .list(interview.interviewers)),
            .init(.Interview.languages, value: .list(interview.languages)),
            .init(.Interview.consent, value: interview.consent.map(Value.consent)),
            .init(.Interview.text, interview.text), .init(.Interview.summary, interview.summary),
            .init(.Interview.source, interview.source),
          ], id: id)
      },
      { reader -> Interview? in
        var read = try reader.fetch(Interview.self, id)
        read?.textVersion = nil
        return read
      }, interview)
  }

  @Test(arguments: [
    [], ["es", "qu"], ["Ana Ruiz", "Señora Inés"], ["a,b", "[", "]"], ["a\",\"b"],
    ["\\", "/", "\"\""],
    ["\u{1F33F}", "\u{7F}"],
  ])
  func `a list is read as it was written, whatever signs are in it`(entries: [String]) {
    #expect(Columns.list(Columns.list(entries)) == entries)
  }

  @Test(arguments: [
    "", "[", "]", "\"a\"", "[\"a\"\"b\"]", "[\"a\" ]b", "{\"a\":\"b\"}",
  ])
  func `what is no list is none`(json: String) {
    #expect(Columns.list(json) == [])
  }

  @Test func `a note`() throws {
    let id = RecordID(rawValue: 100)
    let at = try date("2017-05-12T20:15-05:00")
    try readBack(
      { writer in
        try writer.create(
          .note,
          [
            .init(.Note.about, value: .reference(9)), .init(.Note.at, value: .date(at)),
            .init(.Note.text, "Tenía miedo de hablar."),
          ], id: id)
      },
      { reader in
        let note = try reader.fetch(Note.self, id)
        return [note?.about?.description ?? "", note?.at?.description ?? "", note?.text ?? ""]
      }, [RecordID(rawValue: 9).description, "2017-05-12T20:15-05:00", "Tenía miedo de hablar."])
  }

  @Test func `a place`() throws {
    let place = Place(
      id: RecordID(rawValue: 100), name: "Tocache", otherNames: ["Tocache Nuevo", "La ciudad"],
      kind: .town, parent: RecordID(rawValue: 5),
      location: Location(latitude: -8.1891, longitude: -76.5107, accuracy: 12.5), code: "221001")
    try readBack(
      { writer in
        try writer.create(
          .place,
          [
            .init(.Place.name, place.name),
            .init(.Place.otherNames, value: .list(place.otherNames)), .init(.Place.kind, "town"),
            .init(.Place.parent, value: .reference(5)),
            .init(.Place.location, value: place.location.map(Value.location)),
            .init(.Place.code, place.code),
          ], id: place.id)
      }, { try $0.fetch(Place.self, place.id) }, .some(place))
  }

  @Test func `a participant`() throws {
    let participant = Participant(
      id: RecordID(rawValue: 100), pseudonym: "El Profesor", role: "dirigente")
    try readBack(
      { writer in
        try writer.create(
          .participant,
          [
            .init(.Participant.pseudonym, participant.pseudonym),
            .init(.Participant.role, participant.role),
          ], id: participant.id)
      }, { try $0.fetch(Participant.self, participant.id) }, .some(participant))
  }

  @Test func `a theme`() throws {
    let theme = Theme(
      id: RecordID(rawValue: 100), name: "Erradicación", parent: RecordID(rawValue: 5),
      definition: "Lo que el Estado arranca.", colour: "#1b9e77", mergedInto: RecordID(rawValue: 6))
    try readBack(
      { writer in
        try writer.create(
          .theme,
          [
            .init(.Theme.name, theme.name), .init(.Theme.parent, value: .reference(5)),
            .init(.Theme.definition, theme.definition), .init(.Theme.colour, theme.colour),
            .init(.Theme.mergedInto, value: .reference(6)),
          ], id: theme.id)
      }, { try $0.fetch(Theme.self, theme.id) }, .some(theme))
  }

  @Test func `a coding`() throws {
    let coding = Coding(
      id: RecordID(rawValue: 100), target: RecordID(rawValue: 5), targetField: 10,
      anchor: anchored, theme: RecordID(rawValue: 6), coder: "Ana", memo: "¿Ironía?")
    try readBack(
      { writer in
        try writer.create(
          .coding,
          [
            .init(.Coding.target, value: .target(Target(record: 5, field: 10))),
            .init(.Coding.anchor, value: .anchor(anchored)),
            .init(.Coding.theme, value: .reference(6)), .init(.Coding.coder, coding.coder),
            .init(.Coding.memo, coding.memo),
          ], id: coding.id)
      }, { try $0.fetch(Coding.self, coding.id) }, .some(coding))
  }

  @Test func `a study with its periods, definitions and members`() throws {
    let period = Period(
      name: "después", from: try date("2000-11"), to: nil, description: "Tras la transición")
    let definition = AttributeDefinition(
      name: "sexo", record: .participant, type: .choice, description: "Lo que dijo",
      choices: ["mujer", "hombre"])
    try pair.ana.write { writer in
      let keys = writer.keys
      try writer.update(
        writer.reader.studyRecord,
        [
          .init(.Study.description, "Alto Huallaga, 1990–2020"),
          .init(.Study.periods, key: keys.key(named: period.name), value: .period(period)),
          .init(
            .Study.attributeDefinitions,
            key: keys.key(definitionNamed: "sexo", of: .participant),
            value: .attributeDefinition(definition)),
        ])
    }
    try pair.luis.take(from: pair.ana)

    for notebook in [pair.ana, pair.luis] {
      try notebook.read { reader throws in
        #expect(
          try reader.studyHeader()
            == Study(title: "La coca y el Estado", description: "Alto Huallaga, 1990–2020"))
        #expect(try reader.periods() == [period])
        #expect(try reader.attributeDefinitions() == [definition])
        #expect(try reader.members().values.map(\.name).sorted() == ["Ana", "Luis"])
      }
    }
  }

  @Test func `attributes and sets`() throws {
    let place = RecordID(rawValue: 100)
    let valleys = [RecordID(rawValue: 8), RecordID(rawValue: 9)]
    let attributes = [
      Attribute(name: "altitud", value: "497"), Attribute(name: "río", value: "Huallaga"),
    ]
    try readBack(
      { writer in
        let keys = writer.keys
        let edits =
          attributes.map { attribute in
            FieldEdit(
              .Place.attributes, key: keys.key(named: attribute.name), value: .attribute(attribute))
          }
          + valleys.map { valley in
            FieldEdit(
              .Place.within, key: keys.key(valley.rawValue),
              value: .membership(valley.rawValue, isMember: true))
          }
        try writer.create(.place, edits, id: place)
      },
      { reader in
        [
          try reader.attributes(of: place) == attributes,
          try reader.references(.Place.within, of: place) == valleys,
        ]
      }, [true, true])
  }
}

/// A date that the test knows to be one.
func date(_ text: String) throws -> PartialDate {
  try PartialDate(text, isKnownZone: { _ in true })
}
