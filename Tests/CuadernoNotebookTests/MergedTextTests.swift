import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Testing

/// Texts that two people wrote at once, in notebooks.
@Suite struct MergedTextTests {
  private let pair: Pair
  private let interview: RecordID

  init() throws {
    pair = try Pair()
    interview = try pair.ana.write {
      try $0.create(
        .interview,
        [
          .init(.Interview.label, "TOC-001"),
          .init(.Interview.text, "La ronda vino de noche.\nEl Estado no vino."),
        ])
    }
    try pair.meet()
  }

  private func set(_ notebook: Notebook, _ text: String?, _ field: Field = .Interview.text) throws {
    try notebook.write { _ = try $0.update(interview, [.init(field, text)]) }
  }

  private func text(_ notebook: Notebook) throws -> String? {
    try notebook.read { try $0.fetch(Interview.self, interview)?.text }
  }

  private func expectTheSame() throws {
    let shared = try [pair.anaLaptop, pair.luisLaptop].map { try SharedDump.of($0.folder) }
    expectSame(shared[0], shared[1], "notebooks")
    for notebook in [pair.ana, pair.luis] {
      let dump = try notebook.viewDump()
      #expect(try notebook.examine(rebuild: true).viewAgrees == true)
      #expect(try notebook.viewDump() == dump)
    }
  }

  @Test func `both edits stand in the text, are found, and are a parallel update`() throws {
    try set(pair.ana, "La patrulla vino de noche.\nEl Estado no vino.")
    try set(pair.luis, "La ronda vino de noche.\nEl Estado tampoco vino.")

    let arrived = try pair.luis.take(from: pair.ana)
    try pair.ana.take(from: pair.luis)

    #expect(arrived.parallel == 1)
    #expect(arrived.conflicts == 0)
    for notebook in [pair.ana, pair.luis] {
      #expect(try text(notebook) == "La patrulla vino de noche.\nEl Estado tampoco vino.")
      #expect(try notebook.read { try $0.conflicts().count } == 0)
      for word in ["patrulla", "tampoco"] {
        let hits = try notebook.read { try $0.search(word).hits }
        #expect(hits.map(\.id) == [interview])
        #expect(hits.first?.marks.count == 1)
      }
      #expect(try notebook.read { try $0.search("ronda").total } == 0)
    }
    try expectTheSame()
  }

  @Test func `the same words changed twice are a conflict with its spot and who says what`() throws
  {
    try set(pair.ana, "La patrulla vino de noche.\nEl Estado no vino.")
    pair.luisLaptop.clock.advance(by: 60_000)
    try set(pair.luis, "La policía vino de noche.\nEl Estado no vino.")

    let arrived = try pair.luis.take(from: pair.ana)
    try pair.ana.take(from: pair.luis)

    #expect(arrived.conflicts == 1)
    for notebook in [pair.ana, pair.luis] {
      let conflict = try #require(try notebook.read { try $0.conflicts(of: interview) }.first)
      #expect(conflict.field == .Interview.text)
      #expect(conflict.shown == .text("La patrulla policía vino de noche.\nEl Estado no vino."))
      #expect(conflict.sides.map(\.member) == ["Luis", "Ana"])
      #expect(conflict.sides.map(\.isShown) == [false, false])
      #expect(conflict.sides.map(\.isMerged) == [true, true])
      #expect(conflict.spots.count == 1)
      let spot = try #require(conflict.spots.first)
      #expect(spot.span == 3..<19)
      #expect(spot.base == "ronda")
      #expect(spot.sayings.map(\.text) == ["patrulla", "policía"])
      #expect(spot.sayings.map(\.sides) == [[1], [0]])
      #expect(try notebook.read { try $0.conflictKeys().count } == 1)
    }
    try expectTheSame()
  }

  @Test func `a conflict that is kept as it is shown is settled with the words of both`() throws {
    try set(pair.ana, "La patrulla vino.")
    try set(pair.luis, "La policía vino.")
    try pair.meet()
    let merged = try text(pair.ana)

    try pair.luis.write { writer in
      let conflict = try #require(try writer.reader.conflicts().first)
      try writer.resolve(conflict, with: conflict.shown)
    }
    try pair.meet()

    for notebook in [pair.ana, pair.luis] {
      #expect(try text(notebook) == merged)
      #expect(try notebook.read { try $0.conflictCount() } == 0)
      #expect(try notebook.read { try $0.mergedTexts(of: interview).count } == 0)
    }
  }

  @Test func `no notebook writes a merge by itself`() throws {
    try set(pair.ana, "La patrulla vino de noche.\nEl Estado no vino.")
    try set(pair.luis, "La ronda vino de noche.\nEl Estado tampoco vino.")
    let before = try [pair.ana, pair.luis].map { try $0.identity().device }
    try pair.meet()
    let frontier = try pair.ana.frontier()

    _ = try pair.ana.read { try $0.fetch(Interview.self, interview) }
    try pair.meet()

    #expect(try pair.ana.frontier() == frontier)
    #expect(before.count == 2)
    let merged = try pair.ana.read { try $0.mergedTexts(of: interview) }
    #expect(merged.map(\.field) == [.Interview.text])
    #expect(Set(merged.first?.writes.map(\.member) ?? []) == ["Ana", "Luis"])
  }

  @Test func `the next save covers all sides, and what each wrote can still be shown`() throws {
    try set(pair.ana, "La patrulla vino de noche.\nEl Estado no vino.")
    try set(pair.luis, "La ronda vino de noche.\nEl Estado tampoco vino.")
    try pair.meet()
    let merged = try #require(try text(pair.ana))
    let sides = try pair.ana.read { try $0.mergedTexts(of: interview)[0].writes.map(\.dot) }

    try set(pair.ana, merged + "\nFin.")
    try pair.meet()

    for notebook in [pair.ana, pair.luis] {
      #expect(try text(notebook) == merged + "\nFin.")
      let written = try notebook.read { reader in
        try sides.map { dot in
          try reader.version(of: interview, at: dot)?.values[FieldID(Field.Interview.text.number)]
        }
      }
      #expect(Set(written.compactMap { $0 ?? nil }).count == 2)
    }
  }

  @Test func `a version shows a text merged as its author had it`() throws {
    try set(pair.ana, "La patrulla vino de noche.\nEl Estado no vino.")
    try set(pair.luis, "La ronda vino de noche.\nEl Estado tampoco vino.")
    try pair.meet()
    try set(pair.ana, "Alcalde", .Interview.title)
    let dot = try #require(try pair.ana.read { try $0.history(of: interview).last?.dot })
    try set(pair.ana, "otra cosa")

    let version = try pair.ana.read { try $0.version(of: interview, at: dot) }

    #expect(
      version?.values[FieldID(Field.Interview.text.number)]
        == .text("La patrulla vino de noche.\nEl Estado tampoco vino."))
  }

  @Test func `what a sync brought while the editor was open is merged with what is saved`() throws {
    let seen = try #require(try pair.luis.read { try $0.state(of: interview)?.clock })
    try set(pair.ana, "La patrulla vino de noche.\nEl Estado no vino.")
    try pair.luis.take(from: pair.ana)

    try pair.luis.write {
      _ = try $0.update(
        interview, [.init(.Interview.text, "La ronda vino de noche.\nEl Estado tampoco vino.")],
        seen: seen)
    }

    #expect(try text(pair.luis) == "La patrulla vino de noche.\nEl Estado tampoco vino.")
  }

  @Test func `a record that comes alive again shows its texts merged`() throws {
    try set(pair.ana, "La patrulla vino de noche.\nEl Estado no vino.")
    try set(pair.luis, "La ronda vino de noche.\nEl Estado tampoco vino.")
    try pair.meet()
    try pair.ana.write { try $0.delete(interview) }
    try set(pair.luis, "Alcalde", .Interview.title)
    try pair.meet()

    #expect(try text(pair.ana) == "La patrulla vino de noche.\nEl Estado tampoco vino.")
    try expectTheSame()
  }

  @Test func `every text of every kind of record is merged`() throws {
    let fields = Field.all.filter { $0.shape == .text && $0.kind != .study }
    let records = try pair.ana.write { writer in
      try fields.map { try writer.create($0.kind, [.init($0, "uno dos tres")]) }
    }
    try pair.meet()
    for (field, record) in zip(fields, records) {
      try pair.ana.write { _ = try $0.update(record, [.init(field, "UNO dos tres")]) }
      try pair.luis.write { _ = try $0.update(record, [.init(field, "uno dos TRES")]) }
    }
    try pair.meet()

    #expect(fields.count == 5)
    #expect(try pair.ana.read { try $0.conflictCount() } == 0)
    #expect(try pair.ana.read { try $0.search("uno dos tres").total } >= 4)
    let memo = try pair.luis.read { try $0.fetchAll(Coding.self).first?.memo }
    #expect(memo == "UNO dos TRES")
    try expectTheSame()
  }
}
