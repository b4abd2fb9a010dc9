package import CuadernoModel

/// What stands in a cell of a tidy table, before it is known which format it goes into.
package enum TableCell: Hashable, Sendable {
  /// Somebody's words.
  case text(String)
  case integer(Int)
  case number(Double)
  indirect case date(PartialDate)
  /// An attribute's value as it was typed, and what its definition says that it is.
  case value(String, AttributeDefinition.ValueType)
  case empty

  package init(_ text: String?) {
    self = text.map(TableCell.text) ?? .empty
  }

  init(_ date: PartialDate?) {
    self = date.map(TableCell.date) ?? .empty
  }

  init(_ number: Double?) {
    self = number.map(TableCell.number) ?? .empty
  }

  /// Several entries in one cell, as all tables of this program join them.
  static func joined(_ entries: [String]) -> TableCell {
    entries.isEmpty ? .empty : .text(entries.joined(separator: "; "))
  }
}

extension TableCell {
  /// CSV has words and numbers alone, and people's numbers are their words.
  var csv: CSVWriter.Cell {
    switch self {
    case .text(let text), .value(let text, _): .text(text)
    case .integer(let number): .integer(number)
    case .number(let number): .number(number)
    case .date(let date): .text(date.description)
    case .empty: .empty
    }
  }
}

/// A column of a tidy table.
package struct TableColumn: Hashable, Sendable {
  /// The word for it in tables that programs read, the same in every language.
  package var key: String
  /// Whose words come after a point, when it is an attribute.
  var attribute: Kind?
  /// Whether the key is a word of the program's own, which headings have in other languages.
  var isWord: Bool
  /// In characters, as spreadsheets measure it.
  var width: Double
  /// Whether its cells are texts to be read, on several lines.
  var isProse: Bool

  init(
    _ key: String, width: Double = 14, isProse: Bool = false, isWord: Bool = true,
    attribute: Kind? = nil
  ) {
    self.key = key
    self.isWord = isWord
    self.attribute = attribute
    self.width = width
    self.isProse = isProse
  }
}
