import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import Testing

@Suite struct TreeWritingTests {
  private let laptop: Laptop
  private let notebook: Notebook

  init() throws {
    laptop = try Laptop()
    notebook = try laptop.create()
  }

  private func theme(_ name: String, under parent: RecordID? = nil) throws -> RecordID {
    try notebook.write { writer in
      try writer.create(
        .theme,
        [
          .init(.Theme.name, name),
          .init(.Theme.parent, value: parent.map { .reference($0.rawValue) }),
        ])
    }
  }

  private func move(_ theme: RecordID, under parent: RecordID) throws {
    try notebook.write {
      _ = try $0.update(theme, [.init(.Theme.parent, value: .reference(parent.rawValue))])
    }
  }

  @Test func `a record is not put under itself`() throws {
    let theme = try theme("Estado")

    #expect(throws: NotebookError.fault(.ownParent(field: "parent"))) {
      try move(theme, under: theme)
    }
  }

  @Test func `a record is not put under one below it`() throws {
    let top = try theme("Estado")
    let middle = try theme("Policía", under: top)
    let bottom = try theme("Abusos", under: middle)

    #expect(throws: NotebookError.fault(.cycle(field: "parent"))) { try move(top, under: bottom) }
    try move(bottom, under: top)
  }

  @Test func `a theme is not merged into itself or into what was merged into it`() throws {
    let first = try theme("Coca")
    let second = try theme("Hoja de coca")
    try notebook.write {
      _ = try $0.update(second, [.init(.Theme.mergedInto, value: .reference(first.rawValue))])
    }

    #expect(throws: NotebookError.fault(.cycle(field: "mergedInto"))) {
      try notebook.write {
        _ = try $0.update(first, [.init(.Theme.mergedInto, value: .reference(second.rawValue))])
      }
    }
    #expect(try notebook.read { try $0.mergedThemes() } == [second: first])
  }

  @Test func `a tree has at most 64 levels`() throws {
    var last = try theme("nivel 1")
    for level in 2...64 { last = try theme("nivel \(level)", under: last) }
    let other = try theme("otro")

    #expect(throws: NotebookError.fault(.tooDeep)) { try move(other, under: last) }
    #expect(throws: NotebookError.fault(.tooDeep)) { _ = try theme("nivel 65", under: last) }
  }

  @Test func `a branch is not hung where its leaves would be too deep`() throws {
    var last = try theme("nivel 1")
    for level in 2...63 { last = try theme("nivel \(level)", under: last) }
    let branch = try theme("rama")
    _ = try theme("hoja", under: branch)

    #expect(throws: NotebookError.fault(.tooDeep)) { try move(branch, under: last) }
  }

  @Test func `two who put each other's theme below their own see the same tree`() throws {
    let pair = try Pair()
    let (first, second) = try pair.ana.write { writer in
      (
        try writer.create(.theme, [.init(.Theme.name, "uno")]),
        try writer.create(.theme, [.init(.Theme.name, "dos")])
      )
    }
    try pair.meet()
    try pair.ana.write {
      _ = try $0.update(first, [.init(.Theme.parent, value: .reference(second.rawValue))])
    }
    pair.luisLaptop.clock.advance(by: 5)
    try pair.luis.write {
      _ = try $0.update(second, [.init(.Theme.parent, value: .reference(first.rawValue))])
    }
    try pair.meet()

    for notebook in [pair.ana, pair.luis] {
      let tree = try notebook.read { try $0.tree(.Theme.parent) }
      #expect(tree.parent(of: first.rawValue) == second.rawValue)
      #expect(tree.parent(of: second.rawValue) == nil)
      #expect(try notebook.read { try $0.themePaths().path(to: first) } == "dos > uno")
    }
  }
}
