import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import Foundation
import Testing

@Suite struct WritingTests {
  private let laptop: Laptop
  private let notebook: Notebook

  init() throws {
    laptop = try Laptop()
    notebook = try laptop.create()
  }

  private func newNote(_ text: String) throws -> RecordID {
    try notebook.write { try $0.create(.note, [.init(.Note.text, text)]) }
  }

  private var changeCount: UInt64 {
    get throws { try notebook.frontier().changeCount }
  }

  @Test func `writing what stands there already writes nothing`() throws {
    let note = try newNote("hola")
    let before = try notebook.summary()

    let wasWritten = try notebook.write {
      try $0.update(note, [.init(.Note.text, "hola"), .init(.Note.at, value: nil)])
    }

    #expect(!wasWritten)
    #expect(try notebook.summary() == before)
  }

  @Test func `the same text in another spelling is the same text`() throws {
    let note = try newNote("pa\u{301}gina\r\nuno")
    let before = try notebook.summary()

    try notebook.write { _ = try $0.update(note, [.init(.Note.text, "p\u{E1}gina\nuno")]) }

    #expect(try notebook.summary() == before)
    #expect(
      try notebook.read { try $0.fetch(Note.self, note)?.text }.map { Array($0.utf8) }
        == Array("p\u{E1}gina\nuno".utf8))
  }

  @Test func `a change names the fields that changed and no other`() throws {
    let note = try newNote("hola")
    let at = Value.date(try date("2017"))

    try notebook.write {
      _ = try $0.update(note, [.init(.Note.text, "hola"), .init(.Note.at, value: at)])
    }

    let last = try notebook.read { try $0.lastChanges(1) }
    #expect(last.map { $0.edits.map(\.field) } == [[Field.Note.at]])
  }

  @Test func `a field is cleared and is then empty`() throws {
    let note = try newNote("hola")

    try notebook.write { _ = try $0.update(note, [.init(.Note.text, nil)]) }

    #expect(try notebook.read { try $0.fetch(Note.self, note)?.text } == nil)
  }

  @Test func `a field that was cleared and is cleared again is left alone`() throws {
    let note = try newNote("hola")
    try notebook.write { _ = try $0.update(note, [.init(.Note.text, nil)]) }

    #expect(try notebook.write { try $0.update(note, [.init(.Note.text, nil)]) } == false)
  }

  @Test func `an attribute that is taken away is gone`() throws {
    let place = try notebook.write { writer in
      let key = writer.keys.key(named: "río")
      return try writer.create(
        .place,
        [
          .init(
            .Place.attributes, key: key, value: .attribute(.init(name: "río", value: "Huallaga")))
        ])
    }

    try notebook.write { writer in
      let key = writer.keys.key(named: "río")
      _ = try writer.update(
        place,
        [.init(.Place.attributes, key: key, value: .attribute(.init(name: "río", value: nil)))])
    }

    #expect(try notebook.read { try $0.attributes(of: place) } == [])
  }

  @Test func `a keyed field that is cleared is gone too`() throws {
    let member = RecordID(rawValue: 5)
    let place = try notebook.write { writer in
      try writer.create(
        .place,
        [
          .init(
            .Place.attributes, key: writer.keys.key(named: "río"),
            value: .attribute(.init(name: "río", value: "Huallaga"))),
          .init(
            .Place.within, key: writer.keys.key(member.rawValue),
            value: .membership(member.rawValue, isMember: true)),
        ])
    }

    try notebook.write { writer in
      _ = try writer.update(
        place,
        [
          .init(.Place.attributes, key: writer.keys.key(named: "río"), value: nil),
          .init(.Place.within, key: writer.keys.key(member.rawValue), value: nil),
        ])
    }

    #expect(try notebook.read { try $0.attributes(of: place) } == [])
    #expect(try notebook.read { try $0.references(.Place.within, of: place) } == [])
  }

  @Test func `what one edit wrote the next one in the same writing sees`() throws {
    try notebook.write { writer in
      let theme = try writer.create(.theme, [.init(.Theme.name, "Confianza")])
      #expect(try writer.reader.find("confianza", among: [.theme]).map(\.id) == [theme])
      #expect(try writer.update(theme, [.init(.Theme.name, "Confianza")]) == false)
    }
  }

  @Test func `a record that is not there cannot be changed or deleted`() {
    let nowhere = RecordID(rawValue: 77)

    #expect(throws: NotebookError.unknownRecord) {
      try notebook.write { _ = try $0.update(nowhere, [.init(.Note.text, "x")]) }
    }
    #expect(throws: NotebookError.unknownRecord) { try notebook.write { try $0.delete(nowhere) } }
    #expect(NotebookError.unknownRecord.description == "no such record")
  }

  @Test func `a field of another kind is refused`() throws {
    let note = try newNote("hola")

    #expect(throws: NotebookError.wrongKind(expected: .theme)) {
      try notebook.write { _ = try $0.update(note, [.init(.Theme.name, "x")]) }
    }
    #expect(throws: NotebookError.wrongKind(expected: .theme)) {
      try notebook.write { _ = try $0.put(note, .theme, [.init(.Theme.name, "x")]) }
    }
    #expect(
      NotebookError.wrongKind(expected: .theme).description == "record is not of the kind theme")
  }

  @Test func `putting makes a record that is new and changes one that is not`() throws {
    let id = RecordID(rawValue: 9)

    try notebook.write { _ = try $0.put(id, .note, [.init(.Note.text, "uno")]) }
    try notebook.write { _ = try $0.put(id, .note, [.init(.Note.text, "dos")]) }
    let again = try notebook.write { try $0.put(id, .note, [.init(.Note.text, "dos")]) }

    #expect(!again)
    #expect(try notebook.read { try $0.history(of: id).count } == 2)
    #expect(try notebook.read { try $0.fetch(Note.self, id)?.text } == "dos")
  }

  @Test func `a fault of a value is passed on with its sentence`() throws {
    let words = #expect(throws: NotebookError.self) { _ = try newNote("a\u{1B}b") }

    #expect(
      words?.description == "text has the control character U+001B at position 1; "
        + "only tab and line break may stand in a text")
  }

  @Test func `an attribute is held to its definition, in the same writing too`() throws {
    let definition = AttributeDefinition(name: "edad", record: .participant, type: .integer)
    let error = #expect(throws: NotebookError.self) {
      try notebook.write { writer in
        let key = writer.keys.key(definitionNamed: "edad", of: .participant)
        _ = try writer.update(
          writer.reader.studyRecord,
          [
            .init(
              .Study.attributeDefinitions, key: key, value: .attributeDefinition(definition))
          ])
        try writer.create(
          .participant,
          [
            .init(
              .Participant.attributes, key: writer.keys.key(named: "edad"),
              value: .attribute(.init(name: "edad", value: "cuarenta")))
          ])
      }
    }

    #expect(error == .fault(.attributeType(.integer, choices: [])))
  }

  @Test func `more than one change can hold is refused and nothing is left of it`() throws {
    let before = try notebook.summary()
    let text = String(repeating: "a", count: Limits.textBytes)

    let error = #expect(throws: NotebookError.self) {
      try notebook.write {
        _ = try $0.create(
          .interview, [.init(.Interview.text, text), .init(.Interview.summary, text)])
      }
    }

    #expect(
      error?.description == "what was written at once is 8388628 bytes; the limit is 4259840; "
        + "write the text and the other fields one after the other")
    #expect(try notebook.summary() == before)
  }

  @Test func `more fields than one change can set are refused`() throws {
    let error = #expect(throws: NotebookError.self) {
      try notebook.write { writer in
        let edits = (0..<1_025).map { number in
          FieldEdit(
            .Interview.participants, key: writer.keys.key(Reference(number)),
            value: .membership(Reference(number), isMember: true))
        }
        try writer.create(.interview, edits)
      }
    }

    #expect(
      error?.description == "what was written at once sets 1025 fields; the limit is 1024; "
        + "write some of them later")
  }

  @Test func `a text as long as the limit is written and sent`() throws {
    let text = String(repeating: "a", count: Limits.textBytes)
    let note = try newNote(text)
    let second = try Laptop("Luis", seed: 2)
    let other = try second.create(title: nil, joining: notebook.study)

    try other.take(from: notebook)

    #expect(try other.read { try $0.fetch(Note.self, note)?.text } == text)
  }
}
