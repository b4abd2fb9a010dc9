import Testing

@testable import CuadernoClient
@testable import CuadernoExchange

/// What a person reads after tables were written.
@Suite struct TableWordsTests {
  @Test func `an export says what it holds, what it could not hold so, and what asks for care`() {
    var consents = ConsentCounts()
    consents.withdrawn = 1
    consents.embargoed = 2
    let lines = TableExportLines(
      "/nowhere/out.xlsx", held: ["codings": 3, "places": 0, "themes": 1],
      order: ["codings", "themes", "places"], warnings: ["1 text too long"], consents: consents,
      counts: [("longTexts", 1)])
    #expect(
      lines.output.rendered(asJSON: false) == """
        Wrote 0 bytes: codings 3, themes 1.
          1 text too long
          interviews in the file whose consent was withdrawn; `cuaderno erase` takes them out of the \
        study: 1
          interviews in the file that are under an embargo still: 2

        """)
    #expect(
      lines.output.rendered(asJSON: true) == """
        {"file":"/nowhere/out.xlsx","bytes":0,"counts":{"codings":3,"themes":1,"places":0,\
        "longTexts":1,"withdrawn":1,"embargoed":2}}

        """)
  }

  @Test func `faults say what to do, and name nothing of the study`() {
    #expect(
      "\(WorkbookFault.notAsWritten)"
        == "the workbook does not hold what was written into it; nothing was written. Check the space "
        + "left in the folder, and try again")
    #expect(
      "\(WorkbookFault.library(code: 5))"
        == "the workbook could not be written (libxlsxwriter's error 5); nothing was written. Check the "
        + "space left in the folder")
    #expect(
      "\(TableDatabaseFault.library(code: 13))"
        == "the tables could not be written (SQLite's error 13); nothing was written. Check the space "
        + "left in the folder")
    #expect(
      "\(TableDatabaseFault.notAsWritten)"
        == "the tables do not hold what was written into them; nothing was written. Check the space "
        + "left in the folder, and try again")
    for fault in [
      WorkbookFault.cannotWrite.description, TableDatabaseFault.cannotWrite.description,
    ] {
      #expect(
        fault
          == "file cannot be written there; check the folder, its permissions and the space left")
    }
  }
}
