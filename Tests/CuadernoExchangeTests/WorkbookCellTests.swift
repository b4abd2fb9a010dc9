import CuadernoModel
import CuadernoNotebook
import CuadernoTestSupport
import Testing

@testable import CuadernoExchange

/// What becomes of one cell in a workbook.
@Suite struct WorkbookCellTests {
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    try folder.write([], to: "out.xlsx")
  }

  /// A workbook of one sheet, with a row for each list of cells.
  @discardableResult
  private func write(
    _ rows: [[TableCell]], columns: Int = 3, rowsMax: Int = WorkbookLimits.rows
  ) throws -> (workbook: ReadWorkbook, report: WorkbookReport) {
    let writer = try WorkbookWriter(
      folder.file("out.xlsx"), title: "Huallaga", milliseconds: TestNotebook.exportMilliseconds,
      words: WorkbookWords(.english), rowsMax: rowsMax)
    try writer.sheet("table", (0..<columns).map { TableColumn("c\($0)", isWord: false) }) { write in
      for row in rows { try write(row) }
    }
    try writer.close()
    try WorkbookCheck.check(folder.file("out.xlsx"), writer.written)
    return (try ReadWorkbook(folder.file("out.xlsx")), writer.report)
  }

  @Test(arguments: [
    "=1+1", "=HYPERLINK(\"http://x\",\"y\")", "+1", "-1", "@SUM(A1)", "\tx", "=\u{301}x",
    "\u{FF1D}1",
    "{=1}", "'=1", "http://example.org", "0042", "1e5", "TRUE",
  ])
  func `words are words, whatever a spreadsheet would make of them`(text: String) throws {
    let sheet = try #require(try write([[.text(text)]]).workbook.sheets["table"])
    #expect(sheet.cells["A2"]?.type == "inlineStr")
    #expect(sheet.cells["A2"]?.value.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
    #expect(sheet.formulas == 0)
  }

  @Test(arguments: [
    "a\u{0}b", "a\u{1}\u{1F}b", "\r\n", "a\u{FFFE}\u{FFFF}", "_x0041_", "_x005F_", "x_x00_",
    "\u{7F}",
    "<c r=\"A1\">&amp;</c>]]>", " a ", "\n", "👩🏽‍🌾 ñandú", "שלום \u{202E}abc", "e\u{301}", "𝔸",
    "\u{85}\u{2028}",
  ])
  func `every character comes back as it was`(text: String) throws {
    let sheet = try #require(try write([[.text(text), .integer(7)]]).workbook.sheets["table"])
    #expect(sheet.cells["A2"]?.value.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
    #expect(sheet.cells["B2"]?.value == "7")
  }

  private func date(_ text: String) throws -> TableCell {
    .date(try PartialDate(text, isKnownZone: { _ in true }))
  }

  @Test func `a day is a date, and a time shows its zone`() throws {
    let (workbook, report) = try write([
      [
        try date("2017-05-12"), try date("2017-05-12T09:30 America/Lima"),
        try date("2017-05-12T09:30:15-05:00"),
      ]
    ])
    let sheet = try #require(workbook.sheets["table"])
    #expect(sheet.cells["A2"] == .init(type: "n", value: "42867", format: "yyyy-mm-dd"))
    #expect(sheet.cells["B2"]?.format == #"yyyy-mm-dd hh:mm "America/Lima""#)
    // 9:30 is 19 forty-eighths of a day.
    let time = try #require(sheet.cells["B2"].flatMap { Double($0.value) })
    #expect(abs(time - 42867 - 19.0 / 48) < 1e-9)
    #expect(sheet.cells["C2"]?.format == #"yyyy-mm-dd hh:mm:ss "-05:00""#)
    #expect(report.datesAsText == 0)
  }

  @Test(arguments: ["2017", "2017-05", "1899-12-31", "1900-02-28"])
  func `what is no day of Excel's is written as it is known`(text: String) throws {
    let (workbook, report) = try write([[try date(text)]])
    #expect(
      workbook.sheets["table"]?.cells["A2"] == .init(type: "inlineStr", value: text, format: nil))
    #expect(report.datesAsText == 1)
  }

  @Test func `an attribute is what its definition says, where it is that`() throws {
    let (workbook, _) = try write([
      [.value("42", .integer), .value("-3.5", .number), .value("true", .boolean)],
      [.value("muchos", .integer), .value("2017-05-12", .date), .value("=1", .text)],
      [.value("12345678901234567", .integer), .value("0x1F", .number), .value("sí", .boolean)],
      [.value("inf", .number), .value("nan", .number), .value("1e999", .number)],
    ])
    let cells = try #require(workbook.sheets["table"]).cells
    #expect(cells["A2"] == .init(type: "n", value: "42", format: nil))
    #expect(cells["B2"] == .init(type: "n", value: "-3.5", format: nil))
    #expect(cells["C2"] == .init(type: "b", value: "1", format: nil))
    #expect(cells["B3"] == .init(type: "n", value: "42867", format: "yyyy-mm-dd"))
    for place in ["A3", "C3", "A4", "B4", "C4", "A5", "B5", "C5"] {
      #expect(cells[place]?.type == "inlineStr", "\(place)")
    }
    #expect(cells["A4"]?.value == "12345678901234567")
  }

  @Test func `a text of a mebibyte stands whole on a sheet of its own`() throws {
    let line = "=No vino nadie 👩🏽‍🌾 _x0041_. "
    let text = String(repeating: line, count: (1 << 20) / line.utf8.count)
    let (workbook, report) = try write([[.text("a"), .text(text)], [.text("b")]])

    #expect(report.longTexts == 1)
    #expect(workbook.names == ["table", "long texts"])
    let cell = try #require(workbook.sheets["table"]?.cells["B2"]).value
    #expect(cell.hasSuffix(" […] [continues on the sheet “long texts”, row 2]"))
    #expect(cell.utf16.count <= WorkbookText.cellMax)
    #expect(workbook.sheets["table"]?.cells["A3"]?.value == "b")
    let long = try #require(workbook.sheets["long texts"])
    var whole = ""
    for row in 2...long.rows {
      #expect(long.row(row, columns: 3) == ["table", "B2", "\(row - 1)"])
      whole += long.cells["D\(row)"]?.value ?? ""
    }
    #expect(whole.unicodeScalars.elementsEqual(text.unicodeScalars))
  }

  @Test func `a heading that is too long goes the same way`() throws {
    let name = String(repeating: "ñ", count: 40_000)
    let writer = try WorkbookWriter(
      folder.file("out.xlsx"), title: "", milliseconds: 0, words: WorkbookWords(.spanish))
    try writer.sheet("t", [TableColumn(name, isWord: false)]) { try $0([.integer(1)]) }
    try writer.close()
    try WorkbookCheck.check(folder.file("out.xlsx"), writer.written)
    let workbook = try ReadWorkbook(folder.file("out.xlsx"))
    let long = try #require(workbook.sheets["textos largos"])
    #expect((long.cells["D2"]?.value ?? "") + (long.cells["D3"]?.value ?? "") == name)
    #expect(long.cells["B2"]?.value == "A1")
  }

  @Test func `rows that do not fit go on on another sheet`() throws {
    let (workbook, report) = try write((1...7).map { [.integer($0)] }, rowsMax: 4)
    #expect(workbook.names == ["table", "table (2)", "table (3)"])
    #expect(report.furtherSheets == 2)
    let numbers = workbook.names.flatMap { name -> [String] in
      let sheet = workbook.sheets[name]
      return (2...4).compactMap { sheet?.cells["A\($0)"]?.value }
    }
    #expect(numbers == ["1", "2", "3", "4", "5", "6", "7"])
    #expect(workbook.sheets["table (3)"]?.filter == "A1:C2")
  }

  @Test func `more columns than a sheet has are refused, with the number`() {
    let said = words { try write([], columns: 16_385) }
    #expect(
      said
        == "a sheet would have 16385 columns; Excel's limit is 16384. Take a part of the study, or "
        + "`cuaderno export matrix`, which has no such limit")
  }

  @Test(arguments: [
    ("a/b:c[d]*?\\", "a b c d    "), ("'x'", "x"), ("", "sheet"), ("''", "sheet"),
    (String(repeating: "ñ", count: 40), String(repeating: "ñ", count: 31)),
    (String(repeating: "𝔸", count: 40), String(repeating: "𝔸", count: 15)),
  ])
  func `a sheet's name is one that Excel takes`(wanted: String, name: String) {
    #expect(WorkbookText.sheetName(wanted, among: []) == name)
  }

  @Test func `two sheets never have one name, in any case`() {
    #expect(WorkbookText.sheetName("Temas", among: ["temas", "temas (2)"]) == "Temas (3)")
    let long = String(repeating: "x", count: 31)
    #expect(WorkbookText.sheetName(long, among: [long]).utf16.count == 31)
  }

  @Test func `pieces make the text again and each fits, whatever it is`() throws {
    for seed in Seeds.upTo(200) {
      var random = SplitMix64(seed: seed)
      let alphabet: [Unicode.Scalar] = [
        "a", " ", "\n", "_", "x", "0", "𝔸", "ñ", "\u{1}", "\u{301}",
      ]
      let count = Int(random.next() % 300)
      var scalars = String.UnicodeScalarView()
      for _ in 0..<count { scalars.append(alphabet[Int(random.next() % UInt64(alphabet.count))]) }
      let text = String(scalars)
      let pieces = WorkbookText.pieces(text, limit: 20)
      #expect(
        pieces.flatMap { Array($0.unicodeScalars) } == Array(scalars),
        Comment(rawValue: Seeds.replay(seed)))
      for piece in pieces {
        #expect(
          WorkbookText.escaped(piece).utf16.count <= 20, Comment(rawValue: Seeds.replay(seed)))
      }
    }
  }

  @Test func `a workbook that lacks something does not pass`() throws {
    try write([[.text("uno"), .integer(2)], [.text("tres")]])
    let path = folder.file("out.xlsx")
    #expect(throws: WorkbookFault.notAsWritten) {
      try WorkbookCheck.check(path, [(rows: 3, cells: 7)])
    }
    #expect(throws: WorkbookFault.notAsWritten) {
      try WorkbookCheck.check(path, [(rows: 4, cells: 6)])
    }
    #expect(throws: WorkbookFault.notAsWritten) { try WorkbookCheck.check(path, []) }
    try WorkbookCheck.check(path, [(rows: 3, cells: 6)])
    var bytes = try folder.bytes(of: "out.xlsx")
    // Somewhere in the first packed part.
    bytes[200] ^= 0x40
    try folder.write(bytes, to: "out.xlsx")
    #expect(throws: WorkbookFault.notAsWritten) {
      try WorkbookCheck.check(path, [(rows: 3, cells: 6)])
    }
    try folder.write(Array(bytes.prefix(bytes.count / 2)), to: "out.xlsx")
    #expect(throws: WorkbookFault.notAsWritten) {
      try WorkbookCheck.check(path, [(rows: 3, cells: 6)])
    }
  }

  @Test func `a folder that is not there is said so`() {
    #expect(
      words {
        let writer = try WorkbookWriter(
          folder.file("no/where/out.xlsx"), title: "", milliseconds: 0,
          words: WorkbookWords(.english))
        try writer.sheet("t", [TableColumn("a")]) { try $0([.integer(1)]) }
        try writer.close()
      }.hasPrefix("the workbook could not be written (libxlsxwriter's error "))
  }
}
