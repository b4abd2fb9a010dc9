import CuadernoTestSupport
import Foundation
import Testing

@testable import CuadernoExchange

@Suite struct CSVTableTests {
  private func cells(_ text: String) throws -> [[String?]] {
    let table = try CSVTable(text)
    return table.rows.map { row in table.columns.indices.map { table.cell(row, $0) } }
  }

  private func words(_ text: String) -> String {
    CuadernoExchangeTests.words { _ = try CSVTable(text) }
  }

  @Test func `a cell longer than any text is refused while it is read`() throws {
    #expect(CSVParser.cellBytesMax == 8 << 20)
    for cell in ["aaaaa", "\"aaaaa\"", "\"aaaaaaaaa"] {
      var parser = CSVParser("a,b\n\"1\",\"aaaa\"\n3,\(cell)", cellBytesMax: 4)
      _ = try parser.row()
      _ = try parser.row()
      let fault = #expect(throws: ExchangeError.self) { _ = try parser.row() }
      #expect(fault == ExchangeError(.line(3), .table(.tooLong(limit: 4 << 20))))
    }
    #expect(
      TableFault.tooLong(limit: 4 << 20).description
        == "cell is longer than 4194304 bytes, and no text may be; look for a double quote that is not closed"
    )
  }

  @Test func `quoted cells may hold delimiters, quotes and line breaks`() throws {
    #expect(
      try cells("a,b\n\"x,y\",\"dijo \"\"no\"\"\"\n\"uno\r\ndos\",\"\"\n") == [
        ["x,y", "dijo \"no\""], ["uno\ndos", nil],
      ])
  }

  @Test(arguments: [
    "a,b\r\n1,2\r\n3,4\r\n", "a,b\n1,2\n3,4", "a,b\r1,2\r3,4\r", "a,b\n\n1,2\r\n\r\n3,4",
  ])
  func `a row ends with CRLF, LF or CR, and empty lines are passed over`(text: String) throws {
    #expect(try cells(text) == [["1", "2"], ["3", "4"]])
  }

  @Test(
    arguments: [
      ("a;b;c\n1,5;2;3", [["1,5", "2", "3"]]), ("a\tb\n1,2\t3;4", [["1,2", "3;4"]]),
      ("\"a;b;c\",d\n1,2", [["1", "2"]]), ("a\nx;y", [["x;y"]]),
      ("\n\na;b\n1,5;2", [["1,5", "2"]]),
    ] as [(String, [[String]])])
  func `the header tells the delimiter`(text: String, rows: [[String]]) throws {
    #expect(try cells(text) == rows)
  }

  @Test func `rows of nothing below a table are passed over`() throws {
    #expect(try cells("a,b\n1,2\n,\n,\n") == [["1", "2"]])
  }

  @Test func `names of columns lose their spaces and are found in any case`() throws {
    let table = try CSVTable(" Name , attribute:Edad aproximada \nx,5")
    #expect(table.columns == ["Name", "attribute:Edad aproximada"])
    #expect(table.column("path", "name") == 0)
    #expect(table.attributeColumns.map(\.name) == ["Edad aproximada"])
  }

  @Test func `the guard against formulas is taken off, and text becomes NFC`() throws {
    #expect(
      try cells("a,b,c\n'=1,''-x,mun\u{0303}eca\n") == [["=1", "'-x", "mu\u{F1}eca"]])
  }

  @Test(arguments: [
    ("", "table is empty; its first row must name the columns"),
    ("\n\n", "table is empty; its first row must name the columns"),
    (
      "a,b\n1,2\n1,2,3\n",
      "line 3: row has 3 cells and the header has 2; put cells that hold the delimiter in double "
        + "quotes"
    ),
    (
      "a,b\n\"x\ny\",2\n1\n",
      "line 4: row has 1 cells and the header has 2; put cells that hold the delimiter in double "
        + "quotes"
    ),
    (
      "a,b\n1,\"x\n\n",
      "line 2: a double quote that opens here is never closed; close it, or double it if it "
        + "belongs to the text"
    ),
    (
      "a,b\n1,x\"y\n",
      "line 2: a double quote inside a cell that does not begin with one; put the cell in double "
        + "quotes and double those inside"
    ),
    (
      "a,b\n1,\"x\"y\n",
      "line 2: text after the closing double quote of a cell; double the quotes that belong to the "
        + "text"
    ),
    ("a,b\n1,\0\n", "line 2: a zero byte, which no text holds; the file is damaged or no table"),
    (
      "a,b\n1,\"\0\"\n", "line 2: a zero byte, which no text holds; the file is damaged or no table"
    ),
    ("a,,c\n", "column 2: column has no name; name it in the first row, or delete it"),
    ("a,b,A\n", "column 3: column has the same name as column 1; rename one"),
    (
      "a,b\u{7}\n",
      "column 2: column name has the control character U+0007 at position 1; only tab and line "
        + "break may stand in a text"
    ),
  ])
  func `what is no table is refused with its place and what to do`(
    text: String, expected: String
  ) {
    #expect(words(text) == expected)
  }

  @Test func `a table of too many columns is refused`() {
    let header = (0...1_000).map { "c\($0)" }.joined(separator: ",")
    #expect(words(header) == "line 1: table has 1001 columns; the limit is 1000")
  }

  @Test func `an unknown column is refused and not passed over`() {
    let words = CuadernoExchangeTests.words {
      try CSVTable("a,attribute:x,z\n").refuseOthers(than: ["a"], allowsAttributes: true)
    }
    #expect(
      words
        == "column 3: column is not one of: a, attribute:NAME; rename it, or delete it")
  }

  /// Law: what the writer writes, the reader reads.
  @Test(arguments: Seeds.upTo(300))
  func `a table written is the table read`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let alphabet: [Unicode.Scalar] = [
      "a", "ñ", "\"", ",", ";", "\t", "\n", "=", "'", "-", " ", "\u{FF1D}", "\u{1F9C9}", "\u{301}",
    ]
    let rows = (0..<4).map { _ in
      (0..<3).map { _ in
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...5, using: &random) {
          text.append(alphabet[Int.random(in: 0..<alphabet.count, using: &random)])
        }
        return String(text)
      }
    }.filter { $0.contains { !$0.isEmpty } }
    let gathered = Gathered()
    let end: CSVWriter.Options.LineEnd = Bool.random(using: &random) ? .lf : .crlf
    var writer = try CSVWriter(.init(lineEnd: end), to: { gathered.add($0) })
    try writer.row(["a", "b", "c"].map { .text($0) })
    for row in rows { try writer.row(row.map { .text($0) }) }
    try writer.finish()

    let read = try cells(gathered.text)

    let expected = rows.map { row in
      row.map { $0.isEmpty ? nil : $0.precomposedStringWithCanonicalMapping }
    }
    #expect(read == expected, Comment(rawValue: Seeds.replay(seed)))
  }
}
