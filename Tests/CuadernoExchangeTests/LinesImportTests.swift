import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import Testing

@testable import CuadernoExchange

@Suite struct LinesImportTests {
  static let header = #"{"cuaderno":"jsonl","version":1}"# + "\n"
  static let id = "00000000000000000000000000000001"

  private func words(_ lines: String) throws -> String {
    let book = try TestNotebook()
    let before = try book.changes
    let words = CuadernoExchangeTests.words { try book.take(lines) }
    // Nothing is ever half imported.
    #expect(try book.changes == before)
    #expect(try book.counts()[.place] == 0)
    return words
  }

  @Test(
    arguments: [
      ("", "file is empty"), (" \n\n", "file is empty"),
      (
        #"{"a":1}"#,
        #"line 1: first line is neither {"cuaderno":"jsonl","version":1} nor a line with "kind"; "#
          + "export the study anew with `cuaderno export jsonl`"
      ),
      (
        #"{"cuaderno":"sqlite","version":1}"#,
        #"line 1: first line is neither {"cuaderno":"jsonl","version":1} nor a line with "kind"; "#
          + "export the study anew with `cuaderno export jsonl`"
      ),
      (
        #"{"cuaderno":"jsonl","version":2}"#,
        "line 1: file was written by a newer cuaderno (version 2; this one knows 1); update before "
          + "importing it"
      ),
      (#"{"cuaderno":"jsonl"}"#, "line 1: line has no version"),
      (
        #"{"cuaderno":"jsonl","version":1,"x":0}"#,
        "line 1, byte 33: field is not one of: cuaderno, version; take it out, or update cuaderno if "
          + "a newer one wrote it"
      ),
      ("[1]", "line 1: line is no JSON object"),
      (
        "{\n",
        "line 1, byte 2: JSON ends in the middle "
          + "of a value; each line must hold one whole object"
      ),
      (
        "\u{FEFF}{",
        "line 1, byte 2: JSON ends in the middle of a value; each line must hold one whole object"
      ),
    ] as [(String, String)])
  func `a file that begins otherwise is refused`(lines: String, expected: String) throws {
    #expect(try words(lines) == expected)
  }

  @Test(
    arguments: [
      (#"{"id":"1"}"#, "line 3: line has no record"),
      (
        #"{"record":"plaza"}"#,
        "line 3: kind is not one of: study, interview, note, place, participant, theme, coding"
      ),
      (#"{"record":"theme","name":"x"}"#, "line 3: line has no id"),
      (
        #"{"record":"theme","id":"12"}"#,
        "line 3, byte 19: id must be an id of 32 hexadecimal digits"
      ),
      (
        #"{"record":"theme","id":7}"#, "line 3, byte 19: id must be an id of 32 hexadecimal digits"
      ),
      (
        #"{"record":"theme","id":"\#(id)","nombre":"x"}"#,
        "line 3, byte 59: field is not one of: record, id, name, parent, definition, colour, "
          + "mergedInto, attributes; take it out, or update cuaderno if a newer one wrote it"
      ),
      (#"{"record":"theme","id":"\#(id)","name":7}"#, "line 3, byte 59: name must be a string"),
      (
        #"{"record":"theme","id":"\#(id)","colour":"rojo"}"#,
        "line 3: colour is not written as #rrggbb, such as #1b9e77"
      ),
      (
        #"{"record":"theme","id":"\#(id)","parent":"x"}"#,
        "line 3, byte 59: parent must be an id of 32 hexadecimal digits"
      ),
      (
        #"{"record":"theme","id":"\#(id)","attributes":[]}"#,
        "line 3, byte 59: attributes must be an object"
      ),
      (
        #"{"record":"theme","id":"\#(id)","attributes":{"a":1}}"#,
        "line 3, byte 59: attributes must be an object of strings"
      ),
      (
        #"{"record":"interview","id":"\#(id)","date":"2017-13"}"#,
        "line 3, byte 63: date: date has month 13; months are 1 to 12"
      ),
      (
        #"{"record":"interview","id":"\#(id)","date":"2017-05-12T09:30 \u001b[2J"}"#,
        "line 3, byte 63: date: time zone is not known; use a name such as America/Lima, or an offset "
          + "such as -05:00"
      ),
      (
        #"{"record":"interview","id":"\#(id)","participants":"x"}"#,
        "line 3, byte 63: participants must be a list"
      ),
      (
        #"{"record":"interview","id":"\#(id)","languages":[1]}"#,
        "line 3, byte 63: languages must be a list of strings"
      ),
      (
        #"{"record":"interview","id":"\#(id)","languages":["español"]}"#,
        "line 3: languages has an entry that is no BCP 47 language tag, such as es, qu or es-PE"
      ),
      (
        #"{"record":"interview","id":"\#(id)","consent":{"form":"oral","level":"sí"}}"#,
        "line 3, byte 63: consent level must be one of: may quote, may paraphrase, may archive, "
          + "withdrawn"
      ),
      (
        #"{"record":"interview","id":"\#(id)","consent":{"form":"oral"}}"#,
        "line 3: line has no level"
      ),
      (
        #"{"record":"interview","id":"\#(id)","text":"a\u0007b"}"#,
        "line 3: text has the control character U+0007 at position 1; only tab and line break may "
          + "stand in a text"
      ),
      (
        #"{"record":"interview","id":"\#(id)","kind":"encuesta"}"#,
        "line 3: kind must be one of: interview, focus group, observation, document"
      ),
      (
        #"{"record":"place","id":"\#(id)","location":{"latitude":91,"longitude":0}}"#,
        "line 3: latitude is 91.0; it must lie from -90 to 90"
      ),
      (
        #"{"record":"place","id":"\#(id)","location":{"latitude":1}}"#,
        "line 3: line has no latitude and longitude"
      ),
      (
        #"{"record":"place","id":"\#(id)","location":{"latitude":1e400,"longitude":0}}"#,
        "line 3, byte 82: a number too large to be kept exactly"
      ),
      (
        #"{"record":"study","periods":[{"name":"x","from":"2012","to":"2010"}]}"#,
        "line 3: period ends before it begins"
      ),
      (
        #"{"record":"study","attributeDefinitions":[{"name":"x","record":"note","type":"text"}]}"#,
        "line 3, byte 19: record must be one of: interview, place, participant, theme"
      ),
      (
        #"{"record":"study","attributeDefinitions":[{"name":"x","record":"place","type":"y"}]}"#,
        "line 3, byte 19: type must be one of: text, integer, number, boolean, date, choice"
      ),
      (
        #"{"record":"study","members":[]}"#,
        "line 3, byte 19: field is not one of: record, title, description, periods, "
          + "attributeDefinitions; take it out, or update cuaderno if a newer one wrote it"
      ),
      (
        #"{"cuaderno":"jsonl","version":1}"#,
        "line 3: the header stands twice; import one file after the other"
      ),
      (
        #"{"record":"note","id":"0","id":"1"}"#,
        "line 3, byte 27: the same name twice in one object"
      ),
    ] as [(String, String)])
  func `a line that cannot be taken is told, and nothing of the file is`(
    line: String, expected: String
  ) throws {
    let place = #"{"record":"place","id":"000000000000000000000000000000aa","name":"x"}"# + "\n"
    #expect(try words(Self.header + place + line) == expected)
  }

  @Test(
    arguments: [
      (#""target":{"interview":"\#(id)","field":"text"}"#, "{\"start\":0,\"end\":3}", nil),
      (
        #""target":{"interview":"\#(id)","field":"title"}"#, "{\"start\":0,\"end\":3}",
        "line 3, byte 60: only the text of an interview or a note can be coded"
      ),
      (
        #""target":{"place":"\#(id)","field":"text"}"#, "{\"start\":0,\"end\":3}",
        "line 3, byte 60: target must be an object with the id of an interview or a note"
      ),
      (
        #""target":{"interview":"000000000000000000000000000000bb","field":"text"}"#,
        "{\"start\":0,\"end\":3}",
        "line 3: coding lies on a record that has no text; its line must come before this one"
      ),
      (
        #""target":{"interview":"\#(id)","field":"text"}"#, "{\"start\":0,\"end\":99}",
        "line 3: span 0:99 is outside the text, which has 13 characters"
      ),
      (
        #""target":{"interview":"\#(id)","field":"text"}"#, "{\"start\":3,\"end\":3}",
        "line 3: span is empty; it must hold at least one character"
      ),
      (
        #""target":{"interview":"\#(id)","field":"text"}"#, "{\"start\":-1,\"end\":3}",
        "line 3: span -1:3 is outside the text, which has 13 characters"
      ),
      (
        #""target":{"interview":"\#(id)","field":"text"}"#,
        "{\"start\":0,\"end\":3,\"quote\":\"Dos\"}",
        "line 3: text at 0:3 is not the quote given with it"
      ),
      (
        #""target":{"interview":"\#(id)","field":"text"}"#, "{\"quote\":\"Tres\"}",
        "line 3: quote is not in the text; copy it exactly, with its accents and punctuation"
      ),
      (
        #""target":{"interview":"\#(id)","field":"text"}"#, "{\"quote\":\"o\"}",
        "line 3: quote is 3 times in the text, at 2, 5, 12; quote more of it, or give --span START:END"
      ),
      (
        #""target":{"interview":"\#(id)","field":"text"}"#, "{}",
        "line 3: line has no start and end, or quote"
      ),
      (
        #""target":{"interview":"\#(id)","field":"text"}"#,
        "{\"version\":1,\"start\":0,\"end\":3}",
        "line 3: anchor is on version 1 of the earlier texts, and its record gives 0"
      ),
      (
        #""target":{"interview":"\#(id)","field":"text"}"#,
        "{\"start\":0,\"end\":3,\"prefix\":\"123456789012345678901234567890123\"}",
        "line 3: prefix must be at most 32 characters long"
      ),
    ] as [(String, String, String?)])
  func `a coding must lie on a text that bears it out`(
    target: String, anchor: String, expected: String?
  ) throws {
    let book = try TestNotebook()
    let interview = #"{"record":"interview","id":"\#(Self.id)","text":"Uno dos cinco"}"#
    let coding =
      #"{"record":"coding","id":"000000000000000000000000000000cc",\#(target),"anchor":\#(anchor)}"#
    let words = CuadernoExchangeTests.words {
      try book.take(Self.header + interview + "\n" + coding)
    }
    #expect(words == expected ?? "(nothing was thrown)")
    #expect(try book.counts()[.interview] == (expected == nil ? 1 : 0))
  }

  @Test func `an anchor may be a quote alone, and gets its place and its surroundings`() throws {
    let book = try TestNotebook()
    try book.take(
      Self.header + #"{"record":"interview","id":"\#(Self.id)","text":"Uno dos cinco"}"# + "\n"
        + #"{"record":"coding","id":"000000000000000000000000000000cc","#
        + #""target":{"interview":"\#(Self.id)","field":"text"},"anchor":{"quote":"dos"}}"#)
    #expect(
      try book.lines().contains(
        #""anchor":{"start":4,"end":7,"quote":"dos","prefix":"Uno ","suffix":" cinco"}"#))
  }

  @Test func `null clears a field, and a field that is not named is left`() throws {
    let book = try TestNotebook()
    try book.take(
      Self.header
        + #"{"record":"interview","id":"\#(Self.id)","title":"x","summary":"y","attributes":{"a":"1","b":"2"}}"#
    )
    try book.take(
      Self.header
        + #"{"record":"interview","id":"\#(Self.id)","title":null,"attributes":{"a":null}}"#)

    let id = try #require(RecordID(Self.id))
    let (interview, attributes) = try book.notebook.read {
      (try $0.fetch(Interview.self, id), try $0.attributes(of: id))
    }
    #expect(interview?.title == nil)
    #expect(interview?.summary == "y")
    #expect(attributes == [Attribute(name: "b", value: "2")])
  }

  @Test func `an id of another kind is refused`() throws {
    let book = try TestNotebook()
    try book.take(Self.header + #"{"record":"theme","id":"\#(Self.id)","name":"x"}"#)
    #expect(
      CuadernoExchangeTests.words {
        try book.take(Self.header + #"{"record":"place","id":"\#(Self.id)","name":"x"}"#)
      } == "line 2: record is not of the kind place")
  }

  @Test func `lines may end with CRLF, and a mark before the first is passed over`() throws {
    let book = try TestNotebook()
    let tally = try book.take(
      "\u{FEFF}" + #"{"cuaderno":"jsonl","version":1}"# + "\r\n\r\n"
        + #"{"record":"theme","id":"\#(Self.id)","name":"x"}"# + "\r\n")
    #expect(tally.new == [.theme: 1])
  }

  @Test func `text becomes NFC, so the same word in two spellings is one`() throws {
    let book = try TestNotebook()
    let lines = Self.header + #"{"record":"theme","id":"\#(Self.id)","name":"Min\u0303ga"}"#
    try book.take(lines)
    let before = try book.changes
    let tally = try book.take(lines)
    #expect(tally.unchanged == [.theme: 1])
    #expect(try book.changes == before)
    #expect(try book.lines().utf8.split(separator: UInt8(ascii: "\n")).count == 3)
    #expect(try book.notebook.read { try $0.ids(named: "Mi\u{F1}ga", .theme) }.count == 1)
  }

  @Test func `a long file is read ahead on a second thread, and a fault deep in it is told`() throws
  {
    let book = try TestNotebook()
    var lines = Self.header
    for number in 0..<5_000 {
      let digits = String(number, radix: 16)
      let id = String(repeating: "0", count: 31 - digits.count) + digits + "f"
      lines += #"{"record":"theme","id":"\#(id)","name":"t\#(number)"}"# + "\n"
    }
    #expect(try book.take(lines).new == [.theme: 5_000])
    let before = try book.changes
    #expect(
      CuadernoExchangeTests.words { try book.take(lines + "{") }
        == "line 5002, byte 2: JSON ends in the middle of a value; each line must hold one whole "
        + "object")
    let early = lines.split(separator: "\n", maxSplits: 1).joined(separator: "\n{}\n")
    #expect(
      CuadernoExchangeTests.words { try book.take(early) } == "line 2: line has no record")
    #expect(try book.changes == before)
  }
}
