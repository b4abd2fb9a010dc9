import CuadernoModel
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoText
import Testing

@testable import CuadernoNotebook

@Suite struct RevertTests {
  private let pair: Pair
  private let place: RecordID

  init() throws {
    pair = try Pair()
    place = try pair.ana.write { writer in
      try writer.create(
        .place, [.init(.Place.name, "Uchiza"), writer.attribute("altitud", "544")])
    }
    try pair.meet()
  }

  private func dots(_ notebook: Notebook) throws -> [Dot] {
    try notebook.read { try $0.history(of: place).map(\.dot) }
  }

  @discardableResult
  private func revert(_ notebook: Notebook, to dot: Dot) throws -> TakenBack {
    try notebook.write { try $0.revert(place, to: dot) }
  }

  @Test func `a version comes back with all its fields, and what was added later goes`() throws {
    let rosa = try pair.ana.write { try $0.create(.place, [.init(.Place.name, "Huallaga")]) }
    try pair.ana.write { writer in
      _ = try writer.update(
        place,
        [
          .init(.Place.name, "Uchiza Alta"), .init(.Place.code, "221004"),
          writer.attribute("altitud", "550"), writer.attribute("río", "Huallaga"),
          .init(
            .Place.within, key: writer.keys.key(rosa.rawValue),
            value: .membership(rosa.rawValue, isMember: true)),
        ])
    }

    let result = try revert(pair.ana, to: dots(pair.ana)[0])
    try pair.meet()

    for notebook in [pair.ana, pair.luis] {
      try notebook.read { reader throws in
        let shown = try reader.fetch(Place.self, place)
        #expect(shown?.name == "Uchiza")
        #expect(shown?.code == nil)
        #expect(
          try reader.attributes(of: place) == [Attribute(name: "altitud", value: "544")])
        #expect(try reader.references(.Place.within, of: place) == [])
      }
    }
    #expect(result.left.isEmpty)
  }

  @Test func `only the fields that differ are written`() throws {
    try pair.ana.write { _ = try $0.update(place, [.init(.Place.code, "221004")]) }

    let result = try revert(pair.ana, to: dots(pair.ana)[0])

    #expect(result.done.map(\.step) == [.fields([FieldID(Field.Place.code.number)])])
    let last = try pair.ana.read { try $0.history(of: place).last }
    #expect(last?.edits.map(\.field) == [.Place.code])
    let before = try pair.ana.frontier()
    #expect(try revert(pair.ana, to: dots(pair.ana)[0]).done.isEmpty)
    #expect(try pair.ana.frontier() == before)
  }

  @Test func `a deleted record is there again as it was`() throws {
    try pair.ana.write { _ = try $0.update(place, [.init(.Place.name, "Otra")]) }
    try pair.ana.write { try $0.delete(place) }
    try pair.meet()

    try revert(pair.luis, to: dots(pair.luis)[0])
    try pair.meet()

    #expect(try pair.ana.read { try $0.fetch(Place.self, place)?.name } == "Uchiza")
    let deleted = try dots(pair.ana)[2]
    #expect(throws: RevertFault.isDelete) { try revert(pair.ana, to: deleted) }
  }

  @Test func `a conflict is settled by bringing a version back`() throws {
    try pair.ana.write { _ = try $0.update(place, [.init(.Place.name, "De Ana")]) }
    try pair.luis.write { _ = try $0.update(place, [.init(.Place.name, "De Luis")]) }
    let luis = try dots(pair.luis)[1]
    try pair.meet()

    try revert(pair.ana, to: luis)
    try pair.meet()

    for notebook in [pair.ana, pair.luis] {
      #expect(try notebook.read { try $0.conflictCount() } == 0)
      #expect(try notebook.read { try $0.fetch(Place.self, place)?.name } == "De Luis")
    }
  }

  @Test func `a revert can be undone`() throws {
    try pair.ana.write { _ = try $0.update(place, [.init(.Place.name, "Otra")]) }
    try revert(pair.ana, to: dots(pair.ana)[0])

    try pair.ana.write { writer in
      let write = try #require(try writer.reader.nextWrite(.undo))
      _ = try writer.takeBack(write)
    }

    #expect(try pair.ana.read { try $0.fetch(Place.self, place)?.name } == "Otra")
  }

  @Test func `a version that the log does not hold is none`() throws {
    let nowhere = Dot(device: DeviceID(rawValue: 1), sequence: 1)

    #expect(throws: RevertFault.unknownVersion) { try revert(pair.ana, to: nowhere) }
  }

  // MARK: - Differences

  @Test func `a difference tells what each field held before and after`() throws {
    try pair.ana.write { writer in
      _ = try writer.update(
        place,
        [
          .init(.Place.name, "Uchiza Alta"), .init(.Place.code, "221004"),
          writer.attribute("altitud", nil), writer.attribute("río", "Huallaga"),
        ])
    }
    try pair.meet()
    let dots = try dots(pair.luis)

    let difference = try #require(
      try pair.luis.read {
        try $0.difference(of: place, from: .version(dots[0]), to: .version(dots[1]))
      })

    #expect(difference.from?.dot == dots[0])
    #expect(difference.to?.member == "Ana")
    #expect(difference.fields.allSatisfy { $0.isReadable && $0.passages.isEmpty })
    let told = difference.fields.map { change in
      [change.field?.name, change.before.map { "\($0)" }, change.after.map { "\($0)" }]
    }
    #expect(
      Set(told) == [
        ["name", "\(Value.text("Uchiza"))", "\(Value.text("Uchiza Alta"))"],
        ["code", nil, "\(Value.text("221004"))"],
        ["attributes", "\(Value.attribute(Attribute(name: "altitud", value: "544")))", nil],
        ["attributes", nil, "\(Value.attribute(Attribute(name: "río", value: "Huallaga")))"],
      ])
  }

  @Test func `what one change did is told as its author saw it`() throws {
    try pair.ana.write { _ = try $0.update(place, [.init(.Place.code, "221004")]) }
    try pair.luis.write { _ = try $0.update(place, [.init(.Place.kind, "town")]) }
    let luis = try dots(pair.luis)[1]
    try pair.meet()

    let difference = try pair.ana.read {
      try $0.difference(of: place, from: .before(luis), to: .version(luis))
    }

    #expect(difference?.fields.map(\.field) == [.Place.kind])
  }

  @Test func `a text that was edited is told by the passages that differ`() throws {
    let paragraphs = (1...40).map { "Párrafo \($0): nadie nos avisó del operativo." }
    let text = paragraphs.joined(separator: "\n")
    let note = try pair.ana.write { try $0.create(.note, [.init(.Note.text, text)]) }
    let edited = text.replacing("Párrafo 20: nadie", with: "Párrafo 20: casi nadie")
    try pair.ana.write { _ = try $0.update(note, [.init(.Note.text, edited)]) }
    let first = try #require(try pair.ana.read { try $0.history(of: note).first?.dot })

    let difference = try pair.ana.read {
      try $0.difference(of: note, from: .version(first), to: .now)
    }

    let passages = try #require(difference?.fields.first?.passages)
    #expect(passages.map(\.newLine) == [19])
    #expect(passages[0].pieces.contains(.added("casi ")))
  }

  @Test func `what cannot be read here only differs`() throws {
    let strange = try PayloadCodec.stored([0x0A, 0x04, 0x9A, 0x06, 0x01, 0x07], count: 1)[0]
    try pair.luis.write {
      try $0.copy([(field: FieldID(Field.Place.code.number), stored: strange)], to: place)
    }
    let dots = try dots(pair.luis)

    let difference = try pair.luis.read {
      try $0.difference(of: place, from: .version(dots[0]), to: .now)
    }

    #expect(difference?.fields.map(\.isReadable) == [false])
  }

  @Test func `deleting and bringing back is told`() throws {
    try pair.ana.write { try $0.delete(place) }
    let dots = try dots(pair.ana)

    let difference = try pair.ana.read {
      try $0.difference(of: place, from: .before(dots[1]), to: .version(dots[1]))
    }

    #expect(difference?.wasAlive == true)
    #expect(difference?.isAlive == false)
    #expect(difference?.fields.isEmpty == true)
    #expect(try pair.ana.read { try $0.lastName(of: place, .place) } == "Uchiza")
  }
}

extension Writer {
  fileprivate func attribute(_ name: String, _ value: String?) -> FieldEdit {
    FieldEdit(
      .Place.attributes, key: keys.key(named: name),
      value: .attribute(Attribute(name: name, value: value)))
  }
}
