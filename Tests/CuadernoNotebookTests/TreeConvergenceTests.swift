import CuadernoLog
import CuadernoModel
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoNotebook

/// Places and themes that several people move, merge and delete at once, against the plainest
/// reading of the law: of each field the greatest write that nobody replaced knowingly, and of each
/// circle the newest edge taken away.
@Suite struct TreeConvergenceTests {
  @Test func `whatever is moved at once, every node is drawn once and alike on every notebook`()
    throws
  {
    var moves = 0
    var circles = 0
    for seed in Seeds.upTo(25) {
      var team = try MovingTeam(seed: seed)
      for _ in 0..<60 { try team.step() }
      try team.meet()
      moves += team.moves
      let first = try team.drawn(0)
      for index in team.notebooks.indices.dropFirst() {
        #expect(try team.drawn(index) == first, "\(Seeds.replay(seed)): notebook \(index)")
      }
      for field in [Field.Place.parent, .Theme.parent, .Theme.mergedInto] {
        let (fault, broken) = try team.fault(in: field)
        if let fault { Issue.record("\(Seeds.replay(seed)): \(field.name): \(fault)") }
        circles += broken
      }
      if let fault = try team.faultInCodeBook() {
        Issue.record("\(Seeds.replay(seed)): code book: \(fault)")
      }
    }
    // The test would say nothing if nobody ever closed a circle.
    #expect(moves > 500 && circles > 10, "\(moves) moves, \(circles) circles")
  }
}

private struct MovingTeam {
  private(set) var notebooks: [Notebook] = []
  /// Their folders go away with them.
  private var laptops: [Laptop] = []
  private var random: SplitMix64
  private(set) var moves = 0

  init(seed: UInt64) throws {
    random = SplitMix64(seed: seed)
    for (index, name) in ["Ana", "Luis", "Rosa"].enumerated() {
      let laptop = try Laptop(name, seed: seed * 3 + UInt64(index))
      laptops.append(laptop)
      notebooks.append(
        try laptop.create(title: index == 0 ? "t" : nil, joining: notebooks.first?.study))
    }
    for kind in [Kind.place, .theme] {
      try notebooks[0].write { writer in
        for _ in 0..<5 { _ = try writer.create(kind, []) }
      }
    }
    try meet()
  }

  mutating func step() throws {
    let notebook = notebooks[Int.random(in: notebooks.indices, using: &random)]
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<15: try move(notebook)
    case 15: try code(notebook)
    case 16:
      let kind = [Kind.place, .theme].randomElement(using: &random) ?? .place
      _ = try notebook.write { try $0.create(kind, []) }
    case 17:
      guard let (_, node) = try node(notebook) else { return }
      try notebook.write { try $0.delete(node) }
    default:
      let other = notebooks[Int.random(in: notebooks.indices, using: &random)]
      try notebook.take(from: other)
    }
  }

  private mutating func move(_ notebook: Notebook) throws {
    let fields = [Field.Place.parent, .Theme.parent, .Theme.parent, .Theme.mergedInto]
    guard let field = fields.randomElement(using: &random) else { return }
    let known = try notebook.read { try $0.ids(of: field.kind) }
    guard let node = known.randomElement(using: &random),
      let above = known.randomElement(using: &random)
    else { return }
    let value = Int.random(in: 0..<8, using: &random) > 0 ? Value.reference(above.rawValue) : nil
    do {
      try notebook.write { _ = try $0.update(node, [FieldEdit(field, value: value)]) }
      moves += 1
    } catch NotebookError.fault {
      // A circle that this notebook can see.
    }
  }

  private mutating func code(_ notebook: Notebook) throws {
    guard let theme = try notebook.read({ try $0.ids(of: .theme) }).randomElement(using: &random)
    else { return }
    _ = try notebook.write {
      try $0.create(.coding, [.init(.Coding.theme, value: .reference(theme.rawValue))])
    }
  }

  private mutating func node(_ notebook: Notebook) throws -> (Kind, RecordID)? {
    let kind = [Kind.place, .theme].randomElement(using: &random) ?? .place
    let ids = try notebook.read { try $0.ids(of: kind) }
    return ids.randomElement(using: &random).map { (kind, $0) }
  }

  func meet() throws {
    for _ in 0..<2 {
      for notebook in notebooks {
        for other in notebooks { try notebook.take(from: other) }
      }
    }
  }

  /// The parents of all nodes as one notebook draws them.
  func drawn(_ index: Int) throws -> [String] {
    try notebooks[index].read { reader in
      let places = try reader.tree(.Place.parent)
      let book = try reader.themeTree()
      let drawnPlaces = try reader.ids(of: .place).map { id in
        "\(id) \(String(describing: places.parent(of: id.rawValue)))"
      }
      let drawnThemes = try reader.ids(of: .theme).map { id in
        "\(id) \(String(describing: book.tree.parent(of: id.rawValue))) "
          + "\(book.standing(for: id.rawValue))"
      }
      return drawnPlaces + drawnThemes
    }
  }

  // MARK: - The obvious model

  /// What is wrong with one tree, and how many circles had to be broken for it.
  func fault(in field: Field) throws -> (fault: String?, circles: Int) {
    let nodes = try nodes(field)
    var expected = [Reference: Reference]()
    let ids = Set(nodes.map(\.id))
    for node in nodes {
      if let parent = node.parent, ids.contains(parent) { expected[node.id] = parent }
    }
    var circles = 0
    while let circle = Self.circle(in: expected, nodes) {
      let newest = circle.max { ($0.stamp, $0.device, $0.id) < ($1.stamp, $1.device, $1.id) }
      expected[newest?.id ?? 0] = nil
      circles += 1
    }
    let tree = try notebooks[0].read { try $0.tree(field) }
    for node in nodes where tree.parent(of: node.id) != expected[node.id] {
      return ("node \(node.id) lies under the wrong one", circles)
    }
    return (Self.reachFault(in: tree, nodes.map(\.id)), circles)
  }

  /// Every theme that stands for itself is drawn once, and every coding counts for one of them.
  func faultInCodeBook() throws -> String? {
    try notebooks[0].read { reader in
      let book = try reader.themeTree()
      let themes = try reader.ids(of: .theme).map(\.rawValue)
      let standing = themes.filter { book.merged[$0] == nil }
      if let fault = Self.reachFault(in: book.tree, themes) { return fault }
      for theme in themes where !standing.contains(book.standing(for: theme)) {
        return "theme \(theme) stands for one that is not drawn"
      }
      let children = book.tree.children
      for theme in book.merged.keys where !children[theme, default: []].isEmpty {
        return "merged theme \(theme) has themes below it"
      }
      let merged = try reader.mergedThemes()
      for coding in try reader.fetchAll(Coding.self) {
        guard let theme = coding.theme, themes.contains(theme.rawValue) else { continue }
        if !standing.contains((merged[theme] ?? theme).rawValue) { return "a coding is lost" }
      }
      return nil
    }
  }

  private static func reachFault(in tree: Tree, _ ids: [Reference]) -> String? {
    var reached = [Reference]()
    var level = ids.filter { tree.parent(of: $0) == nil }
    let children = tree.children
    while !level.isEmpty, reached.count <= ids.count {
      reached += level
      level = level.flatMap { children[$0, default: []] }
    }
    return reached.sorted() == ids.sorted() ? nil : "\(reached.count) of \(ids.count) are drawn"
  }

  private static func circle(
    in parents: [Reference: Reference], _ nodes: [Tree.Node]
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

  /// The edges by the envelopes alone.
  private func nodes(_ field: Field) throws -> [Tree.Node] {
    let page = try notebooks[0].page(beyond: VectorClock(), bytesMax: 1 << 30)
    let id = FieldID(field.number)
    let alive = try notebooks[0].read { try $0.ids(of: field.kind) }
    return alive.map { record in
      let writes = page.changes.filter {
        $0.envelope.record == record && $0.envelope.fields.contains(id)
      }
      let current = writes.filter { write in
        !writes.contains { $0.dot != write.dot && $0.envelope.context.covers(write.dot) }
      }
      let shown = current.max {
        ($0.envelope.stamp, $0.dot.device) < ($1.envelope.stamp, $1.dot.device)
      }
      var parent: Reference?
      if case .reference(let above) = shown?.storedValue(id)?.value { parent = above }
      return Tree.Node(
        id: record.rawValue, parent: parent,
        stamp: parent == nil ? 0 : shown?.envelope.stamp.rawValue ?? 0,
        device: parent == nil ? 0 : shown?.dot.device.rawValue ?? 0)
    }
  }
}
