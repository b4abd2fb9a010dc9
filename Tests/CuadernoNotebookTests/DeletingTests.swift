import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import Testing

@Suite struct DeletingTests {
  private let pair: Pair
  private let place: RecordID

  init() throws {
    pair = try Pair()
    place = try pair.ana.write { writer in
      try writer.create(
        .place,
        [
          .init(.Place.name, "Uchiza"), .init(.Place.code, "221004"),
          .init(
            .Place.attributes, key: writer.keys.key(named: "altitud"),
            value: .attribute(Attribute(name: "altitud", value: "544"))),
        ])
    }
    try pair.meet()
  }

  private func read(_ notebook: Notebook) throws -> Place? {
    try notebook.read { try $0.fetch(Place.self, place) }
  }

  @Test func `a deleted record is gone from everywhere it is looked for`() throws {
    try pair.ana.write { try $0.delete(place) }

    let arrived = try pair.luis.take(from: pair.ana)

    #expect(arrived.deleted == 1)
    for notebook in [pair.ana, pair.luis] {
      try notebook.read { reader throws in
        #expect(try reader.fetch(Place.self, place) == nil)
        #expect(try reader.fetchAll(Place.self) == [])
        #expect(try reader.find("Uchiza", among: [.place]) == [])
        #expect(try reader.find(place.description, among: [.place]) == [])
        #expect(try reader.search("Uchiza").total == 0)
        #expect(try reader.attributes(of: place) == [])
        #expect(try reader.counts()[.place] == 0)
      }
    }
  }

  @Test func `what was deleted stays in its history`() throws {
    try pair.ana.write { try $0.delete(place) }

    let history = try pair.ana.read { try $0.history(of: place) }

    #expect(history.map(\.isDelete) == [false, true])
    #expect(history[0].edits.map(\.value).contains(.text("Uchiza")))
  }

  @Test func `who edits what another deletes keeps it alive, with all its fields`() throws {
    try pair.ana.write { try $0.delete(place) }
    try pair.luis.write {
      _ = try $0.update(place, [.init(.Place.kind, "town")])
    }

    let atLuis = try pair.luis.take(from: pair.ana)
    try pair.ana.take(from: pair.luis)

    #expect(atLuis.kept == [place])
    for notebook in [pair.ana, pair.luis] {
      let place = try read(notebook)
      #expect(place?.name == "Uchiza")
      #expect(place?.code == "221004")
      #expect(place?.kind == .town)
      try notebook.read { reader throws in
        #expect(try reader.attributes(of: self.place).map(\.value) == ["544"])
        #expect(try reader.search("Uchiza").total == 1)
        #expect(try reader.find("uchiza", among: [.place]).count == 1)
      }
    }
  }

  @Test func `deleting once more what was kept alive deletes it`() throws {
    try pair.ana.write { try $0.delete(place) }
    try pair.luis.write { _ = try $0.update(place, [.init(.Place.kind, "town")]) }
    try pair.meet()

    try pair.luis.write { try $0.delete(place) }
    try pair.meet()

    #expect(try read(pair.ana) == nil)
    #expect(try read(pair.luis) == nil)
  }

  @Test func `both delete it and it is gone`() throws {
    try pair.ana.write { try $0.delete(place) }
    try pair.luis.write { try $0.delete(place) }
    try pair.meet()

    #expect(try read(pair.ana) == nil)
    #expect(try pair.ana.summary() == pair.luis.summary())
  }

  @Test func `a conflict in what is deleted is no conflict any more`() throws {
    try pair.ana.write { _ = try $0.update(place, [.init(.Place.name, "Uchiza A")]) }
    try pair.luis.write { _ = try $0.update(place, [.init(.Place.name, "Uchiza B")]) }
    try pair.meet()
    let open = try pair.ana.read { try $0.conflictCount() }

    try pair.ana.write { try $0.delete(place) }
    try pair.meet()

    #expect(open == 1)
    #expect(try pair.ana.read { try $0.conflictCount() } == 0)
    #expect(try pair.luis.read { try $0.conflictCount() } == 0)
  }

  @Test func `a conflict comes back with the record`() throws {
    try pair.ana.write { _ = try $0.update(place, [.init(.Place.name, "Uchiza A")]) }
    try pair.luis.write { _ = try $0.update(place, [.init(.Place.name, "Uchiza B")]) }
    try pair.meet()
    try pair.ana.write { try $0.delete(place) }
    try pair.luis.write { _ = try $0.update(place, [.init(.Place.kind, "town")]) }
    try pair.meet()

    #expect(try pair.ana.read { try $0.conflictCount() } == 1)
    #expect(try SharedDump.of(pair.anaLaptop.folder) == SharedDump.of(pair.luisLaptop.folder))
  }
}
