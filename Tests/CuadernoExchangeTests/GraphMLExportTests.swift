import CuadernoSync
import Testing

@testable import CuadernoExchange

@Suite struct GraphMLExportTests {
  private static func graph(_ name: String, isDirected: Bool = false) -> ThemeGraph {
    func node(_ number: UInt128, _ name: String, _ colour: String?) -> ThemeGraph.Node {
      ThemeGraph.Node(
        id: RecordID(rawValue: number), name: name, path: "Estado > \(name)", colour: colour,
        codings: 4, codingsBelow: 9, texts: 2)
    }
    return ThemeGraph(
      title: name, meaning: "pairs", isDirected: isDirected,
      nodes: [node(1, name, "#1f3A5f"), node(2, "Miedo", nil), node(3, "x", "red")],
      edges: [
        .init(from: RecordID(rawValue: 1), to: RecordID(rawValue: 2), weight: 7, texts: 2),
        .init(from: RecordID(rawValue: 2), to: RecordID(rawValue: 3), weight: 1, texts: 1),
      ])
  }

  private static func written(_ graph: ThemeGraph, isForYEd: Bool = false) throws -> [UInt8] {
    var bytes = [UInt8]()
    try GraphMLExport.write(graph, isForYEd: isForYEd) { bytes += $0 }
    return bytes
  }

  static func tree(_ bytes: [UInt8]) throws -> XMLNode {
    var rest: [UInt8]? = bytes
    return try XMLReading.root(
      {
        defer { rest = nil }
        return rest
      }, in: { .line($0) })
  }

  /// What a node or edge says, by the names that its keys declare.
  private static func values(_ node: XMLNode, in root: XMLNode) -> [String: String] {
    let names = Dictionary(
      root.children("key").map {
        ($0.attribute("id") ?? "", $0.attribute("attr.name") ?? "")
      }, uniquingKeysWith: { first, _ in first })
    return Dictionary(
      node.children("data").map { (names[$0.attribute("key") ?? ""] ?? "?", $0.text) },
      uniquingKeysWith: { _, _ in "twice" })
  }

  @Test func `a theme is a node with typed values, and two that meet are joined by a weight`()
    throws
  {
    let root = try Self.tree(Self.written(Self.graph("Confianza")))

    let graph = try #require(root.child("graph"))
    #expect(graph.attribute("edgedefault") == "undirected")
    let nodes = graph.children("node")
    #expect(nodes.count == 3)
    #expect(
      Self.values(nodes[0], in: root) == [
        "label": "Confianza", "path": "Estado > Confianza", "codings": "4", "codings_below": "9",
        "texts": "2", "color": "#1f3A5f", "r": "31", "g": "58", "b": "95",
      ])
    // No colour, and one that is none, leave the program its own.
    #expect(Self.values(nodes[1], in: root)["color"] == nil)
    #expect(Self.values(nodes[2], in: root)["r"] == nil)
    let edge = try #require(graph.child("edge"))
    #expect(edge.attribute("source") == nodes[0].attribute("id"))
    #expect(edge.attribute("target") == nodes[1].attribute("id"))
    #expect(Self.values(edge, in: root) == ["weight": "7", "texts": "2"])
    let types = root.children("key").map { $0.attribute("attr.type") ?? "" }
    #expect(Set(types) == ["string", "int"])
  }

  @Test func `every key that is used is declared, for what it is used on`() throws {
    for isForYEd in [false, true] {
      let root = try Self.tree(Self.written(Self.graph("x"), isForYEd: isForYEd))
      let declared = Set(
        root.children("key").map { "\($0.attribute("for") ?? "") \($0.attribute("id") ?? "")" })
      let graph = try #require(root.child("graph"))
      for element in [graph] + graph.children where element.name != "data" {
        for data in element.children("data") {
          #expect(declared.contains("\(element.name) \(data.attribute("key") ?? "")"))
        }
      }
    }
  }

  @Test func `one theme inside another is an edge with a direction`() throws {
    let root = try Self.tree(Self.written(Self.graph("x", isDirected: true)))
    #expect(root.child("graph")?.attribute("edgedefault") == "directed")
  }

  @Test func `for yEd there are shapes with labels, and for others none`() throws {
    let plain = String(decoding: try Self.written(Self.graph("x")), as: UTF8.self)
    let drawn = String(decoding: try Self.written(Self.graph("x"), isForYEd: true), as: UTF8.self)
    #expect(!plain.contains("yfiles"))
    #expect(drawn.contains(##"<y:Fill color="#1f3A5f""##))
    #expect(drawn.contains(#"modelPosition="s">x</y:NodeLabel>"#))
  }

  @Test(arguments: [
    "]]>", "</data></node><node id=\"x\"/>", "<!DOCTYPE a [<!ENTITY b \"c\">]>", "&amp;lt;",
    "\u{202E}txet", "👩🏽‍🌾 ñ", "\"'", "two\nlines\tand\rmore", "a\u{85}b\u{2028}c",
  ])
  func `hostile names stay names`(word: String) throws {
    let root = try Self.tree(Self.written(Self.graph(word), isForYEd: true))
    let node = try #require(root.child("graph")?.child("node"))
    #expect(
      Self.values(node, in: root)["label"]?.unicodeScalars.elementsEqual(word.unicodeScalars)
        == true)
    #expect(root.child("graph")?.children("node").count == 3)
  }

  @Test func `what XML cannot carry is replaced, and the rest is written`() throws {
    let root = try Self.tree(Self.written(Self.graph("a\u{0}b\u{1B}[2J\u{FFFE}\u{B}c")))
    let node = try #require(root.child("graph")?.child("node"))
    #expect(
      Self.values(node, in: root)["label"] == "a\u{FFFD}b\u{FFFD}[2J\u{FFFD}\u{FFFD}c")
  }

  @Test func `a thousand edges are handed on in pieces that make one file`() throws {
    var graph = Self.graph("x")
    graph.edges = (0..<2_500).map { index in
      .init(
        from: RecordID(rawValue: 1), to: RecordID(rawValue: UInt128(2 + index % 2)), weight: index,
        texts: 1)
    }
    var pieces = [[UInt8]]()
    try GraphMLExport.write(graph) { pieces.append($0) }
    #expect(pieces.count > 3)
    let root = try Self.tree(Array(pieces.joined()))
    #expect(root.child("graph")?.children("edge").count == 2_500)
  }
}
