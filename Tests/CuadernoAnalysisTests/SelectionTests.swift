import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoAnalysis

/// Reports on a part of the study, and passages by how they lie to others.
@Suite struct SelectionTests {
  private static func id(_ number: UInt128) -> RecordID { RecordID(rawValue: number) }

  /// The valley 3 holds the district 4 of province 1, the town 5 of district 4, and not the town 6 of
  /// province 2.
  private func data() throws -> StudyData {
    let folder = try ScratchFolder()
    var data = try StudySample.notebook(in: folder).read { try StudyData($0) }
    for place: UInt128 in 1...6 { data.placeNames[Self.id(place)] = "\(place)" }
    data.placePaths = Paths(
      tree: tree([4: 1, 5: 4, 6: 2], among: 1...6), names: data.placeNames)
    data.placesWithin = [Self.id(4): [Self.id(3)]]
    data.participantRoles = [Self.id(21): "alcalde", Self.id(22): "agricultora"]
    data.participantAttributes = [
      Self.id(22): [try attribute("género", "mujer")]
    ]
    data.sources = [
      Self.id(11): source(11, place: 5, date: "2011", [21, 22]),
      Self.id(12): source(12, place: 6, date: "2013-05", [22]),
      Self.id(13): source(13, place: nil, date: nil, []),
    ]
    data.themes = [Self.id(31): "Miedo", Self.id(32): "Silencio", Self.id(33): "Rumor"]
    data.themePaths = Paths(tree: tree([33: 32], among: 31...33), names: data.themes)
    data.passages = [
      passage(1, 11, 31, "Ana", 0..<10), passage(2, 11, 33, "Luis", 5..<8),
      passage(3, 12, 31, "Ana", 0..<10), passage(4, 12, 32, "Luis", 30..<40),
      passage(5, 13, 31, "Luis", 3..<6), passage(6, 13, 32, "Ana", 0..<9),
      passage(7, 13, 31, "Luis", nil),
    ]
    return data
  }

  private func tree(_ parents: [UInt128: UInt128], among ids: ClosedRange<UInt128>) -> Tree {
    Tree(ids.map { Tree.Node(id: $0, parent: parents[$0], stamp: 1, device: 1) })
  }

  private func attribute(_ name: String, _ value: String) throws -> Attribute {
    Attribute(name: name, value: value)
  }

  private func source(
    _ id: UInt128, place: UInt128?, date: String?, _ people: [UInt128]
  ) -> StudyData.Source {
    StudyData.Source(
      id: Self.id(id), kind: .interview, interviewKind: .interview,
      date: date.flatMap { try? PartialDate($0, isKnownZone: { _ in true }) },
      place: place.map(Self.id), participants: people.map(Self.id), attributes: [],
      interview: Self.id(id))
  }

  private func passage(
    _ id: UInt128, _ source: UInt128, _ theme: UInt128, _ coder: String, _ span: Range<Int>?
  ) -> StudyData.CodedPassage {
    StudyData.CodedPassage(
      id: Self.id(id), source: Self.id(source), theme: Self.id(theme), coder: coder, span: span)
  }

  private func selected(_ selection: Selection) throws -> [UInt128] {
    try data().selecting(selection).passages.map(\.id.rawValue)
  }

  @Test func `without a wish everything is selected`() throws {
    #expect(try selected(Selection()) == [1, 2, 3, 4, 5, 6, 7])
  }

  @Test(arguments: [
    (1, [1, 2]), (4, [1, 2]), (5, [1, 2]), (3, [1, 2]), (2, [3, 4]), (6, [3, 4]),
  ])
  func `a place stands for what is below it and within it`(place: Int, passages: [UInt128]) throws {
    #expect(try selected(Selection(places: [Self.id(UInt128(place))])) == passages)
  }

  @Test func `alternatives of one kind, and several kinds together`() throws {
    let role = Selection.Criterion(.role, ["alcalde", "nadie"])
    let woman = Selection.Criterion(.attribute(.participant, name: "género"), ["mujer"])
    #expect(try selected(Selection(criteria: [role])) == [1, 2])
    #expect(try selected(Selection(criteria: [woman])) == [1, 2, 3, 4])
    #expect(try selected(Selection(criteria: [woman, .init(.coder, ["Luis"])])) == [2, 4])
    #expect(try selected(Selection(criteria: [role, .init(.coder, ["Eva"])])).isEmpty)
  }

  @Test func `all of a date must lie in what was asked for`() throws {
    func dates(_ from: String?, _ to: String?) throws -> Selection {
      Selection(
        dates: Period(
          name: "", from: try from.map { try PartialDate($0, isKnownZone: { _ in true }) },
          to: try to.map { try PartialDate($0, isKnownZone: { _ in true }) }))
    }
    #expect(try selected(dates("2011", nil)) == [1, 2, 3, 4])
    #expect(try selected(dates("2011-02", nil)) == [3, 4])
    #expect(try selected(dates(nil, "2011")) == [1, 2])
  }

  @Test func `an interview alone, with the notes about it`() throws {
    #expect(try selected(Selection(interviews: [Self.id(12)])) == [3, 4])
    var data = try data()
    data.sources[Self.id(14)] = StudyData.Source(
      id: Self.id(14), kind: .note, date: nil, place: nil, participants: [], attributes: [],
      interview: Self.id(12))
    data.passages.append(passage(8, 14, 31, "Ana", 0..<4))
    #expect(
      data.selecting(Selection(interviews: [Self.id(12)])).passages.map(\.id.rawValue) == [3, 4, 8])
  }

  @Test func `a consent, and none`() throws {
    var data = try data()
    data.sources[Self.id(11)]?.consent = Consent(form: "", level: .mayQuote)
    func found(_ level: String) -> [UInt128] {
      data.selecting(Selection(criteria: [.init(.consent, [level])])).passages.map(\.id.rawValue)
    }
    #expect(found("may quote") == [1, 2])
    #expect(found("none") == [3, 4, 5, 6, 7])
    #expect(found("withdrawn").isEmpty)
  }

  // MARK: - Parts for exports

  private func part(_ selection: Selection) throws -> Set<UInt128> {
    let part = try data().part(selection)
    return Set(
      (1...40).filter { part.contains(Self.id($0)) })
  }

  @Test func `without a wish the part is everything`() throws {
    #expect(try data().part(Selection()).isEverything)
  }

  @Test
  func `a part has the interviews, their people and places and what is above, and the codings`()
    throws
  {
    // Town 5 in district 4, which is in province 1 and within valley 3.
    #expect(
      try part(Selection(places: [Self.id(4)])) == [1, 2, 3, 4, 5, 11, 21, 22])
    #expect(try part(Selection(interviews: [Self.id(12)])) == [2, 3, 4, 6, 12, 22])
  }

  @Test func `who coded selects codings and no interviews`() throws {
    #expect(
      try part(Selection(criteria: [.init(.coder, ["Luis"])])).intersection(1...13)
        == [1, 2, 3, 4, 5, 6, 7, 11, 12, 13])
    #expect(
      try part(Selection(criteria: [.init(.coder, ["Eva"])], interviews: [Self.id(13)])) == [13])
  }

  @Test func `notes about themes and the study are in every part`() throws {
    var data = try data()
    data.codeBookNotes = [Self.id(40)]
    #expect(data.part(Selection(interviews: [Self.id(13)])).contains(Self.id(40)))
  }

  private func found(
    _ others: [(theme: RecordID, relation: Relation)],
    unless excluded: [(theme: RecordID, relation: Relation)] = []
  ) throws -> [UInt128] {
    try data().passages(with: Self.id(31), where: others, unless: excluded).map(\.id.rawValue)
  }

  @Test func `a passage is found by those that it overlaps, lies in or is near to`() throws {
    let silence = Self.id(32)
    #expect(try found([]) == [1, 3, 5, 7])
    // Passage 2 is of a theme below silence.
    #expect(try found([(silence, .overlapping)]) == [1, 5])
    #expect(try found([(silence, .within)]) == [5])
    #expect(try found([(silence, .near(20))]) == [3])
    #expect(try found([(silence, .near(19))]).isEmpty)
    #expect(try found([], unless: [(silence, .overlapping)]) == [3])
    #expect(
      try found([(silence, .overlapping)], unless: [(Self.id(33), .overlapping)]) == [5])
  }
}
