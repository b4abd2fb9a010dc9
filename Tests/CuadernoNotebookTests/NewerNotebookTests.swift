import CuadernoModel
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoNotebook

/// What a newer notebook writes, or a broken one: kept and forwarded byte for byte, never a trap, and
/// the same on every notebook whatever the order in which it comes.
@Suite struct NewerNotebookTests {
  private let pair: Pair
  private let rosa = DeviceID(rawValue: 0xC0DE)
  private let record = RecordID(rawValue: 0xABC)

  init() throws {
    pair = try Pair()
  }

  /// A page of changes that a third device wrote, each knowing the ones before it unless told
  /// otherwise.
  private func page(_ changes: [(envelope: Envelope, payload: [UInt8])]) -> ChangePage {
    var link = Digest.zero
    var written = [Change]()
    for (envelope, payload) in changes {
      let change = Change(
        envelope: envelope,
        content: .payload(salt: [UInt8](repeating: 1, count: 16), bytes: payload))
      link = AdmittedChange(own: change, after: link).link
      written.append(change)
    }
    let head = written.last.map { ChainHead(dot: $0.dot, link: link) }
    return ChangePage(changes: written, heads: head.map { [$0] } ?? [])
  }

  private func envelope(
    _ sequence: UInt64, kind: UInt32 = Kind.note.rawValue, action: Envelope.Action = .write,
    context: VectorClock? = nil, fields: [FieldID], stamp: UInt64 = 1_500_000_000_000 << 16
  ) -> Envelope {
    let before = sequence > 1 ? [Dot(device: rosa, sequence: sequence - 1)] : []
    return Envelope(
      dot: Dot(device: rosa, sequence: sequence), stamp: Stamp(rawValue: stamp + sequence),
      record: record, kind: kind, action: action, context: context ?? VectorClock(before),
      fields: fields)
  }

  private var text: FieldID { FieldID(Field.Note.text.number) }

  /// Both notebooks take the page; then they, and views made anew, must agree.
  private func expectHarmless(_ page: ChangePage) throws {
    _ = try pair.ana.receive(page)
    try pair.luis.take(from: pair.ana)

    #expect(try pair.luis.page(beyond: pair.luisKnowledge, bytesMax: 1 << 20) == page)
    #expect(try pair.ana.summary() == pair.luis.summary())
    for notebook in [pair.ana, pair.luis] {
      _ = try notebook.read { reader in
        try (
          reader.history(of: record), reader.lastChanges(9), reader.counts(),
          reader.conflicts(), reader.find(record.description, among: Kind.allCases),
          reader.version(of: record, at: page.changes[0].dot), reader.search("hola")
        )
      }
      #expect(try notebook.examine(rebuild: false).isHealthy)
    }
  }

  @Test func `a kind of record that is unknown`() throws {
    try expectHarmless(page([(envelope(1, kind: 99, fields: [text]), [1, 2, 3])]))

    let entry = try pair.ana.read { try $0.history(of: record).first }
    #expect(entry?.kind == nil)
    #expect(throws: NotebookError.newerKind) {
      try pair.ana.write { _ = try $0.update(record, [.init(.Note.text, "x")]) }
    }
    #expect(
      NotebookError.newerKind.description
        == "record was written by a newer cuaderno; update before changing it")
  }

  @Test func `a field that is unknown beside one that is known`() throws {
    let payload = try PayloadCodec.encode([.text("hola"), .text("¿qué es esto?")])
    try expectHarmless(page([(envelope(1, fields: [text, FieldID(77)]), payload)]))

    #expect(try pair.ana.read { try $0.fetch(Note.self, record)?.text } == "hola")
    let fields = try pair.ana.read { try $0.history(of: record).first?.edits.map(\.field) }
    #expect(fields == [.Note.text, nil])
  }

  @Test func `an action that is unknown`() throws {
    let payload = try PayloadCodec.encode([.text("hola")])
    try expectHarmless(
      page([
        (envelope(1, fields: [text]), payload),
        (envelope(2, action: .init(rawValue: 9), fields: [text]), payload),
      ]))

    #expect(try pair.ana.read { try $0.fetch(Note.self, record)?.text } == "hola")
  }

  @Test func `what this version writes to a record leaves what it does not know as it is`() throws {
    let payload = try PayloadCodec.encode([.text("hola"), .text("¿qué es esto?")])
    let page = page([(envelope(1, fields: [text, FieldID(77)]), payload)])
    _ = try pair.ana.receive(page)

    try pair.ana.write { _ = try $0.update(record, [.init(.Note.text, "otra cosa")]) }
    try pair.luis.take(from: pair.ana)

    for notebook in [pair.ana, pair.luis] {
      let now = try #require(try notebook.read { try RecordPast(record, $0)?.now() })
      #expect(try now.stored(FieldID(77)) == StoredValue(.text("¿qué es esto?")))
      #expect(try now.stored(text) == StoredValue(.text("otra cosa")))
      #expect(try notebook.read { try $0.fetch(Note.self, record)?.text } == "otra cosa")
    }
    let forwarded = try pair.luis.page(beyond: VectorClock(), bytesMax: 1 << 20).changes
    #expect(forwarded.contains(page.changes[0]))
  }

  @Test func `a value of a type that is unknown, in a field that is known`() throws {
    // Field 99 of a value, with one byte; and field 9 of the payload itself.
    let strange: [UInt8] = [0x0A, 0x04, 0x9A, 0x06, 0x01, 0x07, 0x48, 0x01]
    try expectHarmless(page([(envelope(1, fields: [text]), strange)]))

    #expect(try pair.ana.read { try $0.fetch(Note.self, record)?.text } == nil)
    #expect(try pair.ana.read { try $0.fetch(Note.self, record) } != nil)
  }

  @Test func `codings and notes on a record of an unknown kind`() throws {
    _ = try pair.ana.receive(page([(envelope(1, kind: 99, fields: [text]), [1, 2, 3])]))
    let anchor = Anchor(
      version: [TextWrite(device: rosa.rawValue, sequence: 1)], start: 0, end: 4, quote: "hola",
      prefix: "", suffix: "")
    let (coding, note) = try pair.ana.write { writer in
      (
        try writer.create(
          .coding,
          [
            .init(.Coding.target, value: .target(Target(record: record.rawValue, field: 3))),
            .init(.Coding.anchor, value: .anchor(anchor)),
          ]),
        try writer.create(.note, [.init(.Note.about, value: .reference(record.rawValue))])
      )
    }
    try pair.luis.take(from: pair.ana)

    for notebook in [pair.ana, pair.luis] {
      try notebook.read { reader throws in
        let placed = try reader.allPlacedCodings()
        #expect(placed.map(\.coding.id) == [coding])
        #expect(placed.map(\.status) == [.review])
        #expect(placed.map(\.quote) == ["hola"])
        #expect(try reader.notes(about: record).map(\.id) == [note])
      }
      #expect(try notebook.examine(rebuild: false).isHealthy)
    }
  }

  @Test func `this version goes on with a record after an action that it does not know`() throws {
    let payload = try PayloadCodec.encode([.text("hola")])
    let page = page([
      (envelope(1, fields: [text]), payload),
      (envelope(2, action: .init(rawValue: 9), fields: [text]), payload),
    ])
    _ = try pair.ana.receive(page)
    try pair.ana.write { _ = try $0.update(record, [.init(.Note.text, "adiós")]) }
    try pair.meet()
    #expect(try pair.luis.read { try $0.fetch(Note.self, record)?.text } == "adiós")

    let dot = page.changes[1].dot
    let result = try pair.luis.write { writer in
      try writer.takeBack(try #require(try writer.reader.write(of: dot)))
    }
    #expect(result.left.map(\.obstacle) == [.newerAction])
    try pair.luis.write { try $0.delete(record) }
    try pair.meet()

    #expect(try pair.ana.read { try $0.fetch(Note.self, record) } == nil)
    #expect(try pair.ana.summary() == pair.luis.summary())
  }

  @Test func `a payload that cannot be read`() throws {
    let hola = try PayloadCodec.encode([.text("hola")])
    try expectHarmless(
      page([(envelope(1, fields: [text]), hola), (envelope(2, fields: [text]), [255, 255])]))

    // What was there before is not what its author left.
    #expect(try pair.ana.read { try $0.fetch(Note.self, record)?.text } == nil)
  }

  @Test func `a payload that was erased`() throws {
    let hola = try PayloadCodec.encode([.text("hola")])
    let whole = page([(envelope(1, fields: [text]), hola), (envelope(2, fields: [text]), hola)])
    var erased = whole
    erased.changes[1].content = .erased(whole.changes[1].payloadDigest)

    try expectHarmless(erased)

    #expect(try pair.ana.read { try $0.fetch(Note.self, record)?.text } == nil)
    #expect(try pair.ana.read { try $0.history(of: record).map(\.isErased) } == [false, true])
  }

  @Test(arguments: [
    Value.list(["hola"]), .reference(7), .text("a\u{0}b hola"), .text("\u{FFFE}"),
    .location(Location(latitude: .nan, longitude: 400)), .membership(1, isMember: true),
    .attribute(Attribute(name: "a\u{0}", value: "b\u{0}")),
  ])
  func `a value that fits no field or holds what may not be written`(value: Value) throws {
    for kind in Kind.allCases {
      let fields = Field.fields(of: kind).map { FieldID($0.number) }
      let payload = try PayloadCodec.encode(fields.map { _ in value })
      let second = envelope(2, kind: kind.rawValue, fields: fields)
      let third = envelope(3, kind: kind.rawValue, action: .delete, fields: [])
      let fresh = try NewerNotebookTests()
      try fresh.expectHarmless(
        fresh.page([
          (envelope(1, kind: kind.rawValue, fields: fields), payload),
          (second, try PayloadCodec.encode(fields.map { _ in .text("otra cosa") })),
          (third, []),
        ]))
      #expect(try fresh.pair.ana.read { try $0.search("cosa").total } == 0)
    }
  }

  @Test func `a key where there is none, and none where there should be one`() throws {
    let keyed = FieldID(Field.Note.text.number, key: [1, 2])
    let payload = try PayloadCodec.encode([.text("con llave")])
    try expectHarmless(page([(envelope(1, fields: [keyed]), payload)]))

    #expect(try pair.ana.read { try $0.fetch(Note.self, record)?.text } == nil)
  }

  @Test func `a record of two kinds at once`() throws {
    let hola = try PayloadCodec.encode([.text("hola")])
    let first = FieldID(1)
    let theme = envelope(1, kind: Kind.theme.rawValue, fields: [first])
    let place = envelope(2, kind: Kind.place.rawValue, context: VectorClock(), fields: [first])
    try expectHarmless(page([(theme, hola), (place, hola)]))

    for notebook in [pair.ana, pair.luis] {
      #expect(try notebook.read { try $0.fetchAll(Theme.self) } == [])
      #expect(try notebook.read { try $0.fetchAll(Place.self).map(\.name) } == ["hola"])
      #expect(try notebook.read { try $0.search("hola").total } == 1)
    }
  }

  @Test func `the last possible time stamp`() throws {
    let payload = try PayloadCodec.encode([.text("hola")])
    try expectHarmless(
      page([(envelope(1, fields: [text], stamp: Stamp.latest.rawValue - 1), payload)]))

    #expect(throws: NotebookError.clockExhausted) {
      try pair.ana.write { _ = try $0.create(.note, [.init(.Note.text, "x")]) }
    }
    #expect(NotebookError.clockExhausted.description == StampsExhausted().description)
  }

  @Test func `unreadable and readable writes at once, in either order`() throws {
    try pair.ana.write { _ = try $0.create(.note, [.init(.Note.text, "adiós")], id: record) }
    // Rosa's write is concurrent with Ana's and greater.
    let later = envelope(1, context: VectorClock(), fields: [text], stamp: 1_600_000_000_000 << 16)
    let strange = page([(later, [255])])

    _ = try pair.ana.receive(strange)
    _ = try pair.luis.receive(strange)
    try pair.luis.take(from: pair.ana)

    let shared = try [pair.anaLaptop, pair.luisLaptop].map { try SharedDump.of($0.folder) }
    expectSame(shared[0], shared[1], "order of arrival")
    for notebook in [pair.ana, pair.luis] {
      // What can be read is shown, and nobody replaces the other without being told of it.
      #expect(try notebook.read { try $0.fetch(Note.self, record)?.text } == "adiós")
      #expect(try notebook.read { try $0.conflictCount() } == 1)
      let conflict = try #require(try notebook.read { try $0.conflicts() }.first)
      #expect(conflict.shown == .text("adiós"))
      #expect(conflict.sides.map(\.isMerged) == [false, true])
      #expect(try notebook.examine(rebuild: false).isHealthy)
    }
  }
}

extension Pair {
  /// What Luis held before the page came.
  fileprivate var luisKnowledge: VectorClock {
    get throws {
      VectorClock(try luis.frontier().entries.filter { $0.device.rawValue != 0xC0DE })
    }
  }
}
