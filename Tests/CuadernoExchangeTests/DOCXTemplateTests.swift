import CuadernoTestSupport
import Testing

@testable import CuadernoExchange

/// Word files as templates: what is taken of them, and what is refused.
@Suite struct DOCXTemplateTests {
  private static let word = DOCXNamespace.word
  private static let office = DOCXNamespace.relationships

  /// A letterhead as a Spanish Word writes it, with parts that a test may change.
  private struct Letterhead {
    var contents = """
      <Types xmlns="\(DOCXNamespace.contentTypes)"><Default Extension="xml" \
      ContentType="application/xml"/></Types>
      """
    var styles = """
      <w:styles xmlns:w="\(word)"><w:style w:type="paragraph" w:default="1" w:styleId="Normal">\
      <w:name w:val="Normal"/></w:style><w:style w:type="paragraph" w:styleId="Ttulo1">\
      <w:name w:val="heading 1"/></w:style><w:style w:type="paragraph" w:styleId="CuadernoquoteSource">\
      <w:name w:val="Membrete"/></w:style><w:style w:type="table" w:styleId="Tablaconcuadrcula">\
      <w:name w:val="Table Grid"/></w:style></w:styles>

      """
    var section = """
      <w:sectPr><w:headerReference w:type="default" r:id="rId4"/><w:pgSz w:w="16838" w:h="11906" \
      w:orient="landscape"/><w:pgMar w:top="1000" w:right="1100" w:bottom="1200" w:left="1300" \
      w:header="500" w:footer="600" w:gutter="0"/></w:sectPr>
      """
    var before = ""
    var header = "<w:hdr xmlns:w=\"\(word)\"><w:p><w:r><w:t>PUCP</w:t></w:r></w:p></w:hdr>"
    var headerLinks: String? = nil
    var links = """
      <Relationship Id="rId1" Type="\(office)/styles" Target="styles.xml"/>\
      <Relationship Id="rId4" Type="\(office)/header" Target="/word/header1.xml"/>
      """
    var rootLink = "\(office)/officeDocument"
    var others: [(name: String, bytes: [UInt8])] = []

    var bytes: [UInt8] {
      var zip = RawZip()
      zip.add("[Content_Types].xml", contents)
      zip.add(
        "_rels/.rels",
        Self.list("<Relationship Id=\"rId1\" Type=\"\(rootLink)\" Target=\"word/document.xml\"/>"))
      zip.add(
        "word/document.xml",
        "<w:document xmlns:w=\"\(word)\" xmlns:r=\"\(office)\"><w:body><w:p/>\(before)\(section)"
          + "</w:body></w:document>")
      zip.add("word/_rels/document.xml.rels", Self.list(links))
      zip.add("word/styles.xml", styles)
      zip.add("word/header1.xml", header)
      if let headerLinks { zip.add("word/_rels/header1.xml.rels", Self.list(headerLinks)) }
      for (name, bytes) in others { zip.entries.append(.init(name: name, bytes: bytes)) }
      return zip.bytes
    }

    private static func list(_ links: String) -> String {
      "<Relationships xmlns=\"\(DOCXNamespace.package)\">\(links)</Relationships>"
    }
  }

  private static func template(
    _ change: (inout Letterhead) -> Void = { _ in }
  ) throws -> (template: DOCXTemplate, folder: ScratchFolder) {
    var letterhead = Letterhead()
    change(&letterhead)
    let folder = try ScratchFolder()
    try folder.write(letterhead.bytes, to: "t.docx")
    return (try DOCXTemplate(at: folder.file("t.docx")), folder)
  }

  private static func refusal(_ change: (inout Letterhead) -> Void) -> String {
    words { _ = try template(change) }
  }

  // MARK: - Taken

  @Test func `styles are found by their English names, whatever their ids, and others are added`()
    throws
  {
    let (template, folder) = try Self.template()
    let file = try WordFile.write(DOCXReportTests.report("Miedo"), template: template, in: folder)

    let paragraphs = try file.paragraphs()
    #expect(paragraphs.filter { $0.style == "Ttulo1" }.count == 6)
    let styles = try file.tree("word/styles.xml").children("style")
    let ids = styles.compactMap { $0.attribute("styleid") }
    #expect(ids.prefix(4) == ["Normal", "Ttulo1", "CuadernoquoteSource", "Tablaconcuadrcula"])
    #expect(Set(ids).count == ids.count)
    #expect(Set(paragraphs.map(\.style)).isSubset(of: ids))
    // The template has an id of ours for something else.
    #expect(paragraphs.contains { $0.style == "CuadernoquoteSource1" })
    let tables = WordFile.all("tblstyle", in: try file.body()).map { $0.attribute("val") }
    #expect(Set(tables) == ["Tablaconcuadrcula"])
  }

  @Test func `the page and the header are taken, and the text is not`() throws {
    let (template, folder) = try Self.template {
      $0.before = "<w:p><w:r><w:t>Ejemplo</w:t></w:r></w:p>"
    }
    let file = try WordFile.write(DOCXReportTests.report("Miedo"), template: template, in: folder)

    let section = try #require(file.body().child("sectpr"))
    #expect(section.child("pgsz")?.attribute("orient") == "landscape")
    #expect(section.child("pgmar")?.attribute("left") == "1300")
    let reference = try #require(section.child("headerreference"))
    #expect(section.child("footerreference") == nil)
    let target = try #require(
      file.links("word/_rels/document.xml.rels")[reference.attribute("id") ?? ""])
    #expect(WordFile.text(try file.tree("word/" + target)) == "PUCP")
    #expect(try !file.paragraphs().contains { $0.text == "Ejemplo" })
    let width = 16_838 - 1_100 - 1_300
    for grid in WordFile.all("tblgrid", in: try file.body()) {
      let columns = grid.children.compactMap { $0.attribute("w").flatMap { Int($0) } }
      #expect((width - 20...width).contains(columns.reduce(0, +)))
    }
  }

  @Test func `a picture in a header comes along, under a name of ours`() throws {
    let (template, folder) = try Self.template { letterhead in
      letterhead.headerLinks = """
        <Relationship Id="rId9" Type="\(Self.office)/image" Target="media/../media/Escudo.PNG"/>\
        <Relationship Id="rId8" Type="\(Self.office)/hyperlink" Target="https://pucp.edu.pe" \
        TargetMode="External"/>
        """
      letterhead.others = [("word/media/Escudo.PNG", [1, 2, 3])]
    }
    let file = try WordFile.write(DOCXReportTests.report("Miedo"), template: template, in: folder)

    #expect(file.parts["word/media/image1.png"] == [1, 2, 3])
    #expect(
      try file.links("word/_rels/header1.xml.rels") == [
        "rId9": "media/image1.png", "rId8": "https://pucp.edu.pe",
      ])
    let endings = try file.tree("[Content_Types].xml").children("default")
    #expect(endings.contains { $0.attribute("contenttype") == "image/png" })
  }

  @Test func `one picture that a header shows a hundred times is not held a hundred times`() {
    let message = Self.refusal { letterhead in
      letterhead.headerLinks = (0..<100).map {
        "<Relationship Id=\"rId\($0)\" Type=\"\(Self.office)/image\" Target=\"media/a.png\"/>"
      }.joined()
      letterhead.others = [("word/media/a.png", [UInt8](repeating: 7, count: 1 << 20))]
    }

    #expect(message == "entry 8 of the template is 34603008 bytes; the limit is 33554432")
  }

  @Test func `a header that the last section does not name is that of the section before`() throws {
    let (template, _) = try Self.template { letterhead in
      letterhead.before = "<w:p><w:pPr>\(letterhead.section)</w:pPr></w:p>"
      letterhead.section = "<w:sectPr><w:titlePg/><w:pgSz w:w=\"99999999\" w:h=\"-4\"/></w:sectPr>"
    }
    #expect(template.margins.map(\.pages) == ["default"])
    #expect(template.page.hasFirstPage)
    // Paper that no printer has is ours.
    #expect(template.page.width == 11_906 && template.page.height == 16_838)
  }

  @Test func `settings are ours, but for pages of even numbers`() throws {
    let (template, folder) = try Self.template { letterhead in
      letterhead.links +=
        "<Relationship Id=\"rId5\" Type=\"\(Self.office)/settings\" Target=\"settings.xml\"/>"
      letterhead.others = [
        (
          "word/settings.xml",
          Array(
            ("<w:settings xmlns:w=\"\(Self.word)\"><w:attachedTemplate/><w:evenAndOddHeaders/>"
              + "</w:settings>").utf8)
        ),
        (
          "word/_rels/settings.xml.rels",
          Array(
            ("<Relationships xmlns=\"\(DOCXNamespace.package)\"><Relationship Id=\"rId1\" "
              + "Type=\"\(Self.office)/attachedTemplate\" Target=\"https://x/y.dotm\" "
              + "TargetMode=\"External\"/></Relationships>").utf8)
        ),
      ]
    }
    let file = try WordFile.write(DOCXReportTests.report("Miedo"), template: template, in: folder)

    let names = try file.tree("word/settings.xml").children.map(\.name)
    #expect(names == ["evenandoddheaders", "compat"])
    #expect(file.parts["word/_rels/settings.xml.rels"] == nil)
  }

  @Test func `the same template makes the same bytes, and an id in it stays an id`() throws {
    let (template, folder) = try Self.template { letterhead in
      letterhead.styles = letterhead.styles.replacing("\"Normal\"", with: "\"N&quot;&lt;x\"")
    }
    _ = try WordFile.write(DOCXReportTests.report("Miedo"), template: template, in: folder)
    let first = try folder.bytes(of: "out.docx")
    let file = try WordFile.write(DOCXReportTests.report("Miedo"), template: template, in: folder)
    #expect(try folder.bytes(of: "out.docx") == first)
    let based = try file.tree("word/styles.xml").children("style").compactMap {
      $0.child("basedon")?.attribute("val")
    }
    #expect(Set(based) == ["N\"<x"])
  }

  // MARK: - Refused

  @Test func `macros are refused, whatever they are called`() {
    let said = "template has macros, which are not taken; save it as a Word document (.docx)"
    #expect(Self.refusal { $0.others = [("word/vbaProject.bin", [1])] } == said)
    #expect(Self.refusal { $0.others = [("word/VBADATA.xml", [1])] } == said)
    #expect(
      Self.refusal { letterhead in
        letterhead.contents = """
          <Types xmlns="\(DOCXNamespace.contentTypes)"><Override PartName="/word/document.xml" \
          ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>
          """
      } == said)
  }

  @Test func `a header that needs something from outside is refused`() {
    let said = """
      template needs a file from outside in its header or footer; put the picture into the template \
      itself, or take it out
      """
    for (kind, target) in [
      ("image", "https://x/y.png"), ("image", #"\\host\share\y.png"#), ("oleObject", "file:///x"),
      ("hyperlink", "file:///etc/passwd"), ("hyperlink", "javascript:alert(1)"),
      ("attachedTemplate", "https://x/y.dotm"), ("frame", "https://x"),
    ] {
      let refusal = Self.refusal { letterhead in
        letterhead.headerLinks = """
          <Relationship Id="rId9" Type="\(Self.office)/\(kind)" Target="\(target)" \
          TargetMode="External"/>
          """
      }
      #expect(refusal == said, "\(kind) \(target)")
    }
  }

  @Test func `embedded objects and pictures of unknown kinds are refused`() {
    for (kind, target) in [
      ("oleObject", "embeddings/x.bin"), ("control", "activeX/x.xml"), ("aFChunk", "x.html"),
      ("image", "media/x.exe"), ("image", "media/missing.png"),
    ] {
      let refusal = Self.refusal { letterhead in
        letterhead.headerLinks =
          "<Relationship Id=\"rId9\" Type=\"\(Self.office)/\(kind)\" Target=\"\(target)\"/>"
        letterhead.others = [("word/media/x.exe", [1]), ("word/embeddings/x.bin", [1])]
      }
      #expect(
        refusal
          == "template has something in its header or footer that is neither text nor a picture; "
          + "take it out", "\(kind) \(target)")
    }
  }

  @Test(arguments: [
    "<w:fldSimple w:instr=\" INCLUDETEXT c:\\\\x \"/>",
    "<w:r><w:fldChar w:fldCharType=\"begin\"/><w:instrText>DD</w:instrText><w:instrText>EAUTO c"
      + "</w:instrText><w:fldChar w:fldCharType=\"end\"/></w:r>",
    "<w:r><w:fldChar w:fldCharType=\"begin\"/><w:instrText> IF </w:instrText>"
      + "<w:fldChar w:fldCharType=\"begin\"/><w:instrText>QUOTE 68 68 69</w:instrText>"
      + "<w:fldChar w:fldCharType=\"end\"/><w:fldChar w:fldCharType=\"end\"/></w:r>",
    "<w:r><w:fldChar w:fldCharType=\"begin\"/><w:instrText>LINK Excel.Sheet</w:instrText></w:r>",
    "<w:r><w:instrText>PAGE</w:instrText></w:r>",
  ])
  func `a field that reads files or starts programs is refused`(field: String) {
    let said = Self.refusal { $0.header = Self.header("<w:p>\(field)</w:p>") }
    #expect(
      said
        == "template has a field in its header or footer that is not taken; page numbers, dates, titles "
        + "and the like are")
  }

  @Test(arguments: [
    "<w:fldSimple w:instr=\" PAGE \\* MERGEFORMAT \"/>", "<w:fldSimple w:instr=\"\"/>",
    "<w:r><w:fldChar w:fldCharType=\"begin\"/><w:instrText xml:space=\"preserve\"> num</w:instrText>"
      + "<w:instrText>pages </w:instrText><w:fldChar w:fldCharType=\"separate\"/><w:t>3</w:t>"
      + "<w:fldChar w:fldCharType=\"end\"/></w:r>",
  ])
  func `page numbers and the like are taken`(field: String) throws {
    let (template, _) = try Self.template { $0.header = Self.header("<w:p>\(field)</w:p>") }
    #expect(template.margins.count == 1)
  }

  private static func header(_ body: String) -> String {
    "<w:hdr xmlns:w=\"\(word)\">\(body)</w:hdr>"
  }

  @Test func `a document type declaration is refused in every part`() {
    let declared = "<!DOCTYPE a [<!ENTITY b \"c\">]>"
    let changes: [(part: String, change: (inout Letterhead) -> Void)] = [
      ("list of contents", { $0.contents = declared + $0.contents }),
      ("styles", { $0.styles = declared + $0.styles }),
      ("header or footer", { $0.header = declared + $0.header }),
    ]
    for (part, change) in changes {
      #expect(
        Self.refusal(change)
          == "template has a document type declaration in its \(part), which no word processor writes "
          + "and which can be an attack")
    }
  }

  @Test func `what is no Word document, or a damaged one, is refused`() throws {
    #expect(
      Self.refusal { $0.styles = "<w:styles" }
        == "template is damaged in its styles; save it anew in your word processor")
    let noWord =
      "template is no Word document (.docx); save it as one in your word processor"
    #expect(Self.refusal { $0.links = "" } == noWord)
    #expect(Self.refusal { $0.rootLink = "x" } == noWord)
    #expect(
      Self.refusal {
        $0.rootLink = "http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument"
      }
        == "template is saved as Strict Open XML; save it as a plain Word document (.docx)")
    #expect(
      Self.refusal { $0.styles = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>" } == noWord)
    let folder = try ScratchFolder()
    try folder.write(Array("PK no".utf8), to: "t.docx")
    #expect(
      words { _ = try DOCXTemplate(at: folder.file("t.docx")) }
        == "template is no Word document (.docx), or is damaged; save it anew in your word processor"
    )
    #expect(
      words { _ = try DOCXTemplate(at: folder.file("none.docx")) }
        == "template cannot be read; check that it is there and that you may read it")
  }

  @Test func `bombs, climbing names, links and names twice are refused by the archive's limits`() {
    #expect(
      Self.refusal { $0.others = [("word/../../x", [1])] }
        == "entry 7 of the template has a name that leads out of the archive; the archive may be an "
        + "attack")
    #expect(
      Self.refusal { $0.others = [("word/styles.xml", [1])] }
        == "entry 7 of the template has the name of another entry; the archive is damaged or an attack"
    )
    #expect(
      Self.refusal { letterhead in
        letterhead.others = (0..<10_001).map { ("x/\($0)", []) }
      }.hasPrefix("template refused: archive has 10007 entries; the limit is 10001"))
    #expect(
      Self.refusal { letterhead in
        letterhead.header = Self.header(
          String(repeating: "<w:p>", count: 80) + String(repeating: "</w:p>", count: 80))
      } == "template is damaged in its header or footer; save it anew in your word processor")
  }

  @Test func `an entry that is packed a thousand times smaller is refused`() throws {
    var zip = RawZip()
    zip.add("[Content_Types].xml", "<Types/>")
    zip.entries.append(
      .init(
        name: "word/styles.xml", bytes: [0], claimedBytes: 1 << 20, claimedPacked: 1, method: 8))
    let folder = try ScratchFolder()
    try folder.write(zip.bytes, to: "t.docx")
    #expect(
      words { _ = try DOCXTemplate(at: folder.file("t.docx")) }.hasPrefix(
        "entry 2 of the template is packed more than 100 times smaller than it is"))
  }
}
