import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Testing

/// Law 5 over a record and what is on it.
@Suite struct KeepingTests {
  private let pair: Pair
  private let interview: RecordID
  private let theme: RecordID
  private let coding: RecordID

  init() throws {
    let pair = try Pair()
    (interview, theme) = try pair.ana.write { writer in
      (
        try writer.create(
          .interview,
          [
            .init(.Interview.label, "TOC-001"),
            .init(.Interview.text, "Sembraron cacao y después volvieron a la coca."),
          ]),
        try writer.create(.theme, [.init(.Theme.name, "sustitución")])
      )
    }
    coding = try pair.ana.code(interview, "cacao", as: theme)
    try pair.meet()
    self.pair = pair
  }

  private func expectSame() throws {
    #expect(try SharedDump.of(pair.anaLaptop.folder) == SharedDump.of(pair.luisLaptop.folder))
    #expect(try pair.ana.summary() == pair.luis.summary())
    for notebook in [pair.ana, pair.luis] {
      #expect(try notebook.examine(rebuild: false).isHealthy)
    }
  }

  @Test func `a coding that the deleter had not seen keeps the interview with all codings`() throws
  {
    try pair.luis.write { try $0.delete(interview) }
    try pair.ana.code(interview, "la coca", as: theme)

    let atAna = try pair.ana.take(from: pair.luis)
    let atLuis = try pair.luis.take(from: pair.ana)

    #expect(atAna.kept == [interview])
    #expect(atLuis.kept == [interview])
    for notebook in [pair.ana, pair.luis] {
      #expect(try notebook.count(.interview) == 1)
      #expect(try notebook.count(.coding) == 2)
      let kept = try notebook.read { try $0.kept([interview]) }
      #expect(kept.map(\.deletedBy) == [["Luis"]])
      #expect(kept.map(\.workedOnBy) == [["Ana"]])
    }
    try expectSame()
  }

  @Test func `a note on a note keeps what the first note is about`() throws {
    let note = try pair.ana.note("Habló en voz baja.", about: interview)
    try pair.meet()
    try pair.luis.write { try $0.delete(interview) }
    try pair.ana.note("¿Por qué?", about: note)
    try pair.meet()

    for notebook in [pair.ana, pair.luis] {
      #expect(try notebook.count(.interview) == 1)
      #expect(try notebook.count(.note) == 2)
      #expect(try notebook.read { try $0.kept([interview]).map(\.workedOnBy) } == [["Ana"]])
    }
    try expectSame()
  }

  @Test func `an interview goes once the coding that kept it is deleted`() throws {
    try pair.luis.write { try $0.delete(interview) }
    let second = try pair.ana.code(interview, "la coca", as: theme)
    try pair.meet()

    try pair.ana.write { try $0.delete(second) }
    try pair.meet()

    for notebook in [pair.ana, pair.luis] {
      #expect(try notebook.count(.interview) == 0)
      #expect(try notebook.count(.coding) == 0)
    }
    try expectSame()
  }

  @Test func `a theme that somebody coded with meanwhile stays`() throws {
    try pair.luis.write { try $0.delete(theme) }
    try pair.ana.code(interview, "la coca", as: theme)
    try pair.meet()

    for notebook in [pair.ana, pair.luis] {
      #expect(try notebook.count(.theme) == 1)
      #expect(try notebook.count(.coding) == 2)
      #expect(try notebook.read { try $0.kept([theme]).map(\.workedOnBy) } == [["Ana"]])
    }
    try expectSame()
  }

  @Test func `codings go out of sight with their interview and come back with it`() throws {
    try pair.luis.write { try $0.delete(interview) }
    try pair.meet()
    for notebook in [pair.ana, pair.luis] { #expect(try notebook.count(.coding) == 0) }
    try expectSame()

    let trash = try pair.ana.read { try $0.trash() }
    #expect(trash.map(\.id) == [interview])
    #expect(trash.map(\.name) == ["TOC-001"])
    #expect(trash.map(\.deletedBy) == ["Luis"])
    #expect(trash.map(\.dependants) == [1])

    #expect(try pair.ana.write { try $0.undelete(interview) })
    try pair.meet()

    for notebook in [pair.ana, pair.luis] {
      #expect(try notebook.count(.interview) == 1)
      #expect(try notebook.read { try $0.codings(on: interview).map(\.id) } == [coding])
      #expect(try notebook.read { try $0.trash().count } == 0)
    }
    try expectSame()
  }

  @Test func `a coding made with a theme that is deleted already brings it back`() throws {
    try pair.ana.write { try $0.delete(theme) }
    try pair.meet()

    try pair.luis.code(interview, "la coca", as: theme)
    try pair.meet()

    for notebook in [pair.ana, pair.luis] {
      #expect(try notebook.count(.theme) == 1)
      #expect(try notebook.count(.coding) == 2)
    }
    try expectSame()
  }

  @Test func `two notes about each other hide and come back together`() throws {
    let first = try pair.ana.note("uno", about: interview)
    let second = try pair.ana.note("dos", about: first)
    try pair.ana.write { writer in
      _ = try writer.update(first, [.init(.Note.about, value: .reference(second.rawValue))])
    }
    try pair.meet()

    try pair.luis.write { try $0.delete(first) }
    try pair.meet()
    #expect(try pair.ana.count(.note) == 0)

    _ = try pair.ana.write { try $0.undelete(first) }
    try pair.meet()
    #expect(try pair.luis.count(.note) == 2)
    try expectSame()
  }

  @Test(arguments: Seeds.upTo(60))
  func
    `whatever is deleted, brought back, coded and moved, all show the same and a view made anew does`(
      seed: UInt64
    ) throws
  {
    var random = SplitMix64(seed: seed)
    var records: [(id: RecordID, kind: Kind)] = [(interview, .interview), (theme, .theme)]
    for _ in 0..<40 {
      let notebook = Bool.random(using: &random) ? pair.ana : pair.luis
      let (id, kind) = records.randomElement(using: &random) ?? (interview, .interview)
      let isHere = try notebook.read { try $0.state(of: id) != nil }
      switch Int.random(in: 0..<10, using: &random) {
      case 0...2 where isHere:
        records.append((try notebook.note("n", about: id), .note))
      case 3...4 where isHere && kind == .interview:
        let new = try notebook.write { writer in
          try writer.create(
            .coding,
            [
              .init(.Coding.target, value: .target(Target(record: id.rawValue, field: 10))),
              .init(.Coding.theme, value: .reference(theme.rawValue)),
            ])
        }
        records.append((new, .coding))
      case 5...6 where isHere: try notebook.write { try $0.delete(id) }
      case 7 where isHere: _ = try notebook.write { try $0.undelete(id) }
      case 8 where isHere && kind == .note:
        let other = records.randomElement(using: &random)?.id ?? interview
        _ = try notebook.write {
          try $0.update(id, [.init(.Note.about, value: .reference(other.rawValue))])
        }
      default:
        let (from, to) = Bool.random(using: &random) ? (pair.luis, pair.ana) : (pair.ana, pair.luis)
        try to.take(from: from, bytesMax: Int.random(in: 1...1_000, using: &random))
      }
    }
    try pair.meet()

    let (ana, luis) = try (
      Set(SharedDump.of(pair.anaLaptop.folder)), Set(SharedDump.of(pair.luisLaptop.folder))
    )
    #expect(ana.symmetricDifference(luis).sorted() == [], "\(Seeds.replay(seed))")
    for notebook in [pair.ana, pair.luis] {
      #expect(try notebook.examine(rebuild: false).isHealthy, "\(Seeds.replay(seed))")
    }
  }
}
