import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoAnalysis

@Suite struct CrosstabTests {
  /// Two interviews in two provinces, three themes of which one was merged, five codings.
  struct Sample {
    let folder: ScratchFolder
    let notebook: Notebook
    let data: StudyData
    let themes: [String: RecordID]

    init() throws {
      folder = try ScratchFolder()
      notebook = try StudySample.notebook(in: folder)
      themes = try notebook.write(Self.fill)
      data = try notebook.read { try StudyData($0) }
    }

    private static func fill(_ writer: inout Writer) throws -> [String: RecordID] {
      var themes = [String: RecordID]()
      themes["Estado"] = try writer.create(.theme, [FieldEdit(.Theme.name, "Estado")])
      for name in ["Confianza", "Miedo", "Temor"] {
        themes[name] = try writer.create(
          .theme,
          [
            FieldEdit(.Theme.name, name),
            FieldEdit(.Theme.parent, value: themes["Estado"].map { .reference($0.rawValue) }),
          ])
      }
      let confidence = try #require(themes["Confianza"])
      let fear = try #require(themes["Miedo"])
      let dread = try #require(themes["Temor"])
      try writer.update(
        dread, [FieldEdit(.Theme.mergedInto, value: .reference(fear.rawValue))])
      try writer.put(
        writer.reader.studyRecord, .study,
        [
          FieldEdit(
            .Study.periods, key: writer.keys.key(named: "antes"),
            value: .period(Period(name: "antes", from: nil, to: try date("2011"))))
        ])
      let first = try interview(&writer, "Tocache", "2010-05", roles: ["alcalde", "agricultora"])
      let second = try interview(&writer, "Juanjuí", "2011-06", roles: ["agricultora"])
      try code(&writer, first, confidence, 0..<10, "Ana")
      try code(&writer, first, dread, 5..<12, "Luis")
      try code(&writer, first, fear, 20..<25, "Ana")
      try code(&writer, second, confidence, 0..<4, "Ana")
      try code(&writer, second, fear, 4..<9, "Ana")
      return themes
    }

    private static func date(_ text: String) throws -> PartialDate {
      try PartialDate(text, isKnownZone: { _ in true })
    }

    private static func interview(
      _ writer: inout Writer, _ province: String, _ day: String, roles: [String]
    ) throws -> RecordID {
      let place = try writer.create(
        .place, [FieldEdit(.Place.name, province), FieldEdit(.Place.kind, "province")])
      let town = try writer.create(
        .place,
        [
          FieldEdit(.Place.name, "Centro"), FieldEdit(.Place.kind, "town"),
          FieldEdit(.Place.parent, value: .reference(place.rawValue)),
        ])
      var edits = [
        FieldEdit(.Interview.label, province),
        FieldEdit(.Interview.date, value: .date(try date(day))),
        FieldEdit(.Interview.place, value: .reference(town.rawValue)),
        FieldEdit(.Interview.text, "nadie nos avisó de nada y después"),
      ]
      for role in roles {
        let person = try writer.create(
          .participant,
          [FieldEdit(.Participant.pseudonym, role + day), FieldEdit(.Participant.role, role)]
        ).rawValue
        edits.append(
          FieldEdit(
            .Interview.participants, key: writer.keys.key(person),
            value: .membership(person, isMember: true)))
      }
      return try writer.create(.interview, edits)
    }

    private static func code(
      _ writer: inout Writer, _ target: RecordID, _ theme: RecordID, _ span: Range<Int>,
      _ coder: String
    ) throws {
      let coded = try #require(try writer.reader.codedText(of: target))
      let maker = AnchorMaker(text: coded.text, version: try #require(coded.version))
      try writer.create(
        .coding,
        [
          FieldEdit(
            .Coding.target,
            value: .target(Target(record: target.rawValue, field: coded.field.number))),
          FieldEdit(.Coding.anchor, value: .anchor(try maker.anchor(span))),
          FieldEdit(.Coding.theme, value: .reference(theme.rawValue)),
          FieldEdit(.Coding.coder, coder),
        ])
    }
  }

  private func text(_ crosstab: Crosstab) -> [String] {
    [crosstab.columns.map { $0 ?? "-" }.joined(separator: " ")]
      + crosstab.rows.map { row in
        "\(row.steps.joined(separator: ">")) \(row.counts) \(row.total)"
      } + ["all \(crosstab.columnTotals) \(crosstab.total)"]
  }

  @Test func `codings of a merged theme count as the theme that stayed`() throws {
    let sample = try Sample()

    let counts = sample.data.themeCounts().map { count in
      "\(count.steps.joined(separator: ">")) \(count.codings) \(count.codingsBelow) "
        + "\(count.texts) \(count.interviews) \(count.participants)"
    }

    #expect(counts == ["Estado 0 5 2 2 3", "Estado>Confianza 2 2 2 2 3", "Estado>Miedo 3 3 2 2 3"])
  }

  @Test func `a place counts at the level that was asked for`() throws {
    let sample = try Sample()

    #expect(
      text(sample.data.crosstab(.place(level: .province))) == [
        "Juanjuí Tocache", "Estado>Confianza [1, 1] 2", "Estado>Miedo [1, 2] 3", "all [2, 3] 5",
      ])
    #expect(sample.data.crosstab(.place(level: .region)).columns == [nil])
  }

  @Test func `a coding counts under every role, and once in the total`() throws {
    let sample = try Sample()

    #expect(
      text(sample.data.crosstab(.role)) == [
        "agricultora alcalde", "Estado>Confianza [2, 1] 2", "Estado>Miedo [3, 2] 3", "all [5, 3] 5",
      ])
  }

  @Test func `a theme may be counted with those below it, and the columns count once all the same`()
    throws
  {
    let sample = try Sample()

    #expect(
      text(sample.data.crosstab(.coder, withThemesBelow: true)) == [
        "Ana Luis", "Estado [4, 1] 5", "Estado>Confianza [2, 0] 2", "Estado>Miedo [2, 1] 3",
        "all [4, 1] 5",
      ])
  }

  @Test func `a date belongs to a period when all of it does`() throws {
    let sample = try Sample()

    #expect(sample.data.crosstab(.period).columns == ["antes"])
    #expect(sample.data.crosstab(.period).columnTotals == [5])
  }

  @Test func `themes meet where their passages share a character`() throws {
    let sample = try Sample()

    let meetings = sample.data.coOccurrences()

    #expect(meetings.count == 1)
    #expect(meetings.first?.pairs == 1)
    #expect(meetings.first?.texts == 1)
    #expect(
      Set([meetings[0].first, meetings[0].second])
        == Set([sample.themes["Confianza"], sample.themes["Miedo"]].compactMap { $0 }))
  }
}
