import CuadernoModel
import CuadernoNotebookTestSupport
import CuadernoSync
import Testing

@testable import CuadernoNotebook

@Suite struct UndoTests {
  private let pair: Pair
  private let note: RecordID

  init() throws {
    pair = try Pair()
    note = try pair.ana.write { try $0.create(.note, [.init(.Note.text, "uno")]) }
    try pair.meet()
  }

  private func set(_ notebook: Notebook, _ text: String) throws {
    try notebook.write { _ = try $0.update(note, [.init(.Note.text, text)]) }
  }

  private func text(_ notebook: Notebook) throws -> String? {
    try notebook.read { try $0.fetch(Note.self, note)?.text }
  }

  @discardableResult
  private func go(_ direction: UndoDirection, _ notebook: Notebook) throws -> TakenBack? {
    try notebook.write { writer in
      try writer.reader.nextWrite(direction).map { try writer.takeBack($0) }
    }
  }

  @Test func `undo goes back step by step, and redo forth again`() throws {
    for text in ["dos", "tres"] { try set(pair.ana, text) }

    var seen = [String?]()
    for _ in 0..<3 {
      try go(.undo, pair.ana)
      seen.append(try text(pair.ana))
    }
    #expect(seen == ["dos", "uno", nil])
    #expect(try go(.undo, pair.ana) == nil)

    seen = []
    for _ in 0..<3 {
      try go(.redo, pair.ana)
      seen.append(try text(pair.ana))
    }
    #expect(seen == ["uno", "dos", "tres"])
    #expect(try go(.redo, pair.ana) == nil)
  }

  @Test func `what was undone, redone and undone again goes further back`() throws {
    try set(pair.ana, "dos")
    for direction in [UndoDirection.undo, .redo, .undo, .redo, .undo] {
      try go(direction, pair.ana)
    }
    #expect(try text(pair.ana) == "uno")

    try go(.undo, pair.ana)

    #expect(try text(pair.ana) == nil)
  }

  @Test func `a new change ends what can be redone`() throws {
    try set(pair.ana, "dos")
    try go(.undo, pair.ana)
    try set(pair.ana, "otra cosa")

    #expect(try go(.redo, pair.ana) == nil)
    try go(.undo, pair.ana)
    #expect(try text(pair.ana) == "uno")
  }

  @Test func `an undo is one more change, and the others get it`() throws {
    try set(pair.ana, "dos")
    let before = try pair.ana.frontier().changeCount

    try go(.undo, pair.ana)
    try pair.meet()

    #expect(try pair.ana.frontier().changeCount == before + 1)
    #expect(try text(pair.luis) == "uno")
    #expect(try pair.luis.read { try $0.conflictCount() } == 0)
    let last = try pair.luis.read { try $0.history(of: note).last }
    let undone = try pair.luis.read { try $0.history(of: note).dropLast().last }
    #expect(last?.undoes == undone?.dot)
    #expect(try pair.ana.summary() == pair.luis.summary())
  }

  @Test func `a field that somebody has changed since is left alone, and the others are not`()
    throws
  {
    let at = try date("2017")
    try pair.ana.write {
      _ = try $0.update(note, [.init(.Note.text, "dos"), .init(.Note.at, value: .date(at))])
    }
    try pair.meet()
    try set(pair.luis, "de Luis")
    try pair.meet()

    let result = try #require(try go(.undo, pair.ana))

    let shown = try pair.ana.read { try $0.fetch(Note.self, note) }
    #expect(shown?.text == "de Luis")
    #expect(shown?.at == nil)
    #expect(result.left.map(\.obstacle) == [.changedSince("Luis")])
    #expect(result.left.map(\.field) == [FieldID(Field.Note.text.number)])
    #expect(result.done.map(\.step) == [.fields([FieldID(Field.Note.at.number)])])
  }

  // MARK: - What was written at once

  /// Ana and Luis change one text at once, each another line; it is shown merged.
  private func merged() throws -> String {
    try set(pair.ana, "uno\ndos\ntres")
    try pair.meet()
    try set(pair.ana, "uno de Ana\ndos\ntres")
    try set(pair.luis, "uno\ndos\ntres de Luis")
    try pair.meet()
    let text = try #require(try text(pair.luis))
    #expect(text == "uno de Ana\ndos\ntres de Luis")
    return text
  }

  @Test func `a text goes back to what it was shown merged, with the words of both`() throws {
    let before = try merged()
    try set(pair.luis, before + "\ncuatro")

    let result = try #require(try go(.undo, pair.luis))
    try pair.meet()

    for notebook in [pair.ana, pair.luis] { #expect(try text(notebook) == before) }
    #expect(result.settled.isEmpty)
    try go(.redo, pair.luis)
    #expect(try text(pair.luis) == before + "\ncuatro")
  }

  @Test func `what a change to a merged text did is that change alone`() throws {
    let before = try merged()
    try set(pair.luis, before + "\ncuatro")

    let difference = try pair.luis.read { reader in
      let last = try #require(try reader.history(of: note).last)
      return try reader.difference(of: note, from: .before(last.dot), to: .version(last.dot))
    }

    let change = try #require(difference?.fields.first)
    #expect(change.before == .text(before))
    #expect(change.after == .text(before + "\ncuatro"))
  }

  @Test func `a version in which a text was shown merged comes back merged`() throws {
    let before = try merged()
    let at = try date("2017")
    let version = try pair.luis.write { writer in
      _ = try writer.update(note, [.init(.Note.at, value: .date(at))])
      return writer.lastDot
    }
    try set(pair.luis, "otra cosa")

    _ = try pair.luis.write { try $0.revert(note, to: version) }

    #expect(try text(pair.luis) == before)
  }

  @Test func `undoing what settled a conflict says that it stays settled`() throws {
    let (first, second) = (try date("2017"), try date("2018"))
    try pair.ana.write { _ = try $0.update(note, [.init(.Note.at, value: .date(first))]) }
    try pair.luis.write { _ = try $0.update(note, [.init(.Note.at, value: .date(second))]) }
    try pair.meet()
    #expect(try pair.luis.read { try $0.conflictCount() } == 1)
    let shown = try pair.luis.read { try $0.fetch(Note.self, note)?.at }
    let third = try date("2019")
    try pair.luis.write { _ = try $0.update(note, [.init(.Note.at, value: .date(third))]) }

    let result = try #require(try go(.undo, pair.luis))

    #expect(try pair.luis.read { try $0.fetch(Note.self, note)?.at } == shown)
    #expect(result.settled.map(\.field) == [FieldID(Field.Note.at.number)])
    #expect(try pair.luis.read { try $0.conflictCount() } == 0)
    let past = try pair.luis.read { try $0.history(of: note).flatMap(\.edits).map(\.value) }
    #expect(past.contains(.date(first)) && past.contains(.date(second)))
  }

  @Test func `a field in conflict is left alone`() throws {
    try set(pair.ana, "de Ana")
    try set(pair.luis, "de Luis")
    try pair.meet()

    let result = try #require(try go(.undo, pair.ana))

    #expect(result.done.isEmpty)
    #expect(result.left.map(\.obstacle) == [.changedSince("Luis")])
    #expect(try pair.ana.read { try $0.conflictCount() } == 1)
  }

  @Test func `settling for a value is a change since, though the value is the same`() throws {
    try set(pair.ana, "de Ana")
    try set(pair.luis, "de Luis")
    try pair.meet()
    try pair.luis.write { writer in
      let conflict = try #require(try writer.reader.conflicts().first)
      try writer.resolve(conflict, with: .text("de Ana"))
    }
    try pair.meet()

    let result = try #require(try go(.undo, pair.ana))

    #expect(result.done.isEmpty)
    #expect(try text(pair.ana) == "de Ana")
  }

  @Test func `when nothing can be taken back nothing is written, and the one before has a name`()
    throws
  {
    try set(pair.ana, "dos")
    try pair.meet()
    try set(pair.luis, "de Luis")
    try pair.meet()
    let before = try pair.ana.frontier()

    try go(.undo, pair.ana)

    #expect(try pair.ana.frontier() == before)
    let earlier = try pair.ana.read { reader in
      try reader.nextWrite(.undo).flatMap { try reader.write(before: $0) }
    }
    #expect(try earlier?.dot == pair.ana.read { try $0.history(of: note).first?.dot })
  }

  @Test func `what was made is deleted, unless somebody went on with it`() throws {
    try set(pair.luis, "de Luis")
    try pair.meet()

    let result = try #require(try go(.undo, pair.ana))

    #expect(result.left.map(\.obstacle) == [.changedSince("Luis")])
    #expect(try text(pair.ana) == "de Luis")
  }

  @Test func `what was made is not deleted while others name it`() throws {
    let (interview, coding) = try pair.ana.write { writer in
      let interview = try writer.create(.interview, [.init(.Interview.text, "nadie avisó")])
      return (interview, try writer.code(interview))
    }
    try pair.luis.take(from: pair.ana)
    let luis = try pair.luis.write { try $0.code(interview) }
    try pair.meet()

    let result = try #require(try go(.undo, pair.ana))

    #expect(result.left.map(\.obstacle) == [.inUse(1)])
    #expect(result.left.map(\.record.id) == [interview])
    #expect(try pair.ana.read { try $0.codings(on: interview).map(\.id) } == [luis])
    #expect(result.done.map(\.record.id) == [coding])
  }

  @Test func `what one write did is undone in one go, last things first`() throws {
    let interview = try pair.ana.write { writer in
      let interview = try writer.create(.interview, [.init(.Interview.text, "nadie avisó")])
      for _ in 0..<3 { _ = try writer.code(interview) }
      return interview
    }
    try pair.ana.write { writer in
      for coding in try writer.reader.codings(on: interview) { try writer.delete(coding.id) }
      try writer.delete(interview)
    }

    let result = try #require(try go(.undo, pair.ana))
    #expect(result.done.map(\.step) == [.broughtBack, .broughtBack, .broughtBack, .broughtBack])
    #expect(try pair.ana.read { try $0.codings(on: interview).count } == 3)
    #expect(try pair.ana.read { try $0.fetch(Interview.self, interview)?.text } == "nadie avisó")

    try go(.undo, pair.ana)
    #expect(try pair.ana.read { try $0.counts()[.coding] } == 0)
    #expect(try pair.ana.read { try $0.fetch(Interview.self, interview) } == nil)
    try pair.meet()
    #expect(try pair.ana.summary() == pair.luis.summary())
  }

  @Test func `a record that somebody else deleted too stays deleted`() throws {
    try pair.ana.write { try $0.delete(note) }
    try pair.luis.write { try $0.delete(note) }
    try pair.meet()

    let result = try #require(try go(.undo, pair.ana))

    #expect(result.left.map(\.obstacle) == [.deletedSince("Luis")])
    #expect(try text(pair.ana) == nil)
  }

  @Test func `an edit of a record that was deleted since is left alone`() throws {
    try set(pair.ana, "dos")
    try pair.meet()
    try pair.luis.write { try $0.delete(note) }
    try pair.meet()

    let result = try #require(try go(.undo, pair.ana))

    #expect(result.left.map(\.obstacle) == [.isDeleted])
    #expect(try text(pair.ana) == nil)
  }

  @Test func `any change can be taken back by its name, another's too`() throws {
    try set(pair.luis, "de Luis")
    try pair.meet()
    let dot = try #require(try pair.ana.read { try $0.history(of: note).last?.dot })

    try pair.ana.write { writer in
      let write = try #require(try writer.reader.write(of: dot))
      _ = try writer.takeBack(write)
    }
    #expect(try text(pair.ana) == "uno")

    try go(.redo, pair.ana)
    #expect(try text(pair.ana) == "de Luis")
  }

  @Test func `the beginning of a notebook is not undone`() throws {
    let laptop = try Laptop("Eva", seed: 9)
    let eva = try laptop.create()

    #expect(try go(.undo, eva) == nil)
    #expect(try eva.read { try $0.studyHeader().title } == "La coca y el Estado")
  }

  @Test func `what a newer notebook wrote is brought back byte for byte`() throws {
    // Field 99 of a value, with one byte.
    let strange = try PayloadCodec.stored([0x0A, 0x04, 0x9A, 0x06, 0x01, 0x07], count: 1)[0]
    let field = FieldID(77)
    try pair.luis.write { try $0.copy([(field: field, stored: strange)], to: note) }
    try pair.meet()
    try pair.ana.write { try $0.copy([(field: field, stored: .cleared)], to: note) }

    try go(.undo, pair.ana)

    let now = try pair.ana.read { try RecordPast(note, $0)?.now() }
    #expect(try now?.stored(field) == strange)
  }

  @Test func `a place goes back under its parent unless that lies below it by now`() throws {
    let (top, low) = try pair.ana.write { writer in
      (
        try writer.create(.place, [.init(.Place.name, "San Martín")]),
        try writer.create(.place, [.init(.Place.name, "Tocache")])
      )
    }
    try pair.ana.write { try $0.move(low, under: top) }
    try pair.ana.write { _ = try $0.update(low, [.init(.Place.parent, value: nil)]) }
    try pair.meet()
    try pair.luis.write { try $0.move(top, under: low) }
    try pair.meet()

    let result = try #require(try go(.undo, pair.ana))

    #expect(result.left.map(\.obstacle) == [.fault(.cycle(field: "parent"))])
    #expect(try pair.ana.read { try $0.fetch(Place.self, low)?.parent } == nil)
  }
}

extension Writer {
  fileprivate mutating func code(_ interview: RecordID) throws -> RecordID {
    guard let (field, text, version) = try reader.codedText(of: interview), let version else {
      throw NotebookError.unknownRecord
    }
    let anchor = try AnchorMaker(text: text, version: version).anchor(0..<5)
    return try create(
      .coding,
      [
        .init(
          .Coding.target, value: .target(Target(record: interview.rawValue, field: field.number))),
        .init(.Coding.anchor, value: .anchor(anchor)),
      ])
  }

  fileprivate mutating func move(_ place: RecordID, under parent: RecordID) throws {
    try update(place, [.init(.Place.parent, value: .reference(parent.rawValue))])
  }
}
