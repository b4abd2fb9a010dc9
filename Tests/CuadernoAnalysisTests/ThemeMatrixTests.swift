import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoAnalysis

/// Themes against cases, for other programs.
@Suite struct ThemeMatrixTests {
  private static func id(_ number: UInt128) -> RecordID { RecordID(rawValue: number << 96) }

  /// Theme 32 lies below 31; nobody used 33, and nobody coded interview 13.
  private func data() throws -> StudyData {
    let folder = try ScratchFolder()
    var data = try StudySample.notebook(in: folder).read { try StudyData($0) }
    data.themes = [Self.id(31): "Estado", Self.id(32): "Miedo", Self.id(33): "Fe"]
    data.themePaths = Paths(
      tree: Tree(
        [(31, nil), (32, 31), (33, nil)].map { (node: (UInt128, UInt128?)) in
          Tree.Node(
            id: node.0 << 96, parent: node.1.map { $0 << 96 }, stamp: 1, device: 1)
        }), names: data.themes)
    data.interviewNames = StudyData.toldApart([
      Self.id(11): "TOC-001", Self.id(12): "TOC-002", Self.id(13): "TOC-002",
    ])
    data.participantNames = [Self.id(21): "Rosa", Self.id(22): "Luis"]
    data.participantRoles = [Self.id(21): "agricultora", Self.id(22): "alcalde"]
    data.periods = [
      Period(name: "sin nada", from: nil, to: try PartialDate("1990", isKnownZone: { _ in true }))
    ]
    for (id, people) in [(11, [21, 22]), (12, [22]), (13, [])] as [(UInt128, [UInt128])] {
      data.sources[Self.id(id)] = StudyData.Source(
        id: Self.id(id), kind: .interview, interviewKind: .interview, date: nil, place: nil,
        participants: people.map(Self.id), attributes: [], interview: Self.id(id))
    }
    data.passages = [(1, 11, 31), (2, 11, 32), (3, 11, 32), (4, 12, 32)].map {
      (passage: (UInt128, UInt128, UInt128)) in
      StudyData.CodedPassage(
        id: Self.id(passage.0), source: Self.id(passage.1), theme: Self.id(passage.2),
        coder: passage.0 == 4 ? nil : "Ana", span: nil)
    }
    return data
  }

  private func rows(_ matrix: ThemeMatrix) -> [String: [Int]] {
    Dictionary(uniqueKeysWithValues: matrix.rows.map { ($0.name ?? "-", $0.counts) })
  }

  @Test func `every theme and every interview is there, in the order of the code book`() throws {
    let matrix = try data().matrix(.interview)
    #expect(matrix.themes == [Self.id(31), Self.id(32), Self.id(33)])
    #expect(matrix.rows.map(\.counts) == [[1, 2, 0], [0, 1, 0], [0, 0, 0]])
    #expect(
      matrix.rows.map(\.name) == ["TOC-001", "TOC-002 (0000000c)", "TOC-002 (0000000d)"])
  }

  @Test func `themes below count where that is wanted`() throws {
    let matrix = try data().matrix(.participant, withThemesBelow: true)
    #expect(rows(matrix) == ["Rosa": [3, 2, 0], "Luis": [4, 3, 0]])
  }

  @Test func `a part of the study has the cases of that part`() throws {
    let data = try data()
    let selection = Selection(interviews: [Self.id(12)])
    let matrix = data.selecting(selection).matrix(.participant, of: data.part(selection))
    #expect(rows(matrix) == ["Luis": [0, 1, 0]])
  }

  @Test func `what has no value has a row where it is coded, and a period always`() throws {
    #expect(rows(try data().matrix(.coder)) == ["Ana": [1, 2, 0], "-": [0, 1, 0]])
    #expect(
      rows(try data().matrix(.period)) == ["sin nada": [0, 0, 0], "-": [1, 3, 0]])
  }

  @Test func `a matrix says what the crosstab says`() throws {
    let data = try data()
    for dimension in [Dimension.interview, .participant, .role, .coder, .period, .interviewKind] {
      let (crosstab, matrix) = (data.crosstab(dimension), data.matrix(dimension))
      for (column, name) in crosstab.columns.enumerated() {
        let row = try #require(matrix.rows.first { $0.name == name })
        for theme in crosstab.rows {
          let place = try #require(matrix.themes.firstIndex(of: theme.theme))
          #expect(row.counts[place] == theme.counts[column])
        }
      }
      let all = matrix.rows.flatMap(\.counts).reduce(0, +)
      let told = crosstab.rows.flatMap(\.counts).reduce(0, +)
      #expect(all == told)
    }
  }
}
