import CuadernoLog
import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import Dispatch
import Foundation
import Synchronization
import Testing

/// All of an edit or nothing of it, and nobody's edit lost to another's.
@Suite struct AtomicityTests {
  private struct Stopped: Error {}

  private let laptop: Laptop
  private let notebook: Notebook

  init() throws {
    laptop = try Laptop()
    notebook = try laptop.create()
  }

  @Test func `an edit that fails half way leaves nothing`() throws {
    let before = try (notebook.summary(), notebook.viewDump())

    #expect(throws: Stopped.self) {
      try notebook.write { writer in
        let note = try writer.create(.note, [.init(.Note.text, "uno")])
        _ = try writer.update(note, [.init(.Note.text, "dos")])
        try writer.delete(writer.reader.studyRecord)
        throw Stopped()
      }
    }

    #expect(try notebook.summary() == before.0)
    #expect(try notebook.viewDump() == before.1)
    let reopened = try laptop.open()
    #expect(try reopened.summary() == before.0)
    #expect(try reopened.viewDump() == before.1)
  }

  @Test func `a number that was not used up is given to the next edit`() throws {
    let device = try notebook.identity().device
    let before = try notebook.frontier()[device]
    #expect(throws: Stopped.self) {
      try notebook.write { writer in
        try writer.create(.note, [.init(.Note.text, "uno")])
        throw Stopped()
      }
    }

    try notebook.write { _ = try $0.create(.note, [.init(.Note.text, "dos")]) }

    #expect(try notebook.frontier()[device] == before + 1)
    #expect(try notebook.examine(rebuild: false).isHealthy)
  }

  @Test func `a page of which one change may not be applied leaves nothing`() throws {
    let second = try Laptop("Luis", seed: 2)
    let other = try second.create(title: nil, joining: notebook.study)
    for text in ["uno", "dos", "tres"] {
      try other.write { _ = try $0.create(.note, [.init(.Note.text, text)]) }
    }
    let before = try (notebook.summary(), notebook.viewDump())
    var page = try other.page(beyond: VectorClock(), bytesMax: 1 << 20)
    page.changes.remove(at: 2)

    #expect(throws: PageFault.self) { try notebook.receive(page) }

    #expect(try notebook.summary() == before.0)
    #expect(try notebook.viewDump() == before.1)
  }

  @Test func `an edit that changes nothing writes nothing to the disk`() throws {
    try notebook.close()
    let log = URL(fileURLWithPath: laptop.folder.log)
    let before = try (Data(contentsOf: log), Data(contentsOf: walURL))

    let opened = try laptop.open()
    try opened.write { writer in
      _ = try writer.update(
        writer.reader.studyRecord, [.init(.Study.title, "La coca y el Estado")])
    }
    try opened.close()

    #expect(try Data(contentsOf: log) == before.0)
    #expect(try Data(contentsOf: walURL) == before.1)
  }

  private var walURL: URL { URL(fileURLWithPath: laptop.folder.log + "-wal") }

  @Test func `of those who write at once none loses an edit`() throws {
    let writers = 4
    let edits = 15
    let failures = Mutex([String]())

    DispatchQueue.concurrentPerform(iterations: writers) { index in
      do {
        // Each opens the notebook for itself, as each command does.
        let own = try laptop.open()
        for edit in 0..<edits {
          try own.write { _ = try $0.create(.note, [.init(.Note.text, "\(index) \(edit)")]) }
        }
        try own.close()
      } catch {
        failures.withLock { $0.append("\(error)") }
      }
    }

    #expect(failures.withLock { $0 } == [])
    let texts = try laptop.open().read { try $0.fetchAll(Note.self).compactMap(\.text) }
    #expect(Set(texts).count == writers * edits)
    #expect(texts.count == writers * edits)
    #expect(try laptop.open().examine(rebuild: false).isHealthy)
  }

  @Test func `one who reads while another writes sees the notebook of one moment`() throws {
    let note = try notebook.write { try $0.create(.note, [.init(.Note.text, "antes")]) }
    let reader = try laptop.open(for: .reading)

    let texts = try reader.read { reader in
      try notebook.write { _ = try $0.update(note, [.init(.Note.text, "después")]) }
      // The register names a change that must be found in the log that goes with it.
      let state = try #require(try reader.state(of: note))
      let shown = try #require(state.shown(FieldID(Field.Note.text.number)))
      return [
        try reader.fetch(Note.self, note)?.text,
        try reader.value(FieldID(Field.Note.text.number), of: shown).flatMap { value in
          if case .text(let text) = value { text } else { nil }
        },
      ]
    }

    #expect(texts == ["antes", "antes"])
    #expect(try reader.read { try $0.fetch(Note.self, note)?.text } == "después")
  }

  @Test func `readers and a writer at once get in nobody's way`() throws {
    let failures = Mutex([String]())

    DispatchQueue.concurrentPerform(iterations: 3) { index in
      do {
        for turn in 0..<12 {
          if index == 0 {
            let own = try laptop.open()
            try own.write { _ = try $0.create(.note, [.init(.Note.text, "\(turn)")]) }
            try own.close()
          } else {
            let own = try laptop.open(for: .reading)
            _ = try own.read { try ($0.fetchAll(Note.self), $0.lastChanges(5), $0.search("1")) }
            try own.close()
          }
        }
      } catch {
        failures.withLock { $0.append("\(error)") }
      }
    }

    #expect(failures.withLock { $0 } == [])
  }
}
