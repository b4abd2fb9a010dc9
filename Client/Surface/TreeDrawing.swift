import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// A hierarchy as lines with branches, and as nested JSON.
struct TreeDrawing {
  struct Node {
    var id: RecordID
    var name: String
    /// What stands behind the name for people.
    var remark: String
    var fields: [(String, JSON)] = []
  }

  private let nodes: [Reference: Node]
  private let children: [Reference: [Reference]]
  private let roots: [Reference]

  init(nodes: [Node], tree: Tree) {
    let byID = Dictionary(
      nodes.map { ($0.id.rawValue, $0) }, uniquingKeysWith: { first, _ in first })
    func sorted(_ ids: [Reference]) -> [Reference] {
      ids.sorted { (byID[$0]?.name ?? "", $0) < (byID[$1]?.name ?? "", $1) }
    }
    self.nodes = byID
    children = tree.children.mapValues(sorted)
    roots = sorted(nodes.map(\.id.rawValue).filter { tree.parent(of: $0) == nil })
  }

  func output(whenEmpty: String) -> Output {
    var lines = [String]()
    for root in roots { draw(root, indent: "", branch: "", &lines) }
    return .lines(lines.isEmpty ? [whenEmpty] : lines, .array(roots.map(json)))
  }

  private func draw(
    _ id: Reference, indent: String, branch: String, _ lines: inout [String]
  ) {
    guard let node = nodes[id] else { return }
    lines.append(indent + branch + Terminal.harmless(node.name) + node.remark)
    let below = children[id, default: []]
    let next = indent + (branch.isEmpty ? "" : branch == "└─ " ? "   " : "│  ")
    for (index, child) in below.enumerated() {
      draw(child, indent: next, branch: index == below.count - 1 ? "└─ " : "├─ ", &lines)
    }
  }

  private func json(_ id: Reference) -> JSON {
    guard let node = nodes[id] else { return .null }
    return .object(
      [("id", .string(node.id.description)), ("name", .string(node.name))] + node.fields
        + [("children", .array(children[id, default: []].map(json)))])
  }
}
