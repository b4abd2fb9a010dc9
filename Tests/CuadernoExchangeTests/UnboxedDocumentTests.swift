import CuadernoTestSupport
import Foundation
import Testing

@testable import CuadernoExchange

/// Words that pandoc passes over, put where it reads them.
@Suite struct UnboxedDocumentTests {
  private func word(_ body: String) -> String? {
    UnboxedXML(Array("<w:body>\(body)</w:body>".utf8), .word).bytes.map {
      String(String(decoding: $0, as: UTF8.self).dropFirst(8).dropLast(9))
    }
  }

  private func openDocument(_ body: String) -> String? {
    UnboxedXML(Array(body.utf8), .openDocument).bytes.map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func `a text box stands after its paragraph, once`() {
    #expect(
      word(
        """
        <w:p>a<mc:Choice><x y=">"><w:txbxContent><w:p>caja</w:p></w:txbxContent></x></mc:Choice>\
        <mc:Fallback><w:txbxContent><w:p>caja</w:p></w:txbxContent></mc:Fallback>b</w:p><w:p>c</w:p>
        """)
          == """
          <w:p>a<mc:Choice><x y=">"><w:txbxContent></w:txbxContent></x></mc:Choice>\
          <mc:Fallback><w:txbxContent></w:txbxContent></mc:Fallback>b</w:p><w:p>caja</w:p><w:p>c</w:p>
          """)
  }

  @Test func `a box in a box stands after the paragraph of the box`() {
    let inner = "<w:txbxContent><w:p>dos</w:p></w:txbxContent>"
    #expect(
      word("<w:p><w:txbxContent><w:p>uno\(inner)</w:p><w:p>tres</w:p></w:txbxContent></w:p>")
        == "<w:p><w:txbxContent></w:txbxContent></w:p><w:p>uno<w:txbxContent></w:txbxContent></w:p>"
        + "<w:p>dos</w:p><w:p>tres</w:p>")
  }

  @Test func `a box that was deleted stays where it is passed over`() {
    let box = "<w:txbxContent><w:p>Juan</w:p></w:txbxContent>"
    #expect(word("<w:p><w:del><w:r>\(box)</w:r></w:del></w:p>") == nil)
    #expect(word("<w:p><w:moveFrom>\(box)</w:moveFrom></w:p>") == nil)
    #expect(
      openDocument(
        "<t:tracked-changes><t:p><d:text-box>x<b/></d:text-box></t:p></t:tracked-changes>") == nil)
  }

  @Test
  func `the header of a table is a row like the others, and frames outside paragraphs are read`() {
    #expect(
      openDocument(
        "<t:table><t:table-header-rows><t:r>a</t:r></t:table-header-rows><t:r/></t:table>")
        == "<t:table><t:r>a</t:r><t:r/></t:table>")
    #expect(
      openDocument(
        "<o><draw:frame><draw:text-box><text:p>a</text:p></draw:text-box></draw:frame></o>")
        == "<o><draw:frame><draw:text-box></draw:text-box></draw:frame><text:p>a</text:p></o>")
  }

  @Test func `what is cut, crossed or has a document type is left as it is`() {
    let whole =
      "<?x?><a><!-- < --><w:p b='>'><w:txbxContent><w:p/></w:txbxContent></w:p><![CDATA[<]]></a>"
    #expect(UnboxedXML(Array(whole.utf8), .word).bytes != nil)
    for count in 0..<whole.utf8.count {
      #expect(UnboxedXML(Array(whole.utf8.prefix(count)), .word).bytes == nil)
    }
    #expect(UnboxedXML(Array(("<!DOCTYPE a>" + whole).utf8), .word).bytes == nil)
    #expect(word("<w:p><w:txbxContent><w:p></w:txbxContent></w:p></w:p>") == nil)
    #expect(word(String(repeating: "<a>", count: 100_000)) == nil)
    for seed in Seeds.upTo(200) {
      var generator = SplitMix64(seed: seed)
      var bytes = Array(whole.utf8)
      for _ in 0..<4 {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] =
          Array("<>/'!?-[ ".utf8).randomElement(using: &generator) ?? 0
      }
      _ = UnboxedXML(bytes, .word)
    }
  }

  // MARK: - Through pandoc

  private static let hasPandoc = FileManager.default.isExecutableFile(atPath: "/usr/bin/pandoc")

  private func text(_ parts: [(String, String)], _ name: String) throws -> String {
    let folder = try ScratchFolder()
    var zip = RawZip()
    for (name, text) in parts { zip.add(name, text) }
    try folder.write(zip.bytes, to: name)
    let format = try #require(DocumentConverter.Format(fileName: name))
    return try DocumentConverter(path: "/usr/bin").document(at: folder.file(name), format).text
  }

  @Test(.enabled(if: hasPandoc)) func `a real DOCX keeps the words of its text boxes`() throws {
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    let text = try text(
      [
        (
          "[Content_Types].xml",
          "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>"
        ),
        (
          "_rels/.rels",
          """
          <Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>\
          <Relationship Id='a' Type='\(kind)' Target='word/document.xml'/></Relationships>
          """
        ),
        (
          "word/document.xml",
          """
          <w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main' \
          xmlns:v='urn:schemas-microsoft-com:vml'><w:body><w:p><w:r><w:t>Antes</w:t></w:r><w:r>\
          <w:pict><v:shape><v:textbox><w:txbxContent><w:p><w:r><w:t>Caja.</w:t></w:r></w:p>\
          </w:txbxContent></v:textbox></v:shape></w:pict></w:r><w:r><w:t xml:space='preserve'> y \
          después.</w:t></w:r></w:p><w:p><w:r><w:t>Fin.</w:t></w:r></w:p></w:body></w:document>
          """
        ),
      ], "a.docx")

    #expect(text == "Antes y después.\n\nCaja.\n\nFin.")
  }

  @Test(.enabled(if: hasPandoc)) func `a real ODT keeps the headers of its tables, and its boxes`()
    throws
  {
    let names = ["office", "text", "table", "drawing"].map {
      "xmlns:\($0 == "drawing" ? "draw" : $0)='urn:oasis:names:tc:opendocument:xmlns:\($0):1.0'"
    }.joined(separator: " ")
    func row(_ cells: String...) -> String {
      let cells = cells.map {
        "<table:table-cell><text:p>\($0)</text:p></table:table-cell>"
      }
      return "<table:table-row>\(cells.joined())</table:table-row>"
    }
    let text = try text(
      [
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        (
          "content.xml",
          """
          <office:document-content \(names)><office:body><office:text><text:p>Antes<draw:frame>\
          <draw:text-box><text:p>Caja.</text:p></draw:text-box></draw:frame>.</text:p><table:table>\
          <table:table-column/><table:table-column/><table:table-header-rows>\(row("Nombre", "Año"))\
          </table:table-header-rows>\(row("A", "2017"))</table:table><text:p>Fin<draw:custom-shape>\
          <text:p>Forma.</text:p><draw:enhanced-geometry/></draw:custom-shape>.</text:p></office:text>\
          </office:body></office:document-content>
          """
        ),
        (
          "styles.xml", "<office:document-styles \(names)><office:styles/></office:document-styles>"
        ),
        ("META-INF/manifest.xml", "<a/>"),
      ], "a.odt")

    #expect(text == "Antes.\n\nCaja.\n\nNombre\tAño\nA\t2017\n\nFin.\n\nForma.")
  }
}
