import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Foundation
import Testing

/// The changes of a notebook of which there were two have reached a third one.
@Suite struct ThirdForkTests {
  private static let device = DeviceID(rawValue: 0xD)
  private static let study = StudyID(rawValue: 0x57)

  private let laptops: [Laptop]
  /// Two notebooks that write as one device, and one that gets changes of the second.
  private let first: Notebook
  private let second: Notebook
  private let third: Notebook
  private let disk: ScratchFolder

  init() throws {
    laptops = try [Laptop("Rosa", seed: 1), Laptop("Rosa", seed: 2), Laptop("Eva", seed: 3)]
    let notebooks = try laptops.enumerated().map { index, laptop in
      try Notebook.create(
        in: laptop.folder, study: Self.study, title: nil, member: laptop.member,
        deviceName: "laptop", device: index < 2 ? Self.device : nil,
        surroundings: laptop.surroundings)
    }
    (first, second, third) = (notebooks[0], notebooks[1], notebooks[2])
    disk = try ScratchFolder(isInMemory: true)
  }

  private func note(_ text: String, _ notebook: Notebook) throws {
    try notebook.write { _ = try $0.create(.note, [.init(.Note.text, text)]) }
  }

  private func texts(_ notebook: Notebook) throws -> Set<String> {
    try Set(notebook.read { try $0.fetchAll(Note.self).compactMap(\.text) })
  }

  private func sync(_ notebook: Notebook, _ hub: StoreHub<MemoryStore>) async throws {
    _ = try await SyncDriver(
      store: notebook, device: notebook.identity().device, hub: hub, wait: { _ in }
    ).run()
  }

  /// What the second one wrote goes to the third, which writes to it and beside it.
  private func spread() throws -> RecordID {
    try note("del primero", first)
    let record = try second.write {
      try $0.create(.note, [.init(.Note.text, "del segundo")])
    }
    try third.take(from: second)
    try third.write { _ = try $0.update(record, [.init(.Note.text, "del segundo, y de Eva")]) }
    try note("de Eva", third)
    return record
  }

  @Test func `a third notebook that got the other branch is mended when it meets the hub`()
    async throws
  {
    let hub = StoreHub(store: MemoryStore(study: Self.study), now: { 0 })
    let record = try spread()
    try await sync(first, hub)

    let parting = try #require(try await ForkSearch(store: third, hub: hub).parting())
    #expect(parting.lastCommon == [Dot(device: Self.device, sequence: 0)])
    #expect(try third.yields(to: parting))
    try third.close()
    let mending = try Notebook.mend(
      laptops[2].folder, after: parting, surroundings: laptops[2].surroundings)
    let mended = try laptops[2].open()
    try await sync(mended, hub)
    // Whoever wrote the other branch is mended too, when it comes.
    let own = try #require(try await ForkSearch(store: second, hub: hub).parting())
    try second.close()
    _ = try Notebook.mend(laptops[1].folder, after: own, surroundings: laptops[1].surroundings)
    let other = try laptops[1].open()
    try await sync(other, hub)
    for notebook in [first, mended, other, first] { try await sync(notebook, hub) }

    #expect(mending.writtenAnew > 0)
    for notebook in [first, mended, other] {
      let shown = try texts(notebook)
      #expect(shown == ["del primero", "del segundo, y de Eva", "de Eva"])
      #expect(try notebook.examine(rebuild: false).isHealthy)
      #expect(try notebook.summary() == first.summary())
      // What was written stays that of who wrote it.
      let authors = try notebook.read { try $0.history(of: record).map(\.member) }
      #expect(Set(authors) == ["Rosa", "Eva"])
    }
  }

  @Test func `equal numbers with different changes behind them are found too`() async throws {
    let hub = StoreHub(store: MemoryStore(study: Self.study), now: { 0 })
    try note("del primero", first)
    try note("del segundo", second)
    try await sync(first, hub)

    let parting = try await ForkSearch(store: second, hub: hub).parting()

    #expect(parting?.lastCommon == [Dot(device: Self.device, sequence: 0)])
    #expect(try await ForkSearch(store: first, hub: hub).parting() == nil)
  }

  @Test func `a notebook that is one of two learns it from a bundle`() throws {
    let bundle = URL(fileURLWithPath: disk.file("a.bundle"))
    _ = try spread()
    _ = try third.writeBundle(to: bundle)

    #expect(throws: PageFault.self) { try first.bundle(at: bundle) }
    let parting = try #require(try first.parting(fromBundleAt: bundle))
    #expect(parting.lastCommon == [Dot(device: Self.device, sequence: 0)])
    #expect(try first.yields(to: parting))
    try first.close()
    _ = try Notebook.mend(
      laptops[0].folder, after: parting, surroundings: laptops[0].surroundings)
    let mended = try laptops[0].open()
    #expect(try mended.bundle(at: bundle).frontier() == third.frontier())
    try mended.take(from: third)

    #expect(try texts(mended) == ["del primero", "del segundo, y de Eva", "de Eva"])
    #expect(try mended.examine(rebuild: false).isHealthy)
    #expect(try mended.parting(fromBundleAt: bundle) == nil)
  }

  @Test func `of two that got different branches one keeps its own, and a server's stays`() throws {
    _ = try spread()
    let laptop = try Laptop("Luis", seed: 4)
    let fourth = try laptop.create(title: nil, joining: Self.study)
    try fourth.take(from: first)
    let (there, back) = (
      URL(fileURLWithPath: disk.file("3.bundle")), URL(fileURLWithPath: disk.file("4.bundle"))
    )
    _ = try third.writeBundle(to: there)
    _ = try fourth.writeBundle(to: back)

    let seenByFourth = try #require(try fourth.parting(fromBundleAt: there))
    let seenByThird = try #require(try third.parting(fromBundleAt: back))

    #expect(try fourth.yields(to: seenByFourth) != third.yields(to: seenByThird))
    for (notebook, parting) in [(fourth, seenByFourth), (third, seenByThird)] {
      try notebook.remember(
        KnownHub(
          url: "http://hub", token: "t", role: "researcher",
          syncedFrontier: try notebook.frontier()))
      #expect(try !notebook.yields(to: parting))
    }
  }
}
