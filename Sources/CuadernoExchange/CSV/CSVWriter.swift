/// Writes tables as RFC 4180 has them: commas, double quotes doubled, a header row, UTF-8.
package struct CSVWriter {
  package struct Options: Sendable {
    package enum LineEnd: Sendable { case crlf, lf }

    /// CRLF is the RFC's; tools on a command line like LF better.
    package var lineEnd: LineEnd

    /// Without it Excel takes a file for the machine's old code page, and ñ becomes Ã±.
    package var hasByteOrderMark: Bool

    package init(lineEnd: LineEnd = .crlf, hasByteOrderMark: Bool = false) {
      self.lineEnd = lineEnd
      self.hasByteOrderMark = hasByteOrderMark
    }
  }

  package enum Cell: Hashable, Sendable {
    /// Somebody's words; guarded against being taken for a formula.
    case text(String)
    /// A number of this program's own, which may begin with a minus sign.
    case integer(Int)
    case number(Double)
    case empty

    package init(_ text: String?) {
      self = text.map(Cell.text) ?? .empty
    }
  }

  private var output: Output
  private let lineEnd: [UInt8]

  package init(_ options: Options = Options(), to sink: @escaping Sink) throws {
    output = Output(sink)
    lineEnd = options.lineEnd == .crlf ? [0x0D, 0x0A] : [0x0A]
    if options.hasByteOrderMark { try output.append { $0 += [0xEF, 0xBB, 0xBF] } }
  }

  package mutating func row(_ cells: [Cell]) throws {
    let lineEnd = lineEnd
    try output.append { bytes in
      for (index, cell) in cells.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        Self.append(cell, to: &bytes)
      }
      // A row of one empty cell would be an empty line, which readers pass over.
      if cells == [.empty] || cells == [.text("")] { bytes += [0x22, 0x22] }
      bytes += lineEnd
    }
  }

  package mutating func finish() throws {
    try output.flush()
  }

  private static func append(_ cell: Cell, to bytes: inout [UInt8]) {
    switch cell {
    case .empty: break
    case .integer(let number): bytes += Array(String(number).utf8)
    case .number(let number): bytes += Array(Decimal.text(number).utf8)
    case .text(let text): append(quoted: FormulaGuard.guarded(text).utf8, to: &bytes)
    }
  }

  private static func append(quoted text: String.UTF8View, to bytes: inout [UInt8]) {
    guard text.contains(where: needsQuotes) else {
      bytes.append(contentsOf: text)
      return
    }
    bytes.append(0x22)
    for byte in text {
      if byte == 0x22 { bytes.append(0x22) }
      bytes.append(byte)
    }
    bytes.append(0x22)
  }

  /// RFC 4180, section 2.6. Semicolons and tabs too: readers that guess the delimiter guess better.
  private static func needsQuotes(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x22, UInt8(ascii: ","), UInt8(ascii: ";"), 0x09, 0x0A, 0x0D: true
    default: false
    }
  }
}

/// Numbers as every program reads them: a point, no grouping, and the fewest digits that give the
/// same number back.
enum Decimal {
  static func text(_ number: Double) -> String {
    if let whole = Int64(exactly: number), abs(whole) < 1 << 53 { return String(whole) }
    return String(describing: number)
  }
}
