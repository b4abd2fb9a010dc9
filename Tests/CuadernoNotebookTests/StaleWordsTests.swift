import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Foundation
import Testing

/// Of records that a large sync changes, the old words stay in the index until the first search.
@Suite struct StaleWordsTests {
  private let pair: Pair
  private let notes: [RecordID]
  private var folder: NotebookFolder { pair.luisLaptop.folder }

  /// Luis has an index that was complete, and what Ana edited and deleted has come since.
  init() throws {
    pair = try Pair()
    notes = try pair.ana.write { writer in
      // The others keep the index from being made anew.
      for number in 0..<60 {
        _ = try writer.create(.place, [.init(.Place.name, "Lugar \(number)")])
      }
      return try (0..<40).map { try writer.create(.note, [.init(.Note.text, "zzpalta \($0)")]) }
    }
    try pair.luis.take(from: pair.ana)
    try pair.luis.completeIndex()
    try pair.ana.write { [notes] writer in
      for note in notes[..<20] {
        _ = try writer.update(note, [.init(.Note.text, "zzcacao")])
      }
      for note in notes[20..<25] { try writer.delete(note) }
    }
    try pair.luis.take(from: pair.ana, indexedAtOnce: 0)
  }

  private func total(_ word: String) throws -> Int {
    try pair.luis.read { try $0.search(word).total }
  }

  private func expectAsMadeAnew(_ comment: Comment? = nil) throws {
    let completed = try pair.luis.viewDump()
    #expect(try pair.luis.examine(rebuild: true).isHealthy, comment)
    #expect(try pair.luis.viewDump() == completed, comment)
  }

  @Test func `a search on words that are not so any more is refused until they are replaced`()
    throws
  {
    #expect(throws: NotebookError.indexIncomplete) { try total("zzpalta") }

    try pair.luis.completeIndex()

    #expect(try total("zzpalta") == 15)
    #expect(try total("zzcacao") == 20)
    try expectAsMadeAnew()
  }

  @Test func `what happens to a record before its words are replaced is seen by a search`() throws {
    try pair.luis.write { writer in
      try writer.update(notes[0], [.init(.Note.text, "zzmaíz")])
      try writer.delete(notes[1])
      try writer.undelete(notes[20])
      try writer.delete(notes[39])
      try writer.update(notes[38], [.init(.Note.text, "zzmaíz")])
      _ = try writer.create(.note, [.init(.Note.text, "zzmaíz nuevo")])
    }
    try pair.ana.write { [notes] writer in
      for note in notes[..<10] { _ = try writer.update(note, [.init(.Note.text, "zzcafé")]) }
      try writer.undelete(notes[21])
    }
    try pair.luis.take(from: pair.ana, indexedAtOnce: 0)

    try pair.luis.completeIndex()

    #expect(try total("zzpalta") == 15 - 2 + 2)
    // Ana's and Luis's words of the first note are both shown.
    #expect(try total("zzmaiz") == 3)
    #expect(try total("zzcafe") == 10)
    #expect(try total("zzcacao") == 10)
    try expectAsMadeAnew()
  }

  @Test func `a record that comes into sight again is found, whatever the index held of it`() throws
  {
    try pair.luis.completeIndex()
    try pair.ana.write { [notes] writer in
      for note in notes[20..<25] { try writer.undelete(note) }
    }

    try pair.luis.take(from: pair.ana, indexedAtOnce: 0)
    try pair.luis.completeIndex()

    #expect(try total("zzpalta") == 20)
    try expectAsMadeAnew()
  }

  @Test func `an index of which most is stale is made anew, and what is erased is in neither`()
    throws
  {
    try pair.luis.completeIndex()
    try pair.ana.write { writer in
      for place in try writer.reader.ids(of: .place) {
        _ = try writer.update(place, [.init(.Place.name, "Zzuchiza")])
      }
      try writer.update(notes[30], [.init(.Note.text, "zzsecreto")])
    }

    try pair.luis.take(from: pair.ana, indexedAtOnce: 0)

    #expect(try ViewDamage.count("search_docsize", in: folder) == 0)
    #expect(throws: NotebookError.indexIncomplete) { try total("zzuchiza") }
    try pair.ana.write { [notes] in try $0.erase(notes[30]) }
    try pair.luis.take(from: pair.ana, indexedAtOnce: 0)
    #expect(try files(holding: "zzsecreto") == [])
    try pair.luis.completeIndex()
    #expect(try total("zzuchiza") == 60)
    #expect(try total("zzpalta") == 14)
    try expectAsMadeAnew()
  }

  @Test func `another process completes the index after this one has died`() throws {
    let again = try pair.luisLaptop.open()

    #expect(throws: NotebookError.indexIncomplete) { try again.read { try $0.search("zzpalta") } }
    try again.completeIndex()

    #expect(try again.read { try $0.search("zzpalta").total } == 15)
    #expect(try again.read { try $0.search("zzcacao").total } == 20)
    let completed = try again.viewDump()
    #expect(try again.examine(rebuild: true).isHealthy)
    #expect(try again.viewDump() == completed)
  }

  @Test func `a process that dies after the log and before the view leaves nothing stale`() throws {
    let luis = try pair.luisLaptop.open()
    try luis.close()
    let names = ["", "-wal"].map { URL(fileURLWithPath: folder.view + $0) }
    let before = names.map { try? Data(contentsOf: $0) }
    try pair.ana.write { [notes] writer in
      for note in notes[..<30] { _ = try? writer.update(note, [.init(.Note.text, "zzquinua")]) }
    }
    let dying = try pair.luisLaptop.open()
    try dying.take(from: pair.ana, indexedAtOnce: 0)
    try dying.close()
    for (name, bytes) in zip(names, before) {
      try? FileManager.default.removeItem(at: name)
      try bytes?.write(to: name)
    }
    try? FileManager.default.removeItem(atPath: folder.view + "-shm")

    let again = try pair.luisLaptop.open()
    try again.completeIndex()

    #expect(try again.read { try $0.search("zzquinua").total } == 30)
    let completed = try again.viewDump()
    #expect(try again.examine(rebuild: true).isHealthy)
    #expect(try again.viewDump() == completed)
  }

  @Test func `the words of what is erased leave the index and the stale words at once`() throws {
    let secret = try pair.ana.write {
      try $0.create(.note, [.init(.Note.text, "zzsecreto de la sierra")])
    }
    try pair.luis.take(from: pair.ana, indexedAtOnce: .max)
    try pair.luis.completeIndex()
    try pair.ana.write { _ = try $0.update(secret, [.init(.Note.text, "zzsecreto, corregido")]) }
    try pair.luis.take(from: pair.ana, indexedAtOnce: 0)
    try #require(try files(holding: "zzsecreto") != [])

    try pair.ana.write { try $0.erase(secret) }
    try pair.luis.take(from: pair.ana, indexedAtOnce: 0)

    #expect(try files(holding: "zzsecreto") == [])
    #expect(try total("zzcacao") == 20)
    try expectAsMadeAnew()
  }

  @Test func `an own erase takes the stale words with it too`() throws {
    try #require(try files(holding: "zzpalta 7") != [])

    try pair.luis.write { [notes] in try $0.erase(notes[7]) }

    #expect(try files(holding: "zzpalta 7") == [])
    try expectAsMadeAnew()
  }

  /// Names of files; a text may lie in the log as it is and in the index in pieces of words.
  private func files(holding text: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.url.path).filter { name in
      let data = try Data(contentsOf: folder.url.appendingPathComponent(name))
      return data.range(of: Data(text.utf8)) != nil
    }.sorted()
  }

  @Test func `large syncs, small ones, own edits and searches in any order come to the same`()
    throws
  {
    for seed in Seeds.upTo(6) {
      var generator = SplitMix64(seed: seed)
      let pair = try Pair()
      var editors = [RandomEditor(seed: seed), RandomEditor(seed: seed + 1_000)]
      for _ in 0..<30 {
        for _ in 0..<3 { _ = try editors[0].edit(pair.ana) }
        _ = try editors[1].edit(pair.luis)
        pair.anaLaptop.clock.advance(by: .random(in: 0...2, using: &generator))
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: try pair.luis.take(from: pair.ana, indexedAtOnce: 0)
        case 1: try pair.luis.take(from: pair.ana)
        case 2: try pair.ana.take(from: pair.luis, indexedAtOnce: 0)
        case 3: try pair.luis.completeIndex()
        default: break
        }
      }

      for notebook in [pair.ana, pair.luis] {
        let completed = try notebook.viewDump()
        #expect(try notebook.examine(rebuild: true).viewAgrees == true, "\(Seeds.replay(seed))")
        if try notebook.viewDump() != completed {
          Issue.record("\(Seeds.replay(seed)): the completed index differs")
        }
      }
    }
  }
}
