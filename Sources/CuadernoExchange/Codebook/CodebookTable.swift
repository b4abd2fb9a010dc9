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
  private let parent: Int?
  /// Of each row, from the top of the code book down.
  private var steps: [[String]] = []
  /// The rows that are not done, by what they are called, for a parent that stands further down.
  private var rowsByName: [[String]: Int] = [:]
  private var themes: [Int: RecordID] = [:]
  private var known: ThemesByName
  private var pending: Set<Int> = []
  private var rows = EnteredRows()

  static func read(_ table: CSVTable, into writer: inout Writer) throws -> ImportTally {
    var codebook = try CodebookTable(table, ThemesByName(writer.reader))
    if table.column(TaguetteTags.highlightsColumn) != nil, codebook.parent == nil {
      return try codebook.readTags(into: &writer)
    }
    for index in table.rows.indices { _ = try codebook.theme(of: index, &writer) }
    return codebook.rows.tally
  }

  private init(_ table: CSVTable, _ known: ThemesByName) throws {
    self.known = known
    try table.refuseOthers(than: Self.known)
    self.table = table
    path = try table.required("path", "tag", "name")
    parent = table.column("parent")
    var paths = LeveledPaths(table, path: path)
    for (index, row) in table.rows.enumerated() {
      let steps = try paths.steps(of: index) ?? Self.steps(table, row, path)
      self.steps.append(steps)
      let name = steps.map(Folding.folded)
      if rowsByName[name] == nil { rowsByName[name] = index }
    }
  }

  /// A code book of Taguette.
  private func readTags(into writer: inout Writer) throws -> ImportTally {
    var tags = TaguetteTags(known)
    var report = IntakeReport()
    var rows = EnteredRows()
    for row in table.rows {
      let description = table.cell(row, table.column("description"))
      let theme = try tags.enter(
        try table.required(row, path), description ?? "", at: .line(row.line), &report,
        into: &writer)
      let edits = [FieldEdit(.Theme.definition, description)].filter { $0.value != nil }
      try rows.note(edits, of: theme, .record(.theme), line: row.line)
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
    var names = steps[index]
    var above: RecordID?
    if let parent, table.line(row, parent) != nil {
      let prefix = try Self.steps(table, row, parent)
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
      above = try enter(row, name, below: above, onlyIfNew: true, [], &writer)
    }
    let theme = try enter(
      row, names[names.count - 1], below: above,
      [
        FieldEdit(.Theme.definition, table.cell(row, table.column("description"))),
        FieldEdit(.Theme.colour, table.line(row, table.column("color", "colour"))),
      ], &writer)
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

  private static func steps(
    _ table: CSVTable, _ row: CSVTable.Row, _ column: Int
  ) throws -> [String] {
    let text = try table.required(row, column).unicodeScalars
    let separator: Unicode.Scalar = text.contains(">") ? ">" : "\\"
    let names = text.split(separator: separator, omittingEmptySubsequences: separator == "\\")
      .map { String($0).trimmed }
    guard !names.isEmpty, names.allSatisfy({ !$0.isEmpty }) else {
      throw ExchangeError(table.place(row, column), .table(.emptyStep))
    }
    return names
  }

  /// Writes the theme of that name below that parent; the first by id when there are several, and one
  /// that was not merged into another before one that was.
  private mutating func enter(
    _ row: CSVTable.Row, _ name: String, below parent: RecordID?, onlyIfNew: Bool = false,
    _ edits: [FieldEdit], _ writer: inout Writer
  ) throws -> RecordID {
    let found = known.all(name, below: parent).first
    if let found, onlyIfNew { return found }
    let above = FieldEdit(.Theme.parent, value: parent.map { .reference($0.rawValue) })
    let theme = try writer.enter(
      row, found, .theme, named: FieldEdit(.Theme.name, name), [above] + edits, &rows)
    if found == nil { known.add(theme, name, below: parent) }
    return theme
  }
}
