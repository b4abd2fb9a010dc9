import Testing

@testable import CuadernoExchange

@Suite struct CSVWriterTests {
  private func written(
    _ options: CSVWriter.Options = .init(), _ rows: [[CSVWriter.Cell]]
  ) throws -> [UInt8] {
    let gathered = Gathered()
    var writer = try CSVWriter(options, to: { gathered.add($0) })
    for row in rows { try writer.row(row) }
    try writer.finish()
    return Array(gathered.text.utf8)
  }

  private func text(
    _ options: CSVWriter.Options = .init(), _ rows: [[CSVWriter.Cell]]
  ) throws -> String {
    String(decoding: try written(options, rows), as: UTF8.self)
  }

  @Test func `rows end with CRLF, as in RFC 4180, unless LF is asked for`() throws {
    let rows: [[CSVWriter.Cell]] = [[.text("a"), .text("b")], [.text("1"), .empty]]
    #expect(try text(rows) == "a,b\r\n1,\r\n")
    #expect(try text(.init(lineEnd: .lf), rows) == "a,b\n1,\n")
  }

  private func text(_ rows: [[CSVWriter.Cell]]) throws -> String { try text(.init(), rows) }

  @Test func `a cell is quoted when it holds a quote, a delimiter or a line break`() throws {
    let cells: [CSVWriter.Cell] = [
      .text("dijo \"no\""), .text("a,b"), .text("a;b"), .text("x\ty"), .text("uno\ndos"),
      .text("llano"),
    ]
    #expect(
      try text([cells])
        == "\"dijo \"\"no\"\"\",\"a,b\",\"a;b\",\"x\ty\",\"uno\ndos\",llano\r\n")
  }

  @Test func `the mark that Excel looks for comes first, once`() throws {
    let bytes = try written(.init(hasByteOrderMark: true), [[.text("ñ")], [.text("ñ")]])
    #expect(bytes == [0xEF, 0xBB, 0xBF, 0xC3, 0xB1, 0x0D, 0x0A, 0xC3, 0xB1, 0x0D, 0x0A])
  }

  @Test func `text is guarded against formulas and numbers of our own are not`() throws {
    #expect(
      try text([[.text("-8.62"), .number(-8.62), .integer(-1), .text("=1,2")]])
        == "'-8.62,-8.62,-1,\"'=1,2\"\r\n")
  }

  @Test(
    arguments: [
      (-8.62, "-8.62"), (90_000, "90000"), (0, "0"), (1.0 / 3, "0.3333333333333333"),
      (-0.0, "0"), (1e-7, "1e-07"), (1e300, "1e+300"),
    ] as [(Double, String)])
  func `a number has a point, no grouping and the fewest digits`(
    number: Double, expected: String
  ) throws {
    #expect(try text([[.number(number)]]) == expected + "\r\n")
    #expect(Double(expected) == number)
  }

  @Test func `a row of one empty cell is no empty line`() throws {
    #expect(try text([[.text("")], [.empty]]) == "\"\"\r\n\"\"\r\n")
  }

  @Test func `a large table leaves in pieces`() throws {
    var pieces = 0
    var bytes = 0
    let gathered = Gathered()
    var writer = try CSVWriter(to: { gathered.add([UInt8(clamping: $0.count >> 12)]) })
    for _ in 0..<20_000 { try writer.row([.text("cincuenta letras más o menos en cada fila")]) }
    try writer.finish()
    for piece in gathered.text.utf8 {
      pieces += 1
      bytes = max(bytes, Int(piece) << 12)
    }
    #expect(pieces > 10)
    #expect(bytes <= 1 << 17)
  }
}
