import CuadernoNotebook

@testable import CuadernoExchange

/// Bytes into text, rows, values, lines and trees.
extension ForeignReader {
  static let plain: [ForeignReader] = [
    ForeignReader(name: "text") { input in
      var bytes = input
      let choice = bytes.choice(of: TextEncoding.allCases.count + 1)
      let encoding = choice == 0 ? nil : TextEncoding.allCases[choice - 1]
      let text = try TextDecoding.text(bytes, as: encoding)
      hold(isSpelled(text, bytes, encoding), "a text is not what its bytes say")
      let normalised = TextEntry.normalised(text)
      hold(
        TextEntry.normalised(normalised).hasBytes(of: normalised), "a text as kept is not kept so")
    },
    ForeignReader(name: "table") { input in
      let table = try CSVTable(try TextDecoding.lines(input, as: nil))
      let again = try CSVTable(try written(table))
      hold(again.columns == table.columns, "the columns come back as others")
      hold(cells(again) == cells(table), "the rows come back as others")
    },
    ForeignReader(name: "json") { input in
      let value = try JSONReader.value(input)
      let once = JSONWriter.text(value)
      guard let again = try? JSONReader.value(once) else {
        return hold(false, "is no JSON any more")
      }
      hold(isSame(value, again), "a value comes back as another")
      hold(JSONWriter.text(again) == once, "a value has another spelling")
    },
    ForeignReader(name: "lines") { input in
      let whole = objects(LineCursor(input))
      var pieces = LinePieces(source(input, bytesAtOnce: 7))
      var cut = (lines: [Int](), fault: ExchangeError?.none)
      var line = 0
      while cut.fault == nil, let piece = try pieces.next() {
        let cursor = LineCursor(piece, after: line)
        let (lines, fault) = objects(cursor)
        cut.lines += lines
        cut.fault = fault
        line += piece.count { $0 == 0x0A }
      }
      hold(whole.lines == cut.lines && whole.fault == cut.fault, "lines are others in pieces")
    },
    ForeignReader(name: "xml") { input in
      var bytes = input
      let size = 64 + bytes.choice(of: 256)
      let whole = Result { try tree(bytes, size: bytes.count) }
      let cut = Result { try tree(bytes, size: size) }
      switch (whole, cut) {
      case (.success(let whole), .success(let cut)):
        hold(isSame(whole, cut), "a tree is another in pieces")
      case (.failure, .failure): break
      default: hold(false, "a tree is there only in pieces, or only whole")
      }
      _ = try whole.get()
    },
    ForeignReader(name: "xml-written") { input in
      let text = XMLWriting.permitted(input.asText)
      let xml = try XMLWriting()
      try xml.element("a", [("b", text)], text)
      let node = try tree(try xml.finish(), size: .max)
      hold(node.text.hasBytes(of: text), "a text comes back from XML as another")
      hold((node.attribute("b") ?? "").hasBytes(of: text), "an attribute comes back as another")
    },
  ]

  // MARK: - Text

  private static func isSpelled(
    _ text: String, _ bytes: [UInt8], _ encoding: TextEncoding?
  ) -> Bool {
    switch encoding {
    case nil, .utf8, .utf16LittleEndian, .utf16BigEndian:
      let big = text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
      let little = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
      return [Array(text.utf8), big, little].contains { bytes.suffix($0.count).elementsEqual($0) }
    default: return text.unicodeScalars.count == bytes.count
    }
  }

  // MARK: - Tables

  private static func written(_ table: CSVTable) throws -> String {
    var bytes = [UInt8]()
    try withoutActuallyEscaping({ bytes += $0 }) { sink in
      var writer = try CSVWriter(to: sink)
      try writer.row(table.columns.map(CSVWriter.Cell.text))
      for row in cells(table) { try writer.row(row.map { CSVWriter.Cell($0) }) }
      try writer.finish()
    }
    return bytes.asText
  }

  /// Those of the rows that say something: others are passed over.
  private static func cells(_ table: CSVTable) -> [[String?]] {
    table.rows.map { row in table.columns.indices.map { table.cell(row, $0) } }
      .filter { $0.contains { $0 != nil } }
  }

  // MARK: - JSON

  /// Whole numbers are written without a point, and are integers when they come back.
  private static func isSame(_ one: JSONValue, _ other: JSONValue) -> Bool {
    switch (one, other) {
    case (.number(let number), .integer(let integer)): number == Double(integer)
    case (.string(let one), .string(let other)): one.hasBytes(of: other)
    case (.array(let ones), .array(let others)):
      ones.count == others.count && zip(ones, others).allSatisfy { isSame($0, $1) }
    case (.object(let ones), .object(let others)):
      ones.count == others.count
        && zip(ones, others).allSatisfy {
          $0.key.hasBytes(of: $1.key) && isSame($0.value, $1.value)
        }
    default: one == other
    }
  }

  static func source(_ bytes: [UInt8], bytesAtOnce: Int) -> Source {
    let rest = Rest(bytes)
    return { bytesMax in rest.next(min(bytesMax, bytesAtOnce)) }
  }

  private static func objects(_ cursor: LineCursor) -> (lines: [Int], fault: ExchangeError?) {
    var cursor = cursor
    var lines = [Int]()
    do {
      while let object = try cursor.next() { lines.append(object.line) }
      return (lines, nil)
    } catch {
      return (lines, error)
    }
  }

  // MARK: - XML

  static func tree(_ bytes: [UInt8], size: Int) throws -> XMLNode {
    let rest = Rest(bytes)
    return try XMLReading.root {
      let piece = rest.next(size)
      return piece.isEmpty ? nil : piece
    } in: {
      .line($0)
    }
  }

  private static func isSame(_ one: XMLNode, _ other: XMLNode) -> Bool {
    one.name.hasBytes(of: other.name) && one.text.hasBytes(of: other.text)
      && one.attributes.elementsEqual(other.attributes) {
        $0.name == $1.name && $0.value == $1.value
      }
      && one.children.elementsEqual(other.children) { isSame($0, $1) }
  }
}

extension String {
  /// Whether two texts have the same bytes; `==` would take é for e with an accent.
  func hasBytes(of other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
