import CXlsxWriter
import CuadernoModel

/// Writes a workbook of Excel's with libxlsxwriter, row by row, so that its size does not count in
/// memory.
///
/// Rows lie in nameless files beside the workbook until it is packed. The same rows and the same time
/// make the same bytes.
@safe final class WorkbookWriter {
  private let workbook: UnsafeMutablePointer<lxw_workbook>
  private var isOpen = true
  private var usedNames: Set<String> = []
  /// What was written, sheet by sheet, to compare with what the file holds.
  private(set) var written: [(rows: Int, cells: Int)] = []
  private(set) var report = WorkbookReport()
  let rowsMax: Int
  private let formats: Formats
  /// For dates with a time of day, by what they look like.
  private var timeFormats = unsafe [String: UnsafeMutablePointer<lxw_format>]()
  private var longTexts: LongTexts?
  private let words: WorkbookWords

  @safe struct Formats {
    let header, top, prose, date: UnsafeMutablePointer<lxw_format>
  }

  /// - Parameters:
  ///   - path: a file that is there, and whose permissions the workbook gets.
  ///   - milliseconds: since 1970, the time to write into it.
  ///   - rowsMax: Excel's, except in tests.
  init(
    _ path: String, title: String, milliseconds: Int64, words: WorkbookWords,
    rowsMax: Int = WorkbookLimits.rows
  ) throws {
    self.words = words
    self.rowsMax = rowsMax
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
    var directory = Array((folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder).utf8CString)
    let made = unsafe directory.withUnsafeMutableBufferPointer { buffer in
      var options = unsafe lxw_workbook_options()
      unsafe options.constant_memory = 1
      // It keeps a copy.
      unsafe options.tmpdir = buffer.baseAddress
      return unsafe workbook_new_opt(path, &options)
    }
    guard let workbook = unsafe made, let header = unsafe workbook_add_format(workbook),
      let top = unsafe workbook_add_format(workbook),
      let prose = unsafe workbook_add_format(workbook),
      let date = unsafe workbook_add_format(workbook)
    else { throw WorkbookFault.cannotWrite }
    let atTop = UInt8(LXW_ALIGN_VERTICAL_TOP.rawValue)
    unsafe format_set_bold(header)
    unsafe format_set_bottom(header, UInt8(LXW_BORDER_THIN.rawValue))
    unsafe format_set_align(top, atTop)
    unsafe format_set_align(prose, atTop)
    unsafe format_set_text_wrap(prose)
    unsafe format_set_align(date, atTop)
    unsafe format_set_align(date, UInt8(LXW_ALIGN_LEFT.rawValue))
    unsafe format_set_num_format(date, "yyyy-mm-dd")
    unsafe self.workbook = workbook
    unsafe formats = Formats(header: header, top: top, prose: prose, date: date)
    try setProperties(title, milliseconds)
  }

  deinit {
    if isOpen { unsafe lxw_workbook_free(workbook) }
  }

  private func setProperties(_ title: String, _ milliseconds: Int64) throws {
    // It writes the present where the time is zero.
    let seconds = max(1, Int(milliseconds / 1_000))
    var title = Array(
      WorkbookText.pieces(WorkbookText.escaped(title), limit: 250).first?.utf8CString ?? [0])
    let code = unsafe title.withUnsafeMutableBufferPointer { buffer in
      var properties = unsafe lxw_doc_properties()
      unsafe properties.title = buffer.baseAddress
      unsafe properties.created = seconds
      return unsafe workbook_set_properties(workbook, &properties)
    }
    try Self.check(code)
  }

  // MARK: - Sheets

  /// Writes a sheet, and others after it where the rows are more than one can hold.
  func sheet(
    _ name: String, _ columns: [TableColumn], frozenColumns: Int = 1,
    _ body: ((_ row: [TableCell]) throws -> Void) throws -> Void
  ) throws {
    guard columns.count <= WorkbookLimits.columns else {
      throw WorkbookFault.tooManyColumns(columns.count)
    }
    var sheet = try begin(name, columns, frozenColumns)
    try body { cells in
      if sheet.row >= rowsMax {
        try end(sheet)
        report.furtherSheets += 1
        sheet = try begin(name, columns, frozenColumns)
      }
      try row(cells, &sheet)
    }
    try end(sheet)
  }

  @safe struct Sheet {
    let pointer: UnsafeMutablePointer<lxw_worksheet>
    let name: String
    let columns: [TableColumn]
    let index: Int
    var row = 0
  }

  private func begin(
    _ wanted: String, _ columns: [TableColumn], _ frozenColumns: Int
  ) throws -> Sheet {
    let name = WorkbookText.sheetName(wanted, among: usedNames)
    usedNames.insert(name.lowercased())
    guard let pointer = unsafe workbook_add_worksheet(workbook, name) else {
      throw WorkbookFault.cannotWrite
    }
    written.append((0, 0))
    var sheet = unsafe Sheet(
      pointer: pointer, name: name, columns: columns, index: written.count - 1)
    for (index, column) in columns.enumerated() {
      try unsafe Self.check(
        worksheet_set_column(pointer, UInt16(index), UInt16(index), column.width, nil))
    }
    unsafe worksheet_freeze_panes(pointer, 1, UInt16(frozenColumns))
    for (index, column) in columns.enumerated() {
      unsafe try text(words.heading(column), &sheet, index, formats.header)
    }
    advance(&sheet, columns.count)
    return sheet
  }

  private func end(_ sheet: Sheet) throws {
    guard !sheet.columns.isEmpty else { return }
    unsafe try Self.check(
      worksheet_autofilter(
        sheet.pointer, 0, 0, UInt32(max(0, sheet.row - 1)), UInt16(sheet.columns.count - 1)))
  }

  private func advance(_ sheet: inout Sheet, _ cells: Int) {
    sheet.row += 1
    written[sheet.index].rows += 1
  }

  // MARK: - Cells

  private func row(_ cells: [TableCell], _ sheet: inout Sheet) throws {
    for (index, cell) in cells.enumerated() { try write(cell, &sheet, index) }
    advance(&sheet, cells.count)
  }

  private func write(_ cell: TableCell, _ sheet: inout Sheet, _ column: Int) throws {
    switch cell {
    case .empty: return
    case .text(let text): try self.text(text, &sheet, column)
    case .integer(let number): try self.number(Double(number), &sheet, column)
    case .number(let number): try self.number(number, &sheet, column)
    case .date(let date): try self.date(date, &sheet, column)
    case .value(let text, let type):
      switch WorkbookValue(text, type) {
      case .number(let number): try self.number(number, &sheet, column)
      case .date(let date): try self.date(date, &sheet, column)
      case .flag(let flag):
        written[sheet.index].cells += 1
        unsafe try Self.check(
          worksheet_write_boolean(
            sheet.pointer, UInt32(sheet.row), UInt16(column), flag ? 1 : 0, formats.top))
      case .text: try self.text(text, &sheet, column)
      }
    }
  }

  private func number(_ number: Double, _ sheet: inout Sheet, _ column: Int) throws {
    guard number.isFinite else { return try text("\(number)", &sheet, column) }
    written[sheet.index].cells += 1
    unsafe try Self.check(
      worksheet_write_number(
        sheet.pointer, UInt32(sheet.row), UInt16(column), number, formats.top))
  }

  /// A day is a date of Excel's, and a time of day with it, whose zone the format shows, since Excel's
  /// dates have none. What is known less exactly is written as it is known: a year is not the first of
  /// January.
  private func date(_ date: PartialDate, _ sheet: inout Sheet, _ column: Int) throws {
    // Excel's days before March 1900 are off by one, since it takes 1900 for a leap year.
    guard let month = date.month, let day = date.day, date.firstDay >= 1900_03_01,
      let format = unsafe try format(date)
    else {
      report.datesAsText += 1
      return try text(date.description, &sheet, column)
    }
    written[sheet.index].cells += 1
    var value = lxw_datetime(
      year: Int32(date.year), month: Int32(month), day: Int32(day),
      hour: Int32(date.time?.hour ?? 0), min: Int32(date.time?.minute ?? 0),
      sec: Double(date.time?.second ?? 0))
    unsafe try Self.check(
      worksheet_write_datetime(
        sheet.pointer, UInt32(sheet.row), UInt16(column), &value, format))
  }

  private func format(_ date: PartialDate) throws -> UnsafeMutablePointer<lxw_format>? {
    guard let time = date.time else { return unsafe formats.date }
    var pattern = "yyyy-mm-dd hh:mm" + (time.second == nil ? "" : ":ss")
    if let zone = time.zone {
      let name = zone.description
      // A format has room for 127 characters, and its quotes are its own.
      guard name.utf8.count <= 60, !name.utf8.contains(UInt8(ascii: "\"")) else { return nil }
      pattern += " \"\(name)\""
    }
    if let format = unsafe timeFormats[pattern] { return unsafe format }
    guard let format = unsafe workbook_add_format(workbook) else {
      throw WorkbookFault.cannotWrite
    }
    unsafe format_set_align(format, UInt8(LXW_ALIGN_VERTICAL_TOP.rawValue))
    unsafe format_set_align(format, UInt8(LXW_ALIGN_LEFT.rawValue))
    unsafe format_set_num_format(format, pattern)
    unsafe timeFormats[pattern] = format
    return unsafe format
  }

  private func text(_ text: String, _ sheet: inout Sheet, _ column: Int) throws {
    let format = unsafe sheet.columns[column].isProse ? formats.prose : formats.top
    unsafe try self.text(text, &sheet, column, format)
  }

  private func text(
    _ text: String, _ sheet: inout Sheet, _ column: Int,
    _ format: UnsafeMutablePointer<lxw_format>
  ) throws {
    guard !text.isEmpty else { return }
    var escaped = WorkbookText.escaped(text)
    if !WorkbookText.fits(escaped) {
      escaped = WorkbookText.escaped(try beginning(of: text, sheet, column))
    }
    written[sheet.index].cells += 1
    // Always a string, whatever it begins with: what is no formula in the file is none in Excel.
    unsafe try Self.check(
      worksheet_write_string(
        sheet.pointer, UInt32(sheet.row), UInt16(column), escaped, format))
  }

  /// Puts a text that is too long for a cell on a sheet of its own, in parts, and answers its beginning
  /// with a word on where the rest is.
  private func beginning(of text: String, _ sheet: Sheet, _ column: Int) throws -> String {
    report.longTexts += 1
    if longTexts == nil {
      longTexts = LongTexts(sheet: try begin(words.longTexts, LongTexts.columns, 0))
    }
    guard var long = longTexts else { return text }
    let first = long.sheet.row + 1
    for (index, piece) in WorkbookText.pieces(text).enumerated() {
      if long.sheet.row >= rowsMax {
        try end(long.sheet)
        report.furtherSheets += 1
        long.sheet = try begin(words.longTexts, LongTexts.columns, 0)
      }
      try row(
        [
          .text(sheet.name), .text(WorkbookText.column(column) + String(sheet.row + 1)),
          .integer(index + 1), .text(piece),
        ], &long.sheet)
    }
    longTexts = long
    let ending = words.continued(longTexts?.sheet.name ?? "", first)
    let room = WorkbookText.cellMax - ending.utf16.count
    return (WorkbookText.pieces(text, limit: room, most: 1).first ?? "") + ending
  }

  private struct LongTexts {
    static let columns = [
      TableColumn("sheet", width: 20), TableColumn("cell", width: 8),
      TableColumn("part", width: 8),
      TableColumn("text", width: 80, isProse: true),
    ]
    var sheet: Sheet
  }

  // MARK: - The end

  /// Packs the workbook.
  func close() throws {
    if let longTexts { try end(longTexts.sheet) }
    isOpen = false
    unsafe try Self.check(workbook_close(workbook))
  }

  private static func check(_ code: lxw_error) throws {
    guard code == LXW_NO_ERROR else { throw WorkbookFault.library(code: Int(code.rawValue)) }
  }
}
