import CuadernoModel
package import CuadernoNotebook
import CuadernoSync

/// Interviews out of a table of any columns: each row is one, known by its label.
package enum InterviewTable {
  /// - Throws: ``ExchangeError`` with the line and column of what was refused.
  package static func read(
    _ bytes: [UInt8], as encoding: TextEncoding? = nil, _ mapping: ColumnMapping,
    into writer: inout Writer
  ) throws -> IntakeReport {
    let table = try CSVTable(try TextDecoding.lines(bytes, as: encoding))
    var report = IntakeReport()
    let targets = try targets(of: table, mapping, &report)
    guard targets.contains(where: { $0.contains(.field("label")) }) else {
      throw ExchangeError(.line(1), .table(.noLabel))
    }
    let hasSeveralTexts = targets.count { $0.contains(.field("text")) } > 1
    var lines = [String: Int]()
    for row in table.rows {
      var entry = InterviewEntry(at: .line(row.line))
      for (index, targets) in targets.enumerated() {
        guard let value = table.cell(row, index) else { continue }
        let place = table.place(row, index)
        for target in targets {
          switch target {
          case .nothing: continue
          case .attribute(let name):
            entry.attributes.append(
              Attribute(name: name, value: report.kept(value, at: place).kept))
          case .field(let field):
            let cleaned = report.kept(value, at: place).kept
            try entry.take(
              field, cleaned, heading: hasSeveralTexts ? table.columns[index] : nil, at: place,
              mapping)
          }
        }
      }
      guard let label = entry.label else {
        let index = targets.firstIndex { $0.contains(.field("label")) } ?? 0
        throw ExchangeError(table.place(row, index), .table(.emptyCell))
      }
      if let first = lines.updateValue(row.line, forKey: Folding.folded(label)) {
        throw ExchangeError(entry.place(of: "label"), .table(.repeatedLabel(line: first)))
      }
      let written = try entry.write(
        nil, makesNames: mapping.makesNames, &report, into: &writer)
      report.tally.count(.interview, written.outcome)
    }
    return report
  }

  private static func targets(
    of table: CSVTable, _ mapping: ColumnMapping, _ report: inout IntakeReport
  ) throws -> [[ColumnMapping.Target]] {
    let missing = mapping.missing(from: table.columns)
    guard missing.isEmpty else {
      throw ExchangeError(.line(1), .table(.missingColumns([missing[0]])))
    }
    var columnOf = [ColumnMapping.Target: Int]()
    let targets = try table.columns.enumerated().map { index, column in
      if let targets = mapping.targets(of: column) {
        if targets == [.nothing] { report.count(.skippedColumns, at: .column(index + 1)) }
        guard !targets.contains(.field("location")) else {
          throw ExchangeError(.column(index + 1), .table(.locationColumn))
        }
        return targets
      }
      switch mapping.rest {
      case .refuse: throw ExchangeError(.column(index + 1), .table(.unmappedColumn))
      case .attributes: return [.attribute(column)]
      case .skip:
        report.count(.skippedColumns, at: .column(index + 1))
        return [.nothing]
      }
    }
    for (index, targets) in targets.enumerated() {
      for case .attribute(let name) in targets {
        let first = columnOf.updateValue(index, forKey: .attribute(name))
        if let first { throw ExchangeError(.column(index + 1), .table(.sameAttribute(first + 1))) }
      }
    }
    return targets
  }
}

extension TextDecoding {
  /// Refuses what people take for a table: a zip archive, as XLSX and ODS are (APPNOTE.TXT, section 4.3.7), and
  /// a compound file, as XLS is ([MS-CFB], section 2.2).
  static func refuseSpreadsheet(_ bytes: [UInt8]) throws {
    guard bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0])
    else { return }
    throw ExchangeError(.file, .table(.spreadsheet))
  }

  /// The text of a file of lines; a byte that does not fit is told with its line, where an editor
  /// finds it.
  static func lines(_ bytes: [UInt8], as encoding: TextEncoding?) throws -> String {
    guard !bytes.isEmpty else { throw ExchangeError(.file, .bytes(.empty)) }
    try refuseSpreadsheet(bytes)
    do {
      return try text(bytes, as: encoding)
    } catch let error as ExchangeError {
      guard case .byte(let offset) = error.place, offset < bytes.count else { throw error }
      let before = bytes[..<offset]
      let line = 1 + before.count { $0 == 0x0A }
      let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
      throw ExchangeError(.lineByte(line: line, byte: offset - start + 1), error.reason)
    }
  }
}
