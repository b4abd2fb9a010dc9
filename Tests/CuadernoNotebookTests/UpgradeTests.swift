import CuadernoModel
import CuadernoNotebookTestSupport
import CuadernoSync
import Testing

@testable import CuadernoNotebook

/// What an older cuaderno left in the view, once a newer one opens it.
@Suite struct UpgradeTests {
  private let laptop: Laptop
  private let note: RecordID

  init() throws {
    laptop = try Laptop()
    let notebook = try laptop.create()
    note = try notebook.write { try $0.create(.note, [.init(.Note.text, "ya se puede leer")]) }
    try notebook.close()
    // As code leaves it that does not know the field yet.
    try ViewDamage.run("UPDATE note SET text = NULL", in: laptop.folder)
  }

  private func text(_ notebook: Notebook) throws -> String? {
    try notebook.read { try $0.fetch(Note.self, note)?.text }
  }

  @Test(arguments: [Notebook.Access.reading, .writing])
  func `a view made by code that knew other things is made anew`(access: Notebook.Access) throws {
    try ViewDamage.run(
      "UPDATE progress SET knowledge = zeroblob(32)", in: laptop.folder)

    let notebook = try laptop.open(for: access)

    #expect(try text(notebook) == "ya se puede leer")
    #expect(try laptop.open().examine(rebuild: false).isHealthy)
  }

  @Test func `a view made by code that knew the same is kept`() throws {
    #expect(try text(laptop.open()) == nil)
    #expect(try text(laptop.open(for: .reading)) == nil)
  }

  @Test func `what the code knows names every kind and every field`() {
    let lines = Set(Knowledge.text.split(separator: "\n").map(String.init))

    #expect(lines.count == Kind.allCases.count + Field.all.count + 6)
    #expect(lines.contains("kind 7 coding"))
    #expect(lines.contains("field 6 5 mergedInto reference theme"))
  }
}
