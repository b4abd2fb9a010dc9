import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import CuadernoText
import Foundation
import Testing

@testable import CuadernoExchange

/// Projects in the manner of other programs: each is made here, of what is known of how they write.
@Suite struct ForeignProjectTests {
  static let code = "11111111-1111-4111-8111-111111111111"
  static let source = "22222222-2222-4222-8222-222222222222"

  static func project(
    origin: String = "Otro", codes: String? = nil, sources: String, rest: String = "",
    users: String = ""
  ) -> String {
    let codes =
      codes
      ?? ##"<Code guid="\##(code)" name="Confianza" isCodable="true" color="#0a0B0c"/>"##
    return """
      \u{FEFF}<?xml version="1.0" encoding="utf-8"?>\r
      <Project name="Otro" origin="\(origin)" xmlns="urn:QDA-XML:project:1.0">\r
      \(users)<CodeBook><Codes>\(codes)</Codes></CodeBook>
      <Sources>\(sources)</Sources>\(rest)</Project>
      """
  }

  static func selection(
    _ start: Int, _ end: Int, _ number: Int, name: String = "", code: String = code,
    user: String? = nil
  ) -> String {
    let user = user.map { #" creatingUser="\#($0)""# } ?? ""
    let tail = String(repeating: "0", count: 4 - String(number).count) + String(number)
    return """
      <PlainTextSelection guid="33333333-3333-4333-8333-33333333\(tail)" name="\(name)" \
      startPosition="\(start)" endPosition="\(end)"\(user)>\
      <Coding guid="44444444-4444-4444-8444-44444444\(tail)">\
      <CodeRef targetGUID="\(code)"/></Coding></PlainTextSelection>
      """
  }

  static func text(_ selections: String, path: String? = nil) -> String {
    #"<TextSource guid="\#(source)" name="E1" plainTextPath="\#(path ?? "internal://\(source).txt")">"#
      + selections + "</TextSource>"
  }

  private func quotes(_ book: TestNotebook) throws -> [String] {
    try book.notebook.read { reader in
      try reader.allPlacedCodings().map { placed in
        #expect(placed.status == .exact)
        return placed.quote
      }
    }
  }

  // MARK: - Files and names

  @Test func `in the manner of NVivo: a capital folder, lower-case ids, CRLF, UTF-16 units`() throws
  {
    let book = try TestNotebook()
    let text = "P: ¿Y?\r\nR: 👩‍🌾 Lloré mucho.\r\nNadie vino.\r\n"
    let units = Array(text.utf16)
    func at(_ words: String) -> (Int, Int) {
      let wanted = Array(words.utf16)
      let start = units.indices.first { units[$0...].starts(with: wanted) } ?? -1
      return (start, start + wanted.count)
    }
    let (first, second) = (at("Lloré mucho"), at("Nadie vino"))

    let report = try book.importProject(
      Self.project(
        origin: "NVivo",
        codes: #"<Code guid="\#(Self.code.lowercased())" name="Confianza" isCodable="true"/>"#,
        sources: Self.text(
          Self.selection(first.0, first.1, 1) + Self.selection(second.0, second.1, 2))),
      texts: ["\(Self.source.lowercased()).TXT": "\u{FEFF}" + text], folder: "Sources",
      named: "Proyecto.QDE")

    #expect(try quotes(book) == ["Lloré mucho", "Nadie vino"])
    #expect(report.unit == PositionUnit(counted: .utf16, lineEnd: .asWritten))
    #expect(report.unit?.description == "units of UTF-16")
    #expect(report.counts.isEmpty)
  }

  @Test func `a project that was packed anew with its folder is read`() throws {
    let book = try TestNotebook()

    try book.importProject(
      Self.project(
        origin: "NVivo", codes: #"<Code guid="\#(Self.code)" name="A"/>"#,
        sources: Self.text(Self.selection(0, 5, 1))),
      texts: ["\(Self.source).txt": "Nadie vino."], folder: "Mi proyecto/sources",
      named: "Mi proyecto/project.qde")

    #expect(try quotes(book) == ["Nadie"])
  }

  @Test func `in the manner of ATLAS.ti: a CRLF of the file counts as one`() throws {
    let book = try TestNotebook()
    let text = "Uno dos.\r\nTres cuatro.\r\nCinco seis siete.\r\n"

    let report = try book.importProject(
      Self.project(
        origin: "ATLAS.ti",
        sources: Self.text(
          Self.selection(9, 20, 1, name: "Tres cuatro") + Self.selection(22, 32, 2))),
      texts: ["\(Self.source).txt": text])

    #expect(try quotes(book) == ["Tres cuatro", "Cinco seis"])
    #expect(report.unit?.lineEnd == .one)
  }

  @Test func `in the manner of QualCoder: the words as name, bytes never, LF`() throws {
    let book = try TestNotebook()
    let text = "Señor alcalde, ¿qué pasó?\nNadie vino."

    let report = try book.importProject(
      Self.project(
        origin: "QualCoder",
        sources: Self.text(Self.selection(16, 24, 1, name: "qué pasó"))),
      texts: ["\(Self.source).txt": text])

    #expect(try quotes(book) == ["qué pasó"])
    #expect(report.unit == .standard)
  }

  @Test func `positions that count bytes are found too`() throws {
    let book = try TestNotebook()
    let text = "Señor año niño: «Lloré» mañana."
    let bytes = Array(text.utf8)
    let wanted = Array("mañana".utf8)
    let start = try #require(bytes.indices.first { bytes[$0...].starts(with: wanted) })

    let report = try book.importProject(
      Self.project(sources: Self.text(Self.selection(start, start + wanted.count, 1))),
      texts: ["\(Self.source).txt": text])

    #expect(try quotes(book) == ["mañana"])
    #expect(report.unit?.counted == .bytes)
  }

  @Test func `in the manner of MAXQDA: cases without a name give sources their variables`() throws {
    let book = try TestNotebook()
    let rest = """
      <Cases><Case guid="55555555-5555-4555-8555-555555555555"><VariableValue>\
      <VariableRef targetGUID="66666666-6666-4666-8666-666666666666"/>\
      <IntegerValue>41</IntegerValue></VariableValue><SourceRef targetGUID="\(Self.source)"/></Case>\
      <Case guid="55555555-5555-4555-8555-555555555556" name="Rosa Q.">\
      <SourceRef targetGUID="\(Self.source)"/></Case></Cases>
      """
    let variables = """
      <Variables><Variable guid="66666666-6666-4666-8666-666666666666" name="Edad" \
      typeOfVariable="Integer"/></Variables>
      """

    try book.importProject(
      Self.project(sources: Self.text(""), rest: variables + rest),
      texts: ["\(Self.source).txt": "Texto."])

    try book.notebook.read { reader in
      let id = try #require(RecordID(guid: Self.source))
      #expect(try reader.attributes(of: id) == [Attribute(name: "Edad", value: "41")])
      #expect(try reader.attributeDefinitions().map(\.type) == [.integer])
      let people = try reader.fetchAll(Participant.self)
      #expect(people.map(\.pseudonym) == ["Rosa Q."])
      #expect(try reader.references(.Interview.participants, of: id) == people.map(\.id))
    }
  }

  @Test func `an old namespace, a text inside the project and other spellings are read`() throws {
    let book = try TestNotebook()
    let text = """
      <project xmlns="urn:QDA-XML:project:0:4" NAME="x"><codebook><codes>\
      <CODE GUID="{\(Self.code)}" NAME="Confianza"/></codes></codebook><sources>\
      <textsource guid="\(Self.source)" name="E1"><plaintextcontent>Lloré mucho.\
      </plaintextcontent>\(Self.selection(0, 5, 1))</textsource></sources></project>
      """

    try book.importProject(text, texts: [:])

    #expect(try quotes(book) == ["Lloré"])
  }

  @Test func `a text that is not NFC keeps its codings on the same words`() throws {
    let book = try TestNotebook()
    let text = "an\u{303}o\r\nlloro\u{301} mucho"

    let report = try book.importProject(
      Self.project(
        sources: Self.text(Self.selection(6, 12, 1, name: "lloró") + Self.selection(1, 2, 2))),
      texts: ["\(Self.source).txt": text])

    #expect(try quotes(book).sorted() == ["lloró", "ñ"].sorted())
    #expect(report.counts[.movedEnds] == 1)
    #expect(
      try book.notebook.read { try $0.fetchAll(Interview.self).first?.text } == "año\nlloró mucho")
  }

  // MARK: - What cannot be placed

  @Test func `positions past the end, negative, empty and turned round become notes`() throws {
    let book = try TestNotebook()
    let selections = [(0, 999), (-3, 4), (5, 5), (6, 2)].enumerated().map {
      Self.selection($0.element.0, $0.element.1, $0.offset + 1)
    }.joined()

    let report = try book.importProject(
      Self.project(sources: Self.text(selections)), texts: ["\(Self.source).txt": "Lloré mucho."])

    #expect(report.counts[.unplacedSelections] == 4)
    #expect(report.places[.unplacedSelections]?.first?.words == "entry 1, line 4, column 251")
    #expect(try book.counts()[.coding] == 0)
    let notes = try book.notebook.read { try $0.fetchAll(Note.self) }
    #expect(notes.count == 4)
    #expect(notes.allSatisfy { $0.about == RecordID(guid: Self.source) })
    #expect(notes[0].text == "Confianza: startposition 0, endposition 999")
    let before = try book.changes
    try book.importProject(book.folder.file("in.qdpx"))
    #expect(try book.changes == before)
  }

  @Test func `a selection without a code and one whose code is not there become notes`() throws {
    let book = try TestNotebook()
    let plain = """
      <PlainTextSelection guid="77777777-7777-4777-8777-777777777777" startPosition="0" \
      endPosition="5"><Description>Volver.</Description></PlainTextSelection>
      """

    let report = try book.importProject(
      Self.project(
        sources: Self.text(plain + Self.selection(6, 11, 1, code: Self.source))),
      texts: ["\(Self.source).txt": "Lloré mucho."])

    #expect(report.counts[.uncodedSelections] == 1)
    #expect(report.counts[.danglingCodes] == 1)
    let texts = try book.notebook.read { try $0.fetchAll(Note.self).compactMap(\.text) }
    #expect(texts.contains("«Lloré»\n\nVolver."))
    #expect(texts.contains("\(Self.source): «mucho»"))
  }

  @Test func `ids that are there twice or missing get others, the same each time`() throws {
    let book = try TestNotebook()
    let codes = """
      <Code guid="\(Self.code)" name="Uno" isCodable="true"/>\
      <Code guid="\(Self.code)" name="Uno" isCodable="true"/><Code name="Tres" isCodable="true"/>
      """

    let report = try book.importProject(
      Self.project(codes: codes, sources: Self.text("")), texts: ["\(Self.source).txt": "x"])
    let again = try book.importProject(book.folder.file("in.qdpx"))

    #expect(report.counts[.repeatedIDs] == 1)
    #expect(report.counts[.missingIDs] == 1)
    #expect(try book.counts()[.theme] == 3)
    #expect(again.tally.new.isEmpty)
  }

  @Test func `pictures, recordings and PDFs become documents with what is known of their codings`()
    throws
  {
    let book = try TestNotebook()
    let sources = """
      <PDFSource guid="\(Self.source)" name="acta.pdf" path="internal://acta.pdf">\
      <PDFSelection guid="77777777-7777-4777-8777-777777777777" page="2" firstX="1" firstY="2" \
      secondX="3" secondY="4"><Coding guid="77777777-7777-4777-8777-777777777778">\
      <CodeRef targetGUID="\(Self.code)"/></Coding></PDFSelection>\
      <Representation guid="77777777-7777-4777-8777-777777777779" \
      plainTextPath="internal://acta.txt">\(Self.selection(0, 5, 1))</Representation></PDFSource>
      """

    let report = try book.importProject(
      Self.project(sources: sources), texts: ["acta.txt": "Lloré mucho."])

    #expect(try quotes(book) == ["Lloré"])
    #expect(report.counts[.mediaSources] == 1)
    #expect(report.counts[.mediaSelections] == 1)
    let note = try book.notebook.read { try $0.fetchAll(Note.self).first?.text }
    #expect(note == "Confianza: page 2, firstx 1, firsty 2, secondx 3, secondy 4")
  }

  @Test func `notes, links, sets and users come over`() throws {
    let book = try TestNotebook()
    let note = "88888888-8888-4888-8888-888888888888"
    let rest = """
      <Notes><Note guid="\(note)" name="Memo" creationDateTime="2019-06-04T06:11:56.123Z">\
      <PlainTextContent>Volver.</PlainTextContent></Note></Notes>\
      <Links><Link guid="88888888-8888-4888-8888-888888888889" originGUID="\(note)" \
      targetGUID="\(Self.source)"/></Links>\
      <Sets><Set guid="88888888-8888-4888-8888-888888888890" name="Mujeres">\
      <Description>Las que hablaron</Description><MemberSource targetGUID="\(Self.source)"/>\
      </Set></Sets><Graphs><Graph guid="88888888-8888-4888-8888-888888888891"/></Graphs>
      """
    let user = "99999999-9999-4999-8999-999999999999"

    let report = try book.importProject(
      Self.project(
        sources: Self.text(Self.selection(0, 5, 1, user: user)), rest: rest,
        users: #"<Users><User guid="\#(user)" name="Luis"/></Users>"#),
      texts: ["\(Self.source).txt": "Lloré mucho."])

    try book.notebook.read { reader in
      let source = try #require(RecordID(guid: Self.source))
      let memo = try #require(try reader.fetchAll(Note.self).first)
      #expect(memo.text == "Memo\n\nVolver.")
      #expect(memo.about == source)
      #expect(memo.at?.description == "2019-06-04T06:11:56Z")
      #expect(try reader.attributes(of: source) == [Attribute(name: "set: Mujeres", value: "true")])
      #expect(try reader.fetchAll(Coding.self).map(\.coder) == ["Luis"])
    }
    #expect(report.counts == [.sets: 1, .graphs: 1])
  }

  @Test func `a code book with a mark before it, sets and short colours is read`() throws {
    let book = try TestNotebook()

    let report = try book.importCodebook(
      """
      \u{FEFF}<CodeBook xmlns="urn:QDA-XML:codebook:0:4"><Codes>\r
      <Code guid="\(Self.code)" name="Estado" isCodable="false" color="#abc">\r
      <Description>De quién\r\nse fía</Description>\
      <Code guid="{22222222-2222-4222-8222-22222222222A}" name="Confianza&#10;alta" \
      isCodable="true" color="rojo"/></Code></Codes>\
      <Sets><Set guid="33333333-3333-4333-8333-333333333333" name="S">\
      <MemberCode guid="\(Self.code)"/></Set></Sets></CodeBook>
      """)

    let themes = try book.notebook.read { try $0.fetchAll(Theme.self) }
    #expect(themes.map(\.name) == ["Estado", "Confianza alta"])
    #expect(themes[0].colour == "#aabbcc")
    #expect(themes[0].definition == "De quién\nse fía")
    #expect(themes[1].parent == themes[0].id)
    #expect(report.counts == [.colours: 1, .sets: 1])
  }
}
