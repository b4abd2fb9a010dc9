import CuadernoModel
import Testing

@testable import CuadernoClient
@testable import CuadernoExchange

/// What a person reads after a project of another program was taken in.
@Suite struct QDAWordsTests {
  @Test func `an import says what its positions count and where it kept what it could not place`() {
    var report = QDAImportReport()
    report.tally.count(.interview, .new)
    report.tally.count(.coding, .new)
    report.tally.count(.coding, .new)
    report.unit = PositionUnit(counted: .utf16, lineEnd: .one)
    for line in 1...7 {
      report.count(.unplacedSelections, at: .inEntry(1, .line(line)))
    }
    report.count(.graphs)

    #expect(
      ImportReport(report).output.rendered(asJSON: false) == """
        Imported.
          new: 1 interview, 2 codings
        Its positions count units of UTF-16, a line end as one.
          selections that do not lie in their text; kept as notes: 7 (entry 1, line 1; entry 1, line 2; \
        entry 1, line 3; entry 1, line 4; entry 1, line 5 …)
          graphs; left out: 1

        """)
    #expect(
      ImportReport(report).output.rendered(asJSON: true) == """
        {"new":{"interview":1,"coding":2},"changed":{},"unchanged":{},\
        "unit":"units of UTF-16, a line end as one","kept":{"unplacedSelections":7,"graphs":1}}

        """)
  }

  @Test func `every line of both reports has words that name nothing of the study`() {
    for line in QDAImportReport.Line.allCases { #expect(!line.words.isEmpty) }
    let told = QDAExportReport.Line.allCases.filter(\.isWarning)
    #expect(told.count == 18)
    #expect(
      QDAExportReport.Line.unplacedCodings.words
        == "codings left out, since their place in the text is not known; see `cuaderno coding list "
        + "--review`")
  }
}
