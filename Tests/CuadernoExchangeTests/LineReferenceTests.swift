import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoExchange

/// Ids that stand twice, and references that lead nowhere, in JSON Lines.
@Suite struct LineReferenceTests {
  private func id(_ number: Int) -> String { String(repeating: "0", count: 30) + "\(number)" }

  private func theme(_ number: Int, _ more: String = "") -> String {
    #"{"record":"theme","id":"\#(id(number))","name":"t\#(number)"\#(more)}"#
  }

  private func text(_ lines: [String]) -> String {
    LinesImportTests.header + lines.joined(separator: "\n") + "\n"
  }

  private func refusal(_ lines: String..., in book: TestNotebook? = nil) throws -> String {
    let book = try book ?? TestNotebook()
    let before = try book.changes
    let words = words { try book.take(text(lines)) }
    #expect(try book.changes == before)
    return words
  }

  @Test func `a record with two lines is refused with both`() throws {
    #expect(
      try refusal(theme(10), theme(11), theme(10, #","definition":"x""#))
        == "line 4: line is about the same record as line 2; a record has one line, so leave one of "
        + "the two, or put into one what both say")
    #expect(
      try refusal(#"{"record":"study","title":"A"}"#, #"{"record":"study","title":"B"}"#)
        .hasPrefix("line 3: line is about the same record as line 2"))
  }

  @Test func `one name with two values in a line is refused with its place`() throws {
    let periods = #"[{"name":"P","from":"1990"},{"name":"P","from":"1991"}]"#
    #expect(
      try refusal(#"{"record":"study","periods":\#(periods)}"#)
        == "line 2, byte 19: periods has one name twice, with different values; leave one of the two"
    )
    let same = #"[{"name":"P","from":"1990"},{"name":"P","from":"1990"}]"#
    let book = try TestNotebook()
    #expect(try book.take(text([#"{"record":"study","periods":\#(same)}"#])).changed == [.study: 1])
  }

  @Test func `a reference to a record of another kind is refused`() throws {
    let interview = #"{"record":"interview","id":"\#(id(20))","label":"A","place":"\#(id(10))"}"#
    let expected = ": place is the id of a record of kind theme; its kind must be place"
    #expect(try refusal(theme(10), interview) == "line 3" + expected)
    #expect(try refusal(interview, theme(10)) == "line 2" + expected)
    let book = try TestNotebook()
    try book.take(text([theme(10)]))
    #expect(try refusal(interview, in: book) == "line 2" + expected)
    #expect(
      try refusal(
        theme(10),
        #"{"record":"coding","id":"\#(id(30))","target":{"interview":"\#(id(10))","field":"text"}}"#
      )
        == "line 3: target is the id of a record of kind theme; its kind must be interview")
  }

  @Test func `references that lead nowhere are kept, and told with their lines`() throws {
    let book = try TestNotebook()
    let lines = text([
      theme(10),
      #"{"record":"interview","id":"\#(id(20))","label":"A","text":"Hola","place":"\#(id(88))","participants":["\#(id(89))"]}"#,
      #"{"record":"note","id":"\#(id(25))","about":"\#(id(26))","text":"n"}"#,
      #"{"record":"note","id":"\#(id(26))","about":"study","text":"n"}"#,
      #"{"record":"coding","id":"\#(id(30))","target":{"interview":"\#(id(20))","field":"text"},"anchor":{"quote":"Hola"},"theme":"\#(id(77))"}"#,
    ])

    let report = try book.takeLines(lines)
    let before = try book.changes
    _ = try book.takeLines(lines)

    #expect(report.counts == [.danglingReferences: 3])
    #expect(report.places[.danglingReferences] == [.line(3), .line(3), .line(6)])
    #expect(try book.changes == before)
  }

  @Test func `a circle of parents is refused, also one that goes through what is here`() throws {
    let words =
      ": parent leads back to the record itself; let one record of the circle have another, or "
      + "none"
    let (ten, eleven) = (#","parent":"\#(id(11))""#, #","parent":"\#(id(10))""#)
    #expect(try refusal(theme(12, eleven), theme(10, ten), theme(11, eleven)) == "line 3" + words)
    #expect(try refusal(theme(10, eleven)).hasPrefix("line 2: parent"))
    let book = try TestNotebook()
    try book.take(text([theme(10), theme(11, eleven)]))
    #expect(try refusal(theme(10, ten), in: book).hasPrefix("line 2: parent"))
    // Both are told anew, and the file's word counts.
    #expect(
      try book.take(text([theme(11, #","parent":null"#), theme(10, ten)])).changed == [.theme: 2])
    #expect(
      try refusal(theme(12), theme(13, #","mergedInto":"\#(id(13))""#)).hasPrefix(
        "line 3: mergedInto"))
  }

  @Test func `a study that holds references to what was deleted comes back`() throws {
    let book = try TestNotebook()
    let (place, theme) = (try book.place("Tocache"), try book.theme("Estado"))
    let below = try book.theme("Confianza", in: theme)
    let interview = try book.interview("A", "Nadie vino.", place: place)
    try book.code(interview, "Nadie", theme)
    try book.note("n", about: below)
    for record in [place, theme] { try book.delete(record) }
    let lines = try book.lines()

    let copy = try TestNotebook(seed: 2, study: 8)
    let report = try copy.takeLines(lines)

    #expect(report.counts[.danglingReferences] == 1)
    #expect(try copy.lines() == lines)
  }
}
