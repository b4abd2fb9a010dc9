package import CuadernoSync

/// Themes, and how often two of them meet.
package struct ThemeGraph: Sendable {
  package struct Node: Sendable {
    package var id: RecordID
    package var name: String
    package var path: String
    /// `#rrggbb`.
    package var colour: String?
    package var codings: Int
    /// With the themes below it.
    package var codingsBelow: Int
    package var texts: Int

    package init(
      id: RecordID, name: String, path: String, colour: String?, codings: Int, codingsBelow: Int,
      texts: Int
    ) {
      self.id = id
      self.name = name
      self.path = path
      self.colour = colour
      self.codings = codings
      self.codingsBelow = codingsBelow
      self.texts = texts
    }
  }

  package struct Edge: Sendable {
    package var from: RecordID
    package var to: RecordID
    /// Pairs of codings.
    package var weight: Int
    /// In which there is such a pair.
    package var texts: Int

    package init(from: RecordID, to: RecordID, weight: Int, texts: Int) {
      self.from = from
      self.to = to
      self.weight = weight
      self.texts = texts
    }
  }

  package var title: String
  /// What an edge means, in words.
  package var meaning: String
  /// Whether an edge leads from one theme to the other, or only joins them.
  package var isDirected: Bool
  package var nodes: [Node]
  /// Between nodes that are there.
  package var edges: [Edge]

  package init(
    title: String, meaning: String, isDirected: Bool, nodes: [Node], edges: [Edge]
  ) {
    self.title = title
    self.meaning = meaning
    self.isDirected = isDirected
    self.nodes = nodes
    self.edges = edges
  }
}
