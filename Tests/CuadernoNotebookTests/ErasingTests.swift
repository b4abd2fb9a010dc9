import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Foundation
import Testing

/// Law 6: what is erased is nowhere, on any notebook, after its next sync.
@Suite struct ErasingTests {
  private let pair: Pair
  private let interview: RecordID
  private let theme: RecordID

  /// Words that stand nowhere else.
  private static let secrets = ["zzsecretouno", "zzsecretodos", "zzsecretotres", "zzsecretocuatro"]

  init() throws {
    let pair = try Pair()
    let (interview, theme) = try pair.ana.write { writer in
      (
        try writer.create(
          .interview,
          [
            .init(.Interview.label, "TOC-001"),
            .init(.Interview.text, "Vino zzsecretouno y lo dijo."),
          ]),
        try writer.create(.theme, [.init(.Theme.name, "amenazas")])
      )
    }
    try pair.ana.write {
      _ = try $0.update(
        interview, [.init(.Interview.text, "Vino zzsecretouno, con zzsecretodos, y lo dijo.")])
    }
    try pair.ana.code(interview, "zzsecretodos", as: theme)
    try pair.ana.note("Según zzsecretotres.", about: interview)
    try pair.meet()
    self.pair = pair
    self.interview = interview
    self.theme = theme
  }

  /// The secrets that the files of a notebook hold, whatever file it is.
  private func found(in laptop: Laptop) throws -> Set<String> {
    var found = Set<String>()
    let folder = laptop.folder.url
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let data = try Data(contentsOf: folder.appendingPathComponent(name))
      for secret in Self.secrets where data.range(of: Data(secret.utf8)) != nil {
        found.insert(secret)
      }
    }
    return found
  }

  @Test func `the words of an erased interview, its versions, codings and notes are in no file`()
    throws
  {
    #expect(try found(in: pair.anaLaptop) == ["zzsecretouno", "zzsecretodos", "zzsecretotres"])

    try pair.ana.write { try $0.erase(interview) }
    #expect(try found(in: pair.anaLaptop) == [])

    try pair.luis.take(from: pair.ana)
    #expect(try found(in: pair.luisLaptop) == [])
    for notebook in [pair.ana, pair.luis] {
      #expect(try notebook.count(.interview) == 0)
      #expect(try notebook.count(.coding) == 0)
      #expect(try notebook.count(.note) == 0)
      #expect(try notebook.count(.theme) == 1)
      #expect(try notebook.examine(rebuild: false).isHealthy)
      #expect(
        try notebook.read { try $0.history(of: interview).map(\.isErased) } == [true, true, false])
    }
    #expect(try pair.ana.summary() == pair.luis.summary())
  }

  @Test func `a note on a note goes too, although that came to be about the interview after it`()
    throws
  {
    let loose = try pair.ana.write {
      try $0.create(.note, [.init(.Note.text, "Todavía sobre nada.")])
    }
    try pair.ana.write { writer in
      _ = try writer.create(
        .note,
        [
          .init(.Note.text, "Pero zzsecretocuatro."),
          FieldEdit(.Note.about, value: .reference(loose.rawValue)),
        ])
    }
    try pair.ana.write {
      _ = try $0.update(
        loose, [FieldEdit(.Note.about, value: .reference(interview.rawValue))])
    }
    try pair.meet()
    #expect(try found(in: pair.luisLaptop).contains("zzsecretocuatro"))

    try pair.ana.write { try $0.erase(interview) }
    try pair.luis.take(from: pair.ana)

    #expect(try found(in: pair.anaLaptop) == [])
    #expect(try found(in: pair.luisLaptop) == [])
    #expect(try pair.ana.summary() == pair.luis.summary())
  }

  @Test func `what somebody wrote to it meanwhile is void`() throws {
    try pair.luis.write {
      _ = try $0.update(interview, [.init(.Interview.text, "Otra vez zzsecretocuatro.")])
    }
    let late = try pair.luis.note("También zzsecretocuatro.", about: interview)
    try pair.ana.write { try $0.erase(interview) }

    try pair.meet()

    #expect(try found(in: pair.anaLaptop) == [])
    #expect(try found(in: pair.luisLaptop) == [])
    for notebook in [pair.ana, pair.luis] {
      #expect(try notebook.read { try $0.fetch(Note.self, late) } == nil)
      #expect(try notebook.count(.interview) == 0)
      #expect(try notebook.examine(rebuild: false).isHealthy)
    }
    #expect(try SharedDump.of(pair.anaLaptop.folder) == SharedDump.of(pair.luisLaptop.folder))
    #expect(try pair.ana.summary() == pair.luis.summary())
  }

  @Test func `nothing can be written to what was erased, and nothing brings it back`() throws {
    try pair.ana.write { try $0.erase(interview) }

    #expect(throws: NotebookError.erased) {
      try pair.ana.write { _ = try $0.undelete(interview) }
    }
    #expect(throws: NotebookError.erased) {
      try pair.ana.write {
        _ = try $0.update(interview, [.init(.Interview.text, "otra vez")])
      }
    }
    #expect(throws: NotebookError.erased) { try pair.ana.note("sobre ella", about: interview) }
    #expect(try pair.ana.read { try $0.trash().count } == 0)
  }

  @Test func `an erase cannot be undone`() throws {
    try pair.ana.write { try $0.erase(interview) }
    let write = try #require(try pair.ana.read { try $0.nextWrite(.undo) })

    let result = try pair.ana.write { try $0.takeBack(write) }

    #expect(result.done.isEmpty)
    #expect(result.left.map(\.obstacle) == [.erased])
    #expect(try pair.ana.count(.interview) == 0)
  }

  @Test func `a notebook that joins later gets envelopes and no contents, and the chains hold`()
    throws
  {
    try pair.ana.write { try $0.erase(interview) }
    let third = try Laptop("Eva", seed: 3)
    let eva = try third.create(title: nil, joining: pair.ana.study)

    try eva.take(from: pair.ana)

    #expect(try found(in: third) == [])
    try pair.ana.take(from: eva)
    #expect(try eva.summary() == pair.ana.summary())
    #expect(try eva.examine(rebuild: false).isHealthy)
  }

  @Test func `a backup made afterwards does not hold it`() throws {
    try pair.ana.write { try $0.erase(interview) }
    let file = URL(fileURLWithPath: pair.anaLaptop.scratch.file("backup.sqlite"))

    _ = try pair.ana.backup(to: file)

    let data = try Data(contentsOf: file)
    for secret in Self.secrets { #expect(data.range(of: Data(secret.utf8)) == nil) }
  }

  @Test func `a theme and the study cannot be erased, since codings would go with them`() throws {
    #expect(throws: NotebookError.notErasable(.theme)) {
      try pair.ana.write { try $0.erase(theme) }
    }
    #expect(
      NotebookError.notErasable(.theme).description
        == "a theme cannot be erased, since codings would be erased with it; delete it instead")
  }

  @Test(arguments: Seeds.upTo(30))
  func `in whatever order an erase and what it erases arrive, all hold the same`(seed: UInt64)
    throws
  {
    var random = SplitMix64(seed: seed)
    let laptops = try (3..<5).map { try Laptop("M\($0)", seed: UInt64($0) + 10 * seed) }
    let others = try laptops.map { try $0.create(title: nil, joining: pair.ana.study) }
    let all = [pair.ana, pair.luis] + others
    for notebook in others { try notebook.take(from: pair.ana) }
    try pair.luis.write {
      _ = try $0.update(interview, [.init(.Interview.text, "zzsecretocuatro")])
    }
    let note = try #require(try others[0].read { try $0.notes(about: interview).first?.id })
    try others[0].note("zzsecretocuatro", about: note)
    try pair.ana.write { try $0.erase(interview) }
    for _ in 0..<8 {
      guard let from = all.randomElement(using: &random), let to = all.randomElement(using: &random)
      else { continue }
      try to.take(from: from, bytesMax: Int.random(in: 1...4_000, using: &random))
    }
    for _ in 0..<2 {
      for notebook in all { try pair.ana.take(from: notebook) }
      for notebook in all { try notebook.take(from: pair.ana) }
    }

    for laptop in [pair.anaLaptop, pair.luisLaptop] + laptops {
      #expect(try found(in: laptop) == [], "\(Seeds.replay(seed))")
      #expect(
        try SharedDump.of(laptop.folder) == SharedDump.of(pair.anaLaptop.folder),
        "\(Seeds.replay(seed))")
    }
  }

  /// Nobody erased the note by its own name, and it cannot be brought back all the same.
  @Test func `a note that was deleted before its interview was erased is in no trash`() throws {
    let note = try pair.ana.note("Según zzsecretotres, otra vez.", about: interview)
    try pair.ana.write { try $0.delete(note) }
    #expect(try pair.ana.read { try $0.trash() }.map(\.id) == [note])

    try pair.ana.write { try $0.erase(interview) }

    #expect(try pair.ana.read { try $0.trash() }.isEmpty)
    #expect(throws: NotebookError.erased) { try pair.ana.write { try $0.undelete(note) } }
  }
}
