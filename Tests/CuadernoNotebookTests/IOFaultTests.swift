import CuadernoFaultSupport
import CuadernoLog
import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Foundation
import Testing

/// Each call that SQLite makes of the disk may fail: nothing traps, nothing is acknowledged that is
/// not there afterwards, and the next command works.
@Suite struct IOFaultTests {
  /// How many calls of each kind are tried in the short form.
  private static let some = 4

  private let faulty: FaultyLaptop
  private let laptop: Laptop
  private let acknowledged: Set<String>

  init() throws {
    faulty = try FaultyLaptop(notes: 5)
    laptop = faulty.laptop
    acknowledged = Set(faulty.acknowledged.map(\.text))
  }

  private var folder: String { laptop.folder.url.path }

  /// Tries an operation under each plan and what must hold after it.
  private func tryAll(
    prepare: () throws -> Void = {}, _ operation: () async throws -> Void,
    then verify: (_ wasAcknowledged: Bool, Comment) throws -> Void
  ) async throws {
    let failures = try await IOFaultPlans.forEach(atMost: Self.some) { plan in
      try faulty.putBack()
      try prepare()
      var wasAcknowledged = false
      let outcome = await plan.run(in: laptop.scratch.path) {
        do {
          try await operation()
          wasAcknowledged = true
        } catch {
          // Told to whoever asked, in words that are not the system's own.
          #expect(
            error is StoreError || error is NotebookError || error is BackupError,
            "\(plan): \(error)")
        }
      }
      // What a call that failed left undone must not be acknowledged; one that did not matter may.
      #expect(outcome.failed > 0 || wasAcknowledged, "\(plan)")
      try verify(wasAcknowledged, "\(plan)")
      return outcome
    }
    #expect(failures > 0)
  }

  /// The notebook opens, holds what was acknowledged before, is sound and can be written.
  private func expectWorking(
    _ wasAcknowledged: Bool, _ text: String?, _ what: Comment, in laptop: Laptop? = nil
  ) throws {
    let laptop = laptop ?? self.laptop
    let notebook = try laptop.open()
    defer { try? notebook.close() }
    let texts = try FaultyLaptop.texts(notebook)
    let lost = acknowledged.subtracting(texts).count
    #expect(lost == 0, what)
    if let text {
      let count = texts.count { $0 == text }
      #expect(wasAcknowledged ? count == 1 : count <= 1, what)
    }
    try notebook.write { _ = try $0.create(.note, [.init(.Note.text, "después")]) }
    #expect(try FaultyLaptop.texts(notebook).contains("después"), what)
    #expect(try notebook.examine(rebuild: false).isHealthy, what)
  }

  @Test func `an edit`() async throws {
    try await tryAll {
      let notebook = try laptop.open()
      defer { try? notebook.close() }
      try notebook.write { _ = try $0.create(.note, [.init(.Note.text, "nueva")]) }
    } then: { wasAcknowledged, what in
      try expectWorking(wasAcknowledged, "nueva", what)
    }
  }

  @Test func `an edit after one that failed in the same process`() async throws {
    var notebook: Notebook?
    try await tryAll {
      notebook = try laptop.open()
    } _: {
      try notebook?.write { _ = try $0.create(.note, [.init(.Note.text, "nueva")]) }
    } then: { wasAcknowledged, what in
      let open = try #require(notebook)
      try open.write { _ = try $0.create(.note, [.init(.Note.text, "otra")]) }
      try open.close()
      try expectWorking(wasAcknowledged, "nueva", what)
      #expect(try FaultyLaptop.texts(laptop.open()).contains("otra"), what)
    }
  }

  @Test func `a page that is pulled`() async throws {
    let other = try Laptop("Rosa", seed: 4)
    let notebook = try other.create(title: nil, joining: faulty.hub.study)
    try notebook.write { _ = try $0.create(.note, [.init(.Note.text, "nueva")]) }
    let page = try notebook.page(beyond: VectorClock(), bytesMax: 1 << 20)
    try await tryAll {
      let notebook = try laptop.open()
      defer { try? notebook.close() }
      try notebook.receive(page)
    } then: { wasAcknowledged, what in
      try expectWorking(wasAcknowledged, "nueva", what)
      // Pulled again, it is there once.
      let notebook = try laptop.open()
      try notebook.receive(page)
      #expect(try FaultyLaptop.texts(notebook).count { $0 == "nueva" } == 1, what)
      try notebook.close()
    }
  }

  @Test func `a view that catches up`() async throws {
    let view = URL(fileURLWithPath: laptop.folder.view)
    try await tryAll {
      // The WAL of the view held what came last.
      try FileManager.default.removeItem(atPath: view.path + "-wal")
    } _: {
      let notebook = try laptop.open(for: .reading)
      defer { try? notebook.close() }
      #expect(try acknowledged.isSubset(of: FaultyLaptop.texts(notebook)))
    } then: { _, what in
      try expectWorking(true, nil, what)
    }
  }

  @Test func `a view that is made anew`() async throws {
    try await tryAll {
      let notebook = try laptop.open()
      defer { try? notebook.close() }
      _ = try notebook.examine(rebuild: true)
    } then: { _, what in
      try expectWorking(true, nil, what)
    }
  }

  @Test func `a backup`() async throws {
    let file = URL(fileURLWithPath: laptop.scratch.file("respaldo"))
    let restored = try Laptop("Ana", seed: 30)
    try await tryAll {
      try? FileManager.default.removeItem(at: file)
    } _: {
      let notebook = try laptop.open()
      defer { try? notebook.close() }
      _ = try notebook.backup(to: file)
    } then: { wasAcknowledged, what in
      let exists = FileManager.default.fileExists(atPath: file.path)
      #expect(exists || !wasAcknowledged, what)
      if exists {
        try? FileManager.default.removeItem(at: restored.folder.url)
        _ = try Notebook.restore(file, in: restored.folder, surroundings: restored.surroundings)
        let texts = try FaultyLaptop.texts(restored.open())
        #expect(acknowledged.isSubset(of: texts), what)
      }
      try expectWorking(true, nil, what)
    }
  }

  @Test func `a notebook restored from a backup`() async throws {
    let file = URL(fileURLWithPath: faulty.hubLaptop.scratch.file("respaldo"))
    _ = try laptop.open().backup(to: file)
    try await tryAll {
      try FileManager.default.removeItem(at: laptop.folder.url)
    } _: {
      _ = try Notebook.restore(file, in: laptop.folder, surroundings: laptop.surroundings)
    } then: { wasAcknowledged, what in
      #expect(laptop.folder.exists || !wasAcknowledged, what)
      if !laptop.folder.exists {
        _ = try Notebook.restore(file, in: laptop.folder, surroundings: laptop.surroundings)
      }
      try expectWorking(true, nil, what)
    }
    try FileManager.default.createDirectory(
      at: laptop.folder.url, withIntermediateDirectories: true)
  }

  @Test func `a notebook that is made`() async throws {
    try await tryAll {
      try FileManager.default.removeItem(at: laptop.folder.url)
    } _: {
      try laptop.create(title: "Tocache").close()
    } then: { wasAcknowledged, what in
      #expect(laptop.folder.exists || !wasAcknowledged, what)
      if !laptop.folder.exists { try laptop.create(title: "Tocache").close() }
      let notebook = try laptop.open()
      #expect(try notebook.read { try $0.studyHeader().title } == "Tocache", what)
      try notebook.write { _ = try $0.create(.note, [.init(.Note.text, "después")]) }
      #expect(try notebook.examine(rebuild: false).isHealthy, what)
      try notebook.close()
    }
    try FileManager.default.createDirectory(
      at: laptop.folder.url, withIntermediateDirectories: true)
  }

  @Test func `a log that is mended`() async throws {
    try await tryAll {
      _ = try Notebook.mend(laptop.folder, surroundings: laptop.surroundings)
    } then: { _, what in
      try expectWorking(true, nil, what)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(!names.contains("mending"), what)
    }
  }
}
