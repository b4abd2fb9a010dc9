/// The paper of a document, with its headers and footers (ECMA-376, part 1, section 17.6.17).
enum DOCXSection {
  static func write(
    _ page: DOCXPage, _ margins: [(margin: DOCXTemplate.Margin, link: String)],
    to xml: XMLWriting
  ) throws {
    try xml.open("w:sectPr")
    for (margin, link) in margins {
      try xml.element(
        "w:\(margin.place.rawValue)Reference", [("w:type", margin.pages), ("r:id", link)])
    }
    var size: [XMLWriting.Attribute] = [
      ("w:w", String(page.width)), ("w:h", String(page.height)),
    ]
    if page.isLandscape { size.append(("w:orient", "landscape")) }
    try xml.element("w:pgSz", size)
    try xml.element(
      "w:pgMar",
      [
        ("w:top", String(page.top)), ("w:right", String(page.right)),
        ("w:bottom", String(page.bottom)), ("w:left", String(page.left)),
        ("w:header", String(page.header)), ("w:footer", String(page.footer)),
        ("w:gutter", String(page.gutter)),
      ])
    if page.hasFirstPage { try xml.element("w:titlePg") }
    try xml.close()
  }

  /// The number of the page, at the foot of each.
  static func ownFooter(_ styles: [DOCXStyle: String]) throws -> [UInt8] {
    let xml = try XMLWriting(isStandalone: true)
    try xml.open("w:ftr", [("xmlns:w", DOCXNamespace.word)])
    let text = DOCXText(xml, styles)
    try text.paragraph(.footer) { try text.field("PAGE", result: "1") }
    return try xml.finish()
  }

  static func settings(_ page: DOCXPage) throws -> [UInt8] {
    let xml = try XMLWriting(isStandalone: true)
    try xml.open("w:settings", [("xmlns:w", DOCXNamespace.word)])
    if page.hasEvenPages { try xml.element("w:evenAndOddHeaders") }
    try xml.open("w:compat")
    // Without it Word opens the file as one of 2007 and says so in the title.
    try xml.element(
      "w:compatSetting",
      [
        ("w:name", "compatibilityMode"), ("w:uri", "http://schemas.microsoft.com/office/word"),
        ("w:val", "15"),
      ])
    return try xml.finish()
  }
}
