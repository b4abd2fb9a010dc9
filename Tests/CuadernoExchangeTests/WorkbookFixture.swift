import CuadernoModel
import CuadernoNotebook
import CuadernoTestSupport

@testable import CuadernoExchange

/// A workbook as another program reads it: sheets by name, cells by their place.
struct ReadWorkbook {
  struct Cell: Equatable {
    /// `inlineStr`, `b`, or `n` for a number.
    var type: String
    var value: String
    /// What the number is shown as; nil for one that has no format of its own.
    var format: String?
  }

  struct Sheet {
    var cells: [String: Cell] = [:]
    var frozen: String?
    var filter: String?
    var formulas = 0
    var rows = 0

    /// The texts of a row, counted from 1, column by column.
    func row(_ number: Int, columns: Int) -> [String] {
      (0..<columns).map { cells["\(WorkbookText.column($0))\(number)"]?.value ?? "" }
    }
  }

  private(set) var names: [String] = []
  private(set) var sheets: [String: Sheet] = [:]

  init(_ path: String) throws {
    let archive = try ArchiveReading(path, isOurs: true)
    func root(_ name: String) throws -> XMLNode {
      guard let entry = archive.entry(name) else { throw WorkbookFault.notAsWritten }
      var bytes: [UInt8]? = try archive.bytes(of: entry, atMost: 1 << 30)
      return try XMLReading.root(
        {
          defer { bytes = nil }
          return bytes
        }, in: { .inEntry(0, .line($0)) })
    }
    let styles = try root("xl/styles.xml")
    let codes = Dictionary(
      (styles.child("numfmts")?.children ?? []).map {
        ($0.attribute("numfmtid") ?? "", $0.attribute("formatcode") ?? "")
      }, uniquingKeysWith: { first, _ in first })
    let formats = (styles.child("cellxfs")?.children ?? []).map {
      codes[$0.attribute("numfmtid") ?? ""]
    }
    for (index, node) in (try root("xl/workbook.xml").child("sheets")?.children ?? []).enumerated()
    {
      let name = node.attribute("name") ?? ""
      names.append(name)
      sheets[name] = Self.sheet(try root("xl/worksheets/sheet\(index + 1).xml"), formats)
    }
  }

  private static func sheet(_ root: XMLNode, _ formats: [String?]) -> Sheet {
    var sheet = Sheet()
    let view = root.child("sheetviews")?.child("sheetview")
    sheet.frozen = view?.child("pane")?.attribute("topleftcell")
    sheet.filter = root.child("autofilter")?.attribute("ref")
    for row in root.child("sheetdata")?.children ?? [] {
      sheet.rows += 1
      for cell in row.children {
        sheet.formulas += cell.children("f").count
        let type = cell.attribute("t") ?? "n"
        let text = type == "inlineStr" ? cell.child("is")?.child("t")?.text : cell.child("v")?.text
        let style = cell.attribute("s").flatMap { Int($0) }
        sheet.cells[cell.attribute("r") ?? ""] = Cell(
          type: type, value: unescaped(text ?? ""), format: style.flatMap { formats[$0] })
      }
    }
    return sheet
  }

  /// `_xHHHH_` as Excel shows it.
  private static func unescaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var scalars = Array(text.unicodeScalars)[...]
    while let scalar = scalars.popFirst() {
      let digits = scalar == "_" ? Array(scalars.prefix(6)) : []
      if digits.count == 6, digits[0] == "x", digits[5] == "_",
        let value = UInt32(String(String.UnicodeScalarView(digits[1...4])), radix: 16),
        let shown = Unicode.Scalar(value)
      {
        result.append(shown)
        scalars.removeFirst(6)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }
}

extension TestNotebook {
  @discardableResult
  func exportWorkbook(
    _ name: String = "out.xlsx", of part: StudyPart = .everything,
    matrices: [StudyWorkbook.Matrix] = [], in language: StudyReport.Language = .english
  ) throws -> WorkbookReport {
    try folder.write([], to: name)
    return try notebook.read { reader in
      try StudyWorkbook.write(
        reader, of: part, matrices: matrices, in: language,
        milliseconds: Self.exportMilliseconds, to: folder.file(name))
    }
  }

  func workbook(_ name: String = "out.xlsx") throws -> ReadWorkbook {
    try ReadWorkbook(folder.file(name))
  }
}
