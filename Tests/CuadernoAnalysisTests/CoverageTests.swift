import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoAnalysis

/// How much of the texts each theme lies on.
@Suite struct CoverageTests {
  private static func id(_ number: UInt128) -> RecordID { RecordID(rawValue: number) }

  /// Interviews 11 (100 scalars, province 1), 12 (50, province 2) and 13 (50, no place, not coded), a note
  /// 14 that is coded and a note 15 that is not; theme 33 lies below 32.
  private func data() throws -> (StudyData, TextLengths) {
    let folder = try ScratchFolder()
    var data = try StudySample.notebook(in: folder).read { try StudyData($0) }
    data.placeNames = [Self.id(1): "Tocache", Self.id(2): "Juanjuí"]
    data.placePaths = Paths(
      tree: Tree([1, 2].map { Tree.Node(id: $0, parent: nil, stamp: 1, device: 1) }),
      names: data.placeNames)
    data.participantRoles = [Self.id(21): "alcalde", Self.id(22): "agricultora"]
    data.sources = [
      Self.id(11): source(11, .interview, place: 1, [21, 22]),
      Self.id(12): source(12, .interview, place: 2, [22]),
      Self.id(13): source(13, .interview, place: nil, []),
      Self.id(14): source(14, .note, place: 1, []), Self.id(15): source(15, .note, place: 1, []),
    ]
    data.themes = [Self.id(31): "Miedo", Self.id(32): "Silencio", Self.id(33): "Rumor"]
    data.themePaths = Paths(
      tree: Tree(
        [31, 32, 33].map {
          Tree.Node(id: $0, parent: $0 == 33 ? 32 : nil, stamp: 1, device: 1)
        }), names: data.themes)
    data.passages = [
      // Two coders on the same words, and a third coding that touches them.
      passage(1, 11, 31, "Ana", 0..<20), passage(2, 11, 31, "Luis", 10..<30),
      passage(3, 11, 31, "Luis", 30..<40), passage(4, 11, 33, "Ana", 25..<35),
      passage(5, 12, 32, "Ana", 40..<60), passage(6, 12, 31, "Ana", nil),
      passage(7, 14, 32, "Ana", 0..<10), passage(8, 11, 32, "Luis", 30..<32),
    ]
    let lengths = [11: 100, 12: 50, 13: 50, 14: 20, 15: 1000] as [UInt128: Int]
    return (
      data,
      TextLengths(lengths: Dictionary(uniqueKeysWithValues: lengths.map { (Self.id($0), $1) }))
    )
  }

  private func source(
    _ id: UInt128, _ kind: Kind, place: UInt128?, _ people: [UInt128]
  ) -> StudyData.Source {
    StudyData.Source(
      id: Self.id(id), kind: kind, interviewKind: nil, date: nil, place: place.map(Self.id),
      participants: people.map(Self.id), attributes: [])
  }

  private func passage(
    _ id: UInt128, _ source: UInt128, _ theme: UInt128, _ coder: String, _ span: Range<Int>?
  ) -> StudyData.CodedPassage {
    StudyData.CodedPassage(
      id: Self.id(id), source: Self.id(source), theme: Self.id(theme), coder: coder, span: span)
  }

  private func told(_ coverage: Coverage) -> [String] {
    (coverage.rows + [coverage.any]).map { row in
      "\(row.steps.last ?? "any") \(row.total) in \(row.texts): \(row.covered)"
    }
  }

  @Test func `what several codings lie on counts once, and a span stops where the text does`()
    throws
  {
    let (data, lengths) = try data()

    let coverage = data.coverage(of: lengths)

    // Miedo: 0 to 40. Silencio: 40 to 50 of text 12, all of the note's 10, 2 of text 11.
    #expect(
      told(coverage) == [
        "Miedo 40 in 1: []", "Silencio 22 in 3: []", "Rumor 10 in 1: []", "any 60 in 3: []",
      ])
    // Text 13 was not coded and counts; note 15 was not coded and does not.
    #expect(coverage.length == 220 && coverage.texts == 4)
    #expect(coverage.unplaced == 1)
  }

  @Test func `a theme covers what the themes below it cover, once`() throws {
    let (data, lengths) = try data()

    let coverage = data.coverage(of: lengths, withThemesBelow: true)

    // 25 to 35 with 30 to 32 in it.
    #expect(told(coverage)[1] == "Silencio 30 in 3: []")
  }

  @Test func `groups are measured by their own texts, and a text counts in each of its groups`()
    throws
  {
    let (data, lengths) = try data()

    let byPlace = data.coverage(of: lengths, by: .place(level: nil))
    #expect(byPlace.columns == ["Juanjuí", "Tocache", nil])
    #expect(byPlace.lengths == [50, 120, 50])
    #expect(
      told(byPlace) == [
        "Miedo 40 in 1: [0, 40, 0]", "Silencio 22 in 3: [10, 12, 0]", "Rumor 10 in 1: [0, 10, 0]",
        "any 60 in 3: [10, 50, 0]",
      ])
    let byRole = data.coverage(of: lengths, by: .role)
    #expect(byRole.columns == ["agricultora", "alcalde", nil])
    #expect(byRole.lengths == [150, 100, 70])
    #expect(byRole.length == 220)
    #expect(told(byRole)[0] == "Miedo 40 in 1: [40, 40, 0]")
  }

  @Test func `coders are each measured by all texts`() throws {
    let (data, lengths) = try data()

    let coverage = data.coverage(of: lengths, by: .coder)

    #expect(coverage.columns == ["Ana", "Luis"])
    #expect(coverage.lengths == [220, 220])
    #expect(
      told(coverage) == [
        "Miedo 40 in 1: [20, 30]", "Silencio 22 in 3: [20, 2]", "Rumor 10 in 1: [10, 0]",
        "any 60 in 3: [50, 30]",
      ])
  }

  @Test func `a selection takes away texts and not only codings`() throws {
    let (data, lengths) = try data()

    let inTocache = data.coverage(of: lengths, in: Selection(places: [Self.id(1)]))
    #expect(inTocache.length == 120)
    #expect(told(inTocache).last == "any 50 in 2: []")
    let byLuis = data.coverage(
      of: lengths, in: Selection(criteria: [.init(.coder, ["Luis"])]))
    #expect(told(byLuis) == ["Miedo 30 in 1: []", "Silencio 2 in 1: []", "any 30 in 1: []"])
    // What Luis left uncoded counts; the note that only Ana coded is none of his.
    #expect(byLuis.length == 200)
  }

  @Test func `text by text`() throws {
    let (data, lengths) = try data()

    let texts = data.coverageByText(of: lengths)

    #expect(
      texts.map {
        "\($0.source == Self.id(11) ? 11 : $0.source == Self.id(12) ? 12 : 14) \($0.covered)/\($0.length)"
      }
        == ["11 40/100", "11 2/100", "11 10/100", "12 10/50", "14 10/20"])
  }

  @Test(arguments: Seeds.upTo(200))
  func `what is covered is what somebody marks character by character`(seed: UInt64) throws {
    var chance = SplitMix64(seed: seed)
    let length = Int.random(in: 1...60, using: &chance)
    let passages = (0..<Int.random(in: 0...8, using: &chance)).map { number in
      let start = Int.random(in: 0..<length, using: &chance)
      return passage(
        UInt128(number), 11, 31, "Ana", start..<Int.random(in: start...length + 5, using: &chance))
    }
    var marked = Set<Int>()
    for passage in passages { marked.formUnion(passage.span ?? 0..<0) }

    #expect(
      StudyData.unitedLength(passages, upTo: length) == marked.count { $0 < length },
      "\(Seeds.replay(seed))")
  }

  @Test func `the lengths are those of the texts in scalars`() throws {
    let folder = try ScratchFolder()
    let notebook = try StudySample.notebook(in: folder)
    let texts = ["mañana 🌱", "", "e\u{301}\n\u{10FFFD}x"]
    let ids = try notebook.write { writer in
      try texts.map { text in
        try writer.create(.interview, [FieldEdit(.Interview.text, text)])
      } + [try writer.create(.note, [FieldEdit(.Note.text, "ñ")])]
        + [try writer.create(.interview, [FieldEdit(.Interview.label, "sin texto")])]
    }

    let lengths = try notebook.read { try TextLengths($0).lengths }
    let scalars = try notebook.read { reader throws in
      try reader.fetchAll(Interview.self).compactMap { $0.text?.unicodeScalars.count }
    }

    #expect(ids.prefix(3).map { lengths[$0] } == scalars)
    #expect(lengths[ids[3]] == 1 && lengths[ids[4]] == nil)
  }
}
