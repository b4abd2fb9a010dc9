import Testing

@testable import CuadernoExchange

@Suite struct UniqueNamesTests {
  @Test func `a name that differs in case alone gets a number, with accents and without`() {
    var names = UniqueNames()

    #expect(
      ["TOC-001", "toc-001", "Ñahui", "ñAHUI", "[", "{", "@", "`"].map { names.name($0) }
        == ["TOC-001", "toc-001 (2)", "Ñahui", "ñAHUI (2)", "[", "{", "@", "`"])
  }
}
