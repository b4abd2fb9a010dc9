/// Writes a report as one file that needs no other: it opens without a network and prints.
///
/// The page runs no script and asks for nothing: its policy (W3C Content Security Policy 3) forbids both,
/// should a text ever get out of its place.
package enum HTMLReport {
  package static func write(_ report: StudyReport, to sink: @escaping Sink) throws {
    let words = ReportWords(report.language)
    var output = Output(sink)
    func add(_ html: HTMLText) throws {
      try output.append { $0 += Array(html.markup.utf8) }
    }
    try add(head(report, words))
    try add(codeBook(report, words))
    if !report.matrix.rows.isEmpty { try add(matrix(report.matrix, words)) }
    if !report.pairs.isEmpty {
      try add("<h2 id=\"graph\">\(words.together)</h2>\n\(Figures.coOccurrence(report.pairs))")
    }
    if !report.years.isEmpty {
      try add("<h2 id=\"time\">\(words.overTime)</h2>\n\(Figures.timeline(report.years, words))")
    }
    if !report.places.isEmpty {
      try add("<h2 id=\"map\">\(words.places)</h2>\n\(Figures.map(report.places, words))")
    }
    try add("<h2 id=\"quotes\">\(words.quotes)</h2>\n")
    for (number, theme) in report.themes.enumerated()
    where !theme.quotes.isEmpty || theme.unquoted > 0 {
      try add(quotes(theme, number, words))
    }
    try add("</main>\n</body>\n</html>\n")
    try output.flush()
  }

  private static func head(_ report: StudyReport, _ words: ReportWords) -> HTMLText {
    """
    <!DOCTYPE html>
    <html lang="\(words.code)">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="referrer" content="no-referrer">
    <title>\(report.title)</title>
    <style>
    \(style)
    </style>
    </head>
    <body>
    <main>
    <h1>\(report.title)</h1>
    <p>\(words.extent(report))</p>

    """
  }

  private static func codeBook(_ report: StudyReport, _ words: ReportWords) -> HTMLText {
    let most = Double(max(1, report.themes.map(\.codingsBelow).max() ?? 1))
    let rows = report.themes.enumerated().map { number, theme -> HTMLText in
      let name: HTMLText =
        theme.quotes.isEmpty && theme.unquoted == 0
        ? "\(theme.name)" : "<a href=\"#theme-\(number)\">\(theme.name)</a>"
      let definition: HTMLText =
        theme.definition.map { "<div class=\"definition\">\($0)</div>" } ?? ""
      return """
        <tr><td style="padding-left:\(0.4 + 1.2 * Double(theme.depth))em">\(name)\(definition)</td>\
        <td class="n">\(theme.codings)</td><td class="n">\(theme.codingsBelow)</td>\
        <td class="n">\(theme.texts)</td>\
        <td><div class="bar" style="width:\(9 * Double(theme.codingsBelow) / most)em"></div></td></tr>

        """
    }
    return """
      <h2 id="codes">\(words.codeBook)</h2>
      <table class="codes"><thead><tr><th>\(words.theme)</th><th>\(words.codings)</th>\
      <th>\(words.withBelow)</th><th>\(words.texts)</th><th></th></tr></thead><tbody>
      \(rows)</tbody></table>

      """
  }

  /// The darker the more often; the number stands in each cell, so that colour says nothing alone.
  private static func matrix(_ matrix: StudyReport.Matrix, _ words: ReportWords) -> HTMLText {
    let most = Double(max(1, matrix.rows.flatMap(\.counts).max() ?? 1))
    let header = matrix.columns.map { column -> HTMLText in "<th>\(column)</th>" }
    let rows = matrix.rows.map { row -> HTMLText in
      let cells = row.counts.map { count -> HTMLText in
        let share = (Double(count) / most).squareRoot()
        let isDark: HTMLText = HeatColour.isDark(share) ? " dark" : ""
        return """
          <td class="heat\(isDark)" style="background:hsl(205 60% \(HeatColour.lightness(share))%)">\(count)</td>
          """
      }
      return "<tr><th>\(row.name)</th>\(cells)</tr>\n"
    }
    return """
      <h2 id="matrix">\(words.matrix)</h2>
      <table class="matrix"><thead><tr><th></th>\(header)</tr></thead><tbody>
      \(rows)</tbody></table>

      """
  }

  private static func quotes(
    _ theme: StudyReport.Theme, _ number: Int, _ words: ReportWords
  ) -> HTMLText {
    let quotes = theme.quotes.map { quote -> HTMLText in
      let attribution: HTMLText =
        quote.attribution.isEmpty ? "" : "<footer>\(quote.attribution)</footer>"
      return "<blockquote><p>\(quote.words)</p>\(attribution)</blockquote>\n"
    }
    let rest: HTMLText =
      theme.unquoted > 0 ? "<p class=\"rest\">\(theme.unquoted) \(words.notQuoted)</p>\n" : ""
    return "<h3 id=\"theme-\(number)\">\(theme.name)</h3>\n\(quotes)\(rest)"
  }

  private static let style: HTMLText = """
    body { font: 16px/1.5 Georgia, serif; color: #222; background: #fff; margin: 0; }
    main { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem; }
    h1, h2, h3, table, svg { font-family: system-ui, sans-serif; }
    table { border-collapse: collapse; font-size: 0.85rem; }
    th, td { padding: 0.2rem 0.5rem; text-align: left; vertical-align: top; }
    td.n { text-align: right; }
    thead th { border-bottom: 1px solid #888; }
    .definition { color: #666; max-width: 34em; }
    .bar { height: 0.8em; background: #4a86b8; }
    .heat { text-align: center; min-width: 2.5em; }
    .dark { color: #fff; }
    svg { width: 100%; max-width: 55rem; font-size: 12px; }
    blockquote { margin: 0.8rem 0; padding-left: 1rem; border-left: 3px solid #ccc; }
    blockquote p { margin: 0; white-space: pre-line; }
    blockquote footer, .rest { color: #666; font-size: 0.85rem; }
    @media print {
      main { max-width: none; padding: 0; }
      h2, h3 { break-after: avoid; }
      tr, blockquote, svg { break-inside: avoid; }
      .bar, .heat { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    }
    """
}
