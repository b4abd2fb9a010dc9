import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import Testing

@Suite struct AnchorTests {
  private let text = "Antes había coca.\nAhora hay cacao, y algo de coca."
  private let version = TextVersion(Dot(device: DeviceID(rawValue: 5), sequence: 9))

  private var maker: AnchorMaker { AnchorMaker(text: text, version: version) }

  @Test func `an anchor holds the version, the place, the quote and what stands around it`() throws
  {
    let anchor = try maker.anchor(quote: "Ahora hay cacao")

    #expect(
      anchor
        == Anchor(
          version: [TextWrite(device: 5, sequence: 9)], start: 18, end: 33,
          quote: "Ahora hay cacao", prefix: "Antes había coca.\n", suffix: ", y algo de coca."))
  }

  @Test func `a quote that is not there is refused`() {
    for quote in ["Cacao", "coca ", "hay  cacao"] {
      #expect(throws: Fault.quoteNotFound) { try maker.anchor(quote: quote) }
    }
  }

  @Test func `a quote that is there twice is refused with its places`() {
    #expect(throws: Fault.quoteAmbiguous(positions: [12, 45], total: 2)) {
      try maker.anchor(quote: "coca")
    }
  }

  @Test func `of many places the first ten are named`() {
    let maker = AnchorMaker(text: String(repeating: "a ", count: 30), version: version)

    #expect(
      throws: Fault.quoteAmbiguous(positions: (0..<10).map { $0 * 2 }, total: 30)
    ) { try maker.anchor(quote: "a") }
  }

  @Test func `a quote is compared as it is kept, whatever its spelling`() throws {
    #expect(try maker.anchor(quote: "habi\u{301}a coca.\r\nAhora").start == 6)
  }

  @Test func `an empty quote or span is refused`() {
    #expect(throws: Fault.emptySpan) { try maker.anchor(quote: "") }
    #expect(throws: Fault.emptySpan) { try maker.anchor(3..<3) }
  }

  @Test(arguments: [0..<51, 49..<51, 50..<51, -1..<3, 1_000..<1_001, 0..<Int.max])
  func `a span outside the text is refused with the text's length`(span: Range<Int>) {
    #expect(
      throws: Fault.spanOutsideText(
        start: span.lowerBound, end: span.upperBound, length: 50)
    ) { try maker.anchor(span) }
  }

  @Test func `the whole text can be coded`() throws {
    #expect(try maker.anchor(0..<50).quote == text)
  }

  @Test func `places count scalars`() throws {
    let maker = AnchorMaker(text: "👨\u{200D}👩\u{200D}👧 coca", version: version)

    let anchor = try maker.anchor(quote: "coca")

    #expect(anchor.start == 6)
    #expect(anchor.end == 10)
  }
}

@Suite struct PlacedCodingTests {
  private let laptop: Laptop
  private let notebook: Notebook
  private let interview: RecordID

  init() throws {
    laptop = try Laptop()
    notebook = try laptop.create()
    interview = try notebook.write {
      try $0.create(.interview, [.init(.Interview.text, "Antes había coca. Ahora hay cacao.")])
    }
  }

  private func code(_ quote: String) throws {
    try notebook.write { writer in
      let (field, text, version) = try #require(try writer.reader.codedText(of: interview))
      let anchor = try AnchorMaker(text: text, version: #require(version)).anchor(quote: quote)
      try writer.create(
        .coding,
        [
          .init(
            .Coding.target,
            value: .target(Target(record: interview.rawValue, field: field.number))),
          .init(.Coding.anchor, value: .anchor(anchor)),
        ])
    }
  }

  private func setText(_ text: String?) throws {
    try notebook.write { _ = try $0.update(interview, [.init(.Interview.text, text)]) }
  }

  private func placed() throws -> [String] {
    try notebook.read { reader in
      try reader.placed(try reader.codings(on: interview), on: interview).map {
        "\($0.status) \($0.span.map { "\($0.lowerBound):\($0.upperBound)" } ?? "-") \($0.quote)"
      }
    }
  }

  @Test func `a coding lies where it was made`() throws {
    try code("coca")
    #expect(try placed() == ["exact 12:16 coca"])
  }

  @Test func `a coding moves with its text`() throws {
    try code("cacao")
    try setText("En Tocache: Antes había coca. Ahora hay cacao.")
    #expect(try placed() == ["exact 40:45 cacao"])
  }

  @Test func `a coding whose words were edited says so`() throws {
    try code("Ahora hay cacao")
    try setText("Antes había coca. Ahora hay mucho cacao.")
    #expect(try placed() == ["changed 18:39 Ahora hay mucho cacao"])
  }

  @Test func `a coding whose words are gone keeps its quote`() throws {
    try code("coca")
    try setText("Ahora hay cacao.")
    #expect(try placed() == ["gone - coca"])
  }

  @Test func `a coding on a text that was cleared is for a person to look at`() throws {
    try code("coca")
    try setText(nil)
    #expect(try placed() == ["review - coca"])
  }

  @Test func `only texts with an earlier version under a coding need a look`() throws {
    try code("coca")
    #expect(try notebook.read { try $0.targetsWithEarlierCodings() } == [])

    try setText("coca")
    #expect(try notebook.read { try $0.targetsWithEarlierCodings() } == [interview])
  }
}
