import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Foundation
import Testing

@Suite struct NewsTests {
  private let pair: Pair
  private let note: RecordID

  init() throws {
    pair = try Pair()
    note = try pair.ana.write { try $0.create(.note, [.init(.Note.text, "uno")]) }
    try pair.meet()
    for notebook in [pair.ana, pair.luis] { try notebook.markAllSeen() }
  }

  private func set(_ notebook: Notebook, _ text: String) throws {
    try notebook.write { _ = try $0.update(note, [.init(.Note.text, text)]) }
  }

  @Test func `what another wrote is news until it is marked as seen`() throws {
    try set(pair.luis, "dos")
    #expect(try pair.luis.news().items.isEmpty)
    try pair.meet()

    let news = try pair.ana.news()
    #expect(news.items.map(\.record) == [note])
    #expect(news.items[0].authors.map(\.member) == ["Luis"])
    #expect(news.items[0].authors[0].fields == [.Note.text])
    #expect(!news.items[0].isNew)
    #expect(try pair.ana.news().changes == 1)
    #expect(try pair.ana.read { try $0.unseenCount() } == 1)

    try pair.ana.markSeen(news.frontier)
    #expect(try pair.ana.news().items.isEmpty)
    #expect(try pair.ana.read { try $0.unseenCount() } == 0)
  }

  @Test func `an erase is news, and no deletion`() throws {
    try pair.luis.write { try $0.erase(note) }
    try pair.meet()

    let item = try #require(try pair.ana.news().items.first)
    #expect(item.wasErased && !item.wasDeleted && !item.isAlive)
  }

  @Test func `what comes between the showing and the marking stays news`() throws {
    try set(pair.luis, "dos")
    try pair.meet()
    let shown = try pair.ana.news()
    try set(pair.luis, "tres")
    try pair.meet()

    try pair.ana.markSeen(shown.frontier)

    #expect(try pair.ana.news().changes == 1)
  }

  @Test func `conflicts come first, then what changed, then what is new`() throws {
    let (changed, contested) = try pair.ana.write { writer in
      (
        try writer.create(.note, [.init(.Note.text, "a")]),
        try writer.create(.note, [.init(.Note.text, "b")])
      )
    }
    try pair.meet()
    try pair.ana.markAllSeen()
    let new = try pair.luis.write { writer in
      let new = try writer.create(.note, [.init(.Note.text, "nueva")])
      try writer.update(changed, [.init(.Note.text, "otra")])
      try writer.update(contested, [.init(.Note.text, "de Luis")])
      return new
    }
    try pair.ana.write { _ = try $0.update(contested, [.init(.Note.text, "de Ana")]) }
    try pair.meet()

    let items = try pair.ana.news().items

    #expect(items.map(\.record) == [contested, changed, new])
    #expect(items.map(\.conflicts) == [[.Note.text], [], []])
    #expect(items.map(\.isNew) == [false, false, true])
  }

  @Test func `deletes are news with the name of what is gone, and so is what was kept`() throws {
    let (gone, kept) = try pair.ana.write { writer in
      (
        try writer.create(.participant, [.init(.Participant.pseudonym, "Rosa Q.")]),
        try writer.create(.participant, [.init(.Participant.pseudonym, "Julio")])
      )
    }
    try pair.meet()
    try pair.ana.markAllSeen()
    try pair.luis.write { try $0.delete(gone) }
    try pair.luis.write { try $0.delete(kept) }
    try pair.ana.write { _ = try $0.update(kept, [.init(.Participant.role, "alcalde")]) }
    try pair.meet()

    let items = try pair.ana.news().items

    #expect(items.map(\.name) == ["Rosa Q.", "Julio"])
    #expect(items.map(\.isAlive) == [false, true])
    #expect(items.allSatisfy { $0.wasDeleted && $0.authors.map(\.isDelete) == [true] })
  }

  @Test func `a person's other notebooks are news, and a new device's introduction`() throws {
    let second = try Laptop("Ana", seed: 3)
    let other = try second.create(title: nil, joining: pair.ana.study)
    try other.take(from: pair.ana)
    try other.write { _ = try $0.update(note, [.init(.Note.text, "en casa")]) }
    try pair.ana.take(from: other)

    let items = try pair.ana.news().items

    #expect(items.map(\.kind) == [.study, .note])
    #expect(items.allSatisfy { $0.authors.map(\.member) == ["Ana"] })
    #expect(items[0].authors[0].fields == [.Study.members])
  }

  @Test func `what a newer notebook wrote is news too`() throws {
    let strange = RecordID(rawValue: 0xABC)
    let page = NewerPage(device: 0xC0DE, record: strange)
      .page([(kind: 99, action: .write, fields: [FieldID(1)], payload: [1, 2])])
    _ = try pair.ana.receive(page)

    let items = try pair.ana.news().items

    #expect(items.map(\.record) == [strange])
    #expect(items[0].kind == nil)
    #expect(items[0].authors[0].hasNewerFields)
  }

  @Test func `a restored notebook has the mark, and its own old changes are no news`() throws {
    try set(pair.luis, "dos")
    try pair.meet()
    try pair.ana.markAllSeen()
    try set(pair.ana, "tres")
    try set(pair.luis, "a la vez")
    try pair.ana.take(from: pair.luis)
    let file = URL(fileURLWithPath: pair.anaLaptop.scratch.file("backup"))
    _ = try pair.ana.backup(to: file)
    let second = try Laptop("Ana", seed: 5)

    _ = try Notebook.restore(file, in: second.folder, surroundings: second.surroundings)

    let restored = try second.open()
    #expect(try restored.news().changes == 1)
    #expect(try restored.news().items[0].authors.map(\.member) == ["Luis"])
  }

  @Test func `a copied notebook that becomes a new device keeps the mark`() throws {
    try set(pair.ana, "dos")
    let device = try pair.ana.identity().device
    var elsewhere = pair.anaLaptop.surroundings
    elsewhere.machine = "another machine"
    let opened = try Notebook.open(
      pair.anaLaptop.folder, for: .writing, surroundings: elsewhere)

    try opened.write { _ = try $0.update(note, [.init(.Note.text, "tres")]) }

    #expect(try opened.identity().device != device)
    #expect(try opened.news().items.isEmpty)
  }

  @Test func `nothing is lost to a mark in any order of writing, meeting, looking and marking`()
    throws
  {
    for seed in Seeds.upTo(15) {
      let pair = try Pair()
      try pair.ana.markAllSeen()
      var random = SplitMix64(seed: seed)
      var shown = Set<Dot>()
      var editor = RandomEditor(seed: seed)
      for _ in 0..<25 {
        switch Int.random(in: 0..<6, using: &random) {
        case 0...2: _ = try editor.edit(pair.luis)
        case 3: try pair.meet()
        default:
          let before = try pair.ana.read { try $0.seen() }
          let news = try pair.ana.news()
          shown.formUnion(try pair.luis.dots(beyond: before, within: news.frontier))
          #expect(news.items.flatMap(\.authors).map(\.changes).reduce(0, +) == news.changes)
          if Bool.random(using: &random) { try pair.ana.markSeen(news.frontier) }
        }
      }
      try pair.meet()
      let seen = try pair.ana.read { try $0.seen() }
      let luis = try pair.luis.identity().device
      let marked = Set((1...max(1, seen[luis])).map { Dot(device: luis, sequence: $0) })
      // What was there before the first mark was seen with it.
      #expect(marked.filter { $0.sequence > 1 }.isSubset(of: shown), "\(Seeds.replay(seed))")
    }
  }
}

extension Notebook {
  fileprivate func news() throws -> News { try read { try $0.news() } }

  fileprivate func markAllSeen() throws { try markSeen(frontier()) }

  /// Every change between two clocks, one by one.
  fileprivate func dots(beyond clock: VectorClock, within frontier: VectorClock) throws -> [Dot] {
    let page = try page(beyond: clock, bytesMax: 1 << 24)
    return page.changes.map(\.dot).filter(frontier.covers)
  }
}
