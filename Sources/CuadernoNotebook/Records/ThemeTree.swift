import CuadernoLog
package import CuadernoModel
package import CuadernoSync
import GRDB

/// The code book as it is drawn: themes that were merged count as the one that stands for them, and
/// what lay below them lies below that one.
package struct ThemeTree: Sendable {
  /// Every theme; those that were merged are leaves, so leaving them out loses no other.
  package let tree: Tree

  /// For each theme that was merged, the one that stands for it now.
  package let merged: [Reference: Reference]

  /// - Parameters:
  ///   - parents: the themes by what lies above them, as they were written.
  ///   - merges: the same themes by what they were merged into.
  package init(parents: [Tree.Node], merges: Tree) {
    var merged = [Reference: Reference]()
    for node in parents {
      let root = merges.path(to: node.id)[0]
      if root != node.id { merged[node.id] = root }
    }
    self.merged = merged
    // Without the merges first: a chain of parents must end before it can be followed.
    let written = Tree(parents)
    tree = Tree(
      parents.map { node in
        var node = node
        let own = merged[node.id] ?? node.id
        var parent = written.parent(of: node.id)
        // A theme that its own parent was merged into takes the parent's place.
        while let above = parent, (merged[above] ?? above) == own {
          parent = written.parent(of: above)
        }
        node.parent = parent.map { merged[$0] ?? $0 }
        return node
      })
  }

  package func standing(for theme: Reference) -> Reference { merged[theme] ?? theme }
}

extension Reader {
  package func themeTree() throws -> ThemeTree {
    ThemeTree(parents: try treeNodes(.Theme.parent), merges: try tree(.Theme.mergedInto))
  }

  /// How many codings each theme has, those of themes merged into it among them.
  package func codingCounts() throws -> [RecordID: Int] {
    let merged = try mergedThemes()
    var counts = [RecordID: Int]()
    let sql =
      blindness.isOn
      ? """
      SELECT theme, count(*) FROM coding
      WHERE theme IS NOT NULL \(unlessWithheld("record")) GROUP BY theme
      """ : "SELECT theme, count FROM themeCount"
    try view.cachedStatement(sql: sql).scan([]) { row in
      guard let theme = RecordID(blob: row.blob(0)) else { throw StoreError.damaged }
      counts[merged[theme] ?? theme, default: 0] += Int(row.integer(1))
      return true
    }
    return counts
  }

  /// The theme that stands for each theme that was merged into another. One whose other is not there
  /// any more, or was merged into it at the same time and later, stands for itself.
  package func mergedThemes() throws -> [RecordID: RecordID] {
    Dictionary(
      try themeTree().merged.map { (RecordID(rawValue: $0), RecordID(rawValue: $1)) },
      uniquingKeysWith: { first, _ in first })
  }
}
