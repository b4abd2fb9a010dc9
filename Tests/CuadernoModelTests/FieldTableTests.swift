import CuadernoModel
import Testing

/// The numbers stand in every envelope ever written, and the names in every export.
@Suite struct FieldTableTests {
  @Test func `the fields keep their numbers, names and whether they are keyed`() {
    let table = Field.all.map { field in
      "\(field.kind.name) \(field.number) \(field.name)\(field.shape.isKeyed ? " keyed" : "")"
    }

    #expect(table == Self.frozen.split(separator: "\n").map(String.init))
  }

  @Test func `the kinds keep their numbers and names`() {
    #expect(
      Kind.allCases.map { "\($0.rawValue) \($0.name)" } == [
        "1 study", "2 interview", "3 note", "4 place", "5 participant", "6 theme", "7 coding",
      ])
    for kind in Kind.allCases { #expect(Kind(name: kind.name) == kind) }
    #expect(Kind(name: "Interview") == nil)
  }

  @Test func `the words of choices, levels and roles are kept`() {
    #expect(
      InterviewKind.allCases.map(\.rawValue)
        == ["interview", "focus group", "observation", "document"])
    #expect(
      PlaceKind.allCases.map(\.rawValue)
        == ["country", "region", "province", "district", "town", "valley", "other"])
    #expect(
      ConsentLevel.allCases.map(\.rawValue)
        == ["may quote", "may paraphrase", "may archive", "withdrawn"])
    #expect(Role.allCases.map(\.rawValue) == ["owner", "researcher", "coder", "reader"])
    #expect(
      AttributeDefinition.ValueType.allCases.map(\.rawValue)
        == ["text", "integer", "number", "boolean", "date", "choice"])
  }

  @Test func `a field is found by its number and by its name`() {
    for field in Field.all {
      #expect(Field.find(field.kind, field.number) == field)
      #expect(Field.find(field.kind, named: field.name) == field)
    }
  }

  @Test(arguments: [0, 14, 999, UInt32.max])
  func `a field of a newer notebook is found by nobody`(number: UInt32) {
    #expect(Field.find(.interview, number) == nil)
  }

  @Test func `the fields of all kinds together are all fields`() {
    #expect(Kind.allCases.flatMap(Field.fields(of:)) == Field.all)
  }

  private static let frozen = """
    study 1 title
    study 2 description
    study 3 periods keyed
    study 4 attributeDefinitions keyed
    study 5 members keyed
    study 6 codingsOpenTo
    interview 1 label
    interview 2 title
    interview 3 kind
    interview 4 date
    interview 5 place
    interview 6 participants keyed
    interview 7 interviewers
    interview 8 languages
    interview 9 consent
    interview 10 text
    interview 11 summary
    interview 12 source
    interview 13 attributes keyed
    note 1 about
    note 2 at
    note 3 text
    place 1 name
    place 2 otherNames
    place 3 kind
    place 4 parent
    place 5 within keyed
    place 6 location
    place 7 code
    place 8 attributes keyed
    participant 1 pseudonym
    participant 2 role
    participant 3 attributes keyed
    theme 1 name
    theme 2 parent
    theme 3 definition
    theme 4 colour
    theme 5 mergedInto
    theme 6 attributes keyed
    coding 1 target
    coding 2 anchor
    coding 3 theme
    coding 4 coder
    coding 5 memo
    """
}
