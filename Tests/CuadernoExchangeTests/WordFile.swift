import CuadernoTestSupport

@testable import CuadernoExchange

/// A Word document that was written, opened up.
struct WordFile {
  let parts: [String: [UInt8]]

  static func write(
    _ report: StudyReport, template: DOCXTemplate? = nil, in folder: ScratchFolder
  ) throws -> WordFile {
    try folder.write([], to: "out.docx")
    try DOCXReport.write(report, template: template, to: folder.file("out.docx"))
    let archive = try ArchiveReading(folder.file("out.docx"))
    var parts = [String: [UInt8]]()
    for entry in archive.entries {
      parts[entry.name] = try archive.bytes(of: entry, atMost: 64 << 20)
    }
    return WordFile(parts: parts)
  }

  func tree(_ name: String) throws -> XMLNode {
    try GraphMLExportTests.tree(parts[name] ?? [])
  }

  func body() throws -> XMLNode {
    try tree("word/document.xml").child("body") ?? tree("word/document.xml")
  }

  /// Every element of a name, in the order of the document.
  static func all(_ name: String, in node: XMLNode) -> [XMLNode] {
    node.children.flatMap { ($0.name == name ? [$0] : []) + all(name, in: $0) }
  }

  /// What a person reads in an element.
  static func text(_ node: XMLNode) -> String {
    switch node.name {
    case "t": node.text
    case "br": "\n"
    case "tab": "\t"
    default: node.children.map(text).joined()
    }
  }

  static func style(_ paragraph: XMLNode) -> String? {
    paragraph.child("ppr")?.child("pstyle")?.attribute("val")
  }

  /// The paragraphs of the text with their styles, without those in tables.
  func paragraphs() throws -> [(style: String, text: String)] {
    try body().children("p").map { (Self.style($0) ?? "", Self.text($0)) }
  }

  /// The rows of each table.
  func tables() throws -> [[[String]]] {
    try body().children("tbl").map { table in
      table.children("tr").map { row in row.children("tc").map(Self.text) }
    }
  }

  /// Links of a part by their ids, as they are written.
  func links(_ name: String) throws -> [String: String] {
    Dictionary(
      try tree(name).children("relationship").map {
        ($0.attribute("id") ?? "", $0.attribute("target") ?? "")
      }, uniquingKeysWith: { _, _ in "twice" })
  }
}
