import CuadernoModel
import CuadernoNotebook
import CuadernoTestSupport
import Testing

@testable import CuadernoExchange

/// The workbook of a study.
@Suite struct WorkbookTests {
  @Test func `the same study and the same time make the same bytes`() throws {
    let book = try LinesExportTests.small()

    try book.exportWorkbook("a.xlsx")
    try book.exportWorkbook("b.xlsx")

    #expect(try book.folder.bytes(of: "a.xlsx") == book.folder.bytes(of: "b.xlsx"))
    #expect(
      try UnzipProcess.text(of: "docProps/core.xml", in: book.folder.file("a.xlsx"))
        .contains("2017-05-20T12:34:56Z"))
  }

  @Test func `nothing stays beside it, whatever is written meanwhile`() throws {
    let book = try LinesExportTests.small()
    let before = try book.folder.names()
    try book.exportWorkbook()
    #expect(try book.folder.names() == (before + ["out.xlsx"]).sorted())
  }

  @Test func `a sheet each, with a row that stays and a filter`() throws {
    let book = try LinesExportTests.small()
    let matrix = StudyWorkbook.Matrix(
      dimension: "role", themes: ["Estado", "Estado > Confianza"],
      rows: [("agricultora", [0, 1]), (nil, [2, 0])])

    let report = try book.exportWorkbook(matrices: [matrix])

    let workbook = try book.workbook()
    #expect(
      workbook.names == [
        "codings", "code book", "interviews", "participants", "places", "themes × role",
      ])
    #expect(
      report.rows == ["codings": 1, "themes": 2, "interviews": 1, "participants": 1, "places": 3])
    let codings = try #require(workbook.sheets["codings"])
    #expect(codings.frozen == "C2")
    #expect(codings.filter == "A1:T2")
    #expect(
      codings.row(1, columns: 20) == [
        "coding", "interview", "title", "kind", "date", "place", "region", "province", "district",
        "participants", "roles", "theme", "coder", "quote", "start", "end", "status", "memo",
        "periods", "participant.género",
      ])
    #expect(
      Array(codings.row(2, columns: 20).dropFirst()) == [
        "TOC-001", "", "interview", "2017-05", "Perú > Tocache", "", "Tocache", "", "Rosa Q.",
        "agricultora", "Estado > Confianza", "Ana", "Lloré mucho.", "10", "22", "exact",
        "=epígrafe", "Después", "mujer",
      ])
    let table = try #require(workbook.sheets["themes × role"])
    #expect(table.row(1, columns: 3) == ["role", "Estado", "Estado > Confianza"])
    #expect(table.row(2, columns: 3) == ["agricultora", "0", "1"])
    #expect(table.row(3, columns: 3) == ["–", "2", "0"])
    #expect(table.cells["B2"]?.type == "n")
  }

  @Test func `headings and names of sheets are in Spanish when that is wanted`() throws {
    let book = try LinesExportTests.small()
    try book.exportWorkbook(in: .spanish)
    let workbook = try book.workbook()
    #expect(
      workbook.names == [
        "codificaciones", "libro de códigos", "entrevistas", "participantes", "lugares",
      ])
    let headings = try #require(workbook.sheets["codificaciones"]).row(1, columns: 20)
    #expect(headings[1] == "entrevista")
    #expect(headings[19] == "participante.género")
    // Every column of ours has a word for it.
    let words = WorkbookWords(.spanish)
    let tables = try book.notebook.read { reader in
      try RecordTables(reader, StudyFacts(reader), of: .everything)
    }
    let same = Set(["roles", "memo", "id", "color", "embargo"])
    for column in tables.interviewColumns + tables.participantColumns + tables.placeColumns
      + tables.themeColumns where column.attribute == nil && !same.contains(column.key)
    {
      #expect(words.heading(column) != column.key, "\(column.key)")
    }
  }

  @Test func `a part of the study has the rows of that part`() throws {
    let book = try LinesExportTests.small()
    let other = try book.interview("TOC-002", "Nadie vino.")
    let trust = try book.theme("Fe")
    let coding = try book.code(other, "Nadie", trust)

    let report = try book.exportWorkbook(of: StudyPart([other, coding]))

    #expect(report.rows["interviews"] == 1)
    #expect(report.rows["codings"] == 1)
    #expect(report.rows["participants"] == nil)
    // The code book is never cut.
    #expect(report.rows["themes"] == 3)
    let codes = try #require(try book.workbook().sheets["code book"])
    #expect(codes.row(4, columns: 7) == ["Fe", "1", "Fe", "", "", "1", "1"])
    #expect(codes.row(3, columns: 7)[5] == "0")
  }
}
