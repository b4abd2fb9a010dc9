import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import Testing

@Suite struct SearchTests {
  private let laptop: Laptop
  private let notebook: Notebook

  init() throws {
    laptop = try Laptop()
    notebook = try laptop.create(title: "Estudio")
  }

  private func notes(_ texts: String...) throws {
    try notebook.write { writer in
      for text in texts { try writer.create(.note, [.init(.Note.text, text)]) }
    }
  }

  /// The texts found, sorted, so that only what is found counts.
  private func found(_ words: String) throws -> [String] {
    try notebook.read { reader in
      try reader.search(words).hits.compactMap { try reader.fetch(Note.self, $0.id)?.text }
    }.sorted()
  }

  @Test(arguments: ["peligro", "PELIGRO", "Pelígro", "peli\u{301}gro"])
  func `a word is found whatever its case and accents`(word: String) throws {
    try notes("Hubo peligro.", "Hubo PELÍGRO.", "Hubo calma.")

    #expect(try found(word) == ["Hubo PELÍGRO.", "Hubo peligro."])
  }

  @Test func `ñ is a letter of its own`() throws {
    try notes("un año", "un ano", "el cañón", "el canon", "MAÑANA", "manana")

    #expect(try found("año") == ["un año"])
    #expect(try found("AÑO") == ["un año"])
    #expect(try found("ano") == ["un ano"])
    #expect(try found("canon") == ["el canon"])
    #expect(try found("cañon") == ["el cañón"])
    #expect(try found("mañana") == ["MAÑANA"])
    #expect(try found("manana") == ["manana"])
    #expect(try found("ca*") == ["el canon", "el cañón"])
    #expect(try found("cañ*") == ["el cañón"])
    #expect(try found("can*") == ["el canon"])
  }

  @Test func `a word in two spellings of Unicode is one word`() throws {
    try notes("man\u{303}ana", "ma\u{F1}ana", "cafe\u{301}", "caf\u{E9}")

    #expect(try found("mañana").count == 2)
    #expect(try found("man\u{303}ana").count == 2)
    #expect(try found("café").count == 2)
    #expect(try found("cafe").count == 2)
  }

  @Test func `a kind that is asked for leaves out the others, and they are not counted`() throws {
    try notes("la coca", "más coca")
    try notebook.write { writer in
      try writer.create(.theme, [.init(.Theme.name, "Coca")])
      try writer.create(.interview, [.init(.Interview.text, "de la coca")])
    }

    func kinds(_ kinds: [Kind]) throws -> [Kind] {
      try notebook.read { reader in
        let (hits, total) = try reader.search("coca", kinds: kinds)
        #expect(total == hits.count)
        return hits.map(\.kind).sorted { $0.rawValue < $1.rawValue }
      }
    }
    #expect(try kinds(Kind.allCases) == [.interview, .note, .note, .theme])
    #expect(try kinds([.note]) == [.note, .note])
    #expect(try kinds([.theme, .interview]) == [.interview, .theme])
    #expect(try kinds([.place]) == [])
  }

  @Test func `every word must be there, in any order`() throws {
    try notes("la coca y el cacao", "solo coca", "solo cacao")

    #expect(try found("cacao coca") == ["la coca y el cacao"])
    #expect(try found("  cacao \t coca\n") == ["la coca y el cacao"])
  }

  @Test func `words between quotes must follow each other`() throws {
    try notes("sustitución de cultivos", "cultivos de sustitución")

    #expect(try found("\"sustitucion de cultivos\"") == ["sustitución de cultivos"])
    #expect(try found("\"de cultivos\"") == ["sustitución de cultivos"])
    #expect(try found("\"cultivos sustitución\"") == [])
  }

  @Test func `a word with a star stands for all that begin so`() throws {
    try notes("erradicar", "erradicación", "radical")

    #expect(try found("erradica*") == ["erradicación", "erradicar"])
    #expect(try found("erradica") == [])
  }

  @Test(arguments: [
    "", " ", "*", "\"", "\"\"", "AND", "OR", "NOT", "NEAR", "NEAR(", "NEAR(a b)", "( * \"", ")",
    "a^b",
    "title:x", "-x", "x OR", "AND OR NEAR( * \"", "'; DROP TABLE record; --", "{title}: x",
    "\u{0}", "\u{301}", "\"*", "**", "a*b", "+", "^x", "%", "_", "\\", "👨\u{200D}👩",
  ])
  func `nothing that is typed is taken for an operator`(words: String) throws {
    try notes("and near a b x title drop table record")

    let hits = try notebook.read { try $0.search(words) }

    #expect(hits.total <= 1)
    #expect(hits.hits.count == hits.total)
  }

  @Test func `an operator's name is a word like any other`() throws {
    try notes("near and far", "far")

    #expect(try found("near and") == ["near and far"])
    #expect(try found("not") == [])
  }

  @Test func `a word in a title comes before a word in a text`() throws {
    let (inText, inTitle) = try notebook.write { writer in
      (
        try writer.create(
          .interview,
          [.init(.Interview.title, "Alcalde"), .init(.Interview.text, "Habló de la erradicación.")]),
        try writer.create(
          .interview,
          [
            .init(.Interview.title, "La erradicación"),
            .init(.Interview.text, "Habló de otras cosas."),
          ])
      )
    }

    let hits = try notebook.read { try $0.search("erradicación").hits.map(\.id) }

    #expect(hits == [inTitle, inText])
  }

  @Test func `a kind can be asked for, and a number of hits`() throws {
    try notes("coca 1", "coca 2", "coca 3")
    try notebook.write { _ = try $0.create(.theme, [.init(.Theme.name, "coca")]) }

    try notebook.read { reader throws in
      #expect(try reader.search("coca").total == 4)
      #expect(try reader.search("coca", kinds: [.theme]).hits.map(\.kind) == [.theme])
      let some = try reader.search("coca", kinds: [.note], limit: 2)
      #expect(some.total == 3)
      #expect(some.hits.count == 2)
    }
  }

  @Test func `what is no longer there is no longer found`() throws {
    let note = try notebook.write { try $0.create(.note, [.init(.Note.text, "coca")]) }
    try notebook.write { _ = try $0.update(note, [.init(.Note.text, "cacao")]) }
    #expect(try found("coca") == [])
    #expect(try found("cacao") == ["cacao"])

    try notebook.write { _ = try $0.update(note, [.init(.Note.text, nil)]) }
    #expect(try notebook.read { try $0.search("cacao").total } == 0)
  }

  @Test(arguments: [
    "straße", "İstanbul", "ΣΊΣΥΦΟΣ", "ﬁn", "Łódź", "qʼero", "q'ero", "ch’aki", "ñ", "ÑAÑU",
  ])
  func `a word is found as it was written`(word: String) throws {
    try notes("antes \(word) después", "nada")

    #expect(try notebook.read { try $0.search(word).total } == 1)
  }
}
