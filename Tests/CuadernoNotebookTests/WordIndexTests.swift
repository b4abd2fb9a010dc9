import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import Testing

/// The words of a large sync are left for the first search, and none is missed or found twice.
@Suite struct WordIndexTests {
  private let pair: Pair
  private let notes: [RecordID]

  init() throws {
    pair = try Pair()
    notes = try pair.ana.write { writer in
      try (0..<400).map { number in
        try writer.create(.note, [.init(.Note.text, number % 2 == 0 ? "palta" : "cacao")])
      }
    }
    try pair.luis.take(from: pair.ana)
  }

  private func total(_ word: String) throws -> Int {
    try pair.luis.read { try $0.search(word).total }
  }

  @Test func `a search that would leave records out is refused until they are indexed`() throws {
    #expect(throws: NotebookError.indexIncomplete) { try total("palta") }

    try pair.luis.completeIndex()

    #expect(try total("palta") == 200)
    #expect(try total("cacao") == 200)
  }

  @Test func `a small sync is indexed at once`() throws {
    try pair.luis.completeIndex()
    try pair.ana.write { _ = try $0.create(.note, [.init(.Note.text, "palta")]) }

    try pair.luis.take(from: pair.ana)

    #expect(try total("palta") == 201)
  }

  @Test func `what is edited or deleted before it was indexed is indexed as it is then`() throws {
    try pair.luis.write { writer in
      try writer.update(notes[0], [.init(.Note.text, "palma")])
      try writer.delete(notes[2])
      _ = try writer.create(.note, [.init(.Note.text, "palta nueva")])
    }

    try pair.luis.completeIndex()

    #expect(try total("palta") == 199)
    #expect(try total("palma") == 1)
    _ = try pair.luis.write { writer in try writer.update(notes[0], [.init(.Note.text, "café")]) }
    #expect(try total("palma") == 0)
    #expect(try total("cafe") == 1)
  }

  @Test func `an index completed later is the one that a view made anew has`() throws {
    _ = try pair.luis.write { writer in try writer.update(notes[1], [.init(.Note.text, "palma")]) }
    let kept = try pair.luis.viewDump()

    let examination = try pair.luis.examine(rebuild: true)

    #expect(examination.isHealthy)
    #expect(try pair.luis.viewDump() == kept)
  }

  @Test func `a notebook opened for reading completes the index`() throws {
    let reading = try pair.luisLaptop.open(for: .reading)

    try reading.completeIndex()

    #expect(try reading.read { try $0.search("palta").total } == 200)
  }

  @Test func `more words in one write than wait at once are all found`() throws {
    let filler = String(repeating: "maíz ", count: 300_000)
    let interviews = try pair.ana.write { writer in
      let made = try (0..<4).map {
        try writer.create(.interview, [.init(.Interview.text, filler + "antes\($0)")])
      }
      for (number, interview) in made.enumerated().reversed() {
        _ = try writer.update(interview, [.init(.Interview.text, filler + "después\(number)")])
      }
      return made
    }

    for number in interviews.indices {
      #expect(try pair.ana.read { try $0.search("antes\(number)").total } == 0)
      #expect(try pair.ana.read { try $0.search("después\(number)").total } == 1)
    }
    #expect(try pair.ana.read { try $0.search("maíz").total } == 4)
  }
}
