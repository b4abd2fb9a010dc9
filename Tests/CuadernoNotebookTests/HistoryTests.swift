import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import Testing

@Suite struct HistoryTests {
  private let pair: Pair
  private let note: RecordID
  private let text = FieldID(Field.Note.text.number)

  init() throws {
    pair = try Pair()
    note = try pair.ana.write { try $0.create(.note, [.init(.Note.text, "uno")]) }
    try pair.meet()
  }

  private func set(_ notebook: Notebook, _ text: String) throws {
    try notebook.write { _ = try $0.update(note, [.init(.Note.text, text)]) }
  }

  @Test func `a record's history tells who wrote what and when`() throws {
    pair.luisLaptop.clock.advance(by: 1_000)
    try set(pair.luis, "dos")

    let history = try pair.luis.read { try $0.history(of: note) }

    #expect(history.map(\.member) == ["Ana", "Luis"])
    #expect(history.map(\.stamp.milliseconds) == [1_500_000_000_000, 1_500_000_001_000])
    #expect(history.map { $0.edits.map(\.value) } == [[.text("uno")], [.text("dos")]])
    #expect(history.map { $0.edits.map(\.field) } == [[.Note.text], [.Note.text]])
    #expect(history.allSatisfy { $0.record == note && $0.kind == .note && !$0.isErased })
  }

  @Test func `two notebooks know the same history and the same versions`() throws {
    try set(pair.ana, "a2")
    try set(pair.luis, "b2")
    try set(pair.luis, "b3")
    try pair.meet()
    try set(pair.ana, "a4")
    try pair.meet()

    let histories = try [pair.ana, pair.luis].map { notebook in
      try notebook.read { try $0.history(of: note) }
    }
    #expect(Set(histories[0].map(\.dot)) == Set(histories[1].map(\.dot)))
    #expect(histories[0].count == 5)
    for dot in histories[0].map(\.dot) {
      let versions = try [pair.ana, pair.luis].map { notebook in
        try notebook.read { try #require(try $0.version(of: note, at: dot)) }
      }
      #expect(versions[0].values == versions[1].values)
      #expect(versions[0].entry.member == versions[1].entry.member)
    }
  }

  @Test func `a version shows what its author saw and not what another wrote meanwhile`() throws {
    try set(pair.ana, "de Ana")
    let at = try date("2017")
    try pair.luis.write { _ = try $0.update(note, [.init(.Note.at, value: .date(at))]) }
    let luisDot = try #require(try pair.luis.read { try $0.lastChanges(1).first }).dot
    try pair.meet()

    let version = try pair.ana.read { try $0.version(of: note, at: luisDot) }

    #expect(version?.values[text] == .some(.text("uno")))
    #expect(version?.values[FieldID(Field.Note.at.number)] == .some(.date(at)))
  }

  @Test func `a version of before is found by its number and by its name`() throws {
    try set(pair.ana, "dos")
    try pair.ana.read { reader throws in
      let dots = try reader.history(of: note).map(\.dot)
      #expect(try reader.versionDot("1", of: note) == dots[0])
      #expect(try reader.versionDot("2", of: note) == dots[1])
      let device = dots[1].device.description
      #expect(try reader.versionDot("\(device.prefix(5)):\(dots[1].sequence)", of: note) == dots[1])
      #expect(
        try reader.versionDot("\(device.uppercased()):\(dots[1].sequence)", of: note) == dots[1])
      #expect(try reader.version(of: note, at: dots[0])?.values[text] == .some(.text("uno")))
    }
  }

  @Test(arguments: [
    "0", "3", "-1", "-9223372036854775808", "9223372036854775807", "", ":", "ab", "zz:1", ":1",
    "1:", "a:b:c", "9223372036854775808", "１",
  ])
  func `what names no version finds none`(text: String) throws {
    try set(pair.ana, "dos")

    #expect(try pair.ana.read { try $0.versionDot(text, of: note) } == nil)
  }

  @Test func `the last changes come newest first`() throws {
    for text in ["dos", "tres", "cuatro"] { try set(pair.ana, text) }

    let last = try pair.ana.read { try $0.lastChanges(2) }

    #expect(last.map { $0.edits.map(\.value) } == [[.text("cuatro")], [.text("tres")]])
    #expect(try pair.ana.read { try $0.lastChanges(0) }.isEmpty)
  }

  @Test func `the text of every version can be read`() throws {
    try set(pair.ana, "dos")
    let dots = try pair.ana.read { try $0.history(of: note).map(\.dot) }

    let texts = try pair.ana.read { reader in
      try dots.map { try reader.text(.Note.text, at: $0) }
    }

    #expect(texts == ["uno", "dos"])
  }

  @Test func `a record that nobody wrote has no history`() throws {
    #expect(try pair.ana.read { try $0.history(of: RecordID(rawValue: 1)) }.isEmpty)
  }
}
