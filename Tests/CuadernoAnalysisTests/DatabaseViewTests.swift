import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoAnalysis
@testable import CuadernoExchange

/// The views of the tables that go to R and Python count as the reports do.
@Suite struct DatabaseViewTests {
  /// The sample with a note about the first interview, which has a date of its own and a coding.
  private func study() throws -> (CrosstabTests.Sample, StudyData) {
    let sample = try CrosstabTests.Sample()
    try sample.notebook.write { writer in
      let interview = try #require(try writer.reader.ids(named: "Tocache", .interview).first)
      let note = try writer.create(
        .note,
        [
          FieldEdit(.Note.about, value: .reference(interview.rawValue)),
          FieldEdit(.Note.text, "volver"),
          FieldEdit(
            .Note.at, value: .date(try PartialDate("2015-02-01", isKnownZone: { _ in true }))),
        ])
      let coded = try #require(try writer.reader.codedText(of: note))
      let maker = AnchorMaker(text: coded.text, version: try #require(coded.version))
      try writer.create(
        .coding,
        [
          FieldEdit(
            .Coding.target,
            value: .target(Target(record: note.rawValue, field: coded.field.number))),
          FieldEdit(.Coding.anchor, value: .anchor(try maker.anchor(0..<6))),
          FieldEdit(
            .Coding.theme,
            value: .reference(try #require(sample.themes["Confianza"]).rawValue)),
          FieldEdit(.Coding.coder, "Luis"),
        ])
    }
    return (sample, try sample.notebook.read { try StudyData($0) })
  }

  private func database(_ sample: CrosstabTests.Sample) throws -> TableDatabase {
    let path = sample.folder.file("out.sqlite")
    try sample.folder.write([], to: "out.sqlite")
    _ = try sample.notebook.read { reader in
      try StudyDatabase.write(reader, milliseconds: 1, to: path)
    }
    return try TableDatabase(path)
  }

  /// Theme, column and number of each cell that is not zero.
  private func cells(_ crosstab: Crosstab) -> [String] {
    crosstab.rows.flatMap { row in
      zip(crosstab.columns, row.counts).compactMap { column, count in
        column.flatMap { name in
          count > 0 ? "\(row.steps.joined(separator: " > "))|\(name)|\(count)" : nil
        }
      }
    }.sorted()
  }

  @Test(arguments: [
    (Dimension.interview, "theme_by_interview", "interview"),
    (.participant, "theme_by_participant", "participant"), (.role, "theme_by_role", "role"),
    (.place(level: nil), "theme_by_place", "place"), (.period, "theme_by_period", "period"),
  ])
  func `a view says what the report says`(dimension: Dimension, view: String, column: String)
    throws
  {
    let (sample, data) = try study()
    let rows = try database(sample).texts(
      "SELECT theme || '|' || \(column) || '|' || codings FROM \(view)")
    #expect(!rows.isEmpty)
    #expect(rows.sorted() == cells(data.crosstab(dimension)))
  }

  @Test func `themes are counted as in the report`() throws {
    let (sample, data) = try study()
    let rows = try database(sample).texts(
      """
      SELECT path || ' ' || codings || ' ' || codings_with_below || ' ' || texts_with_below
      FROM theme_counts
      """)
    #expect(
      rows
        == data.themeCounts().map { count in
          "\(count.steps.joined(separator: " > ")) \(count.codings) \(count.codingsBelow) "
            + "\(count.texts)"
        })
  }
}
