import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoExchange

/// Embargoes on a laptop whose clock is years ahead.
@Suite struct EmbargoClockTests {
  private static let now = TestNotebook.exportMilliseconds
  private static let ahead = now + 9 * 31_557_600_000

  private func embargoed(_ book: TestNotebook, at milliseconds: Int64) throws -> Int {
    try book.notebook.read {
      try ConsentCounts($0, of: .everything, hasCodings: false, milliseconds: milliseconds)
    }.embargoed
  }

  @Test func `an embargo goes on by the server's time, once it was heard`() throws {
    let book = try LinesExportTests.small()
    let interview = try book.interview("embargo", "Dijo algo.")
    let end = try PartialDate("2020-01-01", isKnownZone: { _ in false })
    _ = try book.write {
      try $0.update(
        interview,
        [
          FieldEdit(
            .Interview.consent,
            value: .consent(Consent(form: "oral", level: .mayQuote, date: nil, embargo: end)))
        ])
    }
    let reading = try #require(
      ClockReading(sent: Self.ahead, hub: Self.now, received: Self.ahead))
    #expect(try embargoed(book, at: Self.now) == 1)
    #expect(try embargoed(book, at: Self.ahead) == 0)

    _ = try book.notebook.mendClock(reading, from: try book.notebook.frontier())

    #expect(try embargoed(book, at: Self.ahead) == 1)
  }
}
