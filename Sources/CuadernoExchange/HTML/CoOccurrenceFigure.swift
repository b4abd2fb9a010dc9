#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Drawings in SVG, each made whole of the numbers that it is given: no script, no font, no network.
enum Figures {
  /// Themes on a circle, and a line between two that lie on the same passages, as thick as that is often.
  ///
  /// Names stand along the rays, so that none lies on another; each is the theme's own, with the path to it
  /// where two have the same.
  static func coOccurrence(_ pairs: [StudyReport.Pair], _ words: ReportWords) -> HTMLText {
    let nodes = Node.all(of: pairs)
    let most = Double(pairs.map(\.count).max() ?? 1)
    let positions = Dictionary(
      nodes.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    // The thickest last, over the others.
    let lines = pairs.reversed().compactMap { pair -> HTMLText? in
      guard let from = positions[pair.first], let to = positions[pair.second] else { return nil }
      return """
        <path d="M\(from.x) \(from.y)Q\(Node.centre.x) \(Node.centre.y) \(to.x) \(to.y)" \
        stroke-width="\(1 + 7 * Double(pair.count) / most)">\
        <title>\(pair.first) – \(pair.second): \(pair.count)</title></path>
        """
    }
    let labels = nodes.map { node -> HTMLText in
      let anchor: HTMLText = node.isLeft ? "end" : "start"
      let turn = node.isLeft ? node.degrees - 180 : node.degrees
      return """
        <g transform="translate(\(node.x) \(node.y)) rotate(\(turn))"><circle r="5" fill="#b8574a"/>\
        <text x="\(node.isLeft ? -10.0 : 10.0)" y="4" text-anchor="\(anchor)">\
        \(shortened(node.label))<title>\(node.path)</title></text></g>
        """
    }
    return """
      <svg viewBox="0 0 \(Node.width) \(Node.height)" role="img" aria-label="\(words.together)" class="graph">\
      <g fill="none" stroke="#4a86b8" stroke-opacity="0.55">\(lines)</g>\(labels)</svg>

      """
  }

  static func shortened(_ name: String, to count: Int = 34) -> String {
    name.count > count ? name.prefix(count - 1) + "…" : name
  }

  /// A theme on the circle.
  private struct Node {
    static let (width, height, radius) = (860.0, 860.0, 190.0)
    static let centre = (x: width / 2, y: height / 2)

    let path: String
    var label: String
    /// Clockwise from the right.
    let degrees: Double

    var x: Double { Self.centre.x + Self.radius * cos(degrees * .pi / 180) }
    var y: Double { Self.centre.y + Self.radius * sin(degrees * .pi / 180) }
    var isLeft: Bool { degrees > 90 && degrees < 270 }

    /// In the order of their paths, so that brothers stand beside each other.
    static func all(of pairs: [StudyReport.Pair]) -> [Node] {
      let paths = Set(pairs.flatMap { [$0.first, $0.second] }).sorted()
      let names = paths.map { $0.components(ofPath: " > ").last ?? $0 }
      return paths.indices.map { index in
        let isAlone = names.filter { $0 == names[index] }.count == 1
        return Node(
          path: paths[index], label: isAlone ? names[index] : paths[index],
          degrees: 360 * Double(index) / Double(paths.count))
      }
    }
  }
}

extension String {
  /// What stands between the signs of a path.
  fileprivate func components(ofPath sign: String) -> [String] {
    split(separator: sign, omittingEmptySubsequences: false).map(String.init)
  }
}
