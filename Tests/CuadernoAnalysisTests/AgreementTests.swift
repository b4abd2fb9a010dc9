import CuadernoAnalysis
import CuadernoTestSupport
import Testing

/// Against examples that were published with their results.
@Suite struct AgreementTests {
  private func ratings(_ coders: String...) -> Ratings {
    let rows = coders.map { $0.split(separator: " ").map { Int($0) } }
    return Ratings(rows[0].indices.map { unit in Ratings.Run(rows.map { $0[unit] }) })
  }

  private func rounded(_ number: Double?, _ digits: Double = 1000) -> Double? {
    number.map { ($0 * digits).rounded() / digits }
  }

  @Test func `Krippendorff's two observers of ten binary units have 0.095`() {
    let alpha = ratings("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0").alpha
    #expect(rounded(alpha.coefficient) == 0.095)
  }

  @Test func `Krippendorff's two observers of twelve nominal units have 0.692`() {
    let alpha = ratings("1 1 2 2 4 3 3 3 5 4 4 1", "2 1 2 2 2 3 3 3 5 4 4 4").alpha
    #expect(rounded(alpha.coefficient) == 0.692)
  }

  @Test func `Krippendorff's four observers, who left things out, have 0.743`() {
    let alpha = ratings(
      "1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .",
      "1 2 3 3 2 4 4 1 2 5 1 ."
    ).alpha
    #expect(rounded(alpha.coefficient) == 0.743)
  }

  @Test func `Fleiss' fourteen raters of ten subjects have 0.210`() {
    let table = [
      [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
      [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ]
    let ratings = Ratings(
      table.map { row in
        Ratings.Run(
          row.enumerated().flatMap { value, count in Array(repeating: value, count: count) })
      })
    #expect(rounded(ratings.agreement) == 0.378)
    #expect(rounded(ratings.fleissKappa.coefficient) == 0.210)
  }

  @Test func `two readers of fifty proposals who agree on 35 have a kappa of 0.4`() {
    let ratings = Ratings([
      .init([1, 1], count: 20), .init([1, 0], count: 5), .init([0, 1], count: 10),
      .init([0, 0], count: 15),
    ])
    #expect(ratings.agreement == 0.7)
    #expect(rounded(ratings.cohensKappa.coefficient) == 0.4)
  }

  @Test func `two coders with the same habits have the same kappa by Cohen and by Fleiss`() {
    let ratings = ratings("0 0 0 1 1 1 1 0", "0 0 1 0 1 1 1 0")
    #expect(
      rounded(ratings.cohensKappa.coefficient) == rounded(ratings.fleissKappa.coefficient))
  }

  @Test func `where nothing varies no coefficient is claimed`() {
    let ratings = ratings("0 0 0", "0 0 0")
    #expect(ratings.agreement == 1)
    #expect(ratings.cohensKappa.coefficient == nil)
    #expect(ratings.fleissKappa.coefficient == nil)
    #expect(ratings.alpha.coefficient == nil)
    #expect(Ratings([]).agreement == nil)
    #expect(Ratings([]).alpha.coefficient == nil)
  }

  @Test func `a unit counted twice is two units`() {
    let once = ratings("0 1 1 0 0 1", "0 1 1 1 0 0")
    let runs = Ratings([
      .init([0, 0], count: 2), .init([1, 1], count: 2), .init([0, 1]), .init([1, 0]),
    ])
    #expect(once.alpha == runs.alpha)
    #expect(once.cohensKappa == runs.cohensKappa)
    #expect(once.fleissKappa == runs.fleissKappa)
  }

  /// Figure 12.11 of Krippendorff's Content Analysis (2019), where the values are given as 0.510, 0.413
  /// and 0.724.
  @Test func `Krippendorff's three observers of one continuum have the alphas of the book`() {
    func segments(_ list: [(Range<Int>, Int)]) -> [Continuum.Segment] {
      list.map { Continuum.Segment($0.0, $0.1) }
    }
    let unitizing = Unitizing([
      Continuum(
        length: 60,
        segments: [
          segments([
            (0..<7, 1), (7..<13, 2), (30..<32, 5), (32..<37, 6), (37..<44, 6), (44..<60, 7),
          ]),
          segments([(0..<7, 1), (7..<13, 3), (13..<21, 5), (32..<44, 6)]),
          segments([
            (0..<7, 1), (7..<13, 4), (13..<21, 5), (32..<37, 6), (37..<41, 6), (41..<44, 6),
          ]),
        ])
    ])
    #expect(rounded(unitizing.overall.coefficient) == 0.510)
    // 0.4136, which the book cuts off.
    #expect(unitizing.boundaries.coefficient.map { Int($0 * 1000) } == 413)
    #expect(rounded(unitizing.values.coefficient) == 0.724)
  }

  @Test func `those who mark the same agree, wherever the texts are cut`() {
    let marks = [Continuum.Segment(2..<5, 1), Continuum.Segment(7..<9, 2)]
    let same = Unitizing([Continuum(length: 12, segments: [marks, marks])])
    #expect(same.overall.coefficient == 1)
    #expect(same.boundaries.coefficient == 1)
    #expect(same.values.coefficient == 1)
    #expect(Unitizing([Continuum(length: 12, segments: [[], []])]).overall.coefficient == nil)
    #expect(Unitizing([]).overall.coefficient == nil)
  }

  @Test(arguments: Seeds.upTo(50))
  func `alpha for unitizing is what every pair of characters says`(seed: UInt64) {
    var chance = SplitMix64(seed: seed)
    let length = 40
    let coders = 2 + Int(chance.next() % 3)
    let segments = (0..<coders).map { _ in
      var list = [Continuum.Segment]()
      var position = Int(chance.next() % 6)
      while position < length {
        let end = min(length, position + 1 + Int(chance.next() % 9))
        list.append(Continuum.Segment(position..<end, Int(chance.next() % 3)))
        position = end + Int(chance.next() % 5)
      }
      return list
    }

    let unitizing = Unitizing([Continuum(length: length, segments: segments)])

    #expect(
      nearly(unitizing.overall, slow(segments, length) { $0 }), "seed \(seed)")
    #expect(
      nearly(unitizing.boundaries, slow(segments, length) { $0 < 0 ? -1 : 0 }), "seed \(seed)")
  }

  private func nearly(_ left: Disagreement, _ right: Disagreement) -> Bool {
    abs(left.observed - right.observed) < 1e-6 && abs(left.expected - right.expected) < 1e-6
  }

  /// Each character of each coder against each of every other one: what was observed where they are
  /// the same character, and what was to be expected where they are any two that do not belong to one
  /// segment of one coder. A gap's characters do not belong together.
  private func slow(
    _ segments: [[Continuum.Segment]], _ length: Int, _ fold: (Int) -> Int
  ) -> Disagreement {
    var characters = [(coder: Int, position: Int, value: Int, segment: Int)]()
    for (coder, segments) in segments.enumerated() {
      for position in 0..<length {
        let index = segments.firstIndex { $0.span.contains(position) }
        characters.append((coder, position, index.map { segments[$0].value } ?? -1, index ?? -1))
      }
    }
    var (observed, pairs, different) = (0.0, 0.0, 0.0)
    for (index, left) in characters.enumerated() {
      for (other, right) in characters.enumerated() {
        let differ = fold(left.value) != fold(right.value)
        if left.coder != right.coder, left.position == right.position, differ {
          observed += 1 / Double(segments.count - 1)
        }
        let isOneSegment =
          left.coder == right.coder && left.segment == right.segment && left.segment >= 0
        guard !isOneSegment, index != other else { continue }
        pairs += 1
        if differ { different += 1 }
      }
    }
    let all = Double(characters.count)
    return Disagreement(observed: observed, expected: pairs > 0 ? different / pairs * all : 0)
  }
}
