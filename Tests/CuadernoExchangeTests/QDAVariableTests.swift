import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoExchange

/// Variables of other programs as attributes: every value is kept, and a file taken in again changes
/// nothing.
@Suite struct QDAVariableTests {
  private static let person = "55555555-5555-4555-8555-555555555555"

  private static func id(_ number: Int) -> String {
    "66666666-6666-4666-8666-66666666666\(number)"
  }

  private static func variable(_ number: Int, _ name: String, _ type: String) -> String {
    #"<Variable guid="\#(id(number))" name="\#(name)" typeOfVariable="\#(type)"/>"#
  }

  private static func value(_ number: Int, _ element: String, _ text: String) -> String {
    #"<VariableValue><VariableRef targetGUID="\#(id(number))"/>"#
      + "<\(element)>\(text)</\(element)></VariableValue>"
  }

  private static func onCase(_ values: String) -> String {
    #"<Cases><Case guid="\#(person)" name="Rosa Q.">\#(values)</Case></Cases>"#
  }

  private static func text(_ values: String = "") -> String {
    #"<TextSource guid="\#(ForeignProjectTests.source)" name="E1">"#
      + "<PlainTextContent>Lloré.</PlainTextContent>\(values)</TextSource>"
  }

  private let book: TestNotebook

  init() throws {
    book = try TestNotebook()
  }

  /// Takes a project in twice, and sees that the second time changes nothing.
  private func take(_ rest: String, sources: String = text()) throws -> QDAImportReport {
    let report = try book.importProject(
      ForeignProjectTests.project(sources: sources, rest: rest), texts: [:])
    let lines = try book.lines()
    let changes = try book.changes
    let again = try book.importProject(book.folder.file("in.qdpx"))
    #expect(try book.changes == changes)
    #expect(try book.lines() == lines)
    #expect(again.tally.new.isEmpty && again.tally.changed.isEmpty)
    return report
  }

  private func attributes(_ guid: String) throws -> [String: String] {
    let id = try #require(RecordID(guid: guid))
    return try book.notebook.read { reader in
      Dictionary(
        try reader.attributes(of: id).map { ($0.name, $0.value ?? "") },
        uniquingKeysWith: { first, _ in first })
    }
  }

  @Test(arguments: ["1", "True", " true ", "TRUE", "true"])
  func `a Boolean is one however it is written`(written: String) throws {
    _ = try take(
      "<Variables>\(Self.variable(0, "Rural", "Boolean"))</Variables>"
        + Self.onCase(Self.value(0, "BooleanValue", written)))

    #expect(try attributes(Self.person) == ["Rural": "true"])
    #expect(try book.notebook.read { try $0.attributeDefinitions().map(\.type) } == [.boolean])
  }

  @Test(arguments: [("Integer", "41"), ("Text", "41"), ("Text", "cuarenta")])
  func `two variables of one name are two attributes`(type: String, second: String) throws {
    _ = try take(
      "<Variables>\(Self.variable(0, "Edad", "Integer"))\(Self.variable(1, "Edad", type))</Variables>"
        + Self.onCase(Self.value(0, "IntegerValue", "40") + Self.value(1, "\(type)Value", second)))

    #expect(try attributes(Self.person) == ["Edad": "40", "Edad (2)": second])
  }

  @Test func `a variable that is there twice on one thing keeps all its values`() throws {
    let report = try take(
      "<Variables>\(Self.variable(0, "Zona", "Text"))</Variables>"
        + Self.onCase(
          Self.value(0, "TextValue", "alta") + Self.value(0, "TextValue", "baja")
            + Self.value(0, "TextValue", "alta") + Self.value(0, "TextValue", "media")))

    #expect(try attributes(Self.person) == ["Zona": "alta; baja; media"])
    #expect(report.counts.first { $0.key.rawValue == "severalValues" }?.value == 2)
  }

  @Test func `a value on a note, which has no attributes here, is kept beside it`() throws {
    let note = "77777777-7777-4777-8777-777777777777"
    _ = try take(
      "<Variables>\(Self.variable(0, "Zona", "Text"))</Variables>"
        + #"<Notes><Note guid="\#(note)" name="Diario"><PlainTextContent>Llovió.</PlainTextContent>"#
        + Self.value(0, "TextValue", "alta") + "</Note></Notes>")

    let texts = try book.notebook.read { try $0.fetchAll(Note.self) }.compactMap(\.text)
    #expect(texts.contains { $0.contains("Zona: alta") })
  }

  @Test func `a text's own value and that of a case without a name stand side by side`() throws {
    let report = try take(
      "<Variables>\(Self.variable(0, "Edad", "Integer"))</Variables>"
        + #"<Cases><Case guid="\#(Self.person)">\#(Self.value(0, "IntegerValue", "40"))"#
        + #"<SourceRef targetGUID="\#(ForeignProjectTests.source)"/></Case></Cases>"#,
      sources: Self.text(Self.value(0, "IntegerValue", "41")))

    #expect(try attributes(ForeignProjectTests.source) == ["Edad": "41; 40"])
    #expect(report.counts[.unfitValues] == 1)
  }

  @Test func `a variable with the name of a set is told from it`() throws {
    _ = try take(
      "<Variables>\(Self.variable(0, "set: Mujeres", "Text"))</Variables>"
        + #"<Sets><Set guid="\#(Self.person)" name="Mujeres"><MemberSource "#
        + #"targetGUID="\#(ForeignProjectTests.source)"/></Set></Sets>"#,
      sources: Self.text(Self.value(0, "TextValue", "no")))

    #expect(
      try attributes(ForeignProjectTests.source)
        == ["set: Mujeres": "true", "set: Mujeres (2)": "no"])
  }

  @Test func `sets of one name keep what is in each, and their own words`() throws {
    let second = "77777777-7777-4777-8777-777777777777"
    let sets = [("Uno", ForeignProjectTests.source), ("Dos", second)].enumerated().map {
      #"<Set guid="\#(Self.id($0.offset))" name="G"><Description>\#($0.element.0)</Description>"#
        + #"<MemberSource targetGUID="\#($0.element.1)"/></Set>"#
    }.joined()
    _ = try take(
      "<Sets>\(sets)</Sets>",
      sources: Self.text()
        + #"<TextSource guid="\#(second)" name="E2"><PlainTextContent>x</PlainTextContent></TextSource>"#
    )

    #expect(try attributes(ForeignProjectTests.source) == ["set: G": "true"])
    #expect(try attributes(second) == ["set: G (2)": "true"])
    let words = try book.notebook.read { try $0.attributeDefinitions().map(\.description) }
    #expect(words.sorted() == ["Dos", "Uno"])
  }

  @Test func `two values of one field in one go are refused and never written over each other`()
    throws
  {
    let theme = try book.theme("Miedo")
    let before = try book.changes
    let said = words {
      try book.write { writer in
        _ = try ExchangeError.at(.line(3)) {
          try writer.enter(
            theme, .theme,
            [FieldEdit(.Theme.colour, "#aabbcc"), FieldEdit(.Theme.colour, "#ffffff")]
          )
        }
      }
    }
    #expect(said.hasPrefix("line 3: two different values"), "\(said)")
    #expect(!said.contains("aabbcc"))
    #expect(try book.changes == before)
    try book.write { writer in
      _ = try writer.enter(
        theme, .theme, [FieldEdit(.Theme.colour, "#aabbcc"), FieldEdit(.Theme.colour, "#aabbcc")])
    }
  }

  @Test func `more variables than one change can carry are told with their place`() throws {
    let many = (0..<1_502).map { number in
      let digits = String(number + 100_000)
      return #"<Variable guid="66666666-6666-4666-8666-000000\#(digits)" name="V\#(number)" "#
        + #"typeOfVariable="Integer"/>"#
    }
    let values = (0..<1_502).map { number in
      #"<VariableValue><VariableRef targetGUID="66666666-6666-4666-8666-000000\#(number + 100_000)"/>"#
        + "<IntegerValue>1</IntegerValue></VariableValue>"
    }
    let said = words {
      try book.importProject(
        ForeignProjectTests.project(
          sources: Self.text(),
          rest: "<Variables>\(many.joined())</Variables>" + Self.onCase(values.joined())),
        texts: [:])
    }
    #expect(said.hasPrefix("entry 1 of the archive, line "), "\(said)")
    #expect(said.contains("1502 fields"), "\(said)")
  }
}
