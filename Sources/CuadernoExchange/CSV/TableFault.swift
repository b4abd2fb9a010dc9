/// Why a table was refused.
package enum TableFault: Hashable, Sendable {
  case noHeader
  case nul
  case strayQuote
  case textAfterQuote
  case openQuote
  case ragged(cells: Int, columns: Int)
  case tooManyColumns(Int)
  case unnamedColumn
  case repeatedColumn(first: Int)
  case unknownColumn(known: [String])
  case missingColumns([String])
  case emptyCell
  case notANumber
  case onlyOneCoordinate
  case emptyStep
  case unknownParent
  case circle
  case unmappedColumn
  case noLabel
  case repeatedLabel(line: Int)
  case contradicts(line: Int, String, field: String)
  case repeatedName(line: Int, String)
  case dateOrder([ColumnMapping.DateOrder])
  case spreadsheet
  case tooLong(limit: Int)
  case shortYear
  case locationColumn
  case sameAttribute(Int)
}

extension TableFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noHeader: "table is empty; its first row must name the columns"
    case .nul: "a zero byte, which no text holds; the file is damaged or no table"
    case .strayQuote:
      "a double quote inside a cell that does not begin with one; put the cell in double quotes and "
        + "double those inside"
    case .textAfterQuote:
      "text after the closing double quote of a cell; double the quotes that belong to the text"
    case .openQuote:
      "a double quote that opens here is never closed; close it, or double it if it belongs to the "
        + "text"
    case .ragged(let cells, let columns):
      "row has \(cells) cells and the header has \(columns); put cells that hold the delimiter in "
        + "double quotes"
    case .tooManyColumns(let count):
      "table has \(count) columns; the limit is \(CSVTable.columnsMax)"
    case .unnamedColumn: "column has no name; name it in the first row, or delete it"
    case .repeatedColumn(let first): "column has the same name as column \(first); rename one"
    case .unknownColumn(let known):
      "column is not one of: \(known.joined(separator: ", ")); rename it, or delete it"
    case .missingColumns(let names):
      "table has no column \(names.joined(separator: " or ")); its first row must name it"
    case .emptyCell: "cell is empty, and this one must not be"
    case .notANumber: "cell is not a number, such as -8.62"
    case .onlyOneCoordinate: "a latitude and a longitude belong together, and one is empty"
    case .emptyStep: "path has an empty step; write it as A > B > C"
    case .unknownParent: "parent is in no other row and is no theme of the study"
    case .circle: "parent leads back to the row itself"
    case .unmappedColumn:
      "nothing says what this column is; say so with --map FIELD=COLUMN or --skip COLUMN, or what becomes "
        + "of all such columns with --rest attributes or --rest skip"
    case .noLabel:
      "no column says what the interviews are called; say which does with --map label=COLUMN"
    case .repeatedLabel(let line):
      "row has the same label as that of line \(line); give each interview its own"
    case .contradicts(let line, let kind, let field):
      "row is about the same \(kind) as line \(line) and says another \(field); leave one of the two "
        + "rows, or let both say the same"
    case .repeatedName(let line, let kind):
      "row has the name of the \(kind) of line \(line) and says something else of it; leave one of the two "
        + "rows, or let both say the same"
    case .dateOrder([.dmy]): "date begins with its day; say so with --dates dmy"
    case .dateOrder([.mdy]): "date begins with its month; say so with --dates mdy"
    case .dateOrder:
      "date begins with its day or its month; say which with --dates dmy (day first) or --dates mdy"
    case .spreadsheet:
      "file is a spreadsheet (XLSX, ODS or XLS) or packed, and no table of text; open it and save it as CSV in "
        + "UTF-8"
    case .tooLong(let limit):
      "cell is longer than \(limit) bytes, and no text may be; look for a double quote that is not closed"
    case .shortYear: "date has a year without its century; write all four digits"
    case .sameAttribute(let first):
      "column would be the same attribute as column \(first); give it one of its own with --map "
        + "attribute:NAME=COLUMN, or leave it out with --skip COLUMN"
    case .locationColumn:
      "a location is read from submissions of ODK and Kobo alone; give a place its location with "
        + "`cuaderno import places`"
    }
  }
}
