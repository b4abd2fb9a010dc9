import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoAnalysis

@Suite struct CoOccurrenceRuleTests {
  private static let rules: [CoOccurrence.Rule] = [
    .overlapping, .inside, .near(0), .near(1), .near(3),
  ]

  private static func study(_ passages: [StudyData.CodedPassage]) throws -> StudyData {
    let folder = try ScratchFolder()
    var data = try StudySample.notebook(in: folder).read { try StudyData($0) }
    data.passages = passages
    return data
  }

  private static func passage(
    _ id: UInt128, _ theme: UInt128, _ span: Range<Int>?, in source: UInt128 = 1
  ) -> StudyData.CodedPassage {
    StudyData.CodedPassage(
      id: RecordID(rawValue: id), source: RecordID(rawValue: source),
      theme: RecordID(rawValue: theme), coder: "Ana", span: span)
  }

  /// Every pair looked at, one by one.
  private static func plainly(
    _ passages: [StudyData.CodedPassage], _ rule: CoOccurrence.Rule
  ) -> [[UInt128]: Int] {
    var counts = [[UInt128]: Int]()
    for first in passages {
      for second in passages where first.theme != second.theme && first.source == second.source {
        guard let left = first.span, let right = second.span else { continue }
        let meets =
          switch rule {
          case .overlapping: left.overlaps(right)
          case .inside:
            left.lowerBound >= right.lowerBound && left.upperBound <= right.upperBound
          case .near(let distance):
            left.overlaps(right)
              || max(left.lowerBound - right.upperBound, right.lowerBound - left.upperBound)
                <= distance
          }
        guard meets, rule == .inside || first.theme < second.theme else { continue }
        counts[[first.theme.rawValue, second.theme.rawValue], default: 0] += 1
      }
    }
    return counts
  }

  @Test(arguments: rules) func `the sweep finds the pairs that a look at each finds`(
    rule: CoOccurrence.Rule
  ) throws {
    let empty = try Self.study([])
    for seed in Seeds.upTo(30) {
      var random = SplitMix64(seed: seed)
      let passages = (0..<Int.random(in: 0...30, using: &random)).map { index in
        let start = Int.random(in: 0...20, using: &random)
        let length = Int.random(in: 1...8, using: &random)
        return Self.passage(
          UInt128(index), UInt128(Int.random(in: 1...4, using: &random)),
          Bool.random(using: &random) || index % 3 > 0 ? start..<start + length : nil,
          in: UInt128(Int.random(in: 1...2, using: &random)))
      }
      var data = empty
      data.passages = passages
      let found = Dictionary(
        data.coOccurrences(rule).map {
          ([$0.first.rawValue, $0.second.rawValue], $0.pairs)
        }, uniquingKeysWith: +)
      #expect(found == Self.plainly(passages, rule), "\(Seeds.replay(seed))")
    }
  }

  @Test func `on the same words each theme lies inside the other`() throws {
    let data = try Self.study([Self.passage(1, 5, 0..<4), Self.passage(2, 6, 0..<4)])

    let pairs = data.coOccurrences(.inside).map { [$0.first.rawValue, $0.second.rawValue] }
    #expect(pairs == [[5, 6], [6, 5]])
  }

  @Test func `passages that touch are near at no distance, and do not overlap`() throws {
    let data = try Self.study([Self.passage(1, 5, 0..<4), Self.passage(2, 6, 4..<8)])

    #expect(data.coOccurrences(.near(0)).map(\.pairs) == [1])
    #expect(data.coOccurrences().isEmpty)
  }
}
