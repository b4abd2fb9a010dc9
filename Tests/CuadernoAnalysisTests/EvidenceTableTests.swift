import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoAnalysis

@Suite struct EvidenceTableTests {
  private static func id(_ number: UInt128) -> RecordID { RecordID(rawValue: number) }
  private static let action = id(31)
  private static let outcome = id(34)

  /// Themes: action 31 > eradication 32 > forced 33; outcome 34 > fear 35, trust 36.
  private func data() throws -> StudyData {
    let folder = try ScratchFolder()
    var data = try StudySample.notebook(in: folder).read { try StudyData($0) }
    data.themes = [
      Self.id(31): "Acción", Self.id(32): "Erradicación", Self.id(33): "Forzosa",
      Self.id(34): "Resultado", Self.id(35): "Miedo", Self.id(36): "Confianza",
    ]
    data.themePaths = Paths(
      tree: Tree(
        [(31, nil), (32, 31), (33, 32), (34, nil), (35, 34), (36, 34)].map {
          (node: (UInt128, UInt128?)) in
          Tree.Node(id: node.0, parent: node.1, stamp: 1, device: 1)
        }), names: data.themes)
    data.periods = [
      Period(name: "antes", from: nil, to: try date("2011")),
      Period(name: "después", from: try date("2012"), to: nil),
    ]
    data.placeNames = [Self.id(1): "Tocache", Self.id(2): "Centro"]
    data.placeKinds = [Self.id(1): .province, Self.id(2): .town]
    data.placePaths = Paths(
      tree: Tree([
        Tree.Node(id: 1, parent: nil, stamp: 1, device: 1),
        Tree.Node(id: 2, parent: 1, stamp: 1, device: 1),
      ]), names: data.placeNames)
    data.participantRoles = [Self.id(21): "agricultor", Self.id(22): "alcaldesa"]
    data.sources = [
      Self.id(11): try source(11, .interview, "2017-05", [22, 21], .mayQuote),
      Self.id(12): try source(12, .document, "2009", [], nil),
      Self.id(13): try source(13, .interview, nil, [], .mayParaphrase),
    ]
    data.passages = [
      passage(1, 11, 33, 0..<10), passage(2, 11, 35, 5..<20), passage(3, 11, 36, 40..<50),
      passage(4, 12, 31, 0..<10), passage(5, 12, 35, 3..<4), passage(6, 12, 35, 8..<12),
      passage(7, 13, 32, 0..<4), passage(8, 13, 36, 4..<9), passage(9, 13, 36, nil),
    ]
    return data
  }

  private func date(_ text: String) throws -> PartialDate {
    try PartialDate(text, isKnownZone: { _ in true })
  }

  private func source(
    _ id: UInt128, _ kind: InterviewKind, _ day: String?, _ people: [UInt128],
    _ level: ConsentLevel?
  ) throws -> StudyData.Source {
    StudyData.Source(
      id: Self.id(id), kind: .interview, interviewKind: kind, date: try day.map(date),
      place: Self.id(2), participants: people.map(Self.id), attributes: [],
      consent: level.map { Consent(form: "oral", level: $0) })
  }

  private func passage(
    _ id: UInt128, _ source: UInt128, _ theme: UInt128, _ span: Range<Int>?
  ) -> StudyData.CodedPassage {
    StudyData.CodedPassage(
      id: Self.id(id), source: Self.id(source), theme: Self.id(theme), coder: "Ana", span: span)
  }

  private func lines(_ table: EvidenceTable, _ data: StudyData) -> [String] {
    table.rows.map { row in
      "\(row.value ?? "-") \(row.themes.map { data.themes[$0] ?? "" }) "
        + row.evidence.map { "\($0.source.rawValue):\($0.spans)" }.joined(separator: " ")
    }
  }

  @Test func `rows are told apart by period and by the themes right below those asked for`() throws
  {
    let data = try data()
    let table = data.evidence(for: [Self.action, Self.outcome], by: .period)
    #expect(
      lines(table, data) == [
        #"antes ["Acción", "Miedo"] 12:[Range(0..<10)] 12:[Range(0..<12)]"#,
        #"después ["Erradicación", "Miedo"] 11:[Range(0..<20)]"#,
      ])
    #expect(table.rows[0].texts == 1)
    #expect(table.unplaced == 1)
  }

  @Test func `passages may lie near or anywhere`() throws {
    let data = try data()
    let near = data.evidence(for: [Self.action, Self.outcome], by: nil, meeting: .near(0))
    #expect(
      lines(near, data) == [
        #"- ["Acción", "Miedo"] 12:[Range(0..<10)] 12:[Range(0..<12)]"#,
        #"- ["Erradicación", "Confianza"] 13:[Range(0..<9)]"#,
        #"- ["Erradicación", "Miedo"] 11:[Range(0..<20)]"#,
      ])
    let anywhere = data.evidence(for: [Self.action, Self.outcome], by: nil, meeting: .anywhere)
    #expect(
      lines(anywhere, data).contains(
        #"- ["Erradicación", "Confianza"] 11:[Range(0..<10), Range(40..<50)] 13:[Range(0..<4), Range(4..<9)]"#
      ))
  }

  @Test func `one theme alone has its passages`() throws {
    let data = try data()
    #expect(
      lines(data.evidence(for: [Self.outcome], by: .period), data) == [
        #"antes ["Miedo"] 12:[Range(3..<4)] 12:[Range(8..<12)]"#,
        #"después ["Confianza"] 11:[Range(40..<50)]"#,
        #"después ["Miedo"] 11:[Range(5..<20)]"#,
        #"- ["Confianza"] 13:[Range(4..<9)]"#,
      ])
  }

  @Test func `an attribution names nobody`() throws {
    let data = try data()
    func words(_ id: UInt128, _ level: PlaceKind) -> String {
      data.attribution(of: Self.id(id), level: level) { $0.rawValue }.joined(separator: ", ")
    }
    #expect(words(11, .province) == "agricultor/alcaldesa, Tocache, 2017")
    #expect(words(11, .town) == "agricultor/alcaldesa, Centro, 2017")
    #expect(words(12, .region) == "document, 2009")
    #expect(words(13, .province) == "interview, Tocache")
  }

  @Test func `what consent or an embargo holds back is not quoted`() throws {
    var data = try data()
    #expect(data.mayBeQuoted(Self.id(11), today: 20_200_101))
    #expect(data.mayBeQuoted(Self.id(12), today: 20_200_101))
    #expect(!data.mayBeQuoted(Self.id(13), today: 20_200_101))
    #expect(!data.mayBeQuoted(Self.id(99), today: 20_200_101))
    data.sources[Self.id(11)]?.consent?.embargo = try date("2020-01")
    #expect(!data.mayBeQuoted(Self.id(11), today: 20_200_131))
    #expect(data.mayBeQuoted(Self.id(11), today: 20_200_201))
    data.sources[Self.id(12)]?.consent = Consent(form: "", level: .withdrawn)
    #expect(!data.mayBeQuoted(Self.id(12), today: 20_200_101))
    data.sources[Self.id(11)]?.consent = nil
    #expect(!data.mayBeQuoted(Self.id(11), today: 20_200_201))
  }
}
