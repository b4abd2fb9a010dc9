/// The files of which a Word document is made, with the lists that say what each is and what it is to
/// the others (ECMA-376, part 2).
///
/// Their names are ours, whatever a template called its own, and no time stands in them: the same report
/// makes the same bytes.
struct DOCXPackage {
  /// What a picture is, by the ending of its name.
  static let pictureTypes = [
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
    "bmp": "image/bmp", "tif": "image/tiff", "tiff": "image/tiff", "emf": "image/x-emf",
    "wmf": "image/x-wmf", "svg": "image/svg+xml",
  ]

  private static let main =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"

  private struct Link {
    var id: String
    var type: String
    var target: String
    var isOutside = false
  }

  private var files: [(name: String, bytes: [UInt8])] = []
  private var types: [(name: String, type: String)] = []
  private var endings: [String: String] = [
    "rels": "application/vnd.openxmlformats-package.relationships+xml", "xml": "application/xml",
  ]
  private var mainLinks: [Link] = []
  private var pictures = 0

  static let documentName = "word/document.xml"

  private static func type(_ part: String) -> String {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.\(part)+xml"
  }

  // MARK: - Parts

  /// Adds a part that the document is linked with.
  ///
  /// - Parameter kind: the last step of the link's type.
  /// - Returns: the id of the link.
  @discardableResult
  mutating func add(
    _ kind: String, _ file: String, contentType: String? = nil, _ part: DOCXTemplate.Part
  ) throws -> String {
    let id = "rId\(mainLinks.count + 1)"
    mainLinks.append(
      Link(id: id, type: "\(DOCXNamespace.relationships)/\(kind)", target: file))
    files.append(("word/\(file)", part.bytes))
    types.append(("/word/\(file)", contentType ?? Self.type(kind)))
    guard !part.links.isEmpty else { return id }
    var links = [Link]()
    for link in part.links {
      switch link.target {
      case .web(let address):
        links.append(
          Link(
            id: link.id, type: "\(DOCXNamespace.relationships)/hyperlink", target: address,
            isOutside: true))
      case .picture(let picture):
        pictures += 1
        let name = "media/image\(pictures).\(picture.ending)"
        files.append(("word/\(name)", picture.bytes))
        endings[picture.ending] = Self.pictureTypes[picture.ending]
        // From the part's own folder.
        let up = String(repeating: "../", count: file.utf8.count { $0 == UInt8(ascii: "/") })
        links.append(
          Link(
            id: link.id, type: "\(DOCXNamespace.relationships)/image", target: up + name))
      }
    }
    let steps = file.split(separator: "/")
    let folder = steps.dropLast().map { $0 + "/" }.joined()
    files.append(("word/\(folder)_rels/\(steps.last ?? "").rels", try Self.xml(links)))
    return id
  }

  /// - Parameter document: the main part.
  /// - Parameter path: a file that is there; what it holds is replaced.
  func write(document: [UInt8], title: String, to path: String) throws {
    let archive = try ArchiveWriting(path, milliseconds: 0)
    let (links, types) = (try Self.xml(mainLinks), try contentTypes())
    let package = try Self.xml([
      Link(
        id: "rId1", type: "\(DOCXNamespace.relationships)/officeDocument",
        target: Self.documentName),
      Link(
        id: "rId2",
        type: "\(DOCXNamespace.package)/metadata/core-properties",
        target: "docProps/core.xml"),
    ])
    let properties = try Self.properties(title)
    try archive.add("[Content_Types].xml") { types }
    try archive.add("_rels/.rels") { package }
    try archive.add(Self.documentName) { document }
    try archive.add("word/_rels/document.xml.rels") { links }
    for (name, bytes) in files { try archive.add(name) { bytes } }
    try archive.add("docProps/core.xml") { properties }
    try archive.close()
  }

  // MARK: - Lists

  private static func xml(_ links: [Link]) throws -> [UInt8] {
    let xml = try XMLWriting(isStandalone: true)
    try xml.open("Relationships", [("xmlns", DOCXNamespace.package)])
    for link in links {
      var attributes = [("Id", link.id), ("Type", link.type), ("Target", link.target)]
      if link.isOutside { attributes.append(("TargetMode", "External")) }
      try xml.element("Relationship", attributes.map { (name: $0.0, value: $0.1) })
    }
    return try xml.finish()
  }

  private func contentTypes() throws -> [UInt8] {
    let xml = try XMLWriting(isStandalone: true)
    try xml.open("Types", [("xmlns", DOCXNamespace.contentTypes)])
    for (ending, type) in endings.sorted(by: { $0.key < $1.key }) {
      try xml.element("Default", [("Extension", ending), ("ContentType", type)])
    }
    let all =
      [("/" + Self.documentName, Self.main)] + types + [
        (
          "/docProps/core.xml",
          "application/vnd.openxmlformats-package.core-properties+xml"
        )
      ]
    for (name, type) in all {
      try xml.element("Override", [("PartName", name), ("ContentType", type)])
    }
    return try xml.finish()
  }

  private static func properties(_ title: String) throws -> [UInt8] {
    let xml = try XMLWriting(isStandalone: true)
    try xml.open(
      "cp:coreProperties",
      [
        ("xmlns:cp", DOCXNamespace.coreProperties),
        ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
      ])
    try xml.element("dc:title", [], title)
    return try xml.finish()
  }
}
