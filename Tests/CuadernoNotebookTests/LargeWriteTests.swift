import CuadernoLog
import CuadernoModel
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Foundation
import Testing

@testable import CuadernoNotebook

/// A write that brings more than the notebook holds makes the view anew beside the old one.
@Suite struct LargeWriteTests {
  private let laptop: Laptop
  private let notebook: Notebook

  init() throws {
    laptop = try Laptop()
    notebook = try laptop.create()
  }

  private var loaded: String { laptop.folder.loadedView }

  private func write(_ count: Int, expecting: Int, failing: Bool = false) throws {
    struct Refused: Error {}
    try notebook.write(expecting: expecting) { writer in
      for number in 0..<count {
        try writer.create(.note, [.init(.Note.text, "nota \(number)")])
      }
      if expecting > Notebook.changesIndexedAtOnce {
        #expect(FileManager.default.fileExists(atPath: loaded))
      }
      if failing { throw Refused() }
    }
  }

  @Test func `what it wrote is in the view, its words too, when it is over`() throws {
    try write(300, expecting: 400)

    #expect(!FileManager.default.fileExists(atPath: loaded))
    #expect(try notebook.count(.note) == 300)
    #expect(try notebook.view.read(WordIndex.isComplete))
    let shown = try notebook.viewDump()
    try notebook.close()
    let again = try laptop.open()
    #expect(try again.viewDump() == shown)
    #expect(try again.examine(rebuild: true).isHealthy)
    #expect(try again.viewDump() == shown)
  }

  @Test func `it goes on in the notebook that is open`() throws {
    try write(300, expecting: 400)
    try write(5, expecting: 1)
    try write(700, expecting: 800)

    #expect(try notebook.count(.note) == 1_005)
    #expect(try notebook.examine(rebuild: false).isHealthy)
  }

  @Test func `when it is refused the view stays as it was, and nothing is left of it`() throws {
    try write(3, expecting: 1)
    let shown = try notebook.viewDump()

    #expect(throws: (any Error).self) { try write(300, expecting: 400, failing: true) }

    #expect(!FileManager.default.fileExists(atPath: loaded))
    #expect(try notebook.viewDump() == shown)
    try write(2, expecting: 1)
    #expect(try notebook.count(.note) == 5)
    #expect(try laptop.open().count(.note) == 5)
  }

  @Test func `one that is expected to bring less than there is goes into the view there is`() throws
  {
    try write(500, expecting: 1)
    try notebook.write(expecting: 400) { writer in
      #expect(!FileManager.default.fileExists(atPath: loaded))
      try writer.create(.note, [.init(.Note.text, "una más")])
    }

    #expect(try notebook.count(.note) == 501)
  }

  @Test func `what fails half-way while a view is loaded is taken back, and comes from the log`()
    throws
  {
    struct Broken: Error {}
    try write(3, expecting: 1)
    try notebook.view.beginLoading(notebook.log)
    try notebook.view.write { view, commit in
      try view.run("UPDATE progress SET position = position", [])
      try commit()
    }

    #expect(throws: Broken.self) {
      try notebook.view.write { view, _ in
        try view.run("DELETE FROM note", [])
        throw Broken()
      }
    }

    #expect(try notebook.count(.note) == 3)
    try write(4, expecting: 1)
    #expect(try notebook.count(.note) == 7)
    try notebook.close()
    let again = try laptop.open()
    #expect(try again.count(.note) == 7)
    #expect(try again.examine(rebuild: true).isHealthy)
  }
}
