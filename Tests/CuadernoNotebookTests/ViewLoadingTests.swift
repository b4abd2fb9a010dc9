import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Foundation
import Testing

/// A first sync fills a new view beside the old one, which takes its place at the end.
@Suite struct ViewLoadingTests {
  private let pair: Pair
  private let notes: [RecordID]

  init() throws {
    pair = try Pair()
    notes = try pair.ana.write { writer in
      try (0..<400).map { try writer.create(.note, [.init(.Note.text, "nota \($0)")]) }
    }
    try pair.luis.take(from: pair.ana)
  }

  private var folder: NotebookFolder { pair.luisLaptop.folder }
  private var loaded: String { folder.url.appendingPathComponent("view-loaded.sqlite").path }

  private func shownNotes(_ notebook: Notebook) throws -> Int {
    try notebook.read { try $0.fetchAll(Note.self).count }
  }

  @Test func `what was loaded takes the view's place when the notebook is closed`() throws {
    #expect(FileManager.default.fileExists(atPath: loaded))
    #expect(try shownNotes(pair.luis) == 400)
    let shown = try pair.luis.viewDump()

    try pair.luis.close()

    #expect(!FileManager.default.fileExists(atPath: loaded))
    let again = try pair.luisLaptop.open(for: .reading)
    #expect(try again.viewDump() == shown)
    #expect(try pair.luisLaptop.open().examine(rebuild: true).isHealthy)
    #expect(try pair.luisLaptop.open().viewDump() == shown)
  }

  @Test func `a process that dies before the end leaves a view that catches up`() throws {
    let again = try pair.luisLaptop.open()

    #expect(try shownNotes(again) == 400)
    try again.completeIndex()
    try pair.luis.completeIndex()
    #expect(try again.viewDump() == (try pair.luis.viewDump()))
  }

  @Test func `other commands write and read while a view is being loaded`() throws {
    let other = try pair.luisLaptop.open()
    let mine = try other.write { try $0.create(.note, [.init(.Note.text, "mientras tanto")]) }
    #expect(try shownNotes(other) == 401)

    try pair.ana.write { _ = try $0.create(.note, [.init(.Note.text, "otra más")]) }
    try pair.luis.take(from: pair.ana)
    #expect(try shownNotes(pair.luis) == 402)
    try pair.luis.close()
    try other.close()

    let again = try pair.luisLaptop.open()
    #expect(try again.read { try $0.fetch(Note.self, mine)?.text } == "mientras tanto")
    #expect(try again.examine(rebuild: true).isHealthy)
    #expect(try shownNotes(again) == 402)
  }

  @Test func `a loaded view that was taken away costs nothing but time`() throws {
    try FileManager.default.removeItem(atPath: loaded)

    try pair.luis.close()

    let again = try pair.luisLaptop.open()
    #expect(try shownNotes(again) == 400)
    #expect(try again.examine(rebuild: true).isHealthy)
  }

  @Test func `what was erased is not in a view either whose process died while loading it`() throws
  {
    let secret = try pair.ana.write {
      try $0.create(.note, [.init(.Note.text, "zzsecreto de la sierra")])
    }
    try pair.luis.take(from: pair.ana)
    #expect(FileManager.default.fileExists(atPath: loaded))

    let again = try pair.luisLaptop.open()
    try pair.ana.write { try $0.erase(secret) }
    try again.take(from: pair.ana)
    try again.close()

    for name in try FileManager.default.contentsOfDirectory(atPath: folder.url.path) {
      let data = try Data(contentsOf: folder.url.appendingPathComponent(name))
      #expect(data.range(of: Data("zzsecreto".utf8)) == nil, "\(name)")
    }
    #expect(try shownNotes(pair.luisLaptop.open()) == 400)
  }

  @Test func `a notebook that holds more than comes keeps its view`() throws {
    try pair.luis.close()
    let luis = try pair.luisLaptop.open()
    try pair.ana.write { writer in
      for number in 0..<300 { _ = try writer.create(.note, [.init(.Note.text, "más \(number)")]) }
    }

    try luis.take(from: pair.ana)

    #expect(!FileManager.default.fileExists(atPath: loaded))
    #expect(try shownNotes(luis) == 700)
  }
}
