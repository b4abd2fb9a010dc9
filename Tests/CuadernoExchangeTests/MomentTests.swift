import CuadernoModel
import CuadernoTestSupport
import Testing

@testable import CuadernoExchange

@Suite struct MomentTests {
  @Test(arguments: [
    ("2017", "2017-01-01T00:00:00Z"), ("2017-05-12T09:30", "2017-05-12T09:30:00Z"),
    ("2017-05-12T23:30-05:00", "2017-05-13T04:30:00Z"),
    ("2017-05-12T23:30:59+14:00", "2017-05-12T09:30:59Z"),
    ("2017-05-12T23:30 America/Lima", "2017-05-13T04:30:00Z"),
    ("2016-02-29T00:10+01:00", "2016-02-28T23:10:00Z"),
    ("1960-01-01T00:00+01:00", "1959-12-31T23:00:00Z"),
    ("0001-01-01T00:30+05:00", "0001-01-01T00:30:00Z"),
    ("9999-12-31T23:30-05:00", "9999-12-31T23:30:00Z"),
    // The clocks of Madrid went forward at two in the morning, and back at three.
    ("2017-03-26T01:59 Europe/Madrid", "2017-03-26T00:59:00Z"),
    ("2017-03-26T03:00 Europe/Madrid", "2017-03-26T01:00:00Z"),
    ("2017-10-29T04:00 Europe/Madrid", "2017-10-29T03:00:00Z"),
  ])
  func `a time is told in UTC, by the clock of its zone`(date: String, moment: String) throws {
    #expect(try Moment(PartialDate(date, isKnownZone: { _ in true })).description == moment)
  }

  @Test(arguments: Seeds.upTo(50))
  func `any moment comes back from its parts`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let seconds = Int64.random(in: -62_135_596_800..<253_402_300_800, using: &random)
    let moment = Moment(milliseconds: 1_000 * seconds)
    let text = String(moment.description.dropLast()) + "Z"
    #expect(try Moment(PartialDate(text, isKnownZone: { _ in true })).description == text)
  }
}
