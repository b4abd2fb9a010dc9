import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import Testing

@Suite struct PassageTests {
  private let laptop: Laptop
  private let notebook: Notebook

  init() throws {
    laptop = try Laptop()
    notebook = try laptop.create(title: "Estudio")
  }

  /// The passage shown for the one note there is, with the words marked in brackets.
  private func passage(_ words: String, of text: String) throws -> String {
    try notebook.write { _ = try $0.create(.note, [.init(.Note.text, text)]) }
    let hit = try #require(try notebook.read { try $0.search(words).hits.first })
    var scalars = Array(hit.passage.unicodeScalars)
    for mark in hit.marks.reversed() {
      scalars.insert("]", at: mark.upperBound)
      scalars.insert("[", at: mark.lowerBound)
    }
    var marked = String.UnicodeScalarView()
    marked.append(contentsOf: scalars)
    return String(marked)
  }

  @Test func `a short text is shown whole with the words marked`() throws {
    #expect(
      try passage("coca CACAO", of: "De la Coca\nal cacao.") == "De la [Coca] al [cacao].")
  }

  @Test func `marks are at the words as they stand there, accents and all`() throws {
    #expect(
      try passage("erradica* año", of: "La erradicación de ese año, no el ano.")
        == "La [erradicación] de ese [año], no el ano.")
  }

  @Test func `of a long text the stretch with most of the words is shown`() throws {
    let filler = String(repeating: "palabra ", count: 60)
    let text = filler + "coca sola. " + filler + "la coca y el cacao juntos. " + filler

    let shown = try passage("coca cacao", of: text)

    #expect(shown.contains("la [coca] y el [cacao] juntos."))
    #expect(!shown.contains("sola"))
    #expect(shown.unicodeScalars.count < 200)
  }

  @Test(arguments: 0..<4)
  func `a word at either end of a long text is shown`(place: Int) throws {
    let filler = Array(repeating: "palabra", count: 50)
    var words = filler
    words.insert("coca", at: [0, 1, 49, 50][place])

    #expect(try passage("coca", of: words.joined(separator: " ")).contains("[coca]"))
  }

  @Test func `a passage of letters of many scalars is cut between scalars and shown`() throws {
    let text = String(repeating: "👨\u{200D}👩\u{200D}👧 ", count: 80) + "coca"

    #expect(try passage("coca", of: text).contains("[coca]"))
  }
}
