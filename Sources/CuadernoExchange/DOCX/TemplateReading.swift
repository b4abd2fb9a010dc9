import CuadernoText
import Glibc

/// Reads a Word file for what a report takes from it.
struct TemplateReading {
  /// Of one part; Word's own styles have a tenth of a megabyte, a letterhead's picture some.
  private static let partBytesMax = 32 << 20

  private let archive: ArchiveReading

  static func template(at path: String) throws -> DOCXTemplate {
    guard unsafe access(path, R_OK) == 0 else { throw TemplateFault.unreadable }
    do {
      return try TemplateReading(archive: ArchiveReading(path)).template()
    } catch let error as ExchangeError {
      guard case .archive(let fault) = error.reason else { throw TemplateFault.notWord }
      guard case .entry(let number) = error.place else {
        throw TemplateFault.archive(entry: nil, fault)
      }
      throw TemplateFault.archive(entry: number, fault)
    }
  }

  private func template() throws -> DOCXTemplate {
    guard let contents = archive.entry("[Content_Types].xml") else { throw TemplateFault.notWord }
    let types = try tree(bytes(contents), .contents)
    let isMacro = types.children.contains {
      ($0.attribute("contenttype") ?? "").lowercased().contains("macroenabled")
    }
    guard !isMacro, !archive.entries.contains(where: { Self.isMacro($0.name) }) else {
      throw TemplateFault.macros
    }
    guard let main = try links(of: "").first(where: { $0.kind == "officeDocument" }),
      let document = archive.entry(main.target)
    else { throw TemplateFault.notWord }
    guard !main.isStrict else { throw TemplateFault.strict }
    let root = try tree(bytes(document), .document)
    guard root.name == "document", let body = root.child("body") else {
      throw TemplateFault.notWord
    }
    let links = try links(of: main.target)
    guard let stylesLink = links.first(where: { $0.kind == "styles" && !$0.isOutside }),
      let stylesEntry = archive.entry(stylesLink.target)
    else { throw TemplateFault.notWord }
    var template = try styles(try bytes(stylesEntry))
    template.numbering = try part(links, "numbering", .numbering)
    template.theme = try part(links, "theme", .theme)
    try page(body, links, &template)
    if let settings = links.first(where: { $0.kind == "settings" && !$0.isOutside }),
      let entry = archive.entry(settings.target)
    {
      template.page.hasEvenPages =
        try tree(bytes(entry), .settings).child("evenandoddheaders").map(Self.isOn) ?? false
    }
    return template
  }

  private static func isMacro(_ name: String) -> Bool {
    let name = name.lowercased()
    return name.hasSuffix("vbaproject.bin") || name.hasSuffix("vbadata.xml")
  }

  /// Of elements that are on by being there (ECMA-376, part 1, section 17.17.4).
  private static func isOn(_ node: XMLNode) -> Bool {
    !["0", "false", "off"].contains(node.attribute("val") ?? "1")
  }

  // MARK: - Bytes and trees

  private func bytes(_ entry: ArchiveReading.Entry) throws -> [UInt8] {
    try archive.bytes(of: entry, atMost: Self.partBytesMax)
  }

  private func tree(_ bytes: [UInt8], _ part: TemplateFault.Part) throws -> XMLNode {
    var rest: [UInt8]? = bytes
    do {
      return try XMLReading.root(
        {
          defer { rest = nil }
          return rest
        }, in: { .line($0) })
    } catch let error as ExchangeError {
      throw error.reason == .qda(.documentType)
        ? TemplateFault.documentType(part) : TemplateFault.notXML(part)
    }
  }

  // MARK: - Links

  private struct FoundLink {
    var id: String
    /// The last step of its type.
    var kind: String
    var isStrict: Bool
    var isOutside: Bool
    /// A name in the archive, or an address outside.
    var target: String
  }

  /// The links of a part, by its name in the archive; those of the whole file for an empty one.
  private func links(of name: String) throws -> [FoundLink] {
    let steps = name.split(separator: "/")
    let folder = steps.dropLast().joined(separator: "/")
    let list = (folder.isEmpty ? "" : folder + "/") + "_rels/\(steps.last ?? "").rels"
    guard let entry = archive.entry(list) else { return [] }
    return try tree(bytes(entry), .links).children("relationship").compactMap { node in
      guard let id = node.attribute("id"), let type = node.attribute("type"),
        let target = node.attribute("target")
      else { return nil }
      let isOutside = node.attribute("targetmode")?.lowercased() == "external"
      return FoundLink(
        id: id, kind: String(type.split(separator: "/").last ?? ""),
        isStrict: type.hasPrefix("http://purl.oclc.org/"), isOutside: isOutside,
        target: isOutside ? target : Self.resolved(target, in: folder))
    }
  }

  /// A target in the archive, where an absolute one begins at its top.
  private static func resolved(_ target: String, in folder: String) -> String {
    var steps = target.hasPrefix("/") ? [] : folder.split(separator: "/")
    for step in target.split(separator: "/") where step != "." {
      if step == ".." { _ = steps.popLast() } else { steps.append(step) }
    }
    return steps.joined(separator: "/")
  }

  // MARK: - What is taken

  private func styles(_ bytes: [UInt8]) throws -> DOCXTemplate {
    // Styles that the file lacks are put in at its end, as UTF-8.
    guard UTF8Check.firstFault(in: bytes.span) == nil else { throw TemplateFault.notUTF8(.styles) }
    let root = try tree(bytes, .styles)
    guard root.name == "styles" else { throw TemplateFault.notWord }
    var ids = [String: String]()
    var standard: String?
    for style in root.children("style") {
      guard let id = style.attribute("styleid"), let name = style.child("name")?.attribute("val")
      else { continue }
      let type = style.attribute("type") ?? "paragraph"
      ids["\(type):\(name.lowercased())"] = id
      if type == "paragraph", let isStandard = style.attribute("default"),
        !["0", "false", "off"].contains(isStandard)
      {
        standard = id
      }
    }
    return DOCXTemplate(styles: bytes, styleIDs: ids, standardStyle: standard)
  }

  private func part(
    _ links: [FoundLink], _ kind: String, _ part: TemplateFault.Part
  ) throws -> DOCXTemplate.Part? {
    guard let link = links.first(where: { $0.kind == kind && !$0.isOutside }) else { return nil }
    return try self.part(at: link.target, part)
  }

  private func part(at name: String, _ part: TemplateFault.Part) throws -> DOCXTemplate.Part? {
    guard let entry = archive.entry(name) else { return nil }
    let bytes = try bytes(entry)
    let root = try tree(bytes, part)
    guard TemplateFields.areHarmless(in: root) else { throw TemplateFault.field(part) }
    return DOCXTemplate.Part(bytes: bytes, links: try taken(links(of: name), part))
  }

  private func taken(
    _ links: [FoundLink], _ part: TemplateFault.Part
  ) throws -> [DOCXTemplate.Link] {
    // The same picture may be named any number of times, and is read for each.
    var pictureBytes = 0
    return try links.map { link in
      switch (link.kind, link.isOutside) {
      case ("image", false):
        let ending = link.target.split(separator: ".").last.map { $0.lowercased() } ?? ""
        guard DOCXPackage.pictureTypes[ending] != nil, let entry = archive.entry(link.target) else {
          throw TemplateFault.other(part)
        }
        pictureBytes += entry.bytes
        guard pictureBytes <= Self.partBytesMax else {
          throw ExchangeError(
            ArchiveReading.place(entry),
            .archive(.tooLong(bytes: pictureBytes, limit: Self.partBytesMax)))
        }
        let picture = DOCXTemplate.Picture(ending: ending, bytes: try bytes(entry))
        return DOCXTemplate.Link(id: link.id, target: .picture(picture))
      case ("hyperlink", true):
        let address = link.target.lowercased()
        guard ["https://", "http://", "mailto:"].contains(where: address.hasPrefix) else {
          throw TemplateFault.leadsOutside(part)
        }
        return DOCXTemplate.Link(id: link.id, target: .web(link.target))
      case (_, true): throw TemplateFault.leadsOutside(part)
      case (_, false): throw TemplateFault.other(part)
      }
    }
  }

  /// The paper of the last section, and the headers that hold there: one that a section does not name is
  /// that of the section before (ECMA-376, part 1, section 17.10.5).
  private func page(
    _ body: XMLNode, _ links: [FoundLink], _ template: inout DOCXTemplate
  ) throws {
    var names = [(place: DOCXTemplate.Margin.Place, pages: String, target: String)]()
    let sections = Self.sections(in: body)
    for section in sections {
      for (element, place) in [
        ("headerreference", DOCXTemplate.Margin.Place.header), ("footerreference", .footer),
      ] {
        for reference in section.children(element) {
          let pages = reference.attribute("type") ?? "default"
          guard ["default", "first", "even"].contains(pages),
            let link = links.first(where: { $0.id == reference.attribute("id") })
          else { continue }
          guard !link.isOutside else { throw TemplateFault.leadsOutside(.header) }
          names.removeAll { $0.place == place && $0.pages == pages }
          names.append((place, pages, link.target))
        }
      }
    }
    for (place, pages, target) in names {
      guard let part = try part(at: target, .header) else { continue }
      template.margins.append(DOCXTemplate.Margin(place: place, pages: pages, part: part))
    }
    guard let last = sections.last else { return }
    template.page.hasFirstPage = last.child("titlepg").map(Self.isOn) ?? false
    func read(_ node: XMLNode?, _ name: String, _ value: inout Int, from least: Int) {
      guard let number = node?.attribute(name).flatMap({ Int($0) }),
        (least...31_680).contains(number)
      else { return }
      value = number
    }
    let (size, edges) = (last.child("pgsz"), last.child("pgmar"))
    read(size, "w", &template.page.width, from: 1_440)
    read(size, "h", &template.page.height, from: 1_440)
    template.page.isLandscape = size?.attribute("orient") == "landscape"
    // A margin above or below that is negative keeps its place whatever the header needs.
    read(edges, "top", &template.page.top, from: -31_680)
    read(edges, "bottom", &template.page.bottom, from: -31_680)
    read(edges, "left", &template.page.left, from: 0)
    read(edges, "right", &template.page.right, from: 0)
    read(edges, "header", &template.page.header, from: 0)
    read(edges, "footer", &template.page.footer, from: 0)
    read(edges, "gutter", &template.page.gutter, from: 0)
  }

  private static func sections(in node: XMLNode) -> [XMLNode] {
    var found = [XMLNode]()
    for child in node.children {
      if child.name == "sectpr" {
        found.append(child)
      } else if child.name != "pprchange" {
        // What a paragraph was before somebody changed it has no section of its own.
        found += sections(in: child)
      }
    }
    return found
  }
}
