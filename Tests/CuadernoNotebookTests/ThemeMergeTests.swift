import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import Testing

@Suite struct ThemeMergeTests {
  private let pair: Pair
  private let fear: RecordID
  private let dread: RecordID
  private let police: RecordID

  init() throws {
    pair = try Pair()
    (fear, dread, police) = try pair.ana.write { writer in
      let fear = try writer.create(.theme, [.init(.Theme.name, "Miedo")])
      let dread = try writer.create(.theme, [.init(.Theme.name, "Temor")])
      let police = try writer.create(
        .theme,
        [
          .init(.Theme.name, "A la policía"),
          .init(.Theme.parent, value: .reference(fear.rawValue)),
        ])
      return (fear, dread, police)
    }
    try pair.meet()
  }

  private func merge(_ notebook: Notebook, _ theme: RecordID, _ into: RecordID?) throws {
    try notebook.write {
      _ = try $0.update(
        theme,
        [.init(.Theme.mergedInto, value: into.map { .reference($0.rawValue) })])
    }
  }

  private func paths(_ notebook: Notebook) throws -> [String] {
    try notebook.read { reader in
      let merged = try reader.mergedThemes()
      let paths = try reader.themePaths()
      return try reader.ids(of: .theme).filter { merged[$0] == nil }.map(paths.path).sorted()
    }
  }

  private func merged(_ notebook: Notebook) throws -> [RecordID: RecordID] {
    try notebook.read { try $0.mergedThemes() }
  }

  @Test func `what lay below a merged theme lies below the one that stands for it`() throws {
    try merge(pair.ana, fear, dread)
    try pair.meet()

    for notebook in [pair.ana, pair.luis] {
      #expect(try paths(notebook) == ["Temor", "Temor > A la policía"])
      #expect(try notebook.read { try $0.name(of: police, .theme) } == "Temor > A la policía")
      #expect(
        try notebook.read { try $0.find("Temor > A la policía", among: [.theme]) }.map(\.id)
          == [police])
    }
    try merge(pair.luis, fear, nil)
    #expect(try paths(pair.luis) == ["Miedo", "Miedo > A la policía", "Temor"])
  }

  @Test func `merges in a chain end at the last`() throws {
    let third = try pair.ana.write { try $0.create(.theme, [.init(.Theme.name, "Pavor")]) }
    try merge(pair.ana, fear, dread)
    try merge(pair.ana, dread, third)

    #expect(try merged(pair.ana) == [fear: third, dread: third])
    try merge(pair.ana, dread, nil)
    #expect(try merged(pair.ana) == [fear: dread])
  }

  @Test func `of two merged into each other at once one stands, the same everywhere`() throws {
    try merge(pair.ana, fear, dread)
    pair.luisLaptop.clock.advance(by: 5)
    try merge(pair.luis, dread, fear)
    try pair.meet()

    for notebook in [pair.ana, pair.luis] {
      #expect(try merged(notebook) == [fear: dread])
      #expect(try paths(notebook) == ["Temor", "Temor > A la policía"])
    }
  }

  @Test func `a theme merged into one that was deleted stands by itself again`() throws {
    try merge(pair.ana, fear, dread)
    try pair.luis.write { try $0.delete(dread) }
    try pair.meet()

    for notebook in [pair.ana, pair.luis] {
      #expect(try merged(notebook) == [:])
      #expect(try paths(notebook) == ["Miedo", "Miedo > A la policía"])
    }
  }

  @Test func `a theme merged into one below it leaves its place to that one`() throws {
    let state = try pair.ana.write { writer in
      let state = try writer.create(.theme, [.init(.Theme.name, "Estado")])
      try writer.update(fear, [.init(.Theme.parent, value: .reference(state.rawValue))])
      return state
    }
    try merge(pair.ana, fear, police)

    #expect(try paths(pair.ana) == ["Estado", "Estado > A la policía", "Temor"])
    #expect(
      try pair.ana.read { try $0.themeTree().tree.path(to: police.rawValue) }
        == [state.rawValue, police.rawValue])
  }

  @Test func `a theme is not put below one that by a merge lies below it`() throws {
    try merge(pair.ana, fear, dread)

    #expect(throws: NotebookError.fault(.cycle(field: "parent"))) {
      try pair.ana.write {
        _ = try $0.update(dread, [.init(.Theme.parent, value: .reference(police.rawValue))])
      }
    }
    // The merged theme stands for the other when something is put below it.
    try pair.ana.write { writer in
      let new = try writer.create(.theme, [.init(.Theme.name, "Al Ejército")])
      try writer.update(new, [.init(.Theme.parent, value: .reference(fear.rawValue))])
    }
    #expect(try paths(pair.ana).contains("Temor > Al Ejército"))
  }

  @Test func `a node whose parent was deleted is drawn at the top`() throws {
    try pair.luis.write { try $0.delete(fear) }
    try pair.meet()

    #expect(try paths(pair.ana) == ["A la policía", "Temor"])
    #expect(try pair.ana.read { try $0.name(of: police, .theme) } == "A la policía")
  }
}
