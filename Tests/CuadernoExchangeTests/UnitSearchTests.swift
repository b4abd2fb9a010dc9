import CuadernoModel
import CuadernoNotebook
import CuadernoTestSupport
import Testing

@testable import CuadernoExchange

/// Which unit the positions of a project count, found out from where its selections begin and end.
@Suite struct UnitSearchTests {
  private static let words =
    "la erradicación forzosa en los caseríos y la desconfianza de los campesinos "
  private static let emoji =
    "Gracias 🙏 por venir 😀 hoy. La erradicación nos dejó sin nada, y no vino."

  private static func selection(
    _ words: String, in text: String, from start: Int = 0, _ counted: PositionUnit.Counted = .utf16,
    name: String? = nil
  ) -> UnitSearch.Selection {
    let scalars = Array(text.unicodeScalars)
    let wanted = Array(words.unicodeScalars)
    let found = scalars.indices.dropFirst(start).first { scalars[$0...].starts(with: wanted) } ?? 0
    func position(_ index: Int) -> Int {
      let unit = PositionUnit(counted: counted, lineEnd: .asWritten)
      return scalars[..<index].reduce(0) { $0 + unit.width(of: $1, after: nil) }
    }
    return .init(
      start: position(found), end: position(found + wanted.count), name: name, place: .line(found))
  }

  private static func found(
    _ origin: String?, _ texts: [(String, [UnitSearch.Selection])]
  ) -> UnitSearch.Result? {
    var search = UnitSearch(origin: origin)
    for (text, selections) in texts { search.look(at: IncomingText(text), selections) }
    return search.result
  }

  /// Ten ends inside words, where a letter beyond the basic plane has moved nothing yet, and three
  /// selections behind such letters.
  @Test(arguments: ["NVivo", nil])
  func `ends inside words that every unit shares say nothing`(origin: String?) {
    let text = String(
      repeating: Self.words.replacing("í", with: "i").replacing("ó", with: "o"), count: 10)
    let sloppy = (0..<10).map { Self.selection("aserio", in: text, from: $0 * 70) }
    let behind = ["La erradicación", "sin nada", "no vino"].map {
      Self.selection($0, in: Self.emoji)
    }

    let result = Self.found(origin, [(text, sloppy), (Self.emoji, behind)])

    #expect(result?.unit == PositionUnit(counted: .utf16, lineEnd: .asWritten))
    #expect(result?.doubtful == 0)
  }

  @Test func `what a program is known to count decides where nothing else does`() {
    // As good either way: each letter is a word of its own.
    let text = "🙏 a b c d e f g h"
    let selections = [Self.selection("c", in: text)]
    let expected: [(String?, PositionUnit)] = [
      ("NVivo", .init(counted: .utf16, lineEnd: .asWritten)),
      ("NVIVO 12", .init(counted: .utf16, lineEnd: .asWritten)),
      ("ATLAS.ti 9", .init(counted: .scalars, lineEnd: .one)),
      ("MAXQDA 2022", .standard), ("QualCoder", .standard), ("Otro", .standard), (nil, .standard),
    ]
    for (origin, unit) in expected {
      let result = Self.found(origin, [(text, selections)])
      #expect(result?.unit == unit, "\(origin ?? "none")")
    }
  }

  @Test func `what stays unclear is told, with the selections to look at`() {
    // Between letters that are words of their own, whatever is counted.
    let text = "🙏 a b c d e f g h"
    let selections = [Self.selection("c", in: text)]

    let unknown = Self.found("Otro", [(text, selections)])
    #expect(unknown?.doubtful == 1)
    #expect(unknown?.doubtfulPlaces == [selections[0].place])
    #expect(Self.found("NVivo", [(text, selections)])?.doubtful == 0)
    let plain = "Una. Dos."
    #expect(Self.found("Otro", [(plain, [Self.selection("Dos", in: plain)])])?.doubtful == 0)
  }

  @Test func `a program that counts otherwise than is known of it is believed when it is clear`() {
    let names = ["La erradicación", "sin nada", "no vino"]
    let selections = names.map { Self.selection($0, in: Self.emoji, .scalars) }
    let result = Self.found("NVivo", [(Self.emoji, selections)])
    #expect(result?.unit == .standard)
    // One letter of one selection is not.
    let one = [Self.selection("rradicación", in: Self.emoji)]
    #expect(Self.found("NVivo", [(Self.emoji, one)])?.unit.counted == .utf16)
  }

  @Test(arguments: Seeds.upTo(20))
  func `however often people code parts of words, words behind emoji are the right ones`(
    seed: UInt64
  ) {
    var random = SplitMix64(seed: seed)
    let plain = String(repeating: Self.words, count: 20)
    let wide = Self.emoji + " " + plain
    let sloppiness = Double(seed % 4) * 0.1
    func selections(_ text: String, _ count: Int, from start: Int) -> [UnitSearch.Selection] {
      let scalars = IncomingText(text)
      let bounds = (start..<scalars.scalars.count).filter { !scalars.isInsideWord($0) }
      return (0..<count).map { _ in
        var first = bounds.dropLast(8).randomElement(using: &random) ?? start
        var last = bounds.first { $0 > first + 5 } ?? first + 5
        if Double.random(in: 0..<1, using: &random) < sloppiness { first += 1 }
        if Double.random(in: 0..<1, using: &random) < sloppiness { last -= 1 }
        func position(_ index: Int) -> Int {
          scalars.scalars[..<index].reduce(0) { $0 + ($1.value > 0xFFFF ? 2 : 1) }
        }
        return .init(
          start: position(first), end: position(last), name: nil, place: .line(first))
      }
    }

    let result = Self.found(
      "NVivo", [(plain, selections(plain, 150, from: 0)), (wide, selections(wide, 10, from: 25))])

    #expect(
      result?.unit == PositionUnit(counted: .utf16, lineEnd: .asWritten), "\(Seeds.replay(seed))")
  }
}
