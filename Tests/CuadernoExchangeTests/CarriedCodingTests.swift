import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoExchange

/// Codings on a text that was edited since: carried, written, taken in, and written the same again.
@Suite struct CarriedCodingTests {
  private let book: TestNotebook
  private let theme: RecordID

  init() throws {
    book = try TestNotebook()
    theme = try book.theme("Miedo")
  }

  private func statuses(_ book: TestNotebook, _ target: RecordID) throws -> [PlacedCoding.Status] {
    try book.notebook.read { reader in
      try reader.placed(reader.codings(on: target), on: target).map(\.status)
    }
  }

  /// Takes the lines into a new notebook of another study, and answers it.
  private func copied(_ lines: String) throws -> TestNotebook {
    let other = try TestNotebook(seed: 42, study: 8, member: "Luis")
    try other.take(lines)
    return other
  }

  @Test func `a quote that moved is given where it stands now`() throws {
    let interview = try book.interview("A", "Uno dos tres.")
    try book.code(interview, "dos", theme)
    try book.setText(interview, "Antes. Uno dos tres.")

    let lines = try book.lines()
    let other = try copied(lines)

    #expect(
      lines.contains(
        #""anchor":{"start":11,"end":14,"quote":"dos","prefix":"Antes. Uno ","suffix":" tres."}"#))
    #expect(lines.contains(#""status":"exact""#))
    #expect(!lines.contains("earlierTexts"))
    #expect(try other.lines() == lines)
    #expect(try statuses(other, interview) == [.exact])
  }

  @Test func `a quote that was edited keeps its old words and the text they stood in`() throws {
    let interview = try book.interview("A", "Uno dos y medio tres.")
    try book.code(interview, "dos y medio", theme)
    try book.setText(interview, "Uno dos con medio tres.")

    let lines = try book.lines()
    let other = try copied(lines)

    #expect(try statuses(book, interview) == [.changed])
    #expect(lines.contains(#""earlierTexts":["Uno dos y medio tres."]"#))
    #expect(
      lines.contains(
        #""anchor":{"version":1,"start":4,"end":15,"quote":"dos y medio","prefix":"Uno ","#
          + #""suffix":" tres."}"#))
    #expect(lines.contains(#""status":"changed","now":{"start":4,"end":17}"#))
    #expect(try other.lines() == lines)
    #expect(try statuses(other, interview) == [.changed])
    // The history tells what the file tells: first the earlier text, then the present one.
    let texts = try other.notebook.read { reader in
      try reader.history(of: interview).flatMap(\.edits).compactMap { edit -> String? in
        guard edit.field == .Interview.text, case .text(let text) = edit.value else { return nil }
        return text
      }
    }
    #expect(texts.last == "Uno dos con medio tres.")
    #expect(texts.contains("Uno dos y medio tres."))
  }

  @Test func `a quote that was removed, and one that is twice now, are written the same again`()
    throws
  {
    let interview = try book.interview("A", "Uno. Se llevaron todo. Dos. Tres cuatro.")
    try book.code(interview, "Se llevaron todo.", theme)
    try book.code(interview, "Tres cuatro.", theme)
    try book.setText(interview, "Uno. Dos. Tres cuatro. Tres cuatro.")

    let lines = try book.lines()
    let other = try copied(lines)

    #expect(try Set(statuses(book, interview)) == [.gone, .review])
    #expect(try other.lines() == lines)
    #expect(try Set(statuses(other, interview)) == [.gone, .review])
  }

  @Test func `the carried codings are known again by the notebook they came from`() throws {
    let interview = try book.interview("A", "Uno dos tres. Cuatro cinco seis.")
    try book.code(interview, "dos", theme)
    try book.code(interview, "cinco seis", theme)
    try book.setText(interview, "Cero. Uno dos tres. Cuatro cinco o seis.")
    let before = try book.changes

    try book.take(book.lines())

    #expect(try book.changes == before)
  }

  @Test func `codings on notes are carried too`() throws {
    let interview = try book.interview("A", "x")
    let note = try book.note("Volver con Lucha mañana.", about: interview)
    try book.code(note, "con Lucha", theme)
    try book.setText(note, "Volver sin Lucha mañana.", .Note.text)

    let lines = try book.lines()

    #expect(lines.contains(#""target":{"note":"\#(note)","field":"text"}"#))
    #expect(try copied(lines).lines() == lines)
  }

  @Test func `a coding on what was deleted keeps what is known of it`() throws {
    let interview = try book.interview("A", "Uno dos tres.")
    let coding = try book.code(interview, "dos", theme)
    try book.delete(interview)
    guard try book.notebook.read({ try $0.fetch(Coding.self, coding) }) != nil else { return }

    let lines = try book.lines()

    #expect(lines.contains(#""anchor":{"version":null,"start":4"#))
    #expect(try copied(lines).lines() == lines)
  }

  @Test func `an earlier text that is new here is written before the present one`() throws {
    let interview = try book.interview("A", "Uno dos y medio tres.")
    let other = try copied(book.lines())
    try book.code(interview, "dos y medio", theme)
    try book.setText(interview, "Uno dos con medio tres.")
    let lines = try book.lines()

    // The other notebook has the old text in its own history.
    try other.take(lines)
    #expect(try other.lines() == lines)

    // This one has only ever seen the present text.
    let third = try TestNotebook(seed: 6, study: 9)
    let present = lines.replacing(#","earlierTexts":["Uno dos y medio tres."]"#, with: "")
      .split(separator: "\n").filter { !$0.contains(#""record":"coding""#) }
    try third.take(present.joined(separator: "\n"))
    try third.take(lines)
    #expect(try third.lines() == lines)
    #expect(try statuses(third, interview) == [.changed])
  }

  /// Law: a study written, taken in and written again is the same bytes, however its texts were
  /// edited; and its own notebook finds nothing to write.
  @Test(arguments: Seeds.upTo(20))
  func `lines survive the way through another notebook`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let book = try TestNotebook(seed: seed)
    let themes = try ["Uno", "Dos"].map { try book.theme($0) }
    let words = ["sí", "no", "coca", "miedo", "ñaña", "y", "el", "papel", "del", "Estado", "🧉"]
    func text() -> String {
      (0..<Int.random(in: 4...14, using: &random)).map { _ in
        words[Int.random(in: 0..<words.count, using: &random)]
      }.joined(separator: " ")
    }
    let targets = try (0..<3).map { try book.interview("I\($0)", text()) }
    for _ in 0..<14 {
      let target = targets[Int.random(in: 0..<targets.count, using: &random)]
      if Int.random(in: 0..<3, using: &random) == 0 {
        try book.setText(target, edited(text(), of: target, book, &random))
      } else {
        try code(target, book, themes, &random)
      }
    }
    let lines = try book.lines()
    let before = try book.changes

    let other = try copied(lines)
    try book.take(lines)

    #expect(try other.lines() == lines, Comment(rawValue: Seeds.replay(seed)))
    #expect(try book.changes == before, Comment(rawValue: Seeds.replay(seed)))
  }

  /// The present text with a stretch of it replaced, or another text altogether.
  private func edited(
    _ new: String, of target: RecordID, _ book: TestNotebook, _ random: inout SplitMix64
  ) throws -> String {
    let old = try book.notebook.read { try $0.codedText(of: target)?.text ?? "" }
    guard Int.random(in: 0..<4, using: &random) > 0 else { return new }
    var words = old.split(separator: " ").map(String.init)
    let start = Int.random(in: 0..<words.count, using: &random)
    let end = Int.random(in: start...min(words.count, start + 2), using: &random)
    words.replaceSubrange(start..<end, with: new.split(separator: " ").prefix(2).map(String.init))
    return words.isEmpty ? "x" : words.joined(separator: " ")
  }

  private func code(
    _ target: RecordID, _ book: TestNotebook, _ themes: [RecordID], _ random: inout SplitMix64
  ) throws {
    let theme = themes[Int.random(in: 0..<themes.count, using: &random)]
    let first = Int.random(in: 0..<6, using: &random)
    let length = Int.random(in: 1...6, using: &random)
    try book.write { writer in
      guard let (field, text, version) = try writer.reader.codedText(of: target), let version
      else { return }
      let count = text.unicodeScalars.count
      let start = min(first, count - 1)
      let anchor = try AnchorMaker(text: text, version: version)
        .anchor(start..<min(count, start + length))
      try writer.create(
        .coding,
        [
          FieldEdit(
            .Coding.target,
            value: .target(Target(record: target.rawValue, field: field.number))),
          FieldEdit(.Coding.anchor, value: .anchor(anchor)),
          FieldEdit(.Coding.theme, value: .reference(theme.rawValue)),
        ])
    }
  }
}
