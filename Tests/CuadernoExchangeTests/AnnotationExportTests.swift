import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoExchange

@Suite struct AnnotationExportTests {
  /// A value of JSON by the names in it.
  private struct Node {
    let value: JSONValue?

    subscript(_ name: String) -> Node {
      guard case .object(let members)? = value else { return Node(value: nil) }
      return Node(value: members.first { $0.key == name }?.value)
    }

    var list: [Node] {
      guard case .array(let elements)? = value else { return [] }
      return elements.map { Node(value: $0) }
    }

    var text: String? {
      guard case .string(let text)? = value else { return nil }
      return text
    }

    var number: Int? {
      guard case .integer(let number)? = value else { return nil }
      return Int(number)
    }

    var keys: Set<String> {
      guard case .object(let members)? = value else { return [] }
      return Set(members.map(\.key))
    }
  }

  private static func export(
    _ book: TestNotebook, only selected: Set<RecordID>? = nil
  ) throws -> (root: Node, report: AnnotationExportReport, text: String) {
    var report = AnnotationExportReport()
    var bytes = [UInt8]()
    try book.notebook.read { reader in
      report = try AnnotationExport.write(
        reader, only: selected, milliseconds: TestNotebook.exportMilliseconds
      ) { bytes += $0 }
    }
    let root = Node(value: try JSONReader.value(bytes))
    return (root, report, String(decoding: bytes, as: UTF8.self))
  }

  private static func urn(_ id: RecordID) -> String {
    let digits = Array(id.description)
    return "urn:uuid:"
      + [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
  }

  @Test func `a coding is an annotation of its words with theme, coder and memo`() throws {
    let book = try TestNotebook()
    let theme = try book.theme("Confianza")
    let interview = try book.interview("TOC-001", "👩🏽‍🌾 P: ¿Y?\nR: Lloré mucho.")
    let coding = try book.code(interview, "Lloré", theme, coder: "Luis", memo: "uno\ndos")

    let (root, report, _) = try Self.export(book)

    #expect(root["@context"].text == "http://www.w3.org/ns/anno.jsonld")
    #expect(root["type"].text == "AnnotationCollection")
    #expect(root["total"].number == 1)
    #expect(root["label"].text == "Coca y Estado")
    let page = root["first"]
    #expect(page["type"].text == "AnnotationPage")
    let annotation = try #require(page["items"].list.first)
    #expect(annotation["id"].text == Self.urn(coding))
    #expect(annotation["type"].text == "Annotation")
    #expect(annotation["creator"]["name"].text == "Luis")
    #expect(annotation["created"].text == "2023-11-14T22:13:20Z")
    let bodies = annotation["body"].list
    #expect(bodies.map(\.["purpose"].text) == ["tagging", "classifying", "commenting"])
    #expect(bodies[0]["value"].text == "Confianza")
    #expect(bodies[1]["type"].text == "SpecificResource")
    #expect(bodies[1]["source"].text == Self.urn(theme))
    #expect(bodies[2]["value"].text == "uno\ndos")
    let target = annotation["target"]
    #expect(target["source"].text == Self.urn(interview))
    let start = Array("👩🏽‍🌾 P: ¿Y?\nR: ".unicodeScalars).count
    let position = target["selector"].list[0]
    #expect(position["type"].text == "TextPositionSelector")
    #expect([position["start"].number, position["end"].number] == [start, start + 5])
    let quote = target["selector"].list[1]
    #expect(quote["exact"].text == "Lloré")
    #expect(quote["prefix"].text == "👩🏽‍🌾 P: ¿Y?\nR: ")
    #expect(quote["suffix"].text == " mucho.")
    #expect(report.counts == [.annotations: 1, .texts: 1, .unasked: 1])
    let described = root["dcterms:references"].list
    #expect(described.map(\.["type"].text) == ["Text", "skos:Concept"])
    #expect(described[0]["label"].text == "TOC-001")
    #expect(described[1]["skos:prefLabel"].text == "Confianza")
  }

  @Test func `an annotation that was changed says when`() throws {
    let book = try TestNotebook()
    let interview = try book.interview("TOC-001", "Lloré mucho.")
    let coding = try book.code(interview, "Lloré", try book.theme("Miedo"))
    _ = try book.write { try $0.update(coding, [FieldEdit(.Coding.memo, "luego")]) }

    let annotation = try #require(Self.export(book).root["first"]["items"].list.first)
    #expect(annotation["created"].text != nil)
    #expect(annotation["modified"].text != nil)
  }

  @Test func `what was edited since is where its words are now, and what is gone is left out`()
    throws
  {
    let book = try TestNotebook()
    let theme = try book.theme("Miedo")
    let interview = try book.interview(
      "TOC-001", "Nadie nos avisó de nada. Después vinieron los helicópteros y lloré mucho.")
    try book.code(interview, "Nadie nos avisó", theme)
    try book.code(interview, "vinieron los helicópteros", theme)
    try book.code(interview, "lloré mucho", theme)
    try book.setText(
      interview, "Antes. Nadie nos avisó de nada. Después vinieron dos helicópteros.")

    let (root, report, _) = try Self.export(book)

    let items = root["first"]["items"].list
    #expect(
      items.map { $0["target"]["selector"].list[1]["exact"].text } == [
        "Nadie nos avisó", "vinieron dos helicópteros",
      ])
    #expect(report.counts[.unplaced] == 1)
    #expect(report.counts[.changed] == 1)
    #expect(root["total"].number == 2)
  }

  @Test func `a merged theme is the one that it was merged into, and no concept`() throws {
    let book = try TestNotebook()
    let fear = try book.theme("Miedo")
    let below = try book.theme("Silencio", in: fear)
    let dread = try book.theme("Temor")
    let interview = try book.interview("TOC-001", "Lloré mucho.")
    try book.code(interview, "Lloré", dread)
    _ = try book.write {
      try $0.update(dread, [FieldEdit(.Theme.mergedInto, value: .reference(fear.rawValue))])
    }

    let (root, _, _) = try Self.export(book)

    let bodies = try #require(root["first"]["items"].list.first)["body"].list
    #expect(bodies[0]["value"].text == "Miedo")
    #expect(bodies[1]["source"].text == Self.urn(fear))
    let concepts = root["dcterms:references"].list.filter { $0["type"].text == "skos:Concept" }
    #expect(Set(concepts.compactMap(\.["id"].text)) == [Self.urn(fear), Self.urn(below)])
    let broader = concepts.compactMap { $0["skos:broader"]["id"].text }
    #expect(broader == [Self.urn(fear)])
  }

  @Test func `only the codings that were selected are written`() throws {
    let book = try TestNotebook()
    let theme = try book.theme("Miedo")
    let first = try book.interview("TOC-001", "Lloré mucho.")
    let second = try book.interview("TOC-002", "Lloré poco.")
    let wanted = try book.code(first, "Lloré", theme)
    try book.code(first, "mucho", theme)
    try book.code(second, "poco", theme)

    let (root, report, text) = try Self.export(book, only: [wanted])

    #expect(root["first"]["items"].list.map(\.["id"].text) == [Self.urn(wanted)])
    #expect(report.counts[.annotations] == 1)
    #expect(!text.contains("TOC-002"))
    #expect(try Self.export(book, only: []).root["total"].number == 0)
  }

  @Test func `what may not be quoted is counted by what its consent says`() throws {
    let book = try TestNotebook()
    let theme = try book.theme("Miedo")
    let embargo = try PartialDate("2099", isKnownZone: { _ in true })
    let consents: [Consent?] =
      ConsentLevel.allCases.map { Consent(form: "oral", level: $0) }
      + [nil, Consent(form: "oral", level: .mayQuote, embargo: embargo)]
    for (index, consent) in consents.enumerated() {
      let interview = try book.interview("TOC-\(index)", "Lloré mucho.")
      try book.code(interview, "Lloré", theme)
      if let consent {
        _ = try book.write {
          try $0.update(interview, [FieldEdit(.Interview.consent, value: .consent(consent))])
        }
      }
    }

    let report = try Self.export(book).report
    #expect(
      report.counts == [
        .annotations: 6, .texts: 6, .withdrawn: 1, .paraphrased: 1, .archived: 1, .unasked: 1,
        .embargoed: 1,
      ])
  }

  @Test func `a coding on a note on a note asks for the care that the interview asks for`() throws {
    let book = try TestNotebook()
    let theme = try book.write { try $0.create(.theme, [.init(.Theme.name, "Miedo")]) }
    let interview = try book.interview("TOC-001", "Lloré mucho.")
    _ = try book.write {
      try $0.update(
        interview,
        [FieldEdit(.Interview.consent, value: .consent(Consent(form: "oral", level: .withdrawn)))])
    }
    var about = interview
    for text in ["Dijo que lloró.", "Que lloró lo dijo dos veces."] {
      about = try book.write {
        try $0.create(
          .note,
          [.init(.Note.text, text), FieldEdit(.Note.about, value: .reference(about.rawValue))])
      }
    }
    try book.code(about, "lloró", theme)

    #expect(try Self.export(book).report.counts == [.annotations: 1, .texts: 1, .withdrawn: 1])
  }

  @Test func `in any study every selector holds its quote, and twice is the same`() throws {
    for seed in Seeds.upTo(12) {
      let book = try TestNotebook(seed: seed)
      try GeneratedStudy.write(seed, into: book)
      let texts = try book.notebook.read { reader in
        var texts = [String: [Unicode.Scalar]]()
        for id in try reader.ids(of: .interview) + reader.ids(of: .note) {
          texts[Self.urn(id)] = Array((try reader.codedText(of: id)?.text ?? "").unicodeScalars)
        }
        return texts
      }

      let (root, report, text) = try Self.export(book)

      let items = root["first"]["items"].list
      #expect(items.count == report.counts[.annotations] ?? 0, "\(Seeds.replay(seed))")
      #expect(root["total"].number == items.count)
      for item in items {
        let target = item["target"]
        let words = try #require(texts[target["source"].text ?? ""])
        let selectors = target["selector"].list
        let start = try #require(selectors[0]["start"].number)
        let end = try #require(selectors[0]["end"].number)
        #expect(
          words[start..<end].elementsEqual(selectors[1]["exact"].text?.unicodeScalars ?? .init()),
          "\(Seeds.replay(seed))")
        #expect(item["body"].list.count >= 2)
      }
      let ids = items.compactMap(\.["id"].text)
      #expect(Set(ids).count == items.count)
      #expect(try Self.export(book).text == text, "\(Seeds.replay(seed))")
    }
  }

  @Test(arguments: [
    "\"}],\"x\":[{\"", "</script><script>alert(1)</script>", "]]>", "\u{202E}txet", "\\u0022",
    "👩🏽‍🌾", "שלום",
  ])
  func `hostile words stay words`(word: String) throws {
    let book = try TestNotebook()
    let theme = try book.theme(word)
    let interview = try book.interview(word, "antes \(word) después")
    try book.code(interview, word, theme, coder: word, memo: word)

    let root = try Self.export(book).root
    let annotation = try #require(root["first"]["items"].list.first)
    #expect(annotation["creator"]["name"].text == word)
    #expect(annotation["body"].list[2]["value"].text == word)
    #expect(annotation["target"]["selector"].list[1]["exact"].text == word)
    #expect(
      annotation.keys == ["id", "type", "motivation", "creator", "created", "body", "target"])
  }

  @Test func `an empty study is an empty collection`() throws {
    let (root, report, _) = try Self.export(try TestNotebook())
    #expect(root["total"].number == 0)
    #expect(root["first"]["items"].list.isEmpty)
    #expect(report.counts.isEmpty)
  }
}
