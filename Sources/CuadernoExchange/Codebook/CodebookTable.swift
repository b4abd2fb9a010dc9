import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// A code book: `path,description,color`, or with `tag` or `name` for `path`.
///
/// A theme is the one at that path, whatever its case and accents; the themes above it are made when
/// they are not there. The steps of a path are joined by ` > `; programs that join them with
/// backslashes, as NVivo and MAXQDA do, are understood where the path has no `>`. A slash is a
/// letter of a name, since names such as "crédito/deuda" are common.
///
/// Where names hold a `>` or a backslash themselves, a column `level` says how many steps a path has: 1 for the
/// top of the code book. Which they are follows from the paths of the rows one level above.
///
/// Taguette joins the steps by dots, in the column `tag` (see ``TaguetteTags``). In tables with a column
/// `parent` that is the theme above: a row of the same table or a theme of the study.
struct CodebookTable {
  private static let known = [
    "path", "tag", "name", "level", "parent", "description", "color", "colour", "codings",
    TaguetteTags.highlightsColumn, "number of documents",
  ]

  private let table: CSVTable
  private let path: Int
  private let level: Int?
  private let parent: Int?
  private var rowsByPath: [LeveledPath: [Int]] = [:]
  /// The rows that are not done, by what they are called, for a parent that stands further down.
  private var rowsByName: [[String]: Int] = [:]
  private var themes: [Int: RecordID] = [:]
  private var pending: Set<Int> = []
  private var tally = ImportTally()

  static func read(_ table: CSVTable, into writer: inout Writer) throws -> ImportTally {
    var codebook = try CodebookTable(table)
    if table.column(TaguetteTags.highlightsColumn) != nil, codebook.parent == nil {
      return try codebook.readTags(into: &writer)
    }
    for index in table.rows.indices { _ = try codebook.theme(of: index, &writer) }
    return codebook.tally
  }

  private init(_ table: CSVTable) throws {
    try table.refuseOthers(than: Self.known)
    self.table = table
    path = try table.required("path", "tag", "name")
    level = table.column("level")
    parent = table.column("parent")
    for (index, row) in table.rows.enumerated() {
      guard let level = level(of: row), let text = table.line(row, path) else { continue }
      rowsByPath[LeveledPath(level: level, text: text), default: []].append(index)
    }
    for index in table.rows.indices {
      let steps = try steps(ofRow: index).map(Folding.folded)
      if rowsByName[steps] == nil { rowsByName[steps] = index }
    }
  }

  /// A code book of Taguette.
  private func readTags(into writer: inout Writer) throws -> ImportTally {
    var tags = TaguetteTags()
    var report = IntakeReport()
    for row in table.rows {
      try tags.enter(
        try table.required(row, path), table.cell(row, table.column("description")) ?? "",
        at: .line(row.line), &report, into: &writer)
    }
    return report.tally
  }

  /// The theme of a row, with those above it.
  private mutating func theme(of index: Int, _ writer: inout Writer) throws -> RecordID {
    if let theme = themes[index] { return theme }
    let row = table.rows[index]
    guard pending.insert(index).inserted, pending.count <= Limits.treeDepth else {
      throw ExchangeError(table.place(row, parent ?? path), .table(.circle))
    }
    var names = try steps(ofRow: index)
    var above: RecordID?
    if let parent, table.line(row, parent) != nil {
      let prefix = try steps(row, parent)
      // Our own table with all columns gives the whole path and the parent too.
      if names.count > prefix.count, names.prefix(prefix.count).elementsEqual(prefix) {
        names = Array(names.dropFirst(prefix.count))
      }
      above = try self.parent(prefix, row, parent, &writer)
    }
    guard names.count <= Limits.treeDepth else {
      throw ExchangeError(table.place(row, path), .fault(.tooDeep))
    }
    for name in names.dropLast() {
      above =
        try existing(name, above, writer.reader)
        ?? writer.enter(
          row, nil, .theme, named: FieldEdit(.Theme.name, name), [edit(parent: above)], &tally)
    }
    let name = names[names.count - 1]
    let theme = try writer.enter(
      row, existing(name, above, writer.reader), .theme, named: FieldEdit(.Theme.name, name),
      [
        edit(parent: above),
        FieldEdit(.Theme.definition, table.cell(row, table.column("description"))),
        FieldEdit(.Theme.colour, table.line(row, table.column("color", "colour"))),
      ], &tally)
    themes[index] = theme
    pending.remove(index)
    return theme
  }

  private mutating func parent(
    _ steps: [String], _ row: CSVTable.Row, _ column: Int, _ writer: inout Writer
  ) throws -> RecordID {
    if let index = rowsByName[steps.map(Folding.folded)] { return try theme(of: index, &writer) }
    do {
      return try References().one(
        steps.joined(separator: pathSeparator), .theme, at: table.place(row, column),
        writer.reader)
    } catch let error as ExchangeError where error.reason == .notFound(.theme) {
      throw ExchangeError(error.place, .table(.unknownParent))
    }
  }

  private struct LeveledPath: Hashable {
    var level: Int
    var text: String
  }

  private func level(of row: CSVTable.Row) -> Int? {
    table.line(row, level).flatMap { Int($0) }
  }

  private func steps(ofRow index: Int) throws -> [String] {
    let row = table.rows[index]
    guard let level = level(of: row), level > 0 else { return try steps(row, path) }
    let text = try table.required(row, path)
    if level == 1 { return [text] }
    let candidates = text.ranges(of: pathSeparator).filter { $0.upperBound < text.endIndex }
      .flatMap { separator in
        let above = LeveledPath(level: level - 1, text: String(text[..<separator.lowerBound]))
        return (rowsByPath[above] ?? []).map { (row: $0, name: text[separator.upperBound...]) }
      }
    // A theme stands below the one that it belongs to, and what does not say which is the nearest before.
    let parent = candidates.filter { $0.row < index }.max { $0.row < $1.row } ?? candidates.last
    guard let parent else { return try steps(row, path) }
    return try steps(ofRow: parent.row) + [String(parent.name)]
  }

  private func steps(_ row: CSVTable.Row, _ column: Int) throws -> [String] {
    let text = try table.required(row, column).unicodeScalars
    let separator: Unicode.Scalar = text.contains(">") ? ">" : "\\"
    let names = text.split(separator: separator, omittingEmptySubsequences: separator == "\\")
      .map { String($0).trimmed }
    guard !names.isEmpty, names.allSatisfy({ !$0.isEmpty }) else {
      throw ExchangeError(table.place(row, column), .table(.emptyStep))
    }
    return names
  }

  private func edit(parent: RecordID?) -> FieldEdit {
    FieldEdit(.Theme.parent, value: parent.map { .reference($0.rawValue) })
  }

  /// The theme of that name below that parent; the first by id when there are several, and one that
  /// was not merged into another before one that was.
  private func existing(
    _ name: String, _ parent: RecordID?, _ reader: Reader
  ) throws -> RecordID? {
    let tree = try reader.themeTree().tree
    let found = try reader.ids(named: name, .theme).filter { id in
      tree.parent(of: id.rawValue) == parent?.rawValue
    }
    guard found.count > 1 else { return found.first }
    let merged = try reader.mergedThemes()
    return found.first { merged[$0] == nil } ?? found.first
  }
}
