import CuadernoModel
import Testing

@Suite struct LineTests {
  private let title = Field.Interview.title

  @Test func `a line of exactly a thousand bytes is accepted, and one more byte is not`() {
    let longest = String(repeating: "a", count: 1_000)

    #expect(refusal(.text(longest), for: title) == nil)
    #expect(
      refusal(.text(longest + "a"), for: title) == "title is 1001 bytes; the limit is 1000")
  }

  @Test func `the limit of a line counts bytes and not letters`() {
    let letters = String(repeating: "ñ", count: 501)

    #expect(refusal(.text(letters), for: title) == "title is 1002 bytes; the limit is 1000")
  }

  @Test func `an empty line is refused`() {
    #expect(refusal(.text(""), for: title) == "title is empty")
  }

  @Test(arguments: ["a\nb", "\n", "a\r\nb", "a\n"])
  func `a line break in a line is refused`(line: String) {
    #expect(refusal(.text(line), for: title) == "title has a line break; it must be one line")
  }

  @Test func `a line may hold a tab`() {
    #expect(refusal(.text("Tocache\tUchiza"), for: title) == nil)
  }

  @Test func `a choice that is not offered is refused with those that are`() {
    let place = refusal(.text("village"), for: .Place.kind)
    let interview = refusal(.text("chat"), for: .Interview.kind)

    #expect(
      place == "kind must be one of: country, region, province, district, town, valley, other")
    #expect(
      interview == "kind must be one of: interview, focus group, observation, document")
    #expect(refusal(.text("focus group"), for: .Interview.kind) == nil)
  }

  @Test(arguments: ["#1b9e77", "#ABCDEF", "#000000"])
  func `a colour of six hexadecimal digits is accepted`(colour: String) {
    #expect(refusal(.text(colour), for: .Theme.colour) == nil)
  }

  @Test(arguments: ["", "red", "1b9e77", "#1b9e7", "#1b9e777", "#1b9e7g", "#1b9e7７", " #1b9e77"])
  func `anything else is no colour`(colour: String) {
    #expect(
      refusal(.text(colour), for: .Theme.colour)
        == "colour is not written as #rrggbb, such as #1b9e77")
  }
}

/// What is said when a value is refused; nil when it is accepted.
func refusal(_ value: Value, for field: Field) -> String? {
  do {
    try Validation.check(value, for: field)
    return nil
  } catch {
    return error.description
  }
}
