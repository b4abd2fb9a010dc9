import CuadernoModel
import Testing

@testable import CuadernoClient
@testable import CuadernoExchange

/// What a person reads after files of other programs were taken in.
@Suite struct IntakeWordsTests {
  private var report: IntakeReport {
    var report = IntakeReport()
    report.tally.count(.interview, .new)
    report.tally.count(.note, .new)
    for row in 1...6 {
      report.count(.unplacedHighlights, at: .row(table: "highlights", id: Int64(row)))
    }
    report.count(.attachments, 3, at: .submission(number: 2, question: nil))
    report.count(.skippedColumns, at: .column(4))
    return report
  }

  @Test func `an import says what came and what could not be taken as it is`() {
    #expect(
      ImportReport(report).output.rendered(asJSON: false) == """
        Imported.
          new: 1 interview, 1 note
          highlights whose place in the text does not hold their words; kept as notes: 6 (table \
        highlights, row 1; table highlights, row 2; table highlights, row 3; table highlights, row 4; \
        table highlights, row 5 …)
          columns left out, as you said: 1 (column 4)
          pictures, recordings and other files that were sent along; not taken: 3 (submission 2 …)

        """)
    #expect(
      ImportReport(report).output.rendered(asJSON: true) == """
        {"new":{"interview":1,"note":1},"changed":{},"unchanged":{},"kept":{"unplacedHighlights":6,\
        "skippedColumns":1,"attachments":3}}

        """)
  }

  @Test func `a rehearsal says that nothing was written`() {
    var rehearsal = ImportReport(report)
    rehearsal.isRehearsal = true

    #expect(
      rehearsal.output.rendered(asJSON: false).hasPrefix(
        "Nothing was written. This would come:\n  new: 1 interview, 1 note\n"))
    #expect(rehearsal.output.rendered(asJSON: true).hasSuffix("\"dryRun\":true}\n"))
  }

  @Test func `every line has words`() {
    for line in IntakeReport.Line.allCases { #expect(!line.words.isEmpty) }
  }
}
