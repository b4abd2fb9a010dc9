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
    try add(contents(report, words))
    try add(codeBook(report, words))
    if !report.matrix.rows.isEmpty { try add(matrix(report.matrix, words)) }
    if !report.pairs.isEmpty {
      try add("<h2 id=\"graph\">\(words.together)</h2>\n")
      if let rest = words.furtherPairs(report) { try add("<p class=\"rest\">\(rest)</p>\n") }
      try add(Figures.coOccurrence(report.pairs, words))
      try add(pairs(report.pairs, words))
    }
    if !report.years.isEmpty {
      try add("<h2 id=\"time\">\(words.overTime)</h2>\n\(Figures.timeline(report.years, words))")
    }
    if !report.places.isEmpty || !report.unplaced.isEmpty {
      try add("<h2 id=\"map\">\(words.places)</h2>\n\(Figures.map(report.places, words))")
    }
    if !report.unplaced.isEmpty {
      try add(
        "<p class=\"rest\">\(words.unplaced): \(report.unplaced.joined(separator: ", ")).</p>\n")
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
    \(report.scope.map { line -> HTMLText in "<p class=\"scope\">\(line)</p>\n" })
    """
  }

  private static func contents(_ report: StudyReport, _ words: ReportWords) -> HTMLText {
    let parts: [(id: HTMLText, name: String, isThere: Bool)] = [
      ("codes", words.codeBook, true), ("matrix", words.matrix, !report.matrix.rows.isEmpty),
      ("graph", words.together, !report.pairs.isEmpty),
      ("time", words.overTime, !report.years.isEmpty),
      ("map", words.places, !report.places.isEmpty || !report.unplaced.isEmpty),
      ("quotes", words.quotes, true),
    ]
    let links = parts.filter(\.isThere).map { part -> HTMLText in
      "<li><a href=\"#\(part.id)\">\(part.name)</a></li>"
    }
    return "<nav aria-label=\"\(words.contents)\"><ul>\(links)</ul></nav>\n"
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
        <tr><td style="padding-left:\(0.4 + 1.2 * Double(theme.depth))em">\(swatch(theme))\
        \(name)\(definition)</td>\
        <td class="n">\(theme.codings)</td><td class="n">\(theme.codingsBelow)</td>\
        <td class="n">\(theme.texts)</td>\(percentage(theme.coverage))\
        <td><div class="bar" style="width:\(100 * Double(theme.codingsBelow) / most)%"></div></td></tr>

        """
    }
    let coverage: HTMLText =
      report.themes.contains { $0.coverage != nil } ? "<th>\(words.coverage)</th>" : ""
    return """
      <h2 id="codes">\(words.codeBook)</h2>
      <table class="codes"><thead><tr><th>\(words.theme)</th><th>\(words.codings)</th>\
      <th>\(words.withBelow)</th><th>\(words.texts)</th>\(coverage)<th></th></tr></thead><tbody>
      \(rows)</tbody></table>

      """
  }

  /// A theme's colour; nothing but six hexadecimal digits gets into the style.
  private static func swatch(_ theme: StudyReport.Theme) -> HTMLText {
    guard let colour = theme.colour, colour.utf8.count == 7, colour.utf8.first == UInt8(ascii: "#"),
      colour.utf8.dropFirst().allSatisfy({
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
          || UInt8(ascii: "a")...UInt8(ascii: "f") ~= ($0 | 0x20)
      })
    else { return "" }
    return "<span class=\"swatch\" style=\"background:\(colour)\"></span>"
  }

  private static func percentage(_ share: Double?) -> HTMLText {
    guard let share else { return "" }
    return "<td class=\"n\">\(share * 100) %</td>"
  }

  /// The darker the more often; the number stands in each cell, so that colour says nothing alone.
  private static func matrix(_ matrix: StudyReport.Matrix, _ words: ReportWords) -> HTMLText {
    let most = Double(max(1, matrix.rows.flatMap(\.counts).max() ?? 1))
    let header = matrix.columns.map { column -> HTMLText in "<th>\(column)</th>" }
    let rows = matrix.rows.enumerated().map { number, row -> HTMLText in
      let cells = row.counts.map { count -> HTMLText in
        let share = (Double(count) / most).squareRoot()
        let isDark: HTMLText = HeatColour.isDark(share) ? " dark" : ""
        return """
          <td class="heat\(isDark)" style="background:hsl(205 60% \(HeatColour.lightness(share))%)">\(count)</td>
          """
      }
      let total: HTMLText =
        number < matrix.totals.count ? "<td class=\"n\">\(matrix.totals[number])</td>" : ""
      return "<tr><th>\(row.name)</th>\(cells)\(total)</tr>\n"
    }
    let dimension: HTMLText = matrix.dimension.map { ": \($0)" } ?? ""
    let total: HTMLText = matrix.totals.isEmpty ? "" : "<th>\(words.all)</th>"
    return """
      <h2 id="matrix">\(words.matrix)\(dimension)</h2>
      <div class="wide"><table class="matrix"><thead><tr><th></th>\(header)\(total)</tr></thead><tbody>
      \(rows)</tbody></table></div>

      """
  }

  /// What the drawing shows, for who cannot see it and for paper.
  private static func pairs(_ pairs: [StudyReport.Pair], _ words: ReportWords) -> HTMLText {
    let rows = pairs.map { pair -> HTMLText in
      "<tr><td>\(pair.first)</td><td>\(pair.second)</td><td class=\"n\">\(pair.count)</td></tr>\n"
    }
    return """
      <table><thead><tr><th>\(words.theme)</th><th>\(words.with)</th><th>\(words.times)</th></tr></thead><tbody>
      \(rows)</tbody></table>

      """
  }

  private static func quotes(
    _ theme: StudyReport.Theme, _ number: Int, _ words: ReportWords
  ) -> HTMLText {
    let quotes = theme.quotes.map { quote -> HTMLText in
      let attribution: HTMLText =
        quote.attribution.isEmpty ? "" : "<footer>\(quote.attribution)</footer>"
      return "<blockquote dir=\"auto\"><p>\(quote.words)</p>\(attribution)</blockquote>\n"
    }
    let rest: HTMLText =
      theme.unquoted > 0 ? "<p class=\"rest\">\(words.notQuoted(theme.unquoted))</p>\n" : ""
    return "<h3 id=\"theme-\(number)\">\(theme.path ?? theme.name)</h3>\n\(quotes)\(rest)"
  }

  private static let style: HTMLText = """
    body { font: 16px/1.5 Georgia, serif; color: #222; background: #fff; margin: 0; }
    main { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem; }
    h1, h2, h3, table, svg { font-family: system-ui, sans-serif; }
    table { border-collapse: collapse; font-size: 0.85rem; }
    th, td { padding: 0.2rem 0.5rem; text-align: left; vertical-align: top; }
    td.n { text-align: right; white-space: nowrap; }
    thead th { border-bottom: 1px solid #888; }
    .codes { width: 100%; }
    .codes thead th:not(:first-child) { text-align: right; font-weight: normal; }
    .codes td:last-child { width: 12%; }
    .codes td:first-child { width: 55%; }
    .definition { color: #666; max-width: 40em; }
    .bar { height: 0.8em; background: #4a86b8; }
    .heat { text-align: center; min-width: 2.5em; }
    .dark { color: #fff; }
    svg { width: 100%; max-width: 52rem; font-size: 12px; }
    .map, .bars { max-width: 46rem; }
    .scope, .rest { color: #666; font-size: 0.85rem; margin: 0.2rem 0; }
    nav ul { list-style: none; padding: 0; font: 0.9rem system-ui, sans-serif; }
    nav li { display: inline-block; margin-right: 1.2rem; }
    .swatch { display: inline-block; width: 0.7em; height: 0.7em; margin-right: 0.4em; border-radius: 2px; }
    .wide { overflow-x: auto; }
    blockquote { margin: 0.8rem 0; padding-left: 1rem; border-left: 3px solid #ccc; }
    blockquote p { margin: 0; white-space: pre-line; }
    blockquote footer { color: #666; font-size: 0.85rem; }
    @page { margin: 18mm 16mm; }
    @media print {
      body { font-size: 10.5pt; }
      main { max-width: none; padding: 0; }
      nav { display: none; }
      a { color: inherit; text-decoration: none; }
      thead { display: table-header-group; }
      .wide { overflow: visible; }
      .matrix, .codes { font-size: 8.5pt; line-height: 1.35; }
      h2, h3 { break-after: avoid; }
      tr, blockquote, svg { break-inside: avoid; }
      .bar, .heat, .swatch { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    }
    """
}
