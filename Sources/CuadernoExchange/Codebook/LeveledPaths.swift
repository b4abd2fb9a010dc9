import CuadernoModel
import CuadernoNotebook

/// Paths of a code book whose rows say how many steps they have, of which names may hold what joins them.
///
/// A theme stands below the one that it belongs to, so where two could be above it, it is the nearest before.
struct LeveledPaths {
  private struct Path: Hashable {
    var level: Int
    var text: String
  }

  /// Four in each name of the deepest path, which nobody has; each is looked at.
  private static let separatorsMax = 4 * Limits.treeDepth

  private let table: CSVTable
  private let path: Int
  private let level: Int?
  /// The rows of each path: the first of all, and the last of those that have been asked for.
  private var first: [Path: Int] = [:]
  private var latest: [Path: Int] = [:]
  private var known: [Int: [String]] = [:]

  init(_ table: CSVTable, path: Int) {
    self.table = table
    self.path = path
    level = table.column("level")
    for index in table.rows.indices {
      guard let path = self.path(of: index) else { continue }
      if first[path] == nil { first[path] = index }
    }
  }

  /// The steps of a row; nil where they cannot be told by levels. Rows are asked for in their order.
  mutating func steps(of row: Int) throws -> [String]? {
    guard let path = path(of: row) else { return nil }
    guard path.level <= Limits.treeDepth,
      path.text.utf8.count <= Limits.treeDepth * Limits.lineBytes,
      Self.separators(in: path.text).count <= Self.separatorsMax
    else { throw ExchangeError(table.place(table.rows[row], self.path), .fault(.tooDeep)) }
    let steps = resolve(row, path)
    latest[path] = row
    return steps
  }

  private mutating func resolve(_ row: Int, _ path: Path) -> [String]? {
    if let steps = known[row] { return steps }
    if path.level == 1 {
      known[row] = [path.text]
      return [path.text]
    }
    let above = Self.separators(in: path.text).map { separator in
      (
        path: Path(level: path.level - 1, text: String(path.text[..<separator.lowerBound])),
        name: String(path.text[separator.upperBound...])
      )
    }
    let before = above.compactMap { above in
      latest[above.path].map { (row: $0, path: above.path, name: above.name) }
    }.max { $0.row < $1.row }
    let parent =
      before
      ?? above.lazy.compactMap { [first] above in
        first[above.path].map { (row: $0, path: above.path, name: above.name) }
      }.first
    guard let parent, let steps = resolve(parent.row, parent.path) else { return nil }
    known[row] = steps + [parent.name]
    return known[row]
  }

  /// Wherever one may be: in `X > > Y` there are two, of which one ends a name.
  private static func separators(in text: String) -> [Range<String.Index>] {
    text.indices.compactMap { start in
      guard text[start...].hasPrefix(pathSeparator) else { return nil }
      let end = text.index(start, offsetBy: pathSeparator.count)
      return end < text.endIndex ? start..<end : nil
    }
  }

  private func path(of row: Int) -> Path? {
    let cells = table.rows[row]
    guard let level = table.line(cells, level).flatMap({ Int($0) }), level > 0,
      let text = table.line(cells, path)
    else { return nil }
    return Path(level: level, text: text)
  }
}
