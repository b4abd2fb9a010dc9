import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Testing

/// The same law as in `AnchorLawTests`, through real notebooks: what is coded, edited and exchanged at
/// random, page by page, is where a model that follows every word says.
@Suite struct CodedNotebookLawTests {
  private struct Work {
    let pair: Pair
    let interview: RecordID
    var editors: [WordEditor]
    var models: [RecordID: PassageModel] = [:]
    var isSimple: Bool
    private let moves: Bool
    private var random: SplitMix64

    init(seed: UInt64) throws {
      random = SplitMix64(seed: seed)
      pair = try Pair()
      moves = Int.random(in: 0..<3, using: &random) == 0
      isSimple = !moves
      editors = ["a", "l"].enumerated().map { index, author in
        WordEditor(seed: seed &* 4 &+ UInt64(index), author: author)
      }
      let text = editors[0].text()
      interview = try pair.ana.write { try $0.create(.interview, [.init(.Interview.text, text)]) }
      try pair.meet()
    }

    mutating func step() throws {
      let index = Int.random(in: 0...1, using: &random)
      let (notebook, other) = index == 0 ? (pair.ana, pair.luis) : (pair.luis, pair.ana)
      [pair.anaLaptop, pair.luisLaptop][index].clock
        .advance(by: .random(in: 0...3, using: &random))
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<4: try edit(notebook, index)
      case 4..<8: try code(notebook, index)
      default:
        try notebook.take(from: other, bytesMax: .random(in: 1...4_000, using: &random))
        if try notebook.read({ try $0.conflictCount() }) > 0 { isSimple = false }
      }
    }

    private mutating func edit(_ notebook: Notebook, _ index: Int) throws {
      guard let text = try notebook.read({ try $0.codedText(of: interview)?.text }) else { return }
      let edited = editors[index].edited(text, moves: moves)
      try notebook.write { _ = try $0.update(interview, [.init(.Interview.text, edited)]) }
    }

    private mutating func code(_ notebook: Notebook, _ index: Int) throws {
      guard let coded = try notebook.read({ try $0.codedText(of: interview) }),
        let version = coded.version, let passage = editors[index].passage(of: coded.text)
      else { return }
      let anchor = try AnchorMaker(text: coded.text, version: version).anchor(passage)
      let target = Target(record: interview.rawValue, field: coded.field.number)
      let id = try notebook.write {
        try $0.create(
          .coding,
          [
            .init(.Coding.target, value: .target(target)),
            .init(.Coding.anchor, value: .anchor(anchor)),
          ])
      }
      models[id] = PassageModel(passage, of: coded.text)
    }
  }

  @Test func `codings survive any edit of their text, on every notebook alike`() throws {
    for seed in Seeds.upTo(12) {
      var work = try Work(seed: seed)
      for _ in 0..<16 { try work.step() }
      try work.pair.meet()

      var all = [[RecordID: String]]()
      for notebook in [work.pair.ana, work.pair.luis] {
        let (text, placed, isContested, toReview) = try notebook.read { reader in
          (
            try reader.codedText(of: work.interview)?.text ?? "",
            try reader.placed(reader.codings(on: work.interview), on: work.interview),
            try reader.conflictCount() > 0, try reader.codingsToReview()
          )
        }
        #expect(placed.count == work.models.count, "\(Seeds.replay(seed))")
        #expect(toReview == placed.count(where: \.needsReview))
        for coding in placed {
          let fault = work.models[coding.coding.id]?.fault(
            of: coding, in: text, isSimple: work.isSimple && !isContested)
          if let fault {
            Issue.record("\(Seeds.replay(seed)): \(fault): \(coding.quote) in \(text)")
          }
        }
        all.append(
          Dictionary(
            uniqueKeysWithValues: placed.map {
              ($0.coding.id, "\($0.status) \(String(describing: $0.span)) \($0.candidates)")
            }))
      }
      #expect(all[0] == all[1], "\(Seeds.replay(seed))")
      let shared = try [work.pair.anaLaptop, work.pair.luisLaptop].map {
        try SharedDump.of($0.folder)
      }
      expectSame(shared[0], shared[1], "\(Seeds.replay(seed))")
      #expect(try work.pair.ana.examine(rebuild: true).viewAgrees == true, "\(Seeds.replay(seed))")
    }
  }
}
