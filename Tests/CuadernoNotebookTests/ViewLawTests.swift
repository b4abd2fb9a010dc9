import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Foundation
import Testing

/// The view is what the log comes to, however it got there.
@Suite struct ViewLawTests {
  @Test func `a view that grew edit by edit is the one that is made at once`() throws {
    for seed in Seeds.upTo(6) {
      let laptop = try Laptop(seed: seed)
      let notebook = try laptop.create()
      var editor = RandomEditor(seed: seed)
      for _ in 0..<60 {
        _ = try editor.edit(notebook)
        laptop.clock.advance(by: Int64(seed % 3))
      }
      let grown = try notebook.viewDump()

      let examined = try notebook.examine(rebuild: true)

      if try notebook.viewDump() != grown { Issue.record("\(Seeds.replay(seed)): differs") }
      #expect(examined.viewAgrees == true)
      #expect(examined.wasRebuilt)
    }
  }

  @Test func `a view that grew by pages is the one that is made at once`() throws {
    for seed in Seeds.upTo(5) {
      var generator = SplitMix64(seed: seed)
      let pair = try Pair()
      var editors = [RandomEditor(seed: seed), RandomEditor(seed: seed + 1_000)]
      for _ in 0..<40 {
        _ = try editors[0].edit(pair.ana)
        _ = try editors[1].edit(pair.luis)
        pair.anaLaptop.clock.advance(by: .random(in: 0...2, using: &generator))
        if Int.random(in: 0..<5, using: &generator) == 0 {
          try pair.luis.take(from: pair.ana, bytesMax: .random(in: 1...5_000, using: &generator))
        }
        if Int.random(in: 0..<5, using: &generator) == 0 {
          try pair.ana.take(from: pair.luis, bytesMax: .random(in: 1...5_000, using: &generator))
        }
      }
      try pair.meet()

      for notebook in [pair.ana, pair.luis] {
        let grown = try notebook.viewDump()
        #expect(try notebook.examine(rebuild: true).viewAgrees == true, "\(Seeds.replay(seed))")
        if try notebook.viewDump() != grown { Issue.record("\(Seeds.replay(seed)): differs") }
      }
      // Different orders of arrival, and the same content.
      let shared = try [pair.anaLaptop, pair.luisLaptop].map { try SharedDump.of($0.folder) }
      expectSame(shared[0], shared[1], "\(Seeds.replay(seed))")
      #expect(try pair.ana.summary() == pair.luis.summary(), "\(Seeds.replay(seed))")
    }
  }

  @Test func `making it twice makes the same bytes`() throws {
    let laptop = try Laptop()
    let notebook = try laptop.create()
    var editor = RandomEditor(seed: 3)
    for _ in 0..<60 { _ = try editor.edit(notebook) }
    let file = URL(fileURLWithPath: laptop.folder.view)

    _ = try notebook.examine(rebuild: true)
    let first = try Data(contentsOf: file)
    _ = try notebook.examine(rebuild: true)

    #expect(try Data(contentsOf: file) == first)
  }

  @Test func `killed after the log was committed, the view catches up when it is opened`() throws {
    for seed in Seeds.upTo(8) {
      let laptop = try Laptop(seed: seed)
      var notebook = try laptop.create()
      var editor = RandomEditor(seed: seed)
      for _ in 0..<10 { _ = try editor.edit(notebook) }
      try notebook.close()
      let files = ["", "-wal"].map { URL(fileURLWithPath: laptop.folder.view + $0) }
      let aside = files.map { try? Data(contentsOf: $0) }

      notebook = try laptop.open()
      for _ in 0...(seed % 4) { _ = try editor.edit(notebook) }
      let dump = try notebook.viewDump()
      try notebook.close()
      for (file, bytes) in zip(files, aside) {
        try? FileManager.default.removeItem(at: file)
        try bytes?.write(to: file)
      }
      try? FileManager.default.removeItem(atPath: laptop.folder.view + "-shm")

      let access = seed % 2 == 0 ? Notebook.Access.reading : .writing
      let opened = try laptop.open(for: access)
      #expect(try opened.summary() == notebook.reopenedSummary(laptop), "\(Seeds.replay(seed))")
      #expect(try laptop.open().viewDump() == dump, "\(Seeds.replay(seed))")
    }
  }

  @Test func `an examination tells a view that says something else, and mends it`() throws {
    let laptop = try Laptop()
    let notebook = try laptop.create()
    try notebook.write { _ = try $0.create(.note, [.init(.Note.text, "hola")]) }
    let dump = try notebook.viewDump()
    try ViewDamage.run("UPDATE note SET text = 'adiós'", in: laptop.folder)

    let examined = try notebook.examine(rebuild: false)

    #expect(examined.viewAgrees == true)
    #expect(examined.wasRebuilt)
    #expect(try notebook.viewDump() == dump)
  }
}

extension Notebook {
  /// What the notebook comes to when everything in it is read anew.
  fileprivate func reopenedSummary(_ laptop: Laptop) throws -> StoreSummary {
    let notebook = try laptop.open()
    _ = try notebook.examine(rebuild: true)
    return try notebook.summary()
  }
}

/// Compares line by line, so that a failure shows the lines that differ and not two whole views.
func expectSame(_ left: [String], _ right: [String], _ comment: Comment) {
  let difference = right.difference(from: left)
  #expect(difference.isEmpty, comment)
  for change in difference.prefix(10) {
    switch change {
    case .insert(_, let line, _): Issue.record("only right: \(line)")
    case .remove(_, let line, _): Issue.record("only left: \(line)")
    }
  }
}
