import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import Testing

@Suite struct FindingTests {
  private let laptop: Laptop
  private let notebook: Notebook

  init() throws {
    laptop = try Laptop()
    notebook = try laptop.create()
  }

  @discardableResult
  private func place(
    _ name: String, under parent: RecordID? = nil, other: [String] = []
  ) throws -> RecordID {
    try notebook.write { writer in
      try writer.create(
        .place,
        [
          .init(.Place.name, name), .init(.Place.otherNames, value: .list(other)),
          .init(.Place.parent, value: parent.map { .reference($0.rawValue) }),
        ])
    }
  }

  private func found(_ text: String, among kinds: [Kind] = Kind.allCases) throws -> [RecordID] {
    try notebook.read { try $0.find(text, among: kinds).map(\.id) }
  }

  @Test(arguments: ["TOC-017", "toc-017", " Toc-017 ", "tóc-017"])
  func `an interview is found by its label`(typed: String) throws {
    let interview = try notebook.write {
      try $0.create(.interview, [.init(.Interview.label, "TOC-017")])
    }

    #expect(try found(typed) == [interview])
    #expect(try found(typed, among: [.place]) == [])
  }

  @Test func `a participant is found by the pseudonym, a theme by its name`() throws {
    let (participant, theme) = try notebook.write { writer in
      (
        try writer.create(.participant, [.init(.Participant.pseudonym, "Señora Inés")]),
        try writer.create(.theme, [.init(.Theme.name, "Erradicación")])
      )
    }

    #expect(try found("señora ines") == [participant])
    #expect(try found("senora ines") == [])
    #expect(try found("ERRADICACION") == [theme])
  }

  @Test func `a place is found by each of its names`() throws {
    let place = try place("Tocache", other: ["Tocache Nuevo", "La Ciudad"])

    for name in ["tocache", "TOCACHE NUEVO", "la ciudad"] { #expect(try found(name) == [place]) }
    #expect(try found("nuevo") == [])
  }

  @Test func `where two have a name both are told, with their paths`() throws {
    let first = try place("San Martín")
    let second = try place("Tocache", under: first)
    let third = try place("San Martín", under: second)

    let matches = try notebook.read { try $0.find("san martin", among: [.place]) }

    #expect(matches.map(\.id) == [first, third])
    #expect(matches.map(\.name) == ["San Martín", "San Martín > Tocache > San Martín"])
  }

  @Test func `a path tells one of two from the other`() throws {
    let region = try place("San Martín")
    let province = try place("Tocache", under: region)
    let district = try place("Tocache", under: province)
    let other = try place("Pólvora", under: province)

    #expect(try found("San Martín > Tocache") == [province])
    #expect(try found("tocache>tocache") == [district])
    #expect(try found(" san martin >tocache> tocache ") == [district])
    #expect(try found("Tocache > Polvora") == [other])
    #expect(try found("Uchiza > Polvora") == [])
  }

  @Test func `a record is found by the beginning of its id`() throws {
    let id = try #require(RecordID("3f2a0000000000000000000000000001"))
    let other = try #require(RecordID("3f2b0000000000000000000000000001"))
    try notebook.write { writer in
      try writer.create(.note, [.init(.Note.text, "a")], id: id)
      try writer.create(.note, [.init(.Note.text, "b")], id: other)
    }

    #expect(try found("3f2a") == [id])
    #expect(try found("3F2A-0000") == [id])
    #expect(try found(id.description) == [id])
    #expect(try found("3f2") == [])
    #expect(try found("3f2a1") == [])
    #expect(try found("3f2a", among: [.theme]) == [])
    #expect(try found("3f2a" + String(repeating: "0", count: 29)) == [])
  }

  @Test func `a name hides ids that begin with the same letters`() throws {
    let id = try #require(RecordID("cafe0000000000000000000000000001"))
    let theme = try notebook.write { writer in
      try writer.create(.note, [.init(.Note.text, "a")], id: id)
      return try writer.create(.theme, [.init(.Theme.name, "Café")])
    }

    #expect(try found("cafe") == [theme])
    #expect(try found("cafe0") == [id])
  }

  @Test func `a record that was renamed is found by its new name alone`() throws {
    let place = try place("Nuevo Progreso")
    try notebook.write { _ = try $0.update(place, [.init(.Place.name, "Progreso")]) }

    #expect(try found("nuevo progreso") == [])
    #expect(try found("progreso") == [place])
  }

  @Test(arguments: ["", " ", ">", " > ", "%", "_", "'", "\u{301}", "a > ", "\u{0}"])
  func `what is no name finds nothing`(typed: String) throws {
    try place("Tocache")

    #expect(try found(typed) == [])
  }

  @Test func `a name that has the sign of a path in it is found too`() throws {
    let place = try place("Km 10 > Km 20")

    #expect(try found("Km 10 > Km 20") == [place])
  }
}
