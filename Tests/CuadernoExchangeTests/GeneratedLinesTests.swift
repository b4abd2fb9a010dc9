import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import Testing

@testable import CuadernoExchange

/// The lines of the bench's generator: plain objects with ids of their own.
@Suite struct GeneratedLinesTests {
  private static let place = "11111111-1111-4111-8111-111111111111"
  private static let theme = "22222222-2222-4222-8222-222222222222"
  private static let interview = "33333333-3333-4333-8333-333333333333"
  private static let coding = "44444444-4444-4444-8444-444444444444"

  private static let lines = """
    {"kind":"place","id":"\(place)","name":"Zazu de Puig","region":"Jaén","lat":-5.70729,"lon":-78.5}
    {"kind":"place","id":"55555555-5555-4555-8555-555555555555","name":"Otro","region":"Jaén","lat":1,"lon":2}
    {"kind":"theme","id":"\(theme)","name":"coca y miedo","color":"#0a1b2c"}
    {"kind":"interview","id":"\(interview)","title":"Entrevista","date":"2017-05-12","place":"\(place)","language":"qu","body":"P: ¿Y?\\nR: Ñañaykuna."}
    {"kind":"coding","id":"\(coding)","interview":"\(interview)","theme":"\(theme)","start":10,"end":19}

    """

  private func record<Kind: RowRecord>(_ id: String, _ book: TestNotebook) throws -> Kind {
    let id = try #require(RecordID(id))
    return try #require(try book.notebook.read { try $0.fetch(Kind.self, id) })
  }

  @Test func `places, themes, interviews and codings are taken in`() throws {
    let book = try TestNotebook()

    let tally = try book.take(Self.lines)

    #expect(tally.new == [.place: 3, .theme: 1, .interview: 1, .coding: 1])
    let interview: Interview = try record(Self.interview, book)
    #expect(interview.title == "Entrevista")
    #expect(interview.kind == .interview)
    #expect(interview.languages == ["qu"])
    #expect(interview.place?.description == Self.place.filter { $0 != "-" })
    let coding: Coding = try record(Self.coding, book)
    #expect(coding.anchor?.quote == "Ñañaykuna")
    #expect(coding.anchor?.prefix == "P: ¿Y?\nR: ")
    let theme: Theme = try record(Self.theme, book)
    #expect(theme.colour == "#0a1b2c")
  }

  @Test func `a region is made once, and is the same place in every notebook of a study`() throws {
    let ana = try TestNotebook()
    let luis = try TestNotebook(seed: 2, member: "Luis")
    let other = try TestNotebook(seed: 3, study: 8)
    for book in [ana, luis, other] { try book.take(Self.lines) }
    func region(_ book: TestNotebook) throws -> RecordID? {
      let place: Place = try record(Self.place, book)
      return place.parent
    }

    #expect(try region(ana) == region(luis))
    #expect(try region(ana) != region(other))
    let regions = try ana.notebook.read { try $0.ids(named: "jaen", .place) }
    #expect(regions == [try region(ana)])
    let id = try #require(try region(ana))
    let jaen: Place = try record(id.description, ana)
    #expect(jaen.kind == .region)
  }

  @Test func `the same lines again write nothing, and an edited interview only what differs`()
    throws
  {
    let book = try TestNotebook()
    try book.take(Self.lines)
    let before = try book.changes

    #expect(
      try book.take(Self.lines).unchanged == [.place: 3, .theme: 1, .interview: 1, .coding: 1])
    #expect(try book.changes == before)

    let line = try #require(Self.lines.split(separator: "\n").first { $0.contains("\"body\"") })
    let tally = try book.take(String(line).replacing("R: Ñ", with: "R: Sí. Ñ"))

    #expect(tally.changed == [.interview: 1])
    #expect(try book.changes == before + 1)
    let id = try #require(RecordID(Self.interview))
    let last = try #require(try book.notebook.read { try $0.history(of: id) }.last)
    #expect(last.edits.map(\.field) == [.Interview.text])
    // The coding was carried along, and the first lines would not move it either.
    let placed = try book.notebook.read { try $0.placed($0.codings(on: id), on: id) }
    #expect(placed.map(\.status) == [.exact])
    #expect(placed.first?.span == 14..<23)
  }

  @Test func `codings may come after all interviews or stand on one taken in before`() throws {
    let book = try TestNotebook()
    let all = Self.lines.split(separator: "\n", omittingEmptySubsequences: true)
    try book.take(all.dropLast().joined(separator: "\n"))
    try book.take(String(try #require(all.last)))
    #expect(try book.counts()[.coding] == 1)
  }

  @Test(
    arguments: [
      (
        #"{"kind":"splice","id":"x"}"#,
        "line 2: kind is not one of: place, theme, interview, coding"
      ),
      (
        #"{"kind":"theme","id":"\#(theme)","name":"x","note":"y"}"#,
        "line 2, byte 72: field is not one of: kind, id, name, color; take it out, or update cuaderno "
          + "if a newer one wrote it"
      ),
      (#"{"kind":"theme","name":"x"}"#, "line 2: line has no id"),
      (
        #"{"kind":"theme","id":"1","name":"x"}"#,
        "line 2, byte 17: id must be an id of 32 hexadecimal digits"
      ),
      (#"{"kind":"theme","id":"\#(theme)"}"#, "line 2: line has no name"),
      (
        #"{"kind":"place","id":"\#(place)","name":"x","lat":-91,"lon":0}"#,
        "line 2: latitude is -91.0; it must lie from -90 to 90"
      ),
      (
        #"{"kind":"coding","id":"\#(coding)","interview":"\#(interview)","theme":"\#(theme)","start":0,"end":4}"#,
        "line 2: coding lies on a record that has no text; its line must come before this one"
      ),
      (
        #"{"kind":"coding","id":"\#(coding)","interview":"\#(interview)","theme":"\#(theme)","start":"0","end":4}"#,
        "line 2, byte 160: start must be a whole number"
      ),
      (
        #"{"kind":"coding","id":"\#(coding)","interview":"\#(interview)","theme":"\#(theme)","start":0.5,"end":4}"#,
        "line 2, byte 160: start must be a whole number"
      ),
      ("null", "line 2: line is no JSON object"),
    ] as [(String, String)])
  func `a line that cannot be taken is told, and nothing of the file is`(
    line: String, expected: String
  ) throws {
    let book = try TestNotebook()
    let before = try book.changes
    let first = #"{"kind":"theme","id":"66666666666646668666666666666666","name":"x"}"# + "\n"

    #expect(words { try book.take(first + line) } == expected)
    #expect(try book.changes == before)
  }

  @Test(
    arguments: [
      (19, 19, "span is empty; it must hold at least one character"),
      (0, 99, "span 0:99 is outside the text, which has 20 characters"),
      (-1, 3, "span -1:3 is outside the text, which has 20 characters"),
    ] as [(Int, Int, String)])
  func `a span outside the text is refused with its line`(
    start: Int, end: Int, expected: String
  ) throws {
    let book = try TestNotebook()
    let lines = Self.lines.replacing(
      #""start":10,"end":19"#, with: #""start":\#(start),"end":\#(end)"#)
    #expect(words { try book.take(lines) } == "line 5: \(expected)")
    #expect(try book.counts()[.interview] == 0)
  }
}
