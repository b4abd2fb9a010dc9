import CuadernoModel
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoNotebook

/// What a notebook makes of a hub's word that some changes are void.
@Suite struct VoidTests {
  private static let hub = DeviceID(rawValue: 0xAB)

  /// A page in which a hub calls changes void.
  private func marks(_ dots: [Dot], of study: StudyID) -> ChangePage {
    let mark = Change(
      envelope: Envelope(
        voiding: dots, as: Dot(device: Self.hub, sequence: 1),
        stamp: Stamp(rawValue: 1_500_000_000_000 << 16), in: study),
      content: .payload(salt: [UInt8](repeating: 1, count: 16), bytes: []))
    let link = AdmittedChange(own: mark, after: .zero).link
    return ChangePage(changes: [mark], heads: [ChainHead(dot: mark.dot, link: link)])
  }

  private func summaryOf(_ interview: RecordID, _ notebook: Notebook) throws -> String? {
    try notebook.read { try $0.fetch(Interview.self, interview)?.summary }
  }

  private func edit(_ interview: RecordID, _ text: String, on notebook: Notebook) throws -> Dot {
    try notebook.write { writer in
      try writer.update(interview, [.init(.Interview.summary, text)])
      return writer.lastDot
    }
  }

  @Test func `what was held as good is hidden everywhere, and its author alone keeps the words`()
    throws
  {
    let pair = try Pair()
    let interview = try pair.ana.write {
      try $0.create(.interview, [.init(.Interview.summary, "de Ana")])
    }
    try pair.meet()
    let void = try edit(interview, "de Luis", on: pair.luis)
    try pair.meet()
    #expect(try summaryOf(interview, pair.ana) == "de Luis")

    let arrivals = try [pair.ana, pair.luis].map {
      try $0.receive(marks([void], of: $0.study)).arrivals
    }

    #expect(arrivals.map(\.untaken) == [[], [void]])
    for notebook in [pair.ana, pair.luis] {
      #expect(try summaryOf(interview, notebook) == "de Ana")
      #expect(try notebook.examine(rebuild: false).isHealthy)
      #expect(try notebook.read { try $0.conflictKeys() }.isEmpty)
      #expect(try notebook.read { try $0.searchIsSilent("Luis") })
    }
    #expect(try pair.ana.summary() == pair.luis.summary())
    #expect(try pair.ana.untaken().isEmpty)
    let kept = try #require(try pair.luis.untaken().first)
    #expect(kept.change.dot == void)
    #expect(kept.change.edits.map(\.value) == [.text("de Luis")])
    #expect(try pair.ana.untaken().isEmpty)
  }

  @Test func `a mark that comes before what it names hides it as it comes`() throws {
    let pair = try Pair()
    let interview = try pair.ana.write {
      try $0.create(.interview, [.init(.Interview.summary, "de Ana")])
    }
    try pair.meet()
    let void = try edit(interview, "de Luis", on: pair.luis)

    try pair.ana.receive(marks([void], of: pair.ana.study))
    try pair.ana.take(from: pair.luis)
    try pair.luis.take(from: pair.ana)

    #expect(try summaryOf(interview, pair.ana) == "de Ana")
    #expect(try pair.ana.summary() == pair.luis.summary())
    #expect(try pair.ana.viewDump() == pair.anaLaptop.rebuiltDump(pair.ana))
  }

  @Test func `a void write makes no conflict, and what is written later does not need it`() throws {
    let pair = try Pair()
    let interview = try pair.ana.write {
      try $0.create(.interview, [.init(.Interview.summary, "uno")])
    }
    try pair.meet()
    let void = try edit(interview, "de Luis", on: pair.luis)
    _ = try edit(interview, "de Ana", on: pair.ana)
    try pair.meet()
    #expect(try pair.ana.read { try $0.conflictKeys() }.count == 1)
    // Its author had both before them.
    _ = try edit(interview, "las dos", on: pair.ana)

    for notebook in [pair.ana, pair.luis] {
      try notebook.receive(marks([void], of: notebook.study))
      try pair.meet()
    }

    for notebook in [pair.ana, pair.luis] {
      #expect(try notebook.read { try $0.conflictKeys() }.isEmpty)
      #expect(try summaryOf(interview, notebook) == "las dos")
    }
    #expect(try pair.ana.summary() == pair.luis.summary())
  }

  @Test func `a void write keeps no deleted record, and a void delete takes none away`() throws {
    let pair = try Pair()
    let (kept, gone) = try pair.ana.write { writer in
      (
        try writer.create(.interview, [.init(.Interview.summary, "se queda")]),
        try writer.create(.interview, [.init(.Interview.summary, "se va")])
      )
    }
    try pair.meet()
    let write = try edit(gone, "sigue", on: pair.luis)
    let delete = try pair.luis.write { writer in
      try writer.delete(kept)
      return writer.lastDot
    }
    try pair.ana.write { try $0.delete(gone) }
    try pair.meet()
    #expect(try summaryOf(gone, pair.ana) == "sigue")
    #expect(try summaryOf(kept, pair.ana) == nil)

    for notebook in [pair.ana, pair.luis] {
      try notebook.receive(marks([write, delete], of: notebook.study))
      #expect(try summaryOf(gone, notebook) == nil)
      #expect(try summaryOf(kept, notebook) == "se queda")
      #expect(try notebook.examine(rebuild: false).isHealthy)
    }
    #expect(try pair.ana.summary() == pair.luis.summary())
  }

  @Test func `a record that only void changes made is not there`() throws {
    let pair = try Pair()
    let void = try pair.luis.write { writer in
      try writer.create(.interview, [.init(.Interview.label, "TOC-9")])
      return writer.lastDot
    }
    try pair.luis.receive(marks([void], of: pair.luis.study))
    try pair.meet()

    #expect(try pair.luis.read { try $0.counts()[.interview] } == 0)
    #expect(try pair.ana.summary() == pair.luis.summary())
    #expect(try pair.luis.read { try $0.nextWrite(.undo) } == nil)
  }

  @Test func `a void erase takes nothing away where the mark was first, however pages are cut`()
    throws
  {
    let pair = try Pair()
    let interview = try pair.ana.write {
      try $0.create(.interview, [.init(.Interview.text, "No se borra.")])
    }
    try pair.meet()
    let void = try pair.luis.write { writer in
      try writer.erase(interview)
      return writer.lastDot
    }
    try pair.luis.receive(marks([void], of: pair.luis.study))

    // One change at a time: the erase comes before the mark, and has no payload any more.
    try pair.ana.take(from: pair.luis, bytesMax: 1)

    #expect(
      try pair.ana.read { try $0.fetch(Interview.self, interview)?.text } == "No se borra.")
    #expect(try pair.ana.summary() == pair.luis.summary())
  }

  @Test func `what was not taken can be written once more and forgotten`() throws {
    let pair = try Pair()
    let interview = try pair.ana.write {
      try $0.create(.interview, [.init(.Interview.text, "Uno.\nDos.\nTres.")])
    }
    try pair.meet()
    let void = try pair.luis.write { writer in
      try writer.update(interview, [.init(.Interview.text, "UNO.\nDos.\nTres.")])
      return writer.lastDot
    }
    try pair.luis.receive(marks([void], of: pair.luis.study))
    try pair.ana.write {
      _ = try $0.update(interview, [.init(.Interview.text, "Uno.\nDos.\nTRES.")])
    }
    try pair.meet()

    let untaken = try pair.luis.untaken()
    try pair.luis.write { try $0.writeAgain(untaken) }
    try pair.luis.forgetUntaken([void])
    try pair.meet()

    #expect(try pair.luis.untaken().isEmpty)
    #expect(
      try pair.ana.read { try $0.fetch(Interview.self, interview)?.text } == "UNO.\nDos.\nTRES.")
    #expect(try pair.ana.summary() == pair.luis.summary())
  }

  @Test func `a delete written once more takes nothing that others wrote meanwhile`() throws {
    let pair = try Pair()
    let (interview, other) = try pair.ana.write { writer in
      (
        try writer.create(.interview, [.init(.Interview.summary, "uno")]),
        try writer.create(.interview, [.init(.Interview.summary, "otra")])
      )
    }
    try pair.meet()
    let voids = try [interview, other].map { record in
      try pair.luis.write { writer in
        try writer.delete(record)
        return writer.lastDot
      }
    }
    try pair.luis.receive(marks(voids, of: pair.luis.study))
    _ = try edit(interview, "de Ana, mientras", on: pair.ana)
    try pair.meet()

    let untaken = try pair.luis.untaken()
    try pair.luis.write { try $0.writeAgain(untaken) }
    try pair.meet()

    for notebook in [pair.ana, pair.luis] {
      #expect(try summaryOf(interview, notebook) == "de Ana, mientras")
      #expect(try summaryOf(other, notebook) == nil)
    }
    #expect(try pair.ana.summary() == pair.luis.summary())
  }

  @Test func `a coding on a void version finds its words in the text that stands`() throws {
    let pair = try Pair()
    let (interview, theme) = try pair.ana.write { writer in
      (
        try writer.create(.interview, [.init(.Interview.text, "Nadie nos avisó de nada.")]),
        try writer.create(.theme, [.init(.Theme.name, "Confianza")])
      )
    }
    try pair.meet()
    let void = try pair.luis.write { writer in
      try writer.update(interview, [.init(.Interview.text, "Aquí nadie nos avisó de nada.")])
      return writer.lastDot
    }
    try pair.luis.code(interview, "nos avisó", as: theme)
    try pair.meet()

    for notebook in [pair.ana, pair.luis] {
      try notebook.receive(marks([void], of: notebook.study))
      let codings = try notebook.read { try $0.codings(on: interview) }
      #expect(codings.count == 1)
      #expect(try notebook.examine(rebuild: false).isHealthy)
    }
    #expect(try pair.ana.summary() == pair.luis.summary())
  }

  @Test func `what is void is no news and is told as void`() throws {
    let pair = try Pair()
    let interview = try pair.ana.write {
      try $0.create(.interview, [.init(.Interview.summary, "uno")])
    }
    try pair.meet()
    try pair.ana.markSeen(pair.ana.frontier())
    let void = try edit(interview, "dos", on: pair.luis)
    try pair.ana.receive(marks([void], of: pair.ana.study))
    try pair.ana.take(from: pair.luis)

    let news = try pair.ana.read { try $0.news() }
    #expect(news.items.isEmpty && news.changes == 0)
    let last = try pair.ana.read { try $0.lastChanges(2) }
    #expect(last.map(\.isVoid) == [true, false])
    #expect(last.map(\.voided) == [0, 1])
  }
}

extension Reader {
  fileprivate func searchIsSilent(_ words: String) throws -> Bool {
    try search(words, limit: 10).hits.isEmpty
  }
}

extension Laptop {
  /// What the view of a notebook comes to when it is made anew.
  fileprivate func rebuiltDump(_ notebook: Notebook) throws -> String {
    _ = try notebook.examine(rebuild: true)
    return try notebook.viewDump()
  }
}
