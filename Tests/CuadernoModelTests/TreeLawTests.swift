import CuadernoModel
import CuadernoTestSupport
import Testing

@Suite struct TreeLawTests {
  @Test func `of four nodes every tree that edges and ages can make obeys the law`() {
    let ages = permutations(of: [1, 2, 3, 4])
    // Each node's parent is none, or any of the four, itself included.
    for code in 0..<625 {
      let parents = (0..<4).map { node in code / [1, 5, 25, 125][node] % 5 }
      for age in ages {
        let nodes = (0..<4).map { node in
          Tree.Node(
            id: Reference(node), parent: parents[node] < 4 ? Reference(parents[node]) : nil,
            stamp: age[node], device: 0)
        }
        if let fault = fault(in: Tree(nodes), of: nodes) {
          Issue.record("parents \(parents), ages \(age): \(fault)")
          return
        }
      }
    }
  }

  @Test func `any edges at all make a tree without a loop, and no node is lost`() {
    for seed in Seeds.upTo(3_000) {
      var generator = SplitMix64(seed: seed)
      let nodes = arbitraryNodes(using: &generator)
      if let fault = fault(in: Tree(nodes), of: nodes) {
        Issue.record("\(Seeds.replay(seed)): \(fault)")
      }
    }
  }

  @Test func `the order in which the nodes come does not matter`() {
    for seed in Seeds.upTo(1_000) {
      var generator = SplitMix64(seed: seed)
      let nodes = arbitraryNodes(using: &generator)
      let tree = Tree(nodes)
      let shuffled = Tree(nodes.shuffled(using: &generator))
      for node in nodes where tree.parent(of: node.id) != shuffled.parent(of: node.id) {
        Issue.record("\(Seeds.replay(seed)): node \(node.id)")
      }
    }
  }

  @Test func `of two who put each other's place below their own the later one is ignored`() {
    let tree = Tree([
      Tree.Node(id: 1, parent: 2, stamp: 20, device: 1),
      Tree.Node(id: 2, parent: 1, stamp: 10, device: 9),
      Tree.Node(id: 3, parent: 1, stamp: 5, device: 1),
    ])

    #expect(tree.path(to: 3) == [1, 3])
    #expect(tree.path(to: 2) == [1, 2])
    #expect(tree.isWithin(2, 1))
    #expect(!tree.isWithin(1, 2))
    #expect(tree.isWithin(1, 1))
    #expect(tree.height(of: 1) == 2)
    #expect(tree.height(of: 3) == 1)
  }

  @Test func `of two edges of one age the one of the greater device is ignored`() {
    let tree = Tree([
      Tree.Node(id: 1, parent: 2, stamp: 10, device: 2),
      Tree.Node(id: 2, parent: 1, stamp: 10, device: 1),
    ])

    #expect(tree.parent(of: 1) == nil)
    #expect(tree.parent(of: 2) == 1)
  }

  @Test func `a parent that is not there counts as none`() {
    let tree = Tree([Tree.Node(id: 1, parent: 99, stamp: 1, device: 1)])

    #expect(tree.parent(of: 1) == nil)
    #expect(tree.path(to: 1) == [1])
  }

  private func arbitraryNodes(using generator: inout SplitMix64) -> [Tree.Node] {
    let count = Int.random(in: 1...12, using: &generator)
    return (0..<count).map { id in
      // One in ten names a parent that does not exist; few stamps, so that many are equal.
      Tree.Node(
        id: Reference(id),
        parent: Bool.random(using: &generator)
          ? Reference(Int.random(in: 0..<count + 1, using: &generator)) : nil,
        stamp: .random(in: 1...4, using: &generator),
        device: Reference(Int.random(in: 1...3, using: &generator)))
    }
  }

  /// What is wrong with a tree, by the plainest reading of the law: as long as there is a circle,
  /// take its newest edge away.
  private func fault(in tree: Tree, of nodes: [Tree.Node]) -> String? {
    var expected = [Reference: Reference]()
    let ids = Set(nodes.map(\.id))
    for node in nodes {
      if let parent = node.parent, ids.contains(parent) { expected[node.id] = parent }
    }
    while let circle = circle(in: expected, among: nodes) {
      let newest = circle.max { ($0.stamp, $0.device, $0.id) < ($1.stamp, $1.device, $1.id) }
      expected[newest?.id ?? 0] = nil
    }
    for node in nodes {
      guard tree.parent(of: node.id) == expected[node.id] else {
        return "node \(node.id) lies under the wrong one"
      }
      let path = tree.path(to: node.id)
      guard path.count <= nodes.count, Set(path).count == path.count, path.last == node.id else {
        return "path of node \(node.id) runs in a circle"
      }
    }
    var reached = 0
    var level = nodes.map(\.id).filter { tree.parent(of: $0) == nil }
    let children = tree.children
    while !level.isEmpty, reached <= nodes.count {
      reached += level.count
      level = level.flatMap { children[$0, default: []] }
    }
    return reached == nodes.count ? nil : "\(reached) of \(nodes.count) nodes hang together"
  }

  private func circle(
    in parents: [Reference: Reference], among nodes: [Tree.Node]
  ) -> [Tree.Node]? {
    for start in nodes.map(\.id) {
      var visited = [start]
      while let next = parents[visited[visited.count - 1]] {
        if next == start { return nodes.filter { visited.contains($0.id) } }
        guard !visited.contains(next) else { break }
        visited.append(next)
      }
    }
    return nil
  }

  private func permutations(of ages: [UInt64]) -> [[UInt64]] {
    guard ages.count > 1 else { return [ages] }
    return ages.flatMap { first in
      permutations(of: ages.filter { $0 != first }).map { [first] + $0 }
    }
  }

  @Test
  func `a node reaches what it is within, and what is above and around that, in a circle too`() {
    let parents: [(Reference, Reference?)] = [(1, nil), (2, 1), (3, 2), (4, 1), (5, nil), (6, 5)]
    let tree = Tree(
      parents.map { Tree.Node(id: $0.0, parent: $0.1, stamp: 1, device: 1) })
    let within: [Reference: [Reference]] = [2: [4], 4: [6], 5: [3]]

    #expect(tree.reach(of: 3) { within[$0] ?? [] } == [1, 2, 3, 4, 5, 6])
    #expect(tree.reach(of: 6) { within[$0] ?? [] } == [1, 2, 3, 4, 5, 6])
    #expect(tree.reach(of: 4) { _ in [] } == [1, 4])
    #expect(tree.lowest(of: [1, 2, 4]) == [2, 4])
    #expect(tree.lowest(of: [1, 3, 6]) == [3, 6])
  }
}
