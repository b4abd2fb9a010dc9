import CuadernoModel
import Testing

@Suite struct AttributeTests {
  @Test func `an attribute may be taken away, and needs a name`() {
    let gone = Attribute(name: "sexo", value: nil)
    let nameless = Attribute(name: "", value: "x")

    #expect(refusal(.attribute(gone), for: .Place.attributes) == nil)
    #expect(refusal(.attribute(nameless), for: .Place.attributes) == "attribute name is empty")
  }

  @Test func `an attribute's value is held to what a text may be`() {
    let attribute = Attribute(name: "sexo", value: "\u{1B}[2J")

    #expect(
      refusal(.attribute(attribute), for: .Place.attributes)
        == "attribute has the control character U+001B at position 0; "
        + "only tab and line break may stand in a text")
  }

  @Test func `a choice without choices is no definition`() {
    let definition = AttributeDefinition(name: "sexo", record: .participant, type: .choice)

    #expect(
      refusal(.attributeDefinition(definition), for: .Study.attributeDefinitions)
        == "choices is empty")
  }

  @Test func `a definition names each choice once`() {
    let definition = AttributeDefinition(
      name: "sexo", record: .participant, type: .choice, choices: ["mujer", "mujer"])

    #expect(
      refusal(.attributeDefinition(definition), for: .Study.attributeDefinitions)
        == "choices names the same entry twice")
  }

  @Test(arguments: [
    (AttributeDefinition.ValueType.text, ["", "x", "a\nb"], []),
    (
      .integer, ["0", "-42", "+7", "9223372036854775807"],
      ["", "3.5", "4 2", "cuarenta", "9223372036854775808", "٤٢"]
    ),
    (.number, ["0", "-3.5", "1e6"], ["", "nan", "inf", "1e400", "3,5", "x"]),
    (.boolean, ["true", "false"], ["", "True", "yes", "1"]),
    (.date, ["2017", "2017-05-12T09:30 America/Lima"], ["", "12.5.2017", "2017-02-30"]),
    (.choice, ["alcalde", "dirigente"], ["", "Alcalde", "alcalde "]),
  ])
  func `an attribute fits its type`(
    type: AttributeDefinition.ValueType, accepted: [String], refused: [String]
  ) {
    for value in accepted { #expect(misfit(value, as: type) == nil, "\(value)") }
    for value in refused { #expect(misfit(value, as: type) != nil, "\(value)") }
  }

  @Test func `what does not fit its type is refused with an example`() {
    let words = AttributeDefinition.ValueType.allCases.map { misfit("\u{0}?", as: $0) }

    #expect(
      words == [
        nil,
        "attribute is defined as integer, and the value is not a whole number, such as 42",
        "attribute is defined as number, and the value is not a number, such as 3.5",
        "attribute is defined as boolean, and the value is not true or false",
        "attribute is defined as date, and the value is not a date, such as 2017-05-12",
        "attribute must be one of: alcalde, dirigente",
      ])
  }

  private func misfit(_ value: String, as type: AttributeDefinition.ValueType) -> String? {
    let definition = AttributeDefinition(
      name: "x", record: .participant, type: type, choices: ["alcalde", "dirigente"])
    do {
      try Validation.check(value, as: definition, isKnownZone: { $0 == "America/Lima" })
      return nil
    } catch {
      return error.description
    }
  }
}
