import CuadernoModel
import Testing

@Suite struct ListTests {
  @Test func `a list of two hundred entries is accepted, and one more is not`() {
    let names = (0..<200).map { "nombre \($0)" }

    #expect(refusal(.list(names), for: .Place.otherNames) == nil)
    #expect(
      refusal(.list(names + ["más"]), for: .Place.otherNames)
        == "otherNames has 201 entries; the limit is 200")
  }

  @Test func `an empty list is accepted`() {
    #expect(refusal(.list([]), for: .Interview.interviewers) == nil)
  }

  @Test func `an entry that stands twice is refused`() {
    #expect(
      refusal(.list(["Ana", "Luis", "Ana"]), for: .Interview.interviewers)
        == "interviewers names the same entry twice")
  }

  @Test func `every entry is held to what a line may be`() {
    #expect(
      refusal(.list(["Ana", ""]), for: .Interview.interviewers) == "interviewers is empty")
    #expect(
      refusal(.list(["Ana\nLuis"]), for: .Interview.interviewers)
        == "interviewers has a line break; it must be one line")
  }

  @Test(arguments: ["es", "qu", "es-PE", "quz-Latn-PE", "zh-Hant-TW", "en-1997"])
  func `a language tag is accepted`(tag: String) {
    #expect(refusal(.list([tag]), for: .Interview.languages) == nil)
  }

  @Test(arguments: [
    "e", "spanishes", "es_PE", "es-", "-es", "es--PE", "es-PE-", "12", "español", "es PE",
    "es-abcdefghi",
  ])
  func `what is no language tag is refused`(tag: String) {
    #expect(
      refusal(.list(["es", tag]), for: .Interview.languages)
        == "languages has an entry that is no BCP 47 language tag, such as es, qu or es-PE")
  }
}
