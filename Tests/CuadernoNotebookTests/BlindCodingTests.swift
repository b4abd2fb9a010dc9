import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import Testing

/// Ana has blind coding set up; Luis and Marta code the same interview.
@Suite struct BlindCodingTests {
  private let pair: Pair
  private let martaLaptop: Laptop
  private let marta: Notebook
  private let interview: RecordID
  private let theme: RecordID

  private var ana: Notebook { pair.ana }
  private var luis: Notebook { pair.luis }

  init() throws {
    pair = try Pair()
    martaLaptop = try Laptop("Marta", seed: 3)
    marta = try martaLaptop.create(title: nil, joining: pair.ana.study)
    (interview, theme) = try pair.ana.write { writer in
      let interview = try writer.create(
        .interview,
        [
          .init(.Interview.label, "TOC-001"),
          .init(.Interview.text, "Nadie nos avisó. Arrancaron todo. Quién sabe por qué."),
        ])
      return (interview, try writer.create(.theme, [.init(.Theme.name, "Erradicación")]))
    }
    try meet()
  }

  private func meet() throws {
    for _ in 0..<2 {
      for notebook in [luis, marta] {
        try notebook.take(from: ana)
        try ana.take(from: notebook)
      }
    }
  }

  private func blind(_ members: [String]? = ["Ana"]) throws {
    _ = try ana.write { try $0.openCodings(to: members) }
    try meet()
  }

  /// Who codes is named, as the command does it.
  @discardableResult
  private func code(_ notebook: Notebook, _ quote: String, memo: String? = nil) throws -> RecordID {
    let coding = try notebook.code(interview, quote, as: theme)
    try notebook.write { writer in
      _ = try writer.update(
        coding,
        [.init(.Coding.coder, writer.reader.identity.member), .init(.Coding.memo, memo)])
    }
    return coding
  }

  private func shown(_ notebook: Notebook) throws -> Set<RecordID> {
    try notebook.read { Set(try $0.fetchAll(Coding.self).map(\.id)) }
  }

  @Test
  func
    `each coder sees their own codings, whoever sees all sees all, and after the release everybody`()
    throws
  {
    let early = try code(luis, "Nadie")
    try blind()
    let ofLuis = try code(luis, "Arrancaron todo")
    let ofMarta = try code(marta, "todo")
    try meet()

    #expect(try shown(luis) == [early, ofLuis])
    #expect(try shown(marta) == [ofMarta])
    #expect(try shown(ana) == [early, ofLuis, ofMarta])

    _ = try ana.write { try $0.openCodings(to: nil) }
    try meet()
    for notebook in [ana, luis, marta] {
      #expect(try shown(notebook) == [early, ofLuis, ofMarta])
      #expect(try notebook.read { try $0.blindCoding() } == nil)
    }
  }

  @Test func `a coding that is withheld is in no answer of a reader`() throws {
    try blind()
    let coding = try code(luis, "Arrancaron todo", memo: "palabrasecreta")
    let note = try luis.note("palabrasecreta otra vez", about: coding)
    let answer = try luis.note("palabrasecreta y otra", about: note)
    let onNote = try luis.code(note, "otra vez", as: theme)
    try meet()
    // Written twice at once, so that there would be a conflict.
    try ana.write { _ = try $0.update(coding, [.init(.Coding.memo, "palabrasecreta de Ana")]) }
    try luis.write { _ = try $0.update(coding, [.init(.Coding.memo, "palabrasecreta de Luis")]) }
    try meet()
    #expect(try ana.read { try $0.conflictCount() } == 1)
    let withheld = [coding, note, answer, onNote]

    try marta.completeIndex()
    try marta.read { reader throws in
      for id in withheld {
        #expect(try reader.state(of: id) == nil)
        #expect(try reader.history(of: id).isEmpty)
        #expect(try reader.find(id.description, among: Kind.allCases) == [])
        #expect(try reader.difference(of: id, from: .now, to: .now) == nil)
        #expect(try reader.dependants(of: id) == [])
      }
      #expect(try reader.fetch(Coding.self, coding) == nil)
      #expect(try reader.fetch(Note.self, note) == nil)
      #expect(try reader.codings(on: interview).isEmpty)
      #expect(try reader.allPlacedCodings().isEmpty)
      #expect(try reader.notes(about: coding).isEmpty)
      #expect(try reader.ids(of: .coding).isEmpty && reader.ids(of: .note).isEmpty)
      #expect(try reader.coders().isEmpty)
      #expect(try reader.gatheredCodings().coders { _ in true }.isEmpty)
      #expect(try reader.counts()[.coding] == 0 && reader.counts()[.note] == 0)
      #expect(try reader.search("palabrasecreta").total == 0)
      #expect(try reader.conflictCount() == 0)
      #expect(try reader.conflicts().isEmpty && reader.conflictKeys().isEmpty)
      #expect(try reader.dependants(of: interview).isEmpty)
      #expect(try reader.codingsToReview() == 0)
      #expect(try reader.lastChanges(1000).allSatisfy { !withheld.contains($0.record) })
      let news = try reader.news()
      #expect(news.items.allSatisfy { !withheld.contains($0.record) })
      #expect(try UInt64(news.changes) == reader.unseenCount())
      #expect(try reader.hasWithheldCodings(with: theme))
    }
  }

  @Test func `what was deleted is in the trash of whose it was`() throws {
    try blind()
    let signed = try code(luis, "Arrancaron todo")
    let unsigned = try luis.code(interview, "Nadie", as: theme)
    let note = try luis.note("Sobre lo mío.", about: signed)
    try luis.write {
      try $0.delete(signed)
      try $0.delete(unsigned)
    }
    try meet()

    #expect(try Set(luis.read { try $0.trash().map(\.id) }) == [signed, unsigned])
    #expect(try Set(ana.read { try $0.trash().map(\.id) }) == [signed, unsigned])
    try marta.read { reader throws in
      #expect(try reader.trash().isEmpty)
      #expect(try reader.history(of: signed).isEmpty && reader.history(of: note).isEmpty)
      #expect(try reader.lastChanges(1000).allSatisfy { $0.kind != .coding && $0.kind != .note })
      #expect(try reader.news().items.allSatisfy { $0.kind != .coding && $0.kind != .note })
    }
  }

  @Test func `a coding without a coder is whose device placed it, also after another moved it`()
    throws
  {
    try blind(["Ana"])
    let coding = try luis.code(interview, "Nadie", as: theme)
    try meet()
    try ana.write { writer in
      let other = try writer.create(.theme, [.init(.Theme.name, "Aviso")])
      _ = try writer.update(coding, [.init(.Coding.theme, value: .reference(other.rawValue))])
    }
    try meet()

    #expect(try shown(luis) == [coding])
    #expect(try shown(marta).isEmpty)
  }

  @Test func `what is withheld keeps what it is on, and goes and comes with it`() throws {
    try blind()
    try marta.write { try $0.delete(interview) }
    let coding = try code(luis, "Arrancaron todo")
    try meet()
    // Luis coded it while Marta deleted it: it stays, and nobody is told by name what Luis did.
    let arrived = try marta.read { try $0.kept([interview]) }
    #expect(try marta.read { try $0.fetch(Interview.self, interview) } != nil)
    #expect(arrived.map(\.workedOnBy) == [[]])

    // Now Marta has what Luis did, without being shown it.
    try marta.write { try $0.delete(interview) }
    try meet()
    #expect(try shown(luis).isEmpty)
    try marta.write { _ = try $0.undelete(interview) }
    try meet()
    #expect(try shown(luis) == [coding])
    #expect(try shown(marta).isEmpty)
  }

  @Test func `blindness changes nothing of what is held`() throws {
    try blind()
    let coding = try code(luis, "Arrancaron todo")
    try luis.note("Sobre lo mío.", about: coding)
    try code(marta, "todo")
    try meet()
    for notebook in [ana, luis, marta] { try notebook.completeIndex() }

    let digests = try [ana, luis, marta].map { try $0.summary().registers }
    #expect(Set(digests).count == 1)
    #expect(try SharedDump.of(ana.folder) == SharedDump.of(marta.folder))
    #expect(try SharedDump.of(ana.folder) == SharedDump.of(luis.folder))
  }

  @Test func `who codes blindly codes as themselves, and only who sees all releases`() throws {
    try blind()
    let own = try code(luis, "Nadie")

    #expect(throws: NotebookError.otherCoder) {
      try luis.write { _ = try $0.update(own, [.init(.Coding.coder, "Marta")]) }
    }
    #expect(throws: NotebookError.notOpenHere) {
      try luis.write { _ = try $0.openCodings(to: nil) }
    }
    #expect(
      try luis.read { try $0.blindCoding() } == BlindCoding(openTo: ["Ana"], isBlindHere: true))
    #expect(
      NotebookError.otherCoder.description == """
        coding is blind, and codings of others are not shown here; nothing was written; leave the coder \
        out, so that it is you, or wait until the codings are released
        """)
    #expect(
      NotebookError.notOpenHere.description == """
        coding is blind, and only who sees all codings, or an owner of the study, releases them; nothing \
        was written; `cuaderno study show` says whom to ask
        """)
  }

  @Test func `an earlier version of the study does not release codings`() throws {
    let study = try luis.read { $0.studyRecord }
    let version = try #require(try luis.read { try $0.history(of: study).last?.dot })
    try blind()

    #expect(throws: NotebookError.notOpenHere) {
      try luis.write { _ = try $0.revert(study, to: version) }
    }

    #expect(try luis.read { try $0.blindCoding() } != nil)
    try ana.write { _ = try $0.revert(study, to: version) }
    #expect(try ana.read { try $0.blindCoding() } == nil)
  }

  @Test func `what others have coded is not counted where a theme cannot be taken back`() throws {
    try blind()
    let (theme, dot) = try luis.write { writer in
      (try writer.create(.theme, [.init(.Theme.name, "Duelo")]), writer.lastDot)
    }
    try meet()
    for quote in ["Nadie", "todo"] { try marta.code(interview, quote, as: theme) }
    try meet()
    func takeBack() throws -> [TakenBack.Obstacle] {
      try luis.write { writer in
        let write = try #require(try writer.reader.write(of: dot))
        return try writer.takeBack(write).left.map(\.obstacle)
      }
    }

    #expect(try takeBack() == [.inUse(0)])
    try luis.code(interview, "avisó", as: theme)
    #expect(try takeBack() == [.inUse(1)])
    #expect(try luis.read { try $0.fetch(Theme.self, theme) } != nil)
  }

  @Test func `an owner of the study releases what somebody else has closed`() throws {
    try blind()
    try marta.remember(KnownHub(url: "https://servidor", token: "t", role: Role.owner.rawValue))
    try luis.remember(KnownHub(url: "https://servidor", token: "t", role: Role.researcher.rawValue))
    let coding = try code(luis, "Nadie")
    try meet()
    #expect(try shown(marta).isEmpty)

    #expect(throws: NotebookError.notOpenHere) {
      try luis.write { _ = try $0.openCodings(to: nil) }
    }
    #expect(try marta.write { try $0.openCodings(to: nil) })
    #expect(try shown(marta) == [coding])
    // Where nothing is closed the role decides.
    try meet()
    #expect(throws: NotebookError.notAllowed(.researcher)) {
      try luis.write { _ = try $0.openCodings(to: ["Luis"]) }
    }
  }

  @Test func `what a sync brought is told without what is withheld`() throws {
    try blind()
    let coding = try code(luis, "Nadie")
    try ana.take(from: luis)
    var arrivals = try marta.take(from: ana)
    try luis.write { _ = try $0.update(coding, [.init(.Coding.memo, "otra vez")]) }
    try ana.take(from: luis)
    arrivals.add(try marta.take(from: ana))

    let shown = try marta.read { try $0.shown(arrivals) }
    #expect(arrivals.new[.coding] == 1 && arrivals.changed[.coding] == [coding])
    #expect(shown.new[.coding] == nil && shown.changed[.coding] == nil)
    #expect(try ana.read { try $0.shown(arrivals) } == arrivals)
  }
}
