import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoAnalysis

/// The words that several themes share.
@Suite struct CommonStretchTests {
  private static func id(_ number: UInt128) -> RecordID { RecordID(rawValue: number) }

  /// Themes 1, 2 and 3, and 4 below 3.
  private func data(
    _ passages: [(theme: UInt128, coder: String, span: Range<Int>?)]
  ) throws -> StudyData {
    let folder = try ScratchFolder()
    var data = try StudySample.notebook(in: folder).read { try StudyData($0) }
    data.themes = [
      Self.id(1): "Miedo", Self.id(2): "Silencio", Self.id(3): "Estado", Self.id(4): "Policía",
    ]
    data.themePaths = Paths(
      tree: Tree(
        (1...4).map { Tree.Node(id: $0, parent: $0 == 4 ? 3 : nil, stamp: 1, device: 1) }),
      names: data.themes)
    data.passages = passages.enumerated().map { number, passage in
      StudyData.CodedPassage(
        id: Self.id(UInt128(100 + number)), source: Self.id(11), theme: Self.id(passage.theme),
        coder: passage.coder, span: passage.span)
    }
    return data
  }

  private func told(_ data: StudyData, _ themes: [UInt128]) -> [String] {
    data.commonStretches(of: themes.map(Self.id)).map { stretch in
      "\(stretch.span) \(stretch.themes.joined(separator: "+")) \(stretch.coders.joined(separator: "+"))"
    }
  }

  @Test func `three themes share the words that all of them lie on`() throws {
    let data = try data([
      (1, "Ana", 0..<20), (2, "Luis", 10..<30), (4, "Ana", 15..<18), (4, "Ana", 25..<28),
      (1, "Luis", 40..<50), (2, "Ana", 45..<60), (3, "Luis", 50..<55), (1, "Ana", nil),
    ])

    // 25 to 28 is without 1; 50 to 55 only touches the words of 1.
    #expect(told(data, [1, 2, 3]) == ["15..<18 Policía+Miedo+Silencio Ana+Luis"])
    #expect(
      told(data, [1, 2]) == ["10..<20 Miedo+Silencio Ana+Luis", "45..<50 Miedo+Silencio Ana+Luis"])
    #expect(told(data, [1, 2, 3].reversed()) == told(data, [1, 2, 3]))
  }

  @Test func `a coding does not meet itself as one of the theme above`() throws {
    let alone = try data([(4, "Ana", 0..<10)])
    #expect(told(alone, [3, 4]) == [])

    let both = try data([(4, "Ana", 0..<10), (3, "Luis", 5..<20)])
    #expect(told(both, [3, 4]) == ["5..<10 Estado+Policía Ana+Luis"])
    #expect(told(both, [4, 4]) == ["0..<10 Policía Ana"])
  }

  @Test func `codings of one theme that overlap are one passage, and those that touch are two`()
    throws
  {
    let data = try data([
      (1, "Ana", 0..<10), (1, "Luis", 8..<15), (1, "Ana", 15..<20), (2, "Ana", 0..<20),
    ])

    #expect(
      told(data, [1, 2]) == ["0..<15 Miedo+Silencio Ana+Luis", "15..<20 Miedo+Silencio Ana"])
  }
}
