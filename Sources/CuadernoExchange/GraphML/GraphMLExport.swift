import CuadernoSync

/// Writes a graph of themes as GraphML (Brandes, Eiglsperger, Herman, Himsolt and Marshall, "GraphML
/// Progress Report", 2002), for Gephi, yEd, igraph and networkx.
///
/// Gephi takes `label`, `weight` and the colour as `r`, `g` and `b` for what they are; igraph takes
/// `weight`. yEd shows names and colours only of its own elements, which others have no use for.
package enum GraphMLExport {
  private enum Key: String, CaseIterable {
    case title, meaning
    case label, path, codings, codingsBelow, texts, colour, red, green, blue, shape
    case weight, edgeTexts, line

    /// What it is of, its name and its type; of yEd's own there is no name.
    var declared: (owner: String, name: String, type: String) {
      switch self {
      case .title: ("graph", "title", "string")
      case .meaning: ("graph", "meaning", "string")
      case .label: ("node", "label", "string")
      case .path: ("node", "path", "string")
      case .codings: ("node", "codings", "int")
      case .codingsBelow: ("node", "codings_below", "int")
      case .texts: ("node", "texts", "int")
      case .colour: ("node", "color", "string")
      case .red: ("node", "r", "int")
      case .green: ("node", "g", "int")
      case .blue: ("node", "b", "int")
      case .shape: ("node", "", "nodegraphics")
      case .weight: ("edge", "weight", "int")
      case .edgeTexts: ("edge", "texts", "int")
      case .line: ("edge", "", "edgegraphics")
      }
    }
  }

  /// Of a theme without a colour.
  private static let grey = "#c0c0c0"

  /// - Parameter isForYEd: add the shapes and labels that yEd draws.
  package static func write(
    _ graph: ThemeGraph, isForYEd: Bool = false, to sink: @escaping Sink
  ) throws {
    let xml = try XMLWriting()
    var root: [XMLWriting.Attribute] = [("xmlns", "http://graphml.graphdrawing.org/xmlns")]
    if isForYEd { root.append(("xmlns:y", "http://www.yworks.com/xml/graphml")) }
    try xml.open("graphml", root)
    for key in Key.allCases {
      let (owner, name, type) = key.declared
      if !name.isEmpty {
        try xml.element(
          "key",
          [("id", key.rawValue), ("for", owner), ("attr.name", name), ("attr.type", type)])
      } else if isForYEd {
        try xml.element("key", [("id", key.rawValue), ("for", owner), ("yfiles.type", type)])
      }
    }
    try xml.open(
      "graph",
      [("id", "themes"), ("edgedefault", graph.isDirected ? "directed" : "undirected")])
    try data(.title, graph.title, xml)
    try data(.meaning, graph.meaning, xml)
    let most = max(1, graph.nodes.map(\.codings).max() ?? 1)
    for node in graph.nodes {
      try write(node, most, isForYEd, xml)
      try sink(xml.drain())
    }
    let heaviest = max(1, graph.edges.map(\.weight).max() ?? 1)
    for (index, edge) in graph.edges.enumerated() {
      try xml.open(
        "edge",
        [
          ("id", "e\(index)"), ("source", edge.from.description),
          ("target", edge.to.description),
        ])
      try data(.weight, String(edge.weight), xml)
      try data(.edgeTexts, String(edge.texts), xml)
      if isForYEd { try line(edge, heaviest, graph.isDirected, xml) }
      try xml.close()
      if index % 1_000 == 999 { try sink(xml.drain()) }
    }
    try sink(xml.finish())
  }

  private static func data(_ key: Key, _ value: String, _ xml: XMLWriting) throws {
    try xml.element("data", [("key", key.rawValue)], value)
  }

  private static func write(
    _ node: ThemeGraph.Node, _ most: Int, _ isForYEd: Bool, _ xml: XMLWriting
  ) throws {
    try xml.open("node", [("id", node.id.description)])
    try data(.label, node.name, xml)
    try data(.path, node.path, xml)
    try data(.codings, String(node.codings), xml)
    try data(.codingsBelow, String(node.codingsBelow), xml)
    try data(.texts, String(node.texts), xml)
    let colour = node.colour.flatMap { colour in parts(colour).map { (colour, $0) } }
    if let (colour, parts) = colour {
      try data(.colour, colour, xml)
      for (key, part) in zip([Key.red, .green, .blue], parts) { try data(key, String(part), xml) }
    }
    if isForYEd {
      // The area grows with the codings, so that the eye compares right.
      let size = 30 + Int(60 * (Double(node.codings) / Double(most)).squareRoot())
      try xml.open("data", [("key", Key.shape.rawValue)])
      try xml.open("y:ShapeNode")
      try xml.element("y:Geometry", [("height", "\(size)"), ("width", "\(size)")])
      try xml.element("y:Fill", [("color", colour?.0 ?? grey), ("transparent", "false")])
      try xml.element(
        "y:NodeLabel", [("modelName", "sandwich"), ("modelPosition", "s")], node.name)
      try xml.element("y:Shape", [("type", "ellipse")])
      try xml.close()
      try xml.close()
    }
    try xml.close()
  }

  private static func line(
    _ edge: ThemeGraph.Edge, _ heaviest: Int, _ isDirected: Bool, _ xml: XMLWriting
  ) throws {
    let width = 1 + 7 * edge.weight / heaviest
    try xml.open("data", [("key", Key.line.rawValue)])
    try xml.open("y:PolyLineEdge")
    try xml.element(
      "y:LineStyle", [("color", "#808080"), ("type", "line"), ("width", "\(width)")])
    try xml.element("y:Arrows", [("source", "none"), ("target", isDirected ? "standard" : "none")])
    try xml.close()
    try xml.close()
  }

  /// Red, green and blue of `#rrggbb`; nil for anything else.
  private static func parts(_ colour: String) -> [Int]? {
    let digits = Array(colour.utf8)
    guard digits.count == 7, digits[0] == UInt8(ascii: "#"),
      let number = Int(colour.dropFirst(), radix: 16), number >= 0
    else { return nil }
    return [number >> 16, number >> 8 & 255, number & 255]
  }
}
