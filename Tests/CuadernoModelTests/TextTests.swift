import CuadernoModel
import Testing

@Suite struct TextTests {
  private let text = Field.Interview.text

  @Test func `a text of exactly four mebibytes is accepted, and one more byte is not`() {
    let longest = String(repeating: "a", count: 4 << 20)

    #expect(refusal(.text(longest), for: text) == nil)
    #expect(
      refusal(.text(longest + "a"), for: text)
        == "text is 4194305 bytes; the limit is 4194304; split it into two")
  }

  @Test func `a text may be empty and may hold tabs, line feeds and every letter`() {
    let texts = ["", "\t\n", "Tingo María\nñandú qʼero “¿sí?” 漢字 🌿\u{200D}🔥 \u{00A0}\u{FFFD}"]

    for accepted in texts { #expect(refusal(.text(accepted), for: text) == nil) }
  }

  @Test func `every control character is refused by its code point and its place`() {
    let refused: [ClosedRange<UInt32>] = [0x00...0x08, 0x0B...0x1F, 0x7F...0x9F, 0xFFFE...0xFFFF]
    for code in refused.joined() {
      guard let scalar = Unicode.Scalar(code) else { continue }
      let digits = String(code, radix: 16, uppercase: true)
      let name = String(repeating: "0", count: 4 - digits.count) + digits

      let words = refusal(.text("ño\(scalar)x"), for: text)

      #expect(
        words == "text has the control character U+\(name) at position 2; "
          + "only tab and line break may stand in a text")
    }
  }

  @Test func `what lies beside the control characters is accepted`() {
    for code: UInt32 in [0x20, 0x7E, 0xA0, 0xBF, 0xD7FF, 0xE000, 0xE0F1, 0xF000, 0xFFFD, 0x1_0000] {
      let accepted = Unicode.Scalar(code).map { "a\($0)b" } ?? ""
      #expect(refusal(.text(accepted), for: text) == nil, "U+\(String(code, radix: 16))")
    }
  }

  @Test func `the place of a control character counts scalars`() {
    // A family of seven scalars, which is one Character and many bytes.
    let family = "👨\u{200D}👩\u{200D}👧\u{200D}👦"

    #expect(
      refusal(.text(family + "\u{1B}"), for: text) == "text has the control character U+001B at "
        + "position 7; only tab and line break may stand in a text")
  }

  @Test func `a line has the same characters forbidden as a text`() {
    #expect(
      refusal(.text("a\u{9B}"), for: .Place.name) == "name has the control character U+009B at "
        + "position 1; only tab and line break may stand in a text")
  }

  @Test func `no refusal repeats what was written`() {
    let secret = "Comandante"
    let values: [(Value, Field)] = [
      (.text(secret + "\u{7}"), text), (.text(secret), .Theme.colour),
      (.text(secret), .Place.kind), (.list([secret]), .Interview.languages),
      (.list([secret, secret]), .Place.otherNames), (.text(secret + "\n"), .Participant.pseudonym),
      (.list([secret]), .Interview.title),
    ]

    for (value, field) in values {
      let words = refusal(value, for: field)
      #expect(words?.contains(secret) == false)
    }
  }
}
