import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import Testing

/// What a person is told after a pull.
@Suite struct ArrivalTests {
  private let pair: Pair

  init() throws {
    pair = try Pair()
  }

  private func note(_ notebook: Notebook, _ text: String) throws -> RecordID {
    try notebook.write { try $0.create(.note, [.init(.Note.text, text)]) }
  }

  @Test func `new records are counted by kind`() throws {
    _ = try note(pair.ana, "uno")
    _ = try note(pair.ana, "dos")
    try pair.ana.write { _ = try $0.create(.theme, [.init(.Theme.name, "Miedo")]) }

    let arrived = try pair.luis.take(from: pair.ana)

    #expect(arrived.new == [.note: 2, .theme: 1])
    #expect(arrived.changed == [:])
  }

  @Test func `a record that changed three times changed once`() throws {
    let note = try note(pair.ana, "uno")
    try pair.meet()
    for text in ["dos", "tres", "cuatro"] {
      try pair.ana.write { _ = try $0.update(note, [.init(.Note.text, text)]) }
    }

    let arrived = try pair.luis.take(from: pair.ana, bytesMax: 1)

    #expect(arrived.changed == [.note: [note]])
    #expect(arrived.new == [:])
  }

  @Test func `what is held already brings nothing`() throws {
    _ = try note(pair.ana, "uno")
    let page = try pair.ana.page(beyond: VectorClock(), bytesMax: 1 << 20)
    try pair.luis.take(from: pair.ana)

    let (count, arrivals) = try pair.luis.receive(page)

    #expect(count == 0)
    #expect(arrivals.isEmpty)
  }

  @Test func `a device that joins is told as a device`() throws {
    let laptop = try Laptop("Rosa", seed: 3)
    let rosa = try laptop.create(title: nil, joining: pair.ana.study)

    let arrived = try pair.ana.take(from: rosa)

    #expect(arrived.devices == 1)
    #expect(arrived.changed == [:])
    #expect(arrived.parallel == 0)
  }

  @Test func `what is erased is counted apart, also when it was deleted before`() throws {
    let notes = try ["uno", "dos", "tres"].map { try note(pair.ana, $0) }
    try pair.ana.write { try $0.delete(notes[0]) }
    try pair.meet()
    try pair.ana.write { writer in
      try writer.erase(notes[0])
      try writer.erase(notes[1])
      try writer.delete(notes[2])
    }

    let arrived = try pair.luis.take(from: pair.ana)

    #expect(arrived.erased == 2)
    #expect(arrived.deleted == 1)
    #expect(arrived.deleted + arrived.erased == 3)
    let laptop = try Laptop("Eva", seed: 3)
    let third = try laptop.create(title: nil, joining: pair.ana.study)
    #expect(try third.take(from: pair.ana).erased == 0)
  }

  @Test func `numbers of several pages add up`() {
    let note = RecordID(rawValue: 1)
    var sum = Arrivals()
    var first = Arrivals()
    first.new = [.note: 2]
    first.changed = [.note: [note]]
    first.conflicts = 1
    var second = Arrivals()
    second.new = [.note: 1, .theme: 4]
    second.changed = [.note: [note, RecordID(rawValue: 2)]]
    second.deleted = 3
    second.erased = 2
    second.kept = [RecordID(rawValue: 1)]
    second.parallel = 5
    second.devices = 1

    sum.add(first)
    sum.add(second)

    #expect(sum.new == [.note: 3, .theme: 4])
    #expect(sum.changed == [.note: [note, RecordID(rawValue: 2)]])
    #expect(sum.erased == 2)
    #expect(
      [sum.conflicts, sum.deleted, sum.kept.count, sum.parallel, sum.devices] == [1, 3, 1, 5, 1])
  }
}
