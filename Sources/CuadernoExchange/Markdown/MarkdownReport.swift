/// Writes a report as Markdown: headings, tables and quotes, and nothing that needs a drawing.
///
/// CommonMark with the tables of GitHub Flavored Markdown, which pandoc and most editors read. People's words are
/// words in it: no markup and no HTML of theirs is taken for any.
package enum MarkdownReport {
  package static func write(_ report: StudyReport, to sink: @escaping Sink) throws {
    let words = ReportWords(report.language)
    var output = Output(sink)
    func add(_ paragraphs: String...) throws {
      try output.append { bytes in
        for paragraph in paragraphs { bytes += Array((paragraph + "\n\n").utf8) }
      }
    }
    func heading(_ level: Int, _ text: String) -> String {
      String(repeating: "#", count: level) + " " + MarkdownTable.escaped(text)
    }
    try add(heading(1, report.title), MarkdownTable.line(words.extent(report)))
    for line in report.scope { try add(MarkdownTable.line(line)) }
    try add(heading(2, words.codeBook), codeBook(report, words))
    if !report.matrix.rows.isEmpty {
      let dimension = report.matrix.dimension.map { ": \($0)" } ?? ""
      try add(heading(2, words.matrix + dimension), matrix(report.matrix, words))
    }
    if !report.pairs.isEmpty {
      try add(heading(2, words.together))
      if let rest = words.furtherPairs(report) { try add(MarkdownTable.line(rest)) }
      try add(
        table([words.theme, words.with, words.times], report.pairs) {
          [$0.first, $0.second, String($0.count)]
        })
    }
    if !report.years.isEmpty {
      try add(
        heading(2, words.overTime),
        table([words.year, words.texts, words.codings], report.years) {
          [String($0.year), String($0.texts), String($0.codings)]
        })
    }
    if !report.places.isEmpty || !report.unplaced.isEmpty { try add(heading(2, words.places)) }
    if !report.places.isEmpty {
      try add(
        table([words.place, words.codings], report.places.sorted { $0.codings > $1.codings }) {
          [$0.name, String($0.codings)]
        })
    }
    if !report.unplaced.isEmpty {
      let names = report.unplaced.joined(separator: ", ")
      try add(MarkdownTable.line("\(words.unplaced): \(names)."))
    }
    try add(heading(2, words.quotes))
    for theme in report.themes where !theme.quotes.isEmpty || theme.unquoted > 0 {
      try add(heading(3, theme.path ?? theme.name))
      for quote in theme.quotes { try add(block(quote)) }
      if theme.unquoted > 0 { try add(MarkdownTable.line(words.notQuoted(theme.unquoted))) }
    }
    try output.flush()
  }

  /// A theme is indented by its depth, with spaces that no reader of Markdown takes away.
  private static func codeBook(_ report: StudyReport, _ words: ReportWords) -> String {
    let hasCoverage = report.themes.contains { $0.coverage != nil }
    return table(
      [words.theme, words.codings, words.withBelow, words.texts]
        + (hasCoverage ? [words.coverage] : []), report.themes
    ) { theme in
      let indent = String(repeating: "\u{2003}", count: theme.depth)
      return [
        indent + theme.name, String(theme.codings), String(theme.codingsBelow),
        String(theme.texts),
      ] + (hasCoverage ? [theme.coverage.map(words.percentage) ?? ""] : [])
    }
  }

  private static func matrix(_ matrix: StudyReport.Matrix, _ words: ReportWords) -> String {
    let hasTotals = matrix.totals.count == matrix.rows.count
    return table(
      [words.theme] + matrix.columns + (hasTotals ? [words.all] : []),
      matrix.rows.indices
    ) { row in
      [matrix.rows[row].name] + matrix.rows[row].counts.map { String($0) }
        + (hasTotals ? [String(matrix.totals[row])] : [])
    }
  }

  private static func table<Rows: Collection>(
    _ headings: [String], _ rows: Rows, _ cells: (Rows.Element) -> [String]
  ) -> String {
    let text = MarkdownTable.text(headings: headings, rows: rows.map { cells($0).map { [$0] } })
    return String(text.dropLast())
  }

  private static func block(_ quote: StudyReport.Quote) -> String {
    let lines = quote.words.split(omittingEmptySubsequences: false) { $0.isNewline }
      .map { MarkdownTable.line($0) }
    // A backslash before a line's end keeps it (CommonMark 0.31, section 6.7).
    let kept = lines.enumerated().map { index, line in
      let isLast = index + 1 == lines.count || lines[index + 1].isEmpty
      return line.isEmpty || isLast ? line : line + "\\"
    }
    let attribution =
      quote.attribution.isEmpty ? [] : ["", "— " + MarkdownTable.line(quote.attribution)]
    return (kept + attribution).map { $0.isEmpty ? ">" : "> " + $0 }.joined(separator: "\n")
  }
}
