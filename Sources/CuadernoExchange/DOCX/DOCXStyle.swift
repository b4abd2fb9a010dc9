/// The styles that a report is written in.
///
/// Word keeps the names of its own styles in English in the file, whatever language it shows them in, and
/// their ids in that language; so a template's styles are found by name.
enum DOCXStyle: String, CaseIterable {
  case normal, title, subtitle, heading1, heading2, heading3
  case contentsHeading, contents1, contents2, contents3
  case quote, quoteSource, caption, tableText, footer, table

  /// The names by which a style of a template is taken for it, the best first.
  var names: [String] {
    switch self {
    case .normal: ["Normal"]
    case .title: ["Title"]
    case .subtitle: ["Subtitle"]
    case .heading1: ["heading 1"]
    case .heading2: ["heading 2"]
    case .heading3: ["heading 3"]
    case .contentsHeading: ["TOC Heading"]
    case .contents1: ["toc 1"]
    case .contents2: ["toc 2"]
    case .contents3: ["toc 3"]
    case .quote: ["Quote", "Block Text"]
    case .quoteSource: ["Quote Source"]
    case .caption: ["caption"]
    case .tableText: ["Table Text"]
    case .footer: ["footer"]
    case .table: ["Cuaderno Table", "Table Grid"]
    }
  }

  var type: String { self == .table ? "table" : "paragraph" }

  /// In our own template; a template of somebody else's may have the same id for another style, so
  /// there it gets a longer one.
  var id: String {
    switch self {
    case .normal: "Normal"
    case .title: "Title"
    case .subtitle: "Subtitle"
    case .heading1: "Heading1"
    case .heading2: "Heading2"
    case .heading3: "Heading3"
    case .contentsHeading: "TOCHeading"
    case .contents1: "TOC1"
    case .contents2: "TOC2"
    case .contents3: "TOC3"
    case .quote: "Quote"
    case .quoteSource: "QuoteSource"
    case .caption: "Caption"
    case .tableText: "TableText"
    case .footer: "Footer"
    case .table: "CuadernoTable"
    }
  }

  var addedID: String { "Cuaderno" + rawValue }

  /// The style as XML, its parts in the order of the schema (ECMA-376, part 1, section 17.7.4.17).
  ///
  /// - Parameters:
  ///   - normal: the id of the style that paragraphs have by themselves; nil when there is none.
  ///   - namespace: whether to declare it here, for a place in somebody else's file.
  func definition(id: String, normal: String?, declaringNamespace namespace: Bool) -> String {
    let declaration = namespace ? " xmlns:w=\"\(DOCXNamespace.word)\"" : ""
    let isOwn = self == .quoteSource || self == .tableText || self == .table
    let custom = isOwn ? " w:customStyle=\"1\"" : ""
    let standard = self == .normal ? " w:default=\"1\"" : ""
    // An id of somebody else's may have any sign in it.
    let based = self == .table || self == .normal ? nil : normal.map(HTMLText.escaped)
    let basedOn = based.map { "<w:basedOn w:val=\"\($0)\"/>" } ?? ""
    let next = isHeading && based != nil ? "<w:next w:val=\"\(based ?? "")\"/>" : ""
    return """
      <w:style\(declaration) w:type="\(type)"\(standard)\(custom) w:styleId="\(id)">\
      <w:name w:val="\(names[0])"/>\(basedOn)\(next)<w:qFormat/>\(properties)</w:style>
      """
  }

  private var isHeading: Bool {
    [.title, .subtitle, .heading1, .heading2, .heading3, .contentsHeading].contains(self)
  }

  private var properties: String {
    switch self {
    case .normal: ""
    case .title:
      Self.paragraph("<w:keepNext/><w:spacing w:before=\"0\" w:after=\"60\"/>")
        + Self.letters(size: 48, isBold: true, colour: "1F3864")
    case .subtitle:
      Self.paragraph("<w:spacing w:after=\"360\"/>") + Self.letters(size: 24, colour: "595959")
    case .heading1: Self.heading(level: 0, before: 360, after: 120, size: 32, colour: "1F3864")
    case .heading2: Self.heading(level: 1, before: 240, after: 80, size: 26, colour: "2E5C8A")
    case .heading3: Self.heading(level: 2, before: 200, after: 60, size: 23, colour: "404040")
    case .contentsHeading:
      Self.paragraph("<w:keepNext/><w:spacing w:before=\"240\" w:after=\"120\"/>")
        + Self.letters(size: 28, isBold: true, colour: "1F3864")
    case .contents1: Self.paragraph("<w:spacing w:after=\"60\"/>")
    case .contents2: Self.paragraph("<w:spacing w:after=\"40\"/><w:ind w:left=\"220\"/>")
    case .contents3: Self.paragraph("<w:spacing w:after=\"40\"/><w:ind w:left=\"440\"/>")
    case .quote:
      Self.paragraph(
        "<w:pBdr><w:left w:val=\"single\" w:sz=\"12\" w:space=\"8\" w:color=\"BFBFBF\"/></w:pBdr>"
          + "<w:spacing w:after=\"40\"/><w:ind w:left=\"340\" w:right=\"340\"/>")
    case .quoteSource:
      Self.paragraph("<w:spacing w:after=\"200\"/><w:ind w:left=\"340\" w:right=\"340\"/>")
        + Self.letters(size: 19, colour: "595959")
    case .caption:
      Self.paragraph("<w:keepNext/><w:spacing w:before=\"200\" w:after=\"80\"/>")
        + Self.letters(size: 19, isBold: true, colour: "404040")
    case .tableText:
      Self.paragraph(
        "<w:spacing w:before=\"20\" w:after=\"20\" w:line=\"240\" w:lineRule=\"auto\"/>")
        + Self.letters(size: 19)
    case .footer:
      Self.paragraph("<w:jc w:val=\"center\"/>") + Self.letters(size: 18, colour: "595959")
    case .table:
      """
      <w:tblPr><w:tblBorders>\(Self.line("top", 8))\(Self.line("bottom", 8))\
      \(Self.line("insideH", 4))</w:tblBorders><w:tblCellMar><w:left w:w="80" w:type="dxa"/>\
      <w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr>\
      <w:tblStylePr w:type="firstRow"><w:rPr><w:b/><w:bCs/></w:rPr></w:tblStylePr>
      """
    }
  }

  private static func paragraph(_ properties: String) -> String {
    "<w:pPr>\(properties)</w:pPr>"
  }

  /// - Parameter size: in half points.
  private static func letters(size: Int, isBold: Bool = false, colour: String? = nil) -> String {
    let bold = isBold ? "<w:b/><w:bCs/>" : ""
    let ink = colour.map { "<w:color w:val=\"\($0)\"/>" } ?? ""
    return "<w:rPr>\(bold)\(ink)<w:sz w:val=\"\(size)\"/><w:szCs w:val=\"\(size)\"/></w:rPr>"
  }

  private static func heading(
    level: Int, before: Int, after: Int, size: Int, colour: String
  ) -> String {
    paragraph(
      "<w:keepNext/><w:keepLines/><w:spacing w:before=\"\(before)\" w:after=\"\(after)\"/>"
        + "<w:outlineLvl w:val=\"\(level)\"/>")
      + letters(size: size, isBold: true, colour: colour)
  }

  private static func line(_ side: String, _ size: Int) -> String {
    "<w:\(side) w:val=\"single\" w:sz=\"\(size)\" w:space=\"0\" w:color=\"A6A6A6\"/>"
  }
}

enum DOCXNamespace {
  static let word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
  static let relationships =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
  static let package = "http://schemas.openxmlformats.org/package/2006/relationships"
  static let contentTypes = "http://schemas.openxmlformats.org/package/2006/content-types"
  static let coreProperties =
    "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
}

/// Our own template: what a report looks like when nobody gives another.
enum DOCXOwnStyles {
  /// - Parameter language: of the report's own words, by which a program checks the spelling.
  static func xml(_ language: StudyReport.Language) -> String {
    let tag = language == .spanish ? "es-ES" : "en-US"
    let fonts = "w:ascii=\"Calibri\" w:hAnsi=\"Calibri\" w:eastAsia=\"Calibri\" w:cs=\"Calibri\""
    let styles = DOCXStyle.allCases.map {
      $0.definition(id: $0.id, normal: DOCXStyle.normal.id, declaringNamespace: false)
    }
    return """
      <?xml version="1.0" encoding="UTF-8" standalone="yes"?>
      <w:styles xmlns:w="\(DOCXNamespace.word)"><w:docDefaults><w:rPrDefault><w:rPr>\
      <w:rFonts \(fonts)/><w:sz w:val="22"/><w:szCs w:val="22"/>\
      <w:lang w:val="\(tag)" w:eastAsia="en-US" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>\
      <w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="264" w:lineRule="auto"/></w:pPr>\
      </w:pPrDefault></w:docDefaults>\(styles.joined())</w:styles>
      """
  }
}
