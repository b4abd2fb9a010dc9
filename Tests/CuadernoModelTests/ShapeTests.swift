import CuadernoModel
import Testing

@Suite struct ShapeTests {
  /// One value of each shape, and the fields it fits.
  private static let samples: [(Value, [Field.Shape])] = [
    (.text("other"), [.line, .text, .choice(PlaceKind.allCases.map(\.rawValue))]),
    (.list(["es"]), [.lines, .languages]),
    (.consent(Consent(form: "oral", level: .mayQuote)), [.consent]),
    (.location(Location(latitude: -8.2, longitude: -76.5)), [.location]),
    (.reference(7), [.reference(.place), .reference(.theme), .reference(nil)]),
    (.target(Target(record: 7, field: 10)), [.target]),
    (
      .anchor(
        Anchor(
          version: [TextWrite(device: 1, sequence: 1)], start: 0, end: 1, quote: "a", prefix: "",
          suffix: "")), [.anchor]
    ),
    (.membership(7, isMember: true), [.references(.participant), .references(.place)]),
    (.attribute(Attribute(name: "sexo", value: "mujer")), [.attributes]),
    (
      .attributeDefinition(AttributeDefinition(name: "edad", record: .participant, type: .integer)),
      [.attributeDefinitions]
    ),
    (.period(Period(name: "antes", from: nil, to: nil)), [.periods]),
    (.member(Member(name: "Ana", device: "laptop")), [.members]),
  ]

  @Test func `a value fits the fields of its own shape and no other`() {
    for (value, shapes) in Self.samples {
      for field in Field.all where field != .Theme.colour {
        let fits = shapes.contains(field.shape)
        #expect((refusal(value, for: field) == nil) == fits, "\(field.kind).\(field.name)")
      }
    }
  }

  @Test(arguments: [
    (Field.Interview.title, "title must be one line of text"),
    (.Interview.summary, "summary must be a text"),
    (.Place.otherNames, "otherNames must be a list"),
    (.Interview.languages, "languages must be a list"),
    (
      .Interview.kind, "kind must be one of: interview, focus group, observation, document"
    ),
    (.Interview.date, "date must be a date"),
    (.Interview.consent, "consent must be a consent"),
    (.Place.location, "location must be a latitude and a longitude"),
    (.Theme.colour, "colour must be a colour"),
    (.Theme.parent, "parent must be a record"),
    (.Interview.participants, "participants must be a record"),
    (.Coding.target, "target must be a record and its text field"),
    (.Coding.anchor, "anchor must be an anchor"),
    (.Place.attributes, "attributes must be an attribute"),
    (.Study.attributeDefinitions, "attributeDefinitions must be an attribute definition"),
    (.Study.members, "members must be a member"),
  ])
  func `a value of another shape is refused with what is wanted`(field: Field, words: String) {
    #expect(refusal(.period(Period(name: "antes", from: nil, to: nil)), for: field) == words)
  }

  @Test func `a text where periods are wanted is refused`() {
    #expect(refusal(.text("antes"), for: .Study.periods) == "periods must be a period")
  }
}
