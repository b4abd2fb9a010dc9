/// The versions that a text went through, oldest first: a tree without branches.
package struct TextHistory: Sendable {
  package let versions: [ScalarText]

  package init(_ versions: [ScalarText]) {
    self.versions = versions
  }

  /// Returns where spans on the first version are in the last, in their order.
  package func placements(of spans: [QuotedSpan]) -> [Placement] {
    let last = versions.count - 1
    guard last >= 0 else { return spans.map { _ in .uncertain([]) } }
    let tree = VersionTree(next: versions.indices.map { max(0, $0 - 1) })
    return tree.placements(of: spans.map { (last, $0) }) { versions[last - $0] }
  }
}
