/// The text of a report as Word keeps it.
struct DOCXBody {
  private let report: StudyReport
  private let words: ReportWords
  private let page: DOCXPage
  private var text: DOCXText

  /// A table of more columns than these is told in several: a line of them does not fit on a page, and Word
  /// takes no more than 63.
  static let columnsMax = 10

  init(
    _ report: StudyReport, _ page: DOCXPage, _ styles: [DOCXStyle: String], _ xml: XMLWriting
  ) {
    self.report = report
    self.page = page
    words = ReportWords(report.language)
    text = DOCXText(xml, styles)
  }

  // MARK: - Headings

  struct Heading: Hashable {
    /// From 1.
    var level: Int
    var text: String
    /// The number of the theme whose quotes follow.
    var theme: Int?
  }

  /// The headings of the parts that are there, in their order.
  private enum Section: CaseIterable {
    case codeBook, matrix, together, overTime, places, quotes
  }

  private static func has(_ section: Section, _ report: StudyReport) -> Bool {
    switch section {
    case .codeBook, .quotes: true
    case .matrix: !report.matrix.rows.isEmpty
    case .together: !report.pairs.isEmpty
    case .overTime: !report.years.isEmpty
    case .places: !report.places.isEmpty
    }
  }

  private func name(_ section: Section) -> String {
    switch section {
    case .codeBook: words.codeBook
    case .matrix: words.matrix
    case .together: words.together
    case .overTime: words.overTime
    case .places: words.places
    case .quotes: words.quotes
    }
  }

  private var sections: [Section] {
    Section.allCases.filter { Self.has($0, report) }
  }

  private var headings: [Heading] {
    sections.map { Heading(level: 1, text: name($0)) } + Self.themeHeadings(report.themes)
  }

  /// Of themes with something to quote: those at the top of the code book at the second level, and all
  /// below them at the third with the way down to them, whatever their depth.
  static func themeHeadings(_ themes: [StudyReport.Theme]) -> [Heading] {
    var headings = [Heading]()
    var steps = [String]()
    var isTopWritten = false
    var top = 0
    for (number, theme) in themes.enumerated() {
      steps = Array(steps.prefix(max(0, theme.depth))) + [theme.name]
      if steps.count == 1 { (top, isTopWritten) = (number, false) }
      guard !theme.quotes.isEmpty || theme.unquoted > 0 else { continue }
      if !isTopWritten {
        headings.append(
          Heading(level: 2, text: steps[0], theme: top == number ? number : nil))
        isTopWritten = true
      }
      if steps.count > 1 {
        headings.append(
          Heading(
            level: 3, text: steps.dropFirst().joined(separator: " > "), theme: number))
      }
    }
    return headings
  }

  // MARK: - Writing

  /// - Parameter margins: the headers and footers, by the ids of their links.
  mutating func write(margins: [(margin: DOCXTemplate.Margin, link: String)]) throws {
    let xml = text.xml
    try xml.open(
      "w:document",
      [("xmlns:w", DOCXNamespace.word), ("xmlns:r", DOCXNamespace.relationships)])
    try xml.open("w:body")
    try text.paragraph(.title, report.title)
    try text.paragraph(.subtitle, words.extent(report))
    for sentence in report.scope { try text.paragraph(.normal, sentence) }
    try contents()
    for section in sections {
      try text.heading(.heading1, name(section))
      switch section {
      case .codeBook: try codeBook()
      case .matrix: try matrix()
      case .together: try together()
      case .overTime: try overTime()
      case .places: try places()
      case .quotes: try quotes()
      }
    }
    try DOCXSection.write(page, margins, to: xml)
    try xml.close()
    try xml.close()
  }

  /// A table of contents that is whole already, and gets its page numbers when Word counts them: that is
  /// when the document is opened there, or with F9.
  private func contents() throws {
    let xml = text.xml
    try text.paragraph(.contentsHeading, words.contents)
    let headings = headings
    for (index, heading) in headings.enumerated() {
      let style: DOCXStyle =
        heading.level == 1 ? .contents1 : heading.level == 2 ? .contents2 : .contents3
      try text.paragraph(style) {
        if index == 0 {
          try xml.open("w:r")
          try xml.element("w:fldChar", [("w:fldCharType", "begin"), ("w:dirty", "true")])
          try xml.close()
          try xml.open("w:r")
          try xml.element(
            "w:instrText", [("xml:space", "preserve")], " TOC \\o \"1-3\" \\h \\z \\u ")
          try xml.close()
          try character("separate")
        }
        try xml.open(
          "w:hyperlink", [("w:anchor", DOCXText.bookmark(index + 1)), ("w:history", "1")])
        try text.run(heading.text)
        try xml.close()
        if index == headings.count - 1 { try character("end") }
      }
    }
  }

  private func character(_ type: String) throws {
    try text.xml.open("w:r")
    try text.xml.element("w:fldChar", [("w:fldCharType", type)])
    try text.xml.close()
  }

  // MARK: - Parts

  private mutating func table(
    _ caption: String, _ columns: [DOCXText.Column], _ rows: [[DOCXText.Cell]]
  ) throws {
    try text.caption(words.table, caption)
    try text.table(columns, rows, width: page.textWidth)
  }

  private static func capitalised(_ word: String) -> String {
    word.prefix(1).uppercased() + word.dropFirst()
  }

  private func number(_ heading: String) -> DOCXText.Column {
    DOCXText.Column(heading: Self.capitalised(heading), share: 8, isNumber: true)
  }

  private func wide(_ heading: String) -> DOCXText.Column {
    DOCXText.Column(heading: heading, share: 20, isNumber: false)
  }

  private mutating func codeBook() throws {
    let rows = report.themes.map { theme -> [DOCXText.Cell] in
      var name = DOCXText.Cell(theme.name)
      name.indent = 200 * min(max(0, theme.depth), 12)
      name.note = theme.definition
      return [name, .init(theme.codings), .init(theme.codingsBelow), .init(theme.texts)]
    }
    try table(
      words.codeBook,
      [wide(words.theme), number(words.codings), number(words.withBelow), number(words.texts)],
      rows)
  }

  /// The darker the more often, as on the page in HTML.
  private mutating func matrix() throws {
    let matrix = report.matrix
    let most = Double(max(1, matrix.rows.flatMap(\.counts).max() ?? 1))
    for start in stride(from: 0, to: max(1, matrix.columns.count), by: Self.columnsMax) {
      let range = start..<min(start + Self.columnsMax, matrix.columns.count)
      let columns = matrix.columns[range].map {
        DOCXText.Column(heading: $0, share: 8, isNumber: true)
      }
      let rows = matrix.rows.map { row in
        [DOCXText.Cell(row.name)]
          + row.counts[range.clamped(to: 0..<row.counts.count)].map { count in
            let share = (Double(count) / most).squareRoot()
            var cell = DOCXText.Cell(count)
            cell.ground = HeatColour.hexadecimal(share)
            cell.isLight = HeatColour.isDark(share)
            return cell
          }
      }
      try table(words.matrix, [wide(words.theme)] + columns, rows)
    }
  }

  private mutating func together() throws {
    if let rest = words.furtherPairs(report) { try text.paragraph(.normal, rest) }
    try table(
      words.together, [wide(words.theme), wide(words.with), number(words.times)],
      report.pairs.map { [.init($0.first), .init($0.second), .init($0.count)] })
  }

  private mutating func overTime() throws {
    try table(
      words.overTime, [wide(words.year), number(words.texts), number(words.codings)],
      report.years.map { [.init(String($0.year)), .init($0.texts), .init($0.codings)] })
  }

  /// By number, and without coordinates: the names are as exact as the report's level.
  private mutating func places() throws {
    let places = report.places.sorted { ($1.codings, $0.name) < ($0.codings, $1.name) }
    try table(
      words.places, [wide(words.place), number(words.codings)],
      places.map { [.init($0.name), .init($0.codings)] })
  }

  private mutating func quotes() throws {
    for heading in Self.themeHeadings(report.themes) {
      try text.heading(heading.level == 2 ? .heading2 : .heading3, heading.text)
      guard let number = heading.theme else { continue }
      let theme = report.themes[number]
      for quote in theme.quotes {
        let isAttributed = !quote.attribution.isEmpty
        try text.paragraph(.quote, quote.words, keepNext: isAttributed)
        if isAttributed { try text.paragraph(.quoteSource, quote.attribution) }
      }
      if theme.unquoted > 0 {
        try text.paragraph(.normal, words.notQuoted(theme.unquoted))
      }
    }
  }
}
