import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import Testing

/// Two notebooks that wrote the same record without knowing of each other.
@Suite struct ConflictTests {
  private let pair: Pair
  private let interview: RecordID

  init() throws {
    pair = try Pair()
    interview = try pair.ana.write {
      try $0.create(
        .interview, [.init(.Interview.label, "TOC-001"), .init(.Interview.title, "Alcalde")])
    }
    try pair.meet()
  }

  private func set(_ notebook: Notebook, _ field: Field, _ text: String?) throws {
    try notebook.write { _ = try $0.update(interview, [.init(field, text)]) }
  }

  private func title(_ notebook: Notebook) throws -> String? {
    try notebook.read { try $0.fetch(Interview.self, interview)?.title }
  }

  @Test func `writes to different fields both stand and are counted as parallel`() throws {
    try set(pair.ana, .Interview.title, "Alcaldesa")
    try set(pair.luis, .Interview.summary, "Habló de cultivos")

    let arrived = try pair.luis.take(from: pair.ana)
    try pair.ana.take(from: pair.luis)

    #expect(arrived.parallel == 1)
    #expect(arrived.conflicts == 0)
    #expect(arrived.changed == [.interview: [interview]])
    for notebook in [pair.ana, pair.luis] {
      let read = try notebook.read { try $0.fetch(Interview.self, interview) }
      #expect(read?.title == "Alcaldesa")
      #expect(read?.summary == "Habló de cultivos")
      #expect(try notebook.read { try $0.conflictCount() } == 0)
    }
  }

  @Test func `writes to the same field are a conflict with both values, who and when`() throws {
    try set(pair.ana, .Interview.title, "Alcaldesa")
    pair.luisLaptop.clock.advance(by: 60_000)
    try set(pair.luis, .Interview.title, "El alcalde")

    let arrived = try pair.ana.take(from: pair.luis)
    try pair.luis.take(from: pair.ana)

    #expect(arrived.conflicts == 1)
    #expect(arrived.parallel == 0)
    for notebook in [pair.ana, pair.luis] {
      let conflicts = try notebook.read { try $0.conflicts() }
      #expect(conflicts.count == 1)
      let conflict = try #require(conflicts.first)
      #expect(conflict.record == interview)
      #expect(conflict.kind == .interview)
      #expect(conflict.name == "TOC-001")
      #expect(conflict.field == .Interview.title)
      #expect(conflict.sides.map(\.value) == [.text("El alcalde"), .text("Alcaldesa")])
      #expect(conflict.sides.map(\.member) == ["Luis", "Ana"])
      #expect(conflict.sides.map(\.isShown) == [true, false])
      #expect(conflict.sides.map(\.stamp.milliseconds) == [1_500_000_060_000, 1_500_000_000_000])
      #expect(try title(notebook) == "El alcalde")
    }
  }

  @Test func `the same correction made twice is no conflict`() throws {
    try set(pair.ana, .Interview.title, "Alcaldesa")
    try set(pair.luis, .Interview.title, "Alcaldesa")

    let arrived = try pair.ana.take(from: pair.luis)

    #expect(arrived.conflicts == 0)
    #expect(try pair.ana.read { try $0.conflictCount() } == 0)
  }

  @Test(arguments: ["El alcalde", "Alcaldesa", "Ni lo uno ni lo otro", nil])
  func `one who has seen both settles it for both`(decision: String?) throws {
    try set(pair.ana, .Interview.title, "Alcaldesa")
    pair.luisLaptop.clock.advance(by: 60_000)
    try set(pair.luis, .Interview.title, "El alcalde")
    try pair.meet()

    try pair.ana.write { writer in
      let conflict = try #require(try writer.reader.conflicts(of: interview).first)
      try writer.resolve(conflict, with: decision.map(Value.text))
    }
    try pair.meet()

    for notebook in [pair.ana, pair.luis] {
      #expect(try notebook.read { try $0.conflictCount() } == 0)
      #expect(try notebook.read { try $0.conflicts().count } == 0)
      #expect(try title(notebook) == decision)
    }
  }

  @Test func `two who settle it differently have a conflict again`() throws {
    try set(pair.ana, .Interview.title, "Alcaldesa")
    try set(pair.luis, .Interview.title, "El alcalde")
    try pair.meet()

    for (notebook, decision) in [(pair.ana, "A"), (pair.luis, "B")] {
      try notebook.write { writer in
        let conflict = try #require(try writer.reader.conflicts(of: interview).first)
        try writer.resolve(conflict, with: .text(decision))
      }
    }
    try pair.meet()

    let sides = try pair.ana.read { try $0.conflicts().first?.sides.map(\.value) }
    #expect(Set(sides ?? []) == [.text("A"), .text("B")])
  }

  @Test func `an edit by one who has not seen the other leaves the conflict open`() throws {
    try set(pair.ana, .Interview.title, "Alcaldesa")
    try set(pair.luis, .Interview.title, "El alcalde")
    // Ana has Luis's title; Luis does not have hers, and goes on writing.
    try pair.ana.take(from: pair.luis)
    pair.luisLaptop.clock.advance(by: 1_000)
    try set(pair.luis, .Interview.title, "El alcalde de Tocache")
    try pair.meet()

    let sides = try pair.luis.read { try $0.conflicts().first?.sides.map(\.value) }
    #expect(sides == [.text("El alcalde de Tocache"), .text("Alcaldesa")])
  }

  @Test func `attributes of different names do not clash, and of one name do`() throws {
    func setAttribute(_ notebook: Notebook, _ name: String, _ value: String) throws {
      try notebook.write { writer in
        _ = try writer.update(
          interview,
          [
            .init(
              .Interview.attributes, key: writer.keys.key(named: name),
              value: .attribute(Attribute(name: name, value: value)))
          ])
      }
    }
    try setAttribute(pair.ana, "duración", "60")
    try setAttribute(pair.luis, "lugar", "mercado")
    try setAttribute(pair.ana, "lengua", "quechua")
    try setAttribute(pair.luis, "lengua", "castellano")
    try pair.meet()

    for notebook in [pair.ana, pair.luis] {
      #expect(
        try notebook.read { try $0.attributes(of: interview).map(\.name) }
          == ["duración", "lengua", "lugar"])
      let conflicts = try notebook.read { try $0.conflicts() }
      #expect(conflicts.map(\.field) == [.Interview.attributes])
      #expect(conflicts.first?.sides.count == 2)
    }
  }

  @Test func `three sides are told from the newest to the oldest`() throws {
    let rosaLaptop = try Laptop("Rosa", seed: 3)
    let rosa = try rosaLaptop.create(title: nil, joining: pair.ana.study)
    try rosa.take(from: pair.ana)
    try set(pair.ana, .Interview.title, "primero")
    pair.luisLaptop.clock.advance(by: 20)
    try set(pair.luis, .Interview.title, "segundo")
    rosaLaptop.clock.advance(by: 10)
    try set(rosa, .Interview.title, "tercero")

    for other in [pair.luis, rosa] { try pair.ana.take(from: other) }

    let conflict = try pair.ana.read { try $0.conflicts().first }
    #expect(conflict?.sides.map(\.member) == ["Luis", "Rosa", "Ana"])
    #expect(conflict?.sides.map(\.isShown) == [true, false, false])
  }
}
