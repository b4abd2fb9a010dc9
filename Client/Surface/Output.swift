import Foundation

/// What a command has to show; how it is printed is decided in one place.
package enum Output: Sendable {
  /// Rows of the same things.
  case table(Table)
  /// One thing with its fields.
  case card(Card)
  /// A sentence, and the same for programs.
  case message(String, JSON)
  /// Lines of text, and the same for programs.
  case lines([String], JSON)
}

package struct Table: Sendable {
  package struct Column: Sendable {
    /// What programs call it.
    var key: String
    var title: String
    /// Left out of the table for people; programs get it all the same.
    var isForPrograms: Bool

    package init(_ key: String, _ title: String? = nil, isForPrograms: Bool = false) {
      self.key = key
      self.title = title ?? key.uppercased()
      self.isForPrograms = isForPrograms
    }
  }

  package var columns: [Column]
  package var rows: [[JSON]]
  /// What is said to people when there is no row.
  package var whenEmpty: String

  package init(_ columns: [Column], rows: [[JSON]], whenEmpty: String) {
    self.columns = columns
    self.rows = rows
    self.whenEmpty = whenEmpty
  }
}

package struct Card: Sendable {
  package var title: String
  /// Without a label a field is for programs alone, without a key for people alone.
  package var fields: [(label: String, key: String, value: JSON)]
  /// A text of many lines, printed below.
  package var body: String?
  package var bodyKey = "text"

  package init(
    title: String, fields: [(label: String, key: String, value: JSON)], body: String? = nil
  ) {
    self.title = title
    self.fields = fields
    self.body = body
  }
}

extension Output {
  /// What goes to standard output, with its line ends.
  package func rendered(asJSON: Bool) -> String {
    switch self {
    case .table(let table): asJSON ? table.json.description + "\n" : table.text
    case .card(let card): asJSON ? card.json.description + "\n" : card.text
    case .message(let sentence, let json): (asJSON ? json.description : sentence) + "\n"
    case .lines(let lines, let json):
      asJSON ? json.description + "\n" : lines.map { $0 + "\n" }.joined()
    }
  }

  package func print(asJSON: Bool) {
    FileHandle.standardOutput.write(Data(rendered(asJSON: asJSON).utf8))
  }
}

/// A number with its noun: 1 change, 2 changes.
func counted(_ number: some BinaryInteger, _ noun: String) -> String {
  "\(number) \(noun)\(number == 1 ? "" : "s")"
}

/// Tells how many codings a report leaves out, since nobody knows where in the text they lie now.
func tellUnplaced(_ codings: Int) {
  guard codings > 0 else { return }
  tell(
    "\(counted(codings, "coding")) left out, because their passages have to be looked for: "
      + "cuaderno coding list --review")
}

/// Tells a person something that is no result: progress, a warning.
package func tell(_ sentence: String) {
  FileHandle.standardError.write(Data((sentence + "\n").utf8))
}

extension Table {
  var json: JSON {
    .array(rows.map { row in .object(zip(columns.map(\.key), row).map { ($0, $1) }) })
  }

  var text: String {
    guard !rows.isEmpty else { return whenEmpty + "\n" }
    var layout = Layout(columns)
    for row in rows { layout.add(row) }
    return layout.header + rows.map { layout.line($0) }.joined()
  }

  /// Columns as wide as their widest cell, the last one as long as it is.
  struct Layout {
    private let titles: [String]
    private let shown: [Int]
    private var widths: [Int]
    private var isNumeric: [Bool]

    init(_ columns: [Column]) {
      shown = columns.indices.filter { !columns[$0].isForPrograms }
      titles = shown.map { columns[$0].title }
      widths = titles.map { Terminal.width($0) }
      isNumeric = shown.map { _ in true }
    }

    mutating func add(_ row: [JSON]) {
      for (index, column) in shown.enumerated() {
        widths[index] = max(widths[index], Terminal.width(row[column].cell))
        switch row[column] {
        case .integer, .number: break
        default: isNumeric[index] = false
        }
      }
    }

    var header: String { line(titles) }

    func line(_ row: [JSON]) -> String { line(shown.map { row[$0].cell }) }

    private func line(_ cells: [String]) -> String {
      var line = ""
      for (index, cell) in cells.enumerated() {
        let padding = String(repeating: " ", count: widths[index] - Terminal.width(cell))
        if isNumeric[index] {
          line += padding + cell
        } else {
          line += index == cells.count - 1 ? cell : cell + padding
        }
        if index < cells.count - 1 { line += "  " }
      }
      return line + "\n"
    }
  }
}

extension Card {
  var json: JSON {
    var members = fields.filter { !$0.key.isEmpty }.map { ($0.key, $0.value) }
    if let body { members.append((bodyKey, .string(body))) }
    return .object(members)
  }

  var text: String {
    var lines = title.isEmpty ? [] : [Terminal.harmless(title)]
    let shown = fields.filter { !$0.label.isEmpty && !$0.value.cell.isEmpty }
    let width = shown.map { Terminal.width($0.label) }.max() ?? 0
    for field in shown {
      let padding = String(repeating: " ", count: width - Terminal.width(field.label))
      lines.append("  \(field.label)\(padding)  \(field.value.cell)")
    }
    if let body { lines += ["", Terminal.harmless(body, keepsLines: true)] }
    return lines.map { $0 + "\n" }.joined()
  }
}

extension JSON {
  /// As it stands in a table for people: harmless, on one line.
  var cell: String {
    switch self {
    case .null: ""
    case .boolean(let value): value ? "yes" : "no"
    case .integer(let value): String(value)
    case .number(let value): String(value)
    case .string(let text):
      Terminal.harmless(text.split(separator: "\n").joined(separator: " "))
    case .array(let values): values.map(\.cell).joined(separator: "; ")
    case .object(let members):
      members.map { "\(Terminal.harmless($0.0)): \($0.1.cell)" }.joined(separator: "; ")
    }
  }
}
