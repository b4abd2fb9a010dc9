import CuadernoModel
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import CuadernoText
import Testing

@testable import CuadernoNotebook

/// Codings on texts that several people edit at once, set against a model that follows every word.
@Suite struct AnchorLawTests {
  private struct Made {
    let version: TextVersion
    let span: QuotedSpan
    let model: PassageModel
  }

  /// A team without files: what they show, code and get from each other.
  private struct Team {
    var replicas: [TextReplica]
    var editors: [WordEditor]
    var made: [Made] = []
    /// Whether passages were never moved, and no two changed the same words.
    var isSimple: Bool
    private let moves: Bool
    private var random: SplitMix64
    private var stamp: UInt64 = 0

    init(seed: UInt64) throws {
      random = SplitMix64(seed: seed)
      moves = Int.random(in: 0..<3, using: &random) == 0
      isSimple = !moves
      let count = UInt128.random(in: 2...3, using: &random)
      replicas = (1...count).map(TextReplica.init)
      editors = ["a", "b", "c"].prefix(Int(count)).enumerated().map { index, author in
        WordEditor(seed: seed &* 8 &+ UInt64(index), author: author)
      }
      try write(0, editors[0].text())
      for index in replicas.indices.dropFirst() { replicas[index].take(from: replicas[0]) }
      for _ in 0..<Int.random(in: 3...14, using: &random) { try step() }
      for _ in 0..<2 {
        for index in replicas.indices { meet(index) }
      }
    }

    private mutating func write(_ index: Int, _ text: String) throws {
      stamp += 1
      try replicas[index].write(text, stamp: stamp)
    }

    private mutating func step() throws {
      let index = Int.random(in: replicas.indices, using: &random)
      let shown = try replicas[index].shown()
      if !shown.conflicts.isEmpty { isSimple = false }
      guard let text = shown.text, let version = shown.version else { return }
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<4: try write(index, editors[index].edited(text, moves: moves))
      case 4..<8:
        guard let passage = editors[index].passage(of: text),
          let span = QuotedSpan(passage, of: ScalarText(text))
        else { return }
        made.append(Made(version: version, span: span, model: PassageModel(passage, of: text)))
      default: meet(index)
      }
    }

    private mutating func meet(_ index: Int) {
      for other in replicas where other.device != replicas[index].device {
        replicas[index].take(from: other)
      }
    }
  }

  private func placed(_ made: Made, _ placement: Placement) -> PlacedCoding {
    let coding = Coding(
      id: RecordID(rawValue: 1), target: nil, targetField: 3, anchor: nil, theme: nil, coder: nil,
      memo: nil)
    var placed = PlacedCoding(coding: coding, status: .review, span: nil, quote: made.span.quote)
    switch placement {
    case .moved(let span): (placed.status, placed.span) = (.exact, span)
    case .changed(let span): (placed.status, placed.span) = (.changed, span)
    case .gone: placed.status = .gone
    case .uncertain(let candidates): placed.candidates = candidates
    }
    return placed
  }

  @Test func `a coding is where its words are, or changed, gone or in doubt as they are`() throws {
    var counts = [PlacedCoding.Status: Int]()
    let seeds = Seeds.upTo(200)
    for seed in seeds {
      let team = try Team(seed: seed)
      var found = [[Placement?]]()
      for replica in team.replicas {
        var texts = try replica.texts()
        let shown = try texts.shown(replica.register)
        let now = ScalarText(shown.text ?? "")
        let version = try #require(shown.version)
        let isSimple = team.isSimple && shown.conflicts.isEmpty
        let placements = try texts.placements(
          of: team.made.map { ($0.version, $0.span) }, in: version, now)
        found.append(placements)
        for (made, placement) in zip(team.made, placements) {
          let placed = placed(made, try #require(placement))
          counts[placed.status, default: 0] += 1
          let fault = made.model.fault(of: placed, in: now.string, isSimple: isSimple)
          if let fault {
            Issue.record(
              "\(Seeds.replay(seed)): \(fault): \(made.span.quote) \(placed.status) in \(now.string)"
            )
          }
        }
      }
      // Every device carries them to the same places.
      #expect(Set(found).count == 1, "\(Seeds.replay(seed))")
    }
    // A law over placements that are all in doubt would hold of a program that does nothing.
    let all = counts.values.reduce(0, +)
    if seeds.count >= 100 {
      #expect(counts[.exact, default: 0] * 2 > all, "\(counts)")
      #expect(counts[.review, default: 0] * 8 < all, "\(counts)")
      #expect(counts[.changed, default: 0] > 0 && counts[.gone, default: 0] > 0, "\(counts)")
    }
  }

  @Test func `the way to a merge goes through the writes of whoever had seen the version`() throws {
    var ana = TextReplica(1)
    var luis = TextReplica(2)
    try ana.write("uno", stamp: 1)
    luis.take(from: ana)
    try ana.write("uno A", stamp: 2)
    try luis.write("L uno", stamp: 3)
    try luis.write("L uno L", stamp: 4)
    ana.take(from: luis)
    let dots = ana.changes.map(\.dot).sorted()
    let lineage = try ana.texts().lineage
    let shown = try #require(TextVersion(ana.register))
    let first = TextVersion(dots[0])
    let side = try #require(TextVersion([dots[1], dots[2]]))

    let path = VersionPath(to: shown, from: [first, side, TextVersion(dots[1])], in: lineage)

    // The newest write of the merge is Luis's second; he had his first before him, and that Ana's.
    #expect(
      path.versions.contains(TextVersion(dots[3])) && path.versions.contains(TextVersion(dots[2])))
    let place = try #require(path.places[first])
    #expect(path.versions[path.next[place]] == TextVersion(dots[2]))
    // Ana's own leads into the merge at once, and so does a merge that nobody wrote on.
    #expect(path.next[try #require(path.places[TextVersion(dots[1])])] == 0)
    #expect(path.next[try #require(path.places[side])] == 0)
  }
}
