import CuadernoModel
import CuadernoNotebook

/// A table whose first row names its columns.
package struct CSVTable: Sendable {
  /// More is no table that somebody made on purpose.
  package static let columnsMax = 1_000

  package struct Row: Sendable {
    /// The line of the file on which the row begins.
    package let line: Int
    fileprivate let cells: [String]
  }

  /// The columns' names, without the spaces around them.
  package let columns: [String]
  package let rows: [Row]

  /// - Throws: ``ExchangeError`` with the line of the first row that is no row of a table.
  package init(_ text: String) throws {
    var parser = CSVParser(text)
    guard let header = try parser.row() else { throw ExchangeError(.file, .table(.noHeader)) }
    columns = try Self.names(header.cells)
    var rows = [Row]()
    while let (line, cells) = try parser.row() {
      // Spreadsheets leave rows of nothing below a table.
      if cells.allSatisfy(\.isEmpty) { continue }
      guard cells.count == columns.count else {
        throw ExchangeError(
          .line(line), .table(.ragged(cells: cells.count, columns: columns.count)))
      }
      rows.append(Row(line: line, cells: cells))
    }
    self.rows = rows
  }

  private static func names(_ cells: [String]) throws -> [String] {
    guard cells.count <= columnsMax else {
      throw ExchangeError(.line(1), .table(.tooManyColumns(cells.count)))
    }
    let names = cells.map { TextEntry.normalised(FormulaGuard.unguarded($0)).trimmed }
    for (index, name) in names.enumerated() {
      try ExchangeError.at(.column(index + 1)) {
        guard !name.isEmpty else {
          throw ExchangeError(.column(index + 1), .table(.unnamedColumn))
        }
        try Validation.checkLine(name, "column name")
      }
      if let first = names[..<index].firstIndex(where: { isSame($0, name) }) {
        throw ExchangeError(.column(index + 1), .table(.repeatedColumn(first: first + 1)))
      }
    }
    return names
  }

  private static func isSame(_ left: String, _ right: String) -> Bool {
    left.lowercased() == right.lowercased()
  }

  /// A column by its name or another spelling of it; nil when the table has none.
  func column(_ names: String...) -> Int? {
    for name in names {
      if let index = columns.firstIndex(where: { Self.isSame($0, name) }) { return index }
    }
    return nil
  }

  /// The columns `attribute:NAME`, with the names.
  var attributeColumns: [(index: Int, name: String)] {
    columns.enumerated().compactMap { index, column in
      AttributeKey.name(in: column).map { (index, $0) }
    }
  }

  /// Refuses a column that would otherwise be passed over, and lost, in silence.
  func refuseOthers(than known: [String], allowsAttributes: Bool = false) throws {
    for (index, column) in columns.enumerated() {
      if known.contains(where: { Self.isSame($0, column) }) { continue }
      if allowsAttributes, AttributeKey.name(in: column) != nil { continue }
      throw ExchangeError(
        .column(index + 1),
        .table(.unknownColumn(known: known + (allowsAttributes ? ["attribute:NAME"] : []))))
    }
  }

  /// A cell without the guard against formulas; nil when it is empty.
  func cell(_ row: Row, _ column: Int?) -> String? {
    guard let column else { return nil }
    let text = TextEntry.normalised(FormulaGuard.unguarded(row.cells[column]))
    return text.isEmpty ? nil : text
  }

  /// A cell that holds one line, without the spaces around it.
  func line(_ row: Row, _ column: Int?) -> String? {
    guard let text = cell(row, column)?.trimmed, !text.isEmpty else { return nil }
    return text
  }

  func required(_ names: String...) throws -> Int {
    for name in names {
      if let index = columns.firstIndex(where: { Self.isSame($0, name) }) { return index }
    }
    throw ExchangeError(.line(1), .table(.missingColumns(names)))
  }

  func place(_ row: Row, _ column: Int) -> ExchangeError.Place {
    .cell(line: row.line, column: columns[column])
  }

  /// A cell that must hold something.
  func required(_ row: Row, _ column: Int) throws -> String {
    guard let text = line(row, column) else {
      throw ExchangeError(place(row, column), .table(.emptyCell))
    }
    return text
  }
}

/// What names an attribute where the names of fields stand too.
enum AttributeKey {
  static let prefix = "attribute:"

  static func name(in key: String) -> String? {
    guard key.lowercased().hasPrefix(prefix) else { return nil }
    let name = String(key.unicodeScalars.dropFirst(prefix.unicodeScalars.count)).trimmed
    return name.isEmpty ? nil : name
  }
}
