import CuadernoModel
import Testing

@testable import CuadernoExchange

/// A file of lines is read piece by piece, and what it says does not depend on where the pieces end.
@Suite struct LinePiecesTests {
  private static let lines = (0..<900).map { number in
    """
    {"kind":"interview","id":"\(format(number))","title":"Señora \(number)","body":"\
    \(String(repeating: "año \(number) ", count: number % 40))"}
    """
  }

  /// An id of 32 digits.
  private static func format(_ number: Int) -> String {
    "a" + String(repeating: "0", count: 31 - "\(number)".count) + "\(number)"
  }

  private func pieces(_ text: String, bytesAtOnce: Int) throws -> [[UInt8]] {
    var pieces = LinePieces(source(text, bytesAtOnce: bytesAtOnce))
    var all = [[UInt8]]()
    while let piece = try pieces.next() { all.append(piece) }
    return all
  }

  @Test(arguments: [1, 7, 1_000, 1 << 16, .max])
  func `pieces hold whole lines and all of the file`(bytesAtOnce: Int) throws {
    let long = String(repeating: "x", count: 200_000)
    for text in ["", "\n", "a", "a\n", "a\nb", "\n\na\n", "a\n\(long)\nb\n\(long)", long] {
      let pieces = try pieces(text, bytesAtOnce: bytesAtOnce)

      #expect(pieces.flatMap { $0 } == Array(text.utf8))
      #expect(pieces.dropLast().allSatisfy { $0.last == UInt8(ascii: "\n") })
      #expect(!pieces.contains([]))
    }
  }

  @Test func `a large file comes in pieces of it`() throws {
    let text = Self.lines.joined(separator: "\n")

    let pieces = try pieces(text, bytesAtOnce: .max)

    #expect(text.utf8.count > 3 << 16)
    #expect(pieces.count > 2)
    #expect(pieces.allSatisfy { $0.count < 1 << 17 })
  }

  @Test(arguments: [5, 4_096, .max])
  func `an import does not depend on where the pieces end`(bytesAtOnce: Int) throws {
    let study = try TestNotebook()
    let text = "\u{FEFF}" + Self.lines.joined(separator: "\r\n")

    let report = try study.write {
      try LinesImport.read(source(text, bytesAtOnce: bytesAtOnce), into: &$0)
    }

    #expect(report.tally.new == [.interview: 900])
  }

  @Test func `the line of a fault is counted through all pieces`() throws {
    let study = try TestNotebook()
    var lines = Self.lines
    lines[850] = "{\"kind\":\"interview\",\"id\":\"\(Self.format(850))\" \"title\":\"x\"}"
    let text = lines.joined(separator: "\n")

    let fault = #expect(throws: ExchangeError.self) { try study.take(text) }
    #expect(fault?.place == .lineByte(line: 851, byte: 61))
    #expect(try study.counts()[.interview] == 0)
  }

  @Test func `what cannot be read of the file is told, and nothing of it is written`() throws {
    struct Unreadable: Error {}
    let study = try TestNotebook()
    let beginning = source(Self.lines.joined(separator: "\n"))
    let failing: Source = { bytesMax in
      let bytes = try beginning(bytesMax)
      guard !bytes.isEmpty else { throw Unreadable() }
      return bytes
    }

    #expect(throws: Unreadable.self) {
      try study.write { try LinesImport.read(failing, into: &$0) }
    }
    #expect(try study.counts()[.interview] == 0)
  }
}
