import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import Testing

@testable import CuadernoExchange

@Suite struct LinesExportTests {
  /// Every kind of record with every shape of field; the ids come from the notebook's seed.
  static func small() throws -> TestNotebook {
    let book = try TestNotebook()
    let peru = try book.place("Perú", .country)
    let valley = try book.place("Alto Huallaga", .valley, in: peru)
    let tocache = try book.place("Tocache", .province, in: peru)
    let state = try book.theme("Estado")
    let trust = try book.theme("Confianza", in: state)
    let rosa = try book.participant("Rosa Q.", role: "agricultora")
    let interview = try book.interview(
      "TOC-001", "P: ¿Y?\nR: Lloré mucho.", date: "2017-05", place: tocache, participants: [rosa])
    try book.note("Volver.", about: interview, at: "2017-05-12T18:40 America/Lima")
    try book.note("Del estudio entero.", about: RecordID(rawValue: 7))
    try book.code(interview, "Lloré mucho.", trust, memo: "=epígrafe")
    try book.write { writer in
      let keys = writer.keys
      let period = Period(
        name: "Después", from: try year(2012), to: nil, description: "de la erradicación")
      let definition = AttributeDefinition(
        name: "género", record: .participant, type: .choice, choices: ["mujer", "hombre"])
      try writer.update(
        writer.reader.studyRecord,
        [
          FieldEdit(.Study.description, "Ficción."),
          FieldEdit(.Study.periods, key: keys.key(named: "Después"), value: .period(period)),
          FieldEdit(
            .Study.attributeDefinitions,
            key: keys.key(definitionNamed: "género", of: .participant),
            value: .attributeDefinition(definition)),
        ])
      try writer.update(
        tocache,
        [
          FieldEdit(
            .Place.within, key: keys.key(valley.rawValue),
            value: .membership(valley.rawValue, isMember: true)),
          FieldEdit(
            .Place.location,
            value: .location(Location(latitude: -8.2, longitude: -76.5, accuracy: 30_000))),
          FieldEdit(.Place.code, "2210"), FieldEdit(.Place.otherNames, value: .list(["Tocachi"])),
        ])
      try writer.update(
        rosa,
        [
          FieldEdit(
            .Participant.attributes, key: keys.key(named: "género"),
            value: .attribute(Attribute(name: "género", value: "mujer")))
        ])
      try writer.update(
        interview,
        [
          FieldEdit(.Interview.kind, InterviewKind.interview.rawValue),
          FieldEdit(.Interview.languages, value: .list(["es", "qu"])),
          FieldEdit(
            .Interview.consent,
            value: .consent(Consent(form: "oral", level: .mayQuote, date: try year(2017)))),
        ])
      try writer.update(state, [FieldEdit(.Theme.colour, "#1f3a5f")])
    }
    return book
  }

  static func year(_ year: Int) throws -> PartialDate {
    try PartialDate(String(year), isKnownZone: { _ in false })
  }

  @Test func `a small study is written like this`() throws {
    let lines = try Self.small().lines()
    #expect(lines == Self.golden)
  }

  @Test func `another notebook that takes the lines in writes the same`() throws {
    let lines = try Self.small().lines()
    let other = try TestNotebook(seed: 99, study: 8, member: "Luis")

    let tally = try other.take(lines)

    #expect(try other.lines() == lines)
    #expect(
      tally.new == [
        .place: 3, .participant: 1, .theme: 2, .interview: 1, .note: 2, .coding: 1,
      ])
    #expect(tally.changed == [.study: 1])
  }

  @Test func `a notebook that holds the study already writes nothing`() throws {
    let book = try Self.small()
    let before = try book.changes

    let tally = try book.take(book.lines())

    #expect(try book.changes == before)
    #expect(tally.new.isEmpty)
    #expect(tally.changed.isEmpty)
  }

  @Test func `two notebooks of one study that hold the same changes write the same`() throws {
    let ana = try Self.small()
    let luis = try TestNotebook(seed: 3, member: "Luis")
    try sync(ana, luis)
    try luis.place("Uchiza")
    try ana.theme("Miedo")
    try sync(luis, ana)
    try sync(ana, luis)

    #expect(try ana.lines() == luis.lines())
    #expect(try ana.notebook.summary() == luis.notebook.summary())
  }

  private func sync(_ from: TestNotebook, _ to: TestNotebook) throws {
    _ = try to.notebook.apply(
      from.notebook.page(beyond: to.notebook.frontier(), bytesMax: 1 << 24))
  }

  @Test func `what was deleted is not written, and comes back from older lines`() throws {
    let book = try Self.small()
    let lines = try book.lines()
    let note = try #require(try book.notebook.read { try $0.ids(of: .note) }.first)
    try book.delete(note)

    let after = try book.lines()
    #expect(after.split(separator: "\n").count == lines.split(separator: "\n").count - 1)
    #expect(!after.contains(note.description))

    let tally = try book.take(lines)
    #expect(tally.new == [.note: 1])
    #expect(try book.lines() == lines)
  }

  @Test func `what the lines do not name is left alone`() throws {
    let book = try Self.small()
    let lines = try book.lines()
    let extra = try book.place("Uchiza")
    let tocache = try #require(
      try book.notebook.read { try $0.ids(named: "Tocache", .place) }.first)
    _ = try book.write { writer in
      try writer.update(
        tocache,
        [
          FieldEdit(
            .Place.attributes, key: writer.keys.key(named: "altitud"),
            value: .attribute(Attribute(name: "altitud", value: "500")))
        ])
    }
    let before = try book.changes

    try book.take(lines)

    #expect(try book.changes == before)
    #expect(try book.notebook.read { try $0.fetch(Place.self, extra) } != nil)
  }

  @Test func `a conflict is not settled by lines that say what is shown`() throws {
    let ana = try Self.small()
    let luis = try TestNotebook(seed: 3, member: "Luis")
    try sync(ana, luis)
    let place = try #require(try ana.notebook.read { try $0.ids(named: "Tocache", .place) }.first)
    _ = try ana.write { try $0.update(place, [FieldEdit(.Place.name, "Tocache (A)")]) }
    _ = try luis.write { try $0.update(place, [FieldEdit(.Place.name, "Tocache (L)")]) }
    try sync(luis, ana)
    #expect(try ana.notebook.read { try $0.conflictCount() } == 1)
    let before = try ana.changes

    try ana.take(ana.lines())

    #expect(try ana.changes == before)
    #expect(try ana.notebook.read { try $0.conflictCount() } == 1)
  }

  @Test func `a circle that two people closed is written as it is drawn`() throws {
    let ana = try TestNotebook()
    let luis = try TestNotebook(seed: 3, member: "Luis")
    let one = try ana.theme("Uno")
    let two = try ana.theme("Dos")
    try sync(ana, luis)
    _ = try ana.write {
      try $0.update(one, [FieldEdit(.Theme.parent, value: .reference(two.rawValue))])
    }
    _ = try luis.write {
      try $0.update(two, [FieldEdit(.Theme.parent, value: .reference(one.rawValue))])
    }
    try sync(luis, ana)
    let lines = try ana.lines()
    let other = try TestNotebook(seed: 5, study: 8)
    let before = try ana.changes

    try other.take(lines)
    try ana.take(lines)

    #expect(try other.lines() == lines)
    #expect(try ana.changes == before)
  }

  @Test func `a record moved to the root and under what was below it gets there`() throws {
    let book = try TestNotebook()
    let upper = try book.theme("Arriba")
    let lower = try book.theme("Abajo", in: upper)
    let lines = try book.lines()
    try book.write {
      _ = try $0.update(lower, [FieldEdit(.Theme.parent, value: nil)])
      _ = try $0.update(upper, [FieldEdit(.Theme.parent, value: .reference(lower.rawValue))])
    }
    let moved = try book.lines()

    try book.take(lines)
    #expect(try book.lines() == lines)
    try book.take(moved)
    #expect(try book.lines() == moved)
  }
}
