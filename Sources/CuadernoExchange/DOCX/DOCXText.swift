/// Writes paragraphs and tables of a Word document.
///
/// Other people's words become text alone: controls and what turns the direction of the words after it are
/// left out, as in every report, and what has a meaning in XML is escaped by libxml2.
struct DOCXText {
  let xml: XMLWriting
  /// The ids of styles.
  let styles: [DOCXStyle: String]
  private var bookmarks = 0
  private var tables = 0

  init(_ xml: XMLWriting, _ styles: [DOCXStyle: String]) {
    self.xml = xml
    self.styles = styles
  }

  static func shown(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: HTMLText.isLeftOut) else { return text }
    var scalars = text.unicodeScalars
    scalars.removeAll(where: HTMLText.isLeftOut)
    return String(scalars)
  }

  // MARK: - Paragraphs

  /// A paragraph of a style, with what a body writes into it.
  func paragraph(
    _ style: DOCXStyle, keepNext: Bool = false, indent: Int = 0, isRight: Bool = false,
    _ body: () throws -> Void
  ) throws {
    try xml.open("w:p")
    try xml.open("w:pPr")
    if let id = styles[style] { try xml.element("w:pStyle", [("w:val", id)]) }
    if keepNext { try xml.element("w:keepNext") }
    if indent > 0 { try xml.element("w:ind", [("w:left", String(indent))]) }
    if isRight { try xml.element("w:jc", [("w:val", "right")]) }
    try xml.close()
    try body()
    try xml.close()
  }

  func paragraph(_ style: DOCXStyle, _ text: String, keepNext: Bool = false) throws {
    try paragraph(style, keepNext: keepNext) { try run(text) }
  }

  struct Ink {
    var isBold = false
    var isItalic = false
    /// Six hexadecimal digits.
    var colour: String?
  }

  /// Words, in which a line end and a tab are what they are.
  func run(_ text: String, _ ink: Ink = Ink()) throws {
    try xml.open("w:r")
    if ink.isBold || ink.isItalic || ink.colour != nil {
      try xml.open("w:rPr")
      if ink.isBold { try xml.element("w:b") }
      if ink.isItalic { try xml.element("w:i") }
      if let colour = ink.colour { try xml.element("w:color", [("w:val", colour)]) }
      try xml.close()
    }
    var piece = String.UnicodeScalarView()
    func end() throws {
      guard !piece.isEmpty else { return }
      try xml.element("w:t", [("xml:space", "preserve")], String(piece))
      piece.removeAll()
    }
    for scalar in Self.shown(text).unicodeScalars {
      switch scalar {
      case "\n":
        try end()
        try xml.element("w:br")
      case "\t":
        try end()
        try xml.element("w:tab")
      default: piece.append(scalar)
      }
    }
    try end()
    try xml.close()
  }

  // MARK: - Headings and fields

  static func bookmark(_ number: Int) -> String { "_Toc\(1_000_000 + number)" }

  mutating func heading(_ style: DOCXStyle, _ text: String) throws {
    bookmarks += 1
    let number = bookmarks
    try paragraph(style) {
      try xml.element(
        "w:bookmarkStart", [("w:id", String(number)), ("w:name", Self.bookmark(number))])
      try run(text)
      try xml.element("w:bookmarkEnd", [("w:id", String(number))])
    }
  }

  /// A field whose result is there already.
  func field(_ instruction: String, result: String) throws {
    try xml.open("w:fldSimple", [("w:instr", " \(instruction) ")])
    try run(result)
    try xml.close()
  }

  /// A caption with a number that Word counts.
  mutating func caption(_ word: String, _ text: String) throws {
    tables += 1
    let number = tables
    try paragraph(.caption, keepNext: true) {
      try run("\(word) ")
      try field("SEQ \(word) \\* ARABIC", result: String(number))
      try run(". \(text)")
    }
  }

  // MARK: - Tables

  struct Column {
    var heading: String
    /// Its part of the width, beside the others'.
    var share: Int
    var isNumber: Bool
  }

  struct Cell {
    var text: String
    /// In twentieths of a point.
    var indent = 0
    /// Below, in a smaller voice.
    var note: String?
    /// Of the ground, in six hexadecimal digits.
    var ground: String?
    var isLight = false

    init(_ text: String) { self.text = text }
    init(_ number: Int) { text = String(number) }
  }

  /// - Parameter width: of the whole, in twentieths of a point.
  func table(_ columns: [Column], _ rows: [[Cell]], width: Int) throws {
    let whole = max(1, columns.reduce(0) { $0 + $1.share })
    let widths = columns.map { max(1, width * $0.share / whole) }
    try xml.open("w:tbl")
    try xml.open("w:tblPr")
    if let id = styles[.table] { try xml.element("w:tblStyle", [("w:val", id)]) }
    try xml.element("w:tblW", [("w:w", "5000"), ("w:type", "pct")])
    try xml.element("w:tblLook", [("w:val", "0020"), ("w:firstRow", "1")])
    try xml.close()
    try xml.open("w:tblGrid")
    for width in widths { try xml.element("w:gridCol", [("w:w", String(width))]) }
    try xml.close()
    try row(
      columns.map { Cell($0.heading) }, columns, widths, isHeading: true)
    for cells in rows { try row(cells, columns, widths, isHeading: false) }
    try xml.close()
    // Two tables without anything between them would be one.
    try paragraph(.normal) {}
  }

  private func row(
    _ cells: [Cell], _ columns: [Column], _ widths: [Int], isHeading: Bool
  ) throws {
    try xml.open("w:tr")
    try xml.open("w:trPr")
    try xml.element("w:cantSplit")
    if isHeading { try xml.element("w:tblHeader") }
    try xml.close()
    for (index, cell) in cells.enumerated() where index < columns.count {
      try xml.open("w:tc")
      try xml.open("w:tcPr")
      try xml.element("w:tcW", [("w:w", String(widths[index])), ("w:type", "dxa")])
      if let ground = cell.ground {
        try xml.element(
          "w:shd", [("w:val", "clear"), ("w:color", "auto"), ("w:fill", ground)])
      }
      try xml.close()
      try paragraph(.tableText, indent: cell.indent, isRight: columns[index].isNumber) {
        try run(cell.text, Ink(isBold: isHeading, colour: cell.isLight ? "FFFFFF" : nil))
      }
      if let note = cell.note, !note.isEmpty {
        try paragraph(.tableText, indent: cell.indent) {
          try run(note, Ink(isItalic: true, colour: "595959"))
        }
      }
      try xml.close()
    }
    try xml.close()
  }
}
