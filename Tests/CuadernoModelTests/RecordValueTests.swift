import CuadernoModel
import Testing

@Suite struct LocationTests {
  @Test(arguments: [(90.0, 180.0), (-90, -180), (0, 0), (-8.1891, -76.5107)])
  func `a point on the earth is accepted`(latitude: Double, longitude: Double) {
    let location = Location(latitude: latitude, longitude: longitude, accuracy: 0)

    #expect(refusal(.location(location), for: .Place.location) == nil)
  }

  @Test(arguments: [
    (91.0, "91.0"), (-90.000001, "-90.000001"), (.nan, "nan"), (.infinity, "inf"),
  ])
  func `a latitude off the earth is refused`(latitude: Double, spelling: String) {
    let location = Location(latitude: latitude, longitude: 0)

    #expect(
      refusal(.location(location), for: .Place.location)
        == "latitude is \(spelling); it must lie from -90 to 90")
  }

  @Test(arguments: [(180.5, "180.5"), (-181, "-181.0"), (.nan, "nan"), (-.infinity, "-inf")])
  func `a longitude off the earth is refused`(longitude: Double, spelling: String) {
    let location = Location(latitude: 0, longitude: longitude)

    #expect(
      refusal(.location(location), for: .Place.location)
        == "longitude is \(spelling); it must lie from -180 to 180")
  }

  @Test(arguments: [(-1.0, "-1.0"), (.nan, "nan"), (.infinity, "inf")])
  func `an accuracy that is no distance is refused`(accuracy: Double, spelling: String) {
    let location = Location(latitude: 0, longitude: 0, accuracy: accuracy)

    #expect(
      refusal(.location(location), for: .Place.location)
        == "accuracy is \(spelling) metres; it must be zero or more")
  }
}

@Suite struct PeriodTests {
  @Test func `a period may be open at either end`() throws {
    let periods = [
      Period(name: "antes", from: nil, to: try date("1999")),
      Period(name: "después", from: try date("2000"), to: nil),
      Period(name: "siempre", from: nil, to: nil),
      Period(name: "un día", from: try date("2000-02-29"), to: try date("2000-02-29")),
      Period(name: "un año", from: try date("2000"), to: try date("2000")),
    ]

    for period in periods { #expect(refusal(.period(period), for: .Study.periods) == nil) }
  }

  @Test func `a period that ends before it begins is refused`() throws {
    let period = Period(name: "al revés", from: try date("2001"), to: try date("2000-12-31"))

    #expect(
      refusal(.period(period), for: .Study.periods) == "period ends before it begins")
  }

  @Test func `a period needs a name`() {
    let period = Period(name: "", from: nil, to: nil)

    #expect(refusal(.period(period), for: .Study.periods) == "period name is empty")
  }

  @Test func `a period contains the dates that lie wholly within it`() throws {
    let period = Period(name: "a", from: try date("1998-06"), to: try date("2000"))

    for inside in ["1999", "2000", "1998-06", "1998-06-01", "2000-12-31T23:59"] {
      #expect(period.contains(try date(inside)), "\(inside)")
    }
    for outside in ["1998", "2001", "1998-05-31", "2001-01-01"] {
      #expect(!period.contains(try date(outside)), "\(outside)")
    }
  }
}

@Suite struct CodingValueTests {
  private func anchor(_ start: Int, _ end: Int, _ quote: String) -> Value {
    .anchor(
      Anchor(
        version: [TextWrite(device: 1, sequence: 1)], start: start, end: end, quote: quote,
        prefix: "", suffix: ""))
  }

  @Test func `an anchor is as long as its quote in scalars`() {
    #expect(refusal(anchor(3, 5, "ñ\u{301}"), for: .Coding.anchor) == nil)
    #expect(
      refusal(anchor(3, 4, "ñ\u{301}"), for: .Coding.anchor)
        == "text at 3:4 is not the quote given with it")
    #expect(
      refusal(anchor(-1, 1, "ab"), for: .Coding.anchor)
        == "text at -1:1 is not the quote given with it")
  }

  @Test func `an empty span is refused`() {
    let words = "span is empty; it must hold at least one character"

    #expect(refusal(anchor(3, 3, ""), for: .Coding.anchor) == words)
    #expect(refusal(anchor(4, 3, "a"), for: .Coding.anchor) == words)
  }

  @Test func `a target without a text field is refused`() {
    #expect(
      refusal(.target(Target(record: 1, field: 0)), for: .Coding.target)
        == "only the text of an interview or a note can be coded")
  }

  @Test func `only the texts of interviews and notes can be coded`() {
    let codable = Field.all.filter(\.canBeCoded)

    #expect(codable == [Field.Interview.text, Field.Note.text])
    for kind in Kind.allCases {
      #expect(Field.codedText(of: kind) == codable.first { $0.kind == kind })
    }
  }

  @Test func `a consent needs its form`() {
    let consent = Consent(form: "", level: .withdrawn)

    #expect(refusal(.consent(consent), for: .Interview.consent) == "consent is empty")
  }

  @Test func `a member needs a name and a device`() {
    #expect(
      refusal(.member(Member(name: "", device: "d")), for: .Study.members)
        == "member name is empty")
    #expect(
      refusal(.member(Member(name: "Ana", device: "")), for: .Study.members)
        == "device name is empty")
  }

  @Test func `what only a whole notebook can tell has its sentence too`() {
    // The notebook's tests make these happen.
    #expect(Fault.ownParent(field: "parent").description == "parent names the record itself")
    #expect(
      Fault.cycle(field: "parent").description
        == "parent names a record below this one, which would make a circle")
    #expect(Fault.tooDeep.description == "tree would be more than 64 levels deep")
    #expect(
      Fault.spanOutsideText(start: 3, end: 9, length: 5).description
        == "span 3:9 is outside the text, which has 5 characters")
    #expect(
      Fault.quoteNotFound.description
        == "quote is not in the text; copy it exactly, with its accents and punctuation")
    #expect(
      Fault.quoteAmbiguous(positions: [3, 40], total: 12).description
        == "quote is 12 times in the text, at 3, 40; quote more of it, or give --span START:END")
    #expect(
      Fault.date(field: "date", .noSuchMonth(13)).description
        == "date: date has month 13; months are 1 to 12")
  }
}
