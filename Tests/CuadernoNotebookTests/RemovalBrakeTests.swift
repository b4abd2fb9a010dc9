import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import Testing

/// A sync that would empty a notebook stops and asks.
@Suite struct RemovalBrakeTests {
  private let pair: Pair
  private let notes: [RecordID]

  init() throws {
    pair = try Pair()
    notes = try pair.ana.write { writer in
      try (0..<100).map { try writer.create(.note, [.init(.Note.text, "nota \($0)")]) }
    }
    try pair.meet()
  }

  private func deletes(_ count: Int) throws -> ChangePage {
    try pair.ana.write { writer in
      for note in notes.prefix(count) { try writer.delete(note) }
    }
    return try pair.ana.page(beyond: try pair.luis.frontier(), bytesMax: 1 << 20)
  }

  @Test func `more than twenty and more than a fifth are not deleted unasked`() throws {
    let page = try deletes(21)
    let before = try pair.luis.summary()

    #expect(throws: NotebookError.wouldRemove(21, of: 101)) {
      try pair.luis.receive(page, brake: RemovalBrake())
    }

    #expect(try pair.luis.summary() == before)
    #expect(try pair.luis.count(.note) == 100)
    #expect(
      NotebookError.wouldRemove(21, of: 101).description
        == "with what came, this command would have deleted 21 of 101 records here; nothing of what came was "
        + "applied; ask the team, and if it is meant, run the command once with --accept-deletes")
    try pair.luis.receive(page)
    #expect(try pair.luis.count(.note) == 79)
  }

  @Test func `what one sync removed before counts with what comes`() throws {
    let page = try deletes(10)

    #expect(throws: NotebookError.wouldRemove(25, of: 116)) {
      try pair.luis.receive(page, brake: RemovalBrake(removed: 15))
    }
    try pair.luis.receive(page, brake: RemovalBrake(removed: 10))
    #expect(try pair.luis.count(.note) == 90)
  }

  @Test func `what is deleted and kept by somebody's work is not counted`() throws {
    _ = try deletes(30)
    try pair.luis.write { writer in
      for note in notes.prefix(15) { _ = try writer.update(note, [.init(.Note.text, "editada")]) }
    }
    let page = try pair.ana.page(beyond: try pair.luis.frontier(), bytesMax: 1 << 20)

    try pair.luis.receive(page, brake: RemovalBrake())

    #expect(try pair.luis.count(.note) == 85)
  }

  // MARK: - What is on what is deleted

  /// Five times ten interviews with four notes on each; more of them than a fifth go.
  private func interviews() throws -> [RecordID] {
    let interviews = try pair.ana.write { writer in
      try (0..<50).map { number in
        let interview = try writer.create(.interview, [.init(.Interview.label, "E-\(number)")])
        for _ in 0..<4 {
          try writer.create(
            .note,
            [
              .init(.Note.about, value: .reference(interview.rawValue)),
              .init(.Note.text, "sobre ella"),
            ])
        }
        return interview
      }
    }
    try pair.meet()
    return interviews
  }

  @Test(arguments: [false, true])
  func `the notes on what is deleted or erased count with it`(isErase: Bool) throws {
    let interviews = try interviews()
    let before = try pair.luis.summary()
    try pair.ana.write { writer in
      for interview in interviews.prefix(15) {
        if isErase { try writer.erase(interview) } else { try writer.delete(interview) }
      }
    }
    let page = try pair.ana.page(beyond: try pair.luis.frontier(), bytesMax: 1 << 20)

    #expect(throws: NotebookError.wouldRemove(75, of: 351)) {
      try pair.luis.receive(page, brake: RemovalBrake())
    }

    #expect(try pair.luis.summary() == before)
    #expect(try pair.luis.count(.note) == 300)
    #expect(!pair.luis.isErasing)
    #expect(try pair.luis.receive(page).arrivals.hidden == 75)
    #expect(try pair.luis.count(.note) == 240)
  }

  @Test func `page by page it counts what has gone out of sight in one sync`() throws {
    let interviews = try interviews()
    try pair.ana.write { writer in
      for interview in interviews.prefix(15) { try writer.delete(interview) }
    }
    var removed = 0

    #expect(throws: NotebookError.wouldRemove(75, of: 351)) {
      while true {
        let page = try pair.ana.page(beyond: try pair.luis.frontier(), bytesMax: 1)
        guard !page.changes.isEmpty else { break }
        removed += try pair.luis.receive(page, brake: RemovalBrake(removed: removed)).arrivals
          .hidden
      }
    }
    #expect(removed == 70)
  }

  @Test func `what is on it and kept by somebody's work is not counted`() throws {
    let interviews = try interviews()
    try pair.ana.write { writer in
      for interview in interviews.prefix(15) { try writer.delete(interview) }
    }
    try pair.luis.write { writer in
      for interview in interviews.prefix(14) {
        let note = try #require(try writer.reader.notes(about: interview).first)
        try writer.update(note.id, [.init(.Note.text, "sigue")])
      }
    }
    let page = try pair.ana.page(beyond: try pair.luis.frontier(), bytesMax: 1 << 20)

    let arrivals = try pair.luis.receive(page, brake: RemovalBrake()).arrivals

    #expect(arrivals.hidden == 5)
    #expect(arrivals.kept.count == 14)
  }
}
