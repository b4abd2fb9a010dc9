/// Places and themes in their hierarchy, the same on every device that holds the same changes.
///
/// Two people who move things at once can close a circle: each put one under the other. Reading
/// ignores the newest edge of a circle (law: no node is lost, every device draws the same tree).
package struct Tree: Sendable {
  package struct Node: Hashable, Sendable {
    package var id: Reference
    package var parent: Reference?
    /// When the parent was set, and by which device: what makes one edge the newest.
    package var stamp: UInt64
    package var device: Reference

    package init(id: Reference, parent: Reference?, stamp: UInt64, device: Reference) {
      self.id = id
      self.parent = parent
      self.stamp = stamp
      self.device = device
    }
  }

  private let parents: [Reference: Reference]

  /// - Parameter nodes: each id once; a parent that is not among them counts as none.
  package init(_ nodes: [Node]) {
    var edges = [Reference: Node]()
    for node in nodes { edges[node.id] = node }
    var parents = [Reference: Reference]()
    // Oldest first: an edge that would close a circle is then the newest of that circle.
    let byAge = nodes.sorted { ($0.stamp, $0.device, $0.id) < ($1.stamp, $1.device, $1.id) }
    for node in byAge {
      guard let parent = node.parent, edges[parent] != nil else { continue }
      var ancestor: Reference? = parent
      while let current = ancestor, current != node.id { ancestor = parents[current] }
      if ancestor == nil { parents[node.id] = parent }
    }
    self.parents = parents
  }

  package func parent(of id: Reference) -> Reference? {
    parents[id]
  }

  /// From the root down to the node itself.
  package func path(to id: Reference) -> [Reference] {
    var path = [id]
    while let parent = parents[path[path.count - 1]] { path.append(parent) }
    return path.reversed()
  }

  /// A node with all above it, what each of these is said to be within, all above that, and so on. Two may be
  /// within each other.
  package func reach(
    of id: Reference, within others: (Reference) -> [Reference]
  ) -> Set<Reference> {
    var reached = Set<Reference>()
    var waiting = path(to: id)
    while let next = waiting.popLast() {
      guard reached.insert(next).inserted else { continue }
      for other in others(next) { waiting += path(to: other) }
    }
    return reached
  }

  /// Those of some nodes that have no other of them below.
  package func lowest(of nodes: Set<Reference>) -> Set<Reference> {
    nodes.filter { node in !nodes.contains { $0 != node && isWithin($0, node) } }
  }

  /// The nodes below each node, in no order.
  package var children: [Reference: [Reference]] {
    var children = [Reference: [Reference]]()
    for (child, parent) in parents { children[parent, default: []].append(child) }
    return children
  }

  /// How many levels a node takes together with what lies below it.
  package func height(of id: Reference) -> Int {
    let children = children
    var level = [id]
    var height = 0
    while !level.isEmpty {
      height += 1
      level = level.flatMap { children[$0, default: []] }
    }
    return height
  }

  /// Whether one node lies below another, or is it.
  package func isWithin(_ id: Reference, _ ancestor: Reference) -> Bool {
    var current: Reference? = id
    while let node = current {
      if node == ancestor { return true }
      current = parents[node]
    }
    return false
  }
}
