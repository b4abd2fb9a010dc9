import CuadernoTestSupport
import Testing

@testable import CuadernoExchange

@Suite struct DOCXReportTests {
  static func report(
    _ word: String, _ language: StudyReport.Language = .spanish
  ) -> StudyReport {
    StudyReport(
      title: word, language: language, texts: 2, codings: 5, coders: 1,
      themes: [
        .init(
          name: word, depth: 0, definition: word, codings: 2, codingsBelow: 5, texts: 2,
          quotes: [.init(words: word, attribution: word), .init(words: "sin", attribution: "")],
          unquoted: 3),
        .init(
          name: "Vacío", depth: 0, definition: nil, codings: 0, codingsBelow: 1, texts: 1,
          quotes: [], unquoted: 0),
        .init(
          name: "Hondo", depth: 1, definition: nil, codings: 1, codingsBelow: 1, texts: 1,
          quotes: [.init(words: "uno\ndos\ttres", attribution: "alcalde, 2017")], unquoted: 0),
      ],
      matrix: .init(columns: [word, "–"], rows: [(word, [2, 0]), ("Hondo", [0, 1])]),
      pairs: [.init(first: word, second: "otro", count: 2)],
      years: [.init(year: 1996, texts: 1, codings: 2)],
      places: [.init(name: word, latitude: -8.18, longitude: -76.51, codings: 3)])
  }

  private static func written(_ report: StudyReport) throws -> WordFile {
    try WordFile.write(report, in: ScratchFolder())
  }

  @Test func `a report has its headings, quotes, captions and tables in styles`() throws {
    let file = try Self.written(Self.report("Miedo"))

    let paragraphs = try file.paragraphs()
    func texts(_ style: String) -> [String] {
      paragraphs.filter { $0.style == style }.map(\.text)
    }
    #expect(texts("Title") == ["Miedo"])
    #expect(texts("Subtitle") == ["2 textos, 5 codificaciones, 1 codificador."])
    #expect(
      texts("Heading1") == [
        "Libro de códigos", "Comparación de temas", "Temas en los mismos pasajes", "En el tiempo",
        "Lugares", "Citas",
      ])
    #expect(texts("Heading2") == ["Miedo", "Vacío"])
    #expect(texts("Heading3") == ["Hondo"])
    #expect(texts("Quote") == ["Miedo", "sin", "uno\ndos\ttres"])
    #expect(texts("QuoteSource") == ["Miedo", "alcalde, 2017"])
    #expect(
      texts("Caption") == [
        "Tabla 1. Libro de códigos", "Tabla 2. Comparación de temas",
        "Tabla 3. Temas en los mismos pasajes", "Tabla 4. En el tiempo", "Tabla 5. Lugares",
      ])
    #expect(texts("Normal").contains("3 pasajes más se cuentan y no se citan aquí."))
    #expect(
      try file.tables() == [
        [
          ["Tema", "Codificaciones", "Con los de abajo", "Textos"], ["MiedoMiedo", "2", "5", "2"],
          ["Vacío", "0", "1", "1"], ["Hondo", "1", "1", "1"],
        ], [["Tema", "Miedo", "–"], ["Miedo", "2", "0"], ["Hondo", "0", "1"]],
        [["Tema", "Con", "Veces"], ["Miedo", "otro", "2"]],
        [["Año", "Textos", "Codificaciones"], ["1996", "1", "2"]],
        [["Lugar", "Codificaciones"], ["Miedo", "3"]],
      ])
  }

  @Test func `its own words are in the language that was asked for`() throws {
    let paragraphs = try Self.written(Self.report("Miedo", .english)).paragraphs()
    #expect(paragraphs.contains { $0 == ("Heading1", "Code book") })
    #expect(paragraphs.contains { $0 == ("TOCHeading", "Contents") })
    #expect(paragraphs.contains { $0 == ("Caption", "Table 5. Places") })
    #expect(paragraphs.contains { $0 == ("Subtitle", "2 texts, 5 codings, 1 coder.") })
  }

  @Test func `the table of contents leads to every heading, in order`() throws {
    let file = try Self.written(Self.report("Miedo"))

    let body = try file.body()
    let entries = WordFile.all("hyperlink", in: body)
    let headings = body.children("p").filter {
      ["Heading1", "Heading2", "Heading3"].contains(WordFile.style($0) ?? "")
    }
    #expect(entries.map(WordFile.text) == headings.map(WordFile.text))
    #expect(
      entries.map { $0.attribute("anchor") }
        == headings.map { $0.child("bookmarkstart")?.attribute("name") })
    let ids = WordFile.all("bookmarkstart", in: body).compactMap { $0.attribute("id") }
    #expect(Set(ids).count == headings.count)
    #expect(
      WordFile.all("fldchar", in: body).map { $0.attribute("fldchartype") } == [
        "begin", "separate", "end",
      ])
    #expect(
      WordFile.all("instrtext", in: body).map(\.text) == [#" TOC \o "1-3" \h \z \u "#])
  }

  @Test func `every style that is used is defined, and every link leads to a part`() throws {
    let file = try Self.written(Self.report("Miedo"))

    let defined = try file.tree("word/styles.xml").children("style").compactMap {
      $0.attribute("styleid")
    }
    #expect(Set(defined).count == defined.count)
    for part in ["word/document.xml", "word/footer1.xml"] {
      let used = ["pstyle", "tblstyle"].flatMap { name -> [String] in
        (try? WordFile.all(name, in: file.tree(part)).compactMap { $0.attribute("val") }) ?? []
      }
      #expect(!used.isEmpty && Set(used).isSubset(of: defined))
    }
    for (_, target) in try file.links("word/_rels/document.xml.rels") {
      #expect(file.parts["word/" + target] != nil, "\(target)")
    }
    for (_, target) in try file.links("_rels/.rels") { #expect(file.parts[target] != nil) }
    let types = try file.tree("[Content_Types].xml")
    let endings = Set(types.children("default").compactMap { $0.attribute("extension") })
    let named = Set(types.children("override").compactMap { $0.attribute("partname") })
    for name in file.parts.keys where name != "[Content_Types].xml" {
      let ending = name.split(separator: ".").last.map(String.init) ?? ""
      #expect(endings.contains(ending), "\(name)")
      #expect(named.contains("/" + name) || name.hasSuffix(".rels"), "\(name)")
    }
  }

  @Test func `the same report makes the same bytes`() throws {
    let folder = try ScratchFolder()
    _ = try WordFile.write(Self.report("Miedo"), in: folder)
    let first = try folder.bytes(of: "out.docx")
    _ = try WordFile.write(Self.report("Miedo"), in: folder)
    #expect(try folder.bytes(of: "out.docx") == first)
  }

  @Test func `a matrix too wide for a page is told in several tables`() throws {
    var report = Self.report("Miedo")
    report.matrix = .init(
      columns: (0..<101).map { "c\($0)" }, rows: [("Miedo", Array(0..<101))])
    let file = try Self.written(report)

    let parts = try file.tables().filter { $0[0].dropFirst().first?.hasPrefix("c") ?? false }
    #expect(parts.count == 11)
    #expect(parts.allSatisfy { $0[0].count <= DOCXBody.columnsMax + 1 })
    #expect(parts.flatMap { $0[0].dropFirst() } == report.matrix.columns)
    #expect(parts.flatMap { $0[1].dropFirst() } == (0..<101).map(String.init))
    for table in try file.body().children("tbl") {
      let columns = table.child("tblgrid")?.children.count
      #expect(table.children("tr").allSatisfy { $0.children("tc").count == columns })
    }
  }

  @Test func `a study of nothing has a code book and no empty tables`() throws {
    let report = StudyReport(
      title: "", language: .english, texts: 0, codings: 0, coders: 0, themes: [],
      matrix: .init(columns: [], rows: []), pairs: [], years: [], places: [])
    let file = try Self.written(report)

    #expect(try file.tables().count == 1)
    #expect(
      try file.paragraphs().filter { $0.style == "Heading1" }.map(\.text) == [
        "Code book", "Quotes",
      ])
  }

  @Test func `themes with quotes get the way down to them, and others no heading`() {
    func theme(_ name: String, _ depth: Int, _ count: Int) -> StudyReport.Theme {
      .init(
        name: name, depth: depth, definition: nil, codings: 0, codingsBelow: 0, texts: 0,
        quotes: [], unquoted: count)
    }
    let headings = DOCXBody.themeHeadings([
      theme("A", 0, 0), theme("a", 1, 0), theme("aa", 2, 1), theme("B", 0, 0), theme("C", 0, 2),
      theme("c", 1, 3),
    ])
    #expect(
      headings == [
        .init(level: 2, text: "A", theme: nil), .init(level: 3, text: "a > aa", theme: 2),
        .init(level: 2, text: "C", theme: 4), .init(level: 3, text: "c", theme: 5),
      ])
  }

  @Test(arguments: [
    "</w:t></w:r><w:r><w:instrText>DDEAUTO c:\\\\x</w:instrText></w:r>", "]]>", "<!--", "&amp;lt;",
    "<?xml?>", "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]>&b;", "{{title}}",
    "\u{202E}txet\u{2066}", "a\u{0}b\u{1B}[2J\u{FFFE}", "👩🏽‍🌾 ñandú שלום", "\" w:x=\"",
  ])
  func `hostile words stay words`(word: String) throws {
    let file = try Self.written(Self.report(word))
    let plain = try Self.written(Self.report("x"))

    func shape(_ node: XMLNode) -> String {
      let names = node.attributes.map(\.name).joined(separator: " ")
      return "<\(node.name) \(names)>" + node.children.map(shape).joined()
    }
    #expect(try shape(file.tree("word/document.xml")) == shape(plain.tree("word/document.xml")))
    let title = try #require(file.paragraphs().first { $0.style == "Title" })
    let allowed = word.unicodeScalars.filter { !HTMLText.isLeftOut($0) }
      .map { $0 == "\u{FFFE}" ? "\u{FFFD}" : $0 }
    #expect(title.text.unicodeScalars.elementsEqual(allowed))
    #expect(try file.tree("docProps/core.xml").child("title")?.text == title.text)
  }

  @Test func `the grounds of a matrix are those of the page in HTML`() {
    // hsl(205 60% 97%), hsl(205 60% 68.5%) and hsl(205 60% 40%), as browsers compute them.
    #expect([0, 0.5, 1].map(HeatColour.hexadecimal) == ["F3F8FC", "7EB7DF", "2970A3"])
  }
}
