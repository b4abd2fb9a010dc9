/// Writes a report as a Word document (ECMA-376, Office Open XML), to be read and gone on with there.
///
/// It has real styles, so a person changes how it looks in one place, a table of contents, captions that
/// count, and tables whose headings come again on each page. Whoever gives a template gets its styles,
/// page, headers and footers; see ``DOCXTemplate`` for what is taken and what is refused.
package enum DOCXReport {
  /// - Parameter path: a file that is there; what it holds is replaced.
  package static func write(
    _ report: StudyReport, template: DOCXTemplate? = nil, to path: String
  ) throws {
    let (ids, styles) = try styles(report, template)
    let page = template?.page ?? DOCXPage()
    var package = DOCXPackage()
    try package.add("styles", "styles.xml", .init(bytes: styles, links: []))
    try package.add(
      "settings", "settings.xml", .init(bytes: try DOCXSection.settings(page), links: []))
    if let numbering = template?.numbering {
      try package.add("numbering", "numbering.xml", numbering)
    }
    if let theme = template?.theme {
      try package.add(
        "theme", "theme/theme1.xml",
        contentType: "application/vnd.openxmlformats-officedocument.theme+xml", theme)
    }
    var margins = [(margin: DOCXTemplate.Margin, link: String)]()
    for (index, margin) in try (template?.margins ?? [footer(ids)]).enumerated() {
      let file = "\(margin.place.rawValue)\(index + 1).xml"
      margins.append((margin, try package.add(margin.place.rawValue, file, margin.part)))
    }
    let xml = try XMLWriting(isStandalone: true)
    var body = DOCXBody(report, page, ids, xml)
    try body.write(margins: margins)
    try package.write(
      document: try xml.finish(), title: DOCXText.shown(report.title), to: path)
  }

  private static func footer(_ ids: [DOCXStyle: String]) throws -> DOCXTemplate.Margin {
    DOCXTemplate.Margin(
      place: .footer, pages: "default",
      part: .init(bytes: try DOCXSection.ownFooter(ids), links: []))
  }

  /// The id of each style, and the file of styles: our own, or the template's with those that it lacks at
  /// its end.
  private static func styles(
    _ report: StudyReport, _ template: DOCXTemplate?
  ) throws -> (ids: [DOCXStyle: String], file: [UInt8]) {
    guard let template else {
      let ids = Dictionary(uniqueKeysWithValues: DOCXStyle.allCases.map { ($0, $0.id) })
      return (ids, Array(DOCXOwnStyles.xml(report.language).utf8))
    }
    var ids = [DOCXStyle: String]()
    var missing = [String]()
    let taken = Set(template.styleIDs.values)
    for style in DOCXStyle.allCases {
      let names = style.names.map { "\(style.type):\($0.lowercased())" }
      if let id = names.lazy.compactMap({ template.styleIDs[$0] }).first {
        ids[style] = id
      } else if style == .normal {
        // Paragraphs are of it without saying so.
        ids[style] = template.standardStyle
      } else {
        var id = style.addedID
        while taken.contains(id) { id += "1" }
        ids[style] = id
        missing.append(
          style.definition(id: id, normal: ids[.normal], declaringNamespace: true))
      }
    }
    return (ids, try putting(missing, at: template.styles))
  }

  /// Puts elements before the end of the root, which ends last in a file of XML. After it may only come
  /// comments, of which word processors write none there.
  private static func putting(_ elements: [String], at file: [UInt8]) throws -> [UInt8] {
    guard !elements.isEmpty else { return file }
    guard let end = file.lastIndex(of: UInt8(ascii: "<")), end + 1 < file.count,
      file[end + 1] == UInt8(ascii: "/")
    else { throw TemplateFault.notXML(.styles) }
    return Array(file[..<end]) + elements.joined().utf8 + file[end...]
  }
}
