import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Testing

/// What is kept of the codings to review is what a look at all of them finds.
@Suite struct CodingReviewTests {
  private func count(_ notebook: Notebook) throws -> (kept: [RecordID], all: [RecordID], count: Int)
  {
    try notebook.read { reader in
      (
        try reader.placedCodingsToReview().map(\.coding.id),
        try reader.allPlacedCodings().filter(\.needsReview).map(\.coding.id),
        try reader.codingsToReview()
      )
    }
  }

  private func code(_ notebook: Notebook, _ interview: RecordID, _ quote: String) throws -> RecordID
  {
    let coded = try #require(try notebook.read { try $0.codedText(of: interview) })
    let version = try #require(coded.version)
    let anchor = try AnchorMaker(text: coded.text, version: version).anchor(quote: quote)
    return try notebook.write {
      try $0.create(
        .coding,
        [
          .init(
            .Coding.target,
            value: .target(Target(record: interview.rawValue, field: coded.field.number))),
          .init(.Coding.anchor, value: .anchor(anchor)),
        ])
    }
  }

  private func expectSame(_ notebook: Notebook, _ expected: [RecordID], _ comment: Comment) throws {
    let (kept, all, number) = try count(notebook)
    #expect(kept == all, comment)
    #expect(Set(kept) == Set(expected), comment)
    #expect(number == expected.count, comment)
  }

  /// So many interviews that what is found is kept, and then everything that can happen to a coding.
  @Test func `what was found is looked for again where a text or a coding changes`() throws {
    let laptop = try Laptop(seed: 3)
    let notebook = try laptop.create()
    let interviews = try notebook.write { writer in
      try (0..<220).map { number in
        try writer.create(.interview, [.init(.Interview.text, "uno dos tres \(number) cuatro")])
      }
    }
    let (first, second) = (interviews[0], interviews[1])
    let kept = try code(notebook, first, "dos tres")
    let lost = try code(notebook, second, "uno dos")
    try expectSame(notebook, [], "before")
    try notebook.completeReview()
    try expectSame(notebook, [], "kept")

    try notebook.write { _ = try $0.update(second, [.init(.Interview.text, "tres 1 cuatro")]) }
    try expectSame(notebook, [lost], "a text that lost its words")
    try keepAgain(notebook)
    try expectSame(notebook, [lost], "kept again")

    try notebook.write { _ = try $0.update(second, [.init(.Interview.text, "uno dos 1 cuatro")]) }
    let brought = try count(notebook)
    #expect(brought.kept == brought.all)
    try notebook.write { try $0.delete(second) }
    try expectSame(notebook, [], "its interview is out of sight")
    try notebook.write { _ = try $0.undelete(second) }
    try notebook.write { _ = try $0.update(second, [.init(.Interview.text, "nada")]) }
    try expectSame(notebook, [lost], "and back")
    try keepAgain(notebook)
    try notebook.write { try $0.delete(lost) }
    try expectSame(notebook, [], "the coding was deleted")
    try notebook.write { _ = try $0.undelete(lost) }
    try expectSame(notebook, [lost], "and came back")
    try keepAgain(notebook)

    try notebook.write { _ = try $0.update(first, [.init(.Interview.text, "otra cosa")]) }
    try expectSame(notebook, [kept, lost], "another")
    #expect(try notebook.examine(rebuild: false).viewAgrees == true)
    _ = try notebook.examine(rebuild: true)
    try expectSame(notebook, [kept, lost], "a view made anew")
  }

  /// Enough new records that it is worth keeping what is found.
  private func keepAgain(_ notebook: Notebook) throws {
    try notebook.write { writer in
      for number in 0..<220 {
        _ = try writer.create(.participant, [.init(.Participant.pseudonym, "p\(number)")])
      }
    }
    try notebook.completeReview()
  }

  @Test func `two notebooks that work at once find the same, however often they look`() throws {
    for seed in Seeds.upTo(4) {
      var random = SplitMix64(seed: seed)
      let pair = try Pair()
      let interviews = try pair.ana.write { writer in
        try (0..<4).map {
          try writer.create(.interview, [.init(.Interview.text, "a b c d e f \($0)")])
        }
      }
      try pair.meet()
      let letters = ["a", "b", "c", "d", "e", "f"]
      for _ in 0..<30 {
        let notebook = Bool.random(using: &random) ? pair.ana : pair.luis
        let interview = try #require(interviews.randomElement(using: &random))
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
          let text = letters.filter { _ in Int.random(in: 0..<4, using: &random) > 0 }
          try notebook.write {
            _ = try $0.update(
              interview, [.init(.Interview.text, text.joined(separator: " "))])
          }
        case 1, 2:
          let letter = letters.randomElement(using: &random) ?? "a"
          _ = try? code(notebook, interview, letter)
        case 3: try keepAgain(notebook)
        default: try pair.meet()
        }
        let (kept, all, number) = try count(notebook)
        #expect(kept == all, "\(Seeds.replay(seed))")
        #expect(number == all.count, "\(Seeds.replay(seed))")
      }
      try pair.meet()
      for notebook in [pair.ana, pair.luis] {
        let (kept, all, _) = try count(notebook)
        #expect(kept == all, "\(Seeds.replay(seed))")
        #expect(try notebook.examine(rebuild: false).viewAgrees == true, "\(Seeds.replay(seed))")
      }
    }
  }

  @Test func `themes and kinds are counted as their rows are`() throws {
    let pair = try Pair()
    let (themes, interview) = try pair.ana.write { writer in
      (
        try ["tierra", "miedo"].map { try writer.create(.theme, [.init(.Theme.name, $0)]) },
        try writer.create(.interview, [.init(.Interview.text, "uno dos tres")])
      )
    }
    let codings = try ["uno", "dos", "tres"].map { try code(pair.ana, interview, $0) }
    func give(_ coding: RecordID, _ theme: RecordID?) throws {
      try pair.ana.write {
        _ = try $0.update(
          coding, [.init(.Coding.theme, value: theme.map { .reference($0.rawValue) })])
      }
    }
    func counts(_ notebook: Notebook) throws -> [Int] {
      try notebook.read { reader in
        let counts = try reader.codingCounts()
        return try themes.map { counts[$0, default: 0] } + [reader.counts()[.coding] ?? -1]
      }
    }
    for coding in codings { try give(coding, themes[0]) }
    #expect(try counts(pair.ana) == [3, 0, 3])
    try give(codings[0], themes[1])
    try give(codings[1], nil)
    #expect(try counts(pair.ana) == [1, 1, 3])
    try pair.ana.write { try $0.delete(codings[0]) }
    #expect(try counts(pair.ana) == [1, 0, 2])
    try pair.ana.write { try $0.delete(interview) }
    #expect(try counts(pair.ana) == [0, 0, 0])
    try pair.ana.write { _ = try $0.undelete(interview) }
    #expect(try counts(pair.ana) == [1, 0, 2])
    try pair.meet()
    #expect(try counts(pair.luis) == [1, 0, 2])
    try pair.ana.write {
      _ = try $0.update(
        themes[0], [.init(.Theme.mergedInto, value: .reference(themes[1].rawValue))])
    }
    #expect(try counts(pair.ana) == [0, 1, 2])
    #expect(try pair.ana.examine(rebuild: false).viewAgrees == true)
  }
}
