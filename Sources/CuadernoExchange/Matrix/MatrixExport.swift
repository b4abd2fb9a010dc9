/// Writes themes against something as a table of numbers.
package enum MatrixExport {
  package struct Table {
    /// What the cases are.
    package var rowHeading: String
    /// What stands above the themes, where they are rows.
    package var themeHeading: String
    package var themes: [String]
    package var rows: [(name: String, numbers: [Int])]

    package init(
      rowHeading: String, themeHeading: String, themes: [String],
      rows: [(name: String, numbers: [Int])]
    ) {
      self.rowHeading = rowHeading
      self.themeHeading = themeHeading
      self.themes = themes
      self.rows = rows
    }
  }

  package static func write(
    _ table: Table, hasThemesAsRows: Bool = false, options: CSVWriter.Options,
    to sink: @escaping Sink
  ) throws {
    var writer = try CSVWriter(options, to: sink)
    if hasThemesAsRows {
      try writer.row([.text(table.themeHeading)] + table.rows.map { .text($0.name) })
      for (index, theme) in table.themes.enumerated() {
        try writer.row([.text(theme)] + table.rows.map { .integer($0.numbers[index]) })
      }
    } else {
      try writer.row([.text(table.rowHeading)] + table.themes.map { .text($0) })
      for row in table.rows {
        try writer.row([.text(row.name)] + row.numbers.map { .integer($0) })
      }
    }
    try writer.finish()
  }
}
