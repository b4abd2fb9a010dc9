import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoAnalysis

@Suite struct CoderAgreementTests {
  /// Four lines of which one is blank: 0..<3, 4..<9, (10..<10), 11..<15; fifteen characters.
  private static let text = "uno\ndos y\n\ntres"
  private static let first = RecordID(rawValue: 1)
  private static let second = RecordID(rawValue: 2)
  private static let trust = RecordID(rawValue: 10)
  private static let fear = RecordID(rawValue: 11)

  private func data(
    _ codings: [(source: RecordID, theme: RecordID, coder: String, span: Range<Int>?)]
  ) throws -> (StudyData, CodedTexts) {
    let folder = try ScratchFolder()
    var data = try StudySample.notebook(in: folder).read { try StudyData($0) }
    data.themes = [Self.trust: "Confianza", Self.fear: "Miedo"]
    data.passages = codings.enumerated().map { index, coding in
      StudyData.CodedPassage(
        id: RecordID(rawValue: UInt128(100 + index)), source: coding.source, theme: coding.theme,
        coder: coding.coder, span: coding.span)
    }
    let shape = CodedTexts.Shape(Self.text)
    return (data, CodedTexts(shapes: [Self.first: shape, Self.second: shape]))
  }

  private func counts(_ agreement: CoderAgreement) -> [String] {
    agreement.rows.map { row in
      "\(row.codings) \(row.measures.agreement.map { ($0 * 100).rounded() } ?? -1)"
    }
  }

  @Test func `a text has its lines without the blank ones, in scalars`() {
    let shape = CodedTexts.Shape("e\u{301}l\n \t\n\nsí\n")
    #expect(shape.lines == [0..<3, 8..<10])
    #expect(shape.length == 11)
    #expect(CodedTexts.Shape("").lines.isEmpty)
  }

  @Test func `a line is coded when a passage lies on a character of it`() throws {
    let (data, texts) = try data([
      (Self.first, Self.trust, "Ana", 0..<4),
      (Self.first, Self.trust, "Luis", 2..<5),
      (Self.first, Self.fear, "Ana", 11..<15),
      (Self.first, Self.fear, "Luis", 14..<15),
    ])

    let agreement = data.agreement(of: ["Ana", "Luis"], in: texts, unit: .line)

    #expect(agreement.texts == 1)
    #expect(agreement.units == 3)
    // Trust: Ana the first line (its end belongs to no line), Luis the first two.
    #expect(counts(agreement) == ["[1, 1] 67.0", "[1, 1] 100.0"])
    #expect(agreement.rows[1].measures.kappa.coefficient == 1)
  }

  @Test func `characters are asked one by one, and what nobody coded counts`() throws {
    let (data, texts) = try data([
      (Self.first, Self.trust, "Ana", 0..<4), (Self.first, Self.trust, "Luis", 2..<5),
    ])

    let agreement = data.agreement(of: ["Ana", "Luis"], in: texts, unit: .character)

    // 0 and 1 by Ana alone, 4 by Luis alone: twelve of fifteen the same.
    #expect(agreement.units == 15)
    #expect(agreement.rows[0].measures.agreement == 0.8)
    let kappa = try #require(agreement.rows[0].measures.kappa.coefficient)
    let chance = (4.0 * 3 + 11 * 12) / 225
    #expect(abs(kappa - (0.8 - chance) / (1 - chance)) < 1e-9)
  }

  @Test func `two passages of one coder and theme that overlap are one`() throws {
    let (data, texts) = try data([
      (Self.first, Self.trust, "Ana", 0..<5), (Self.first, Self.trust, "Ana", 3..<9),
      (Self.first, Self.trust, "Luis", 0..<9),
    ])

    let agreement = data.agreement(of: ["Ana", "Luis"], in: texts, unit: .character)

    #expect(agreement.rows[0].measures.unitizing.coefficient == 1)
    #expect(agreement.rows[0].measures.agreement == 1)
  }

  @Test func `a text counts that each of them coded, or with any, one of them`() throws {
    let (data, texts) = try data([
      (Self.first, Self.trust, "Ana", 0..<3), (Self.first, Self.fear, "Luis", 0..<3),
      (Self.second, Self.trust, "Ana", 0..<3), (Self.second, Self.trust, "Eva", 0..<3),
    ])

    let all = data.agreement(of: ["Ana", "Luis"], in: texts, unit: .text)
    #expect(all.texts == 1)
    #expect(counts(all) == ["[1, 0] 0.0", "[0, 1] 0.0"])

    let any = data.agreement(of: ["Ana", "Luis"], in: texts, unit: .text, texts: .any)
    #expect(any.texts == 2)
    #expect(counts(any) == ["[2, 0] 0.0", "[0, 1] 50.0"])
    #expect(data.agreement(of: ["Ana"], in: texts, unit: .text).rows.isEmpty)
  }

  @Test func `a passage without a place is told and not counted`() throws {
    let (data, texts) = try data([
      (Self.first, Self.trust, "Ana", 0..<3), (Self.first, Self.trust, "Luis", 0..<3),
      (Self.first, Self.trust, "Luis", nil),
    ])

    let agreement = data.agreement(of: ["Ana", "Luis"], in: texts, unit: .line)

    #expect(agreement.unplaced == 1)
    #expect(counts(agreement) == ["[1, 1] 100.0"])
  }

  @Test func `all themes together add disagreements and not coefficients`() throws {
    let (data, texts) = try data([
      (Self.first, Self.trust, "Ana", 0..<9), (Self.first, Self.trust, "Luis", 0..<9),
      (Self.first, Self.fear, "Ana", 0..<1), (Self.first, Self.fear, "Luis", 14..<15),
    ])

    let agreement = data.agreement(of: ["Ana", "Luis"], in: texts, unit: .character)

    let rows = agreement.rows.map(\.measures.kappa)
    let pooled = 1 - (rows[0].observed + rows[1].observed) / (rows[0].expected + rows[1].expected)
    #expect(agreement.overall.kappa.coefficient == pooled)
    let apart = rows.compactMap(\.coefficient).reduce(0, +) / 2
    #expect(pooled > apart)
  }

  @Test func `three coders are compared by Fleiss`() throws {
    let (data, texts) = try data([
      (Self.first, Self.trust, "Ana", 0..<3), (Self.first, Self.trust, "Luis", 0..<3),
      (Self.first, Self.trust, "Eva", 4..<9),
    ])

    let agreement = data.agreement(of: ["Ana", "Eva", "Luis"], in: texts, unit: .line)

    let expected = Ratings([.init([1, 0, 1]), .init([0, 1, 0]), .init([0, 0, 0])])
    #expect(agreement.rows[0].measures.kappa == expected.fleissKappa)
    #expect(agreement.rows[0].measures.alpha == expected.alpha)
  }
}
