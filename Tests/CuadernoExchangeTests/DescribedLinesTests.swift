import Testing

@testable import CuadernoExchange

@Suite struct DescribedLinesTests {
  @Test(arguments: [
    "Tocache", "", " ", "\u{301}x", "\u{200D}", "a = b", "\\n", "uno\ndos", "\\", "Name: x",
    "\u{FE0F}",
  ])
  func `what is described comes back as it was, whatever it begins with`(text: String) throws {
    var lines = DescribedLines(.place)
    lines.add("Name", text)
    lines.add("Attribute", named: text, text)
    lines.text = text

    let again = try #require(DescribedLines(lines.written, .place))

    #expect(again.value("Name").map { Array($0.utf8) } == Array(text.utf8))
    #expect(again.named("Attribute").map { Array($0.name.utf8) } == [Array(text.utf8)])
    #expect(again.named("Attribute").map { Array($0.value.utf8) } == [Array(text.utf8)])
    #expect(Array(again.text.utf8) == Array(text.utf8))
  }
}
