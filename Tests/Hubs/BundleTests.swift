import CuadernoLedger
import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport
import Foundation
import Testing

/// Bundles between two notebooks of one study.
@Suite struct BundleTests {
  private let pair: Pair
  private let disk: ScratchFolder

  init() throws {
    pair = try Pair()
    disk = try ScratchFolder(isInMemory: true)
  }

  private func url(_ name: String = "a.bundle") -> URL {
    URL(fileURLWithPath: disk.file(name))
  }

  private func note(_ text: String, in notebook: Notebook) throws {
    try notebook.write { _ = try $0.create(.note, [.init(.Note.text, text)]) }
  }

  private func texts(_ notebook: Notebook) throws -> [String] {
    try notebook.read { try $0.fetchAll(Note.self).compactMap(\.text).sorted() }
  }

  /// Takes a bundle in as the command does.
  @discardableResult
  private func read(_ url: URL, _ notebook: Notebook) async throws -> SyncSession.Outcome {
    let bundle = try notebook.bundle(at: url)
    let outcome = try await SyncDriver(
      store: notebook, device: notebook.identity().device,
      hub: StoreHub(store: bundle, now: HubKind.now), isReceivingOnly: true,
      wait: { _ in throw Missing() }
    ).run().outcome
    try notebook.heard(from: bundle.header.device, holding: bundle.frontier())
    return outcome
  }

  private func holding(_ notebook: Notebook, knownTo other: Notebook) throws -> VectorClock {
    let device = try notebook.identity().device
    return try other.partners().first { $0.device == device }?.frontier ?? VectorClock()
  }

  /// A golden file of Schema/vectors.
  private static func golden(_ name: String) throws -> [UInt8] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(
      contentsOf: root.appending(path: "Schema/vectors/\(name).hex"), encoding: .utf8)
    let digits = Array(text.utf8.filter { $0 > 0x20 })
    return try stride(from: 0, to: digits.count, by: 2).map { index in
      try #require(UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16))
    }
  }

  @Test func `the golden bundles are read, and hold the golden page`() throws {
    for (name, changes) in [("bundle", 4), ("bundle-nothing", 0)] as [(String, UInt64)] {
      try disk.write(Self.golden(name), to: name)
      let bundle = try BundleStore(BundleFile(url(name)), readBy: VectorClock())
      #expect(bundle.changeCount == changes)
      #expect(bundle.frontier().changeCount == 4)
      let page = try bundle.page(beyond: bundle.header.startClock, bytesMax: .max)
      let golden = try ChangePage(decoding: Self.golden("push-request"), format: .protobuf)
      #expect(page == (changes == 0 ? ChangePage() : golden))
    }
  }

  @Test func `a bundle of everything makes a notebook of the study where there is none`()
    async throws
  {
    try note("de Ana", in: pair.ana)
    let written = try pair.ana.writeBundle(to: url())
    let laptop = try Laptop("Carla", seed: 3)

    let carla = try Notebook.create(
      in: laptop.folder, fromBundleAt: url(), member: "Carla", deviceName: "laptop",
      surroundings: laptop.surroundings)
    try await read(url(), carla)

    #expect(UInt64(written.changes) == (try pair.ana.frontier().changeCount))
    #expect(carla.study == pair.ana.study)
    #expect(try texts(carla) == ["de Ana"])
    #expect(try carla.frontier().covers(pair.ana.frontier()))
  }

  @Test func `a bundle for a partner holds what the partner lacks and nothing else`() async throws {
    for number in 1...30 { try note("de Luis \(number)", in: pair.luis) }
    _ = try pair.luis.writeBundle(to: url("luis.bundle"))
    try await read(url("luis.bundle"), pair.ana)
    try note("de Ana", in: pair.ana)

    let held = try holding(pair.luis, knownTo: pair.ana)
    let written = try pair.ana.writeBundle(to: url("ana.bundle"), beyond: held)
    let outcome = try await read(url("ana.bundle"), pair.luis)

    #expect(written.changes == 1)
    #expect(written.bytes < 600)
    #expect(outcome == .verified(changes: try pair.ana.frontier().changeCount))
    #expect(try pair.luis.summary() == pair.ana.summary())
  }

  @Test func `reading a bundle again, or an older one, changes nothing`() async throws {
    try note("uno", in: pair.ana)
    _ = try pair.ana.writeBundle(to: url("1.bundle"))
    try note("dos", in: pair.ana)
    _ = try pair.ana.writeBundle(to: url("2.bundle"))
    try await read(url("2.bundle"), pair.luis)
    let before = try pair.luis.summary()

    let again = try await read(url("2.bundle"), pair.luis)
    let older = try await read(url("1.bundle"), pair.luis)

    #expect(again == .nothingToDo)
    #expect(older == .movedOn)
    #expect(try pair.luis.summary() == before)
    #expect(try texts(pair.luis) == ["dos", "uno"])
  }

  @Test func `a bundle with nothing in it says what its writer holds`() async throws {
    let written = try pair.ana.writeBundle(to: url(), beyond: pair.ana.frontier())

    let outcome = try await read(url(), pair.luis)

    #expect(written.changes == 0)
    #expect(written.pages == 0)
    #expect(outcome == .nothingToDo)
    #expect(try holding(pair.ana, knownTo: pair.luis) == pair.ana.frontier())
  }

  @Test func `a bundle that was written for somebody who holds more says what is missing`()
    throws
  {
    for number in 1...3 { try note("\(number)", in: pair.ana) }
    let held = try pair.ana.frontier()
    try note("más", in: pair.ana)
    _ = try pair.ana.writeBundle(to: url(), beyond: held)
    let before = try pair.luis.summary()

    #expect(throws: BundleFault.missing(changes: 3, devices: 1)) {
      try pair.luis.bundle(at: url())
    }

    #expect(try pair.luis.summary() == before)
    #expect(
      BundleFault.missing(changes: 3, devices: 1).description
        == "bundle builds on 3 changes of 1 device that this notebook lacks; read the bundles that "
        + "came before it, or ask for one of everything (`cuaderno bundle write FILE` without "
        + "--for); nothing was changed")
  }

  @Test func `a bundle of another study is refused`() throws {
    let stranger = try Laptop("Zoila", seed: 9).create(title: "Otra cosa")
    _ = try stranger.writeBundle(to: url())

    #expect(throws: BundleFault.otherStudy) { try pair.ana.bundle(at: url()) }
  }

  @Test func `a bundle of a twin that wrote under the same numbers is told as a fork`() throws {
    let copy = NotebookFolder(URL(fileURLWithPath: pair.anaLaptop.scratch.file("copia")))
    try FileManager.default.copyItem(at: pair.anaLaptop.folder.url, to: copy.url)
    try note("de Ana", in: pair.ana)
    // Another machine, which takes itself for the same because its memory was copied too.
    var surroundings = pair.anaLaptop.surroundings
    surroundings.stateFolder = URL(fileURLWithPath: disk.file("state"))
    let twin = try Notebook.open(copy, for: .writing, surroundings: surroundings)
    let page = try forged(after: twin, device: pair.ana.identity().device)
    _ = try twin.apply(page)
    _ = try twin.writeBundle(to: url())

    #expect(throws: PageFault.forked(page.changes[0].dot)) { try pair.ana.bundle(at: url()) }
  }

  /// A change that a device never wrote, under its next number.
  private func forged(after notebook: Notebook, device: DeviceID) throws -> ChangePage {
    let last = Dot(device: device, sequence: try notebook.frontier()[device])
    let change = Change(
      envelope: Envelope(
        dot: Dot(device: device, sequence: last.sequence + 1), stamp: Stamp(milliseconds: 9),
        record: RecordID(rawValue: 77), kind: 2, context: VectorClock(), fields: [FieldID(1)]),
      content: .payload(salt: [UInt8](repeating: 7, count: 16), bytes: []))
    let link = AdmittedChange(
      own: change, after: try #require(try notebook.link(at: last))
    ).link
    return ChangePage(changes: [change], heads: [ChainHead(dot: change.dot, link: link)])
  }

  @Test func `a file is overwritten only when that is said, and by a whole bundle`() throws {
    try disk.write([1, 2, 3], to: "a.bundle")

    #expect(throws: BundleFault.exists) { try pair.ana.writeBundle(to: url()) }
    #expect(try disk.bytes(of: "a.bundle") == [1, 2, 3])

    _ = try pair.ana.writeBundle(to: url(), isReplacing: true)
    #expect(try disk.names() == ["a.bundle"])
    #expect(try BundleFile(url()).header.study == pair.ana.study)
    #expect(try disk.permissions(of: "a.bundle") == 0o600)
  }

  @Test func `what an interrupted writing left behind is written over`() throws {
    try disk.write([UInt8](repeating: 9, count: 10_000), to: ".a.bundle.part")

    _ = try pair.ana.writeBundle(to: url())

    #expect(try disk.names() == ["a.bundle"])
    _ = try pair.luis.bundle(at: url())
  }

  @Test func `a folder that is not there is told, and nothing is left behind`() throws {
    #expect(throws: BundleFault.noFile) {
      try pair.ana.writeBundle(to: URL(fileURLWithPath: disk.file("none/a.bundle")))
    }
    #expect(throws: BundleFault.noFile) { try BundleFile(url("none.bundle")) }
    #expect(throws: BundleFault.isFolder) { try BundleFile(URL(fileURLWithPath: disk.path)) }
    #expect(try disk.names() == [])
  }

  @Test func `neither tokens nor drafts nor paths nor the hub's address travel`() throws {
    let secrets = [
      "token-that-must-stay", "hub.example.org", "borrador", pair.anaLaptop.scratch.path,
    ]
    try pair.ana.remember(
      KnownHub(url: "https://hub.example.org", token: "token-that-must-stay", role: "owner"))
    let drafts = pair.ana.folder.drafts
    try FileManager.default.createDirectory(at: drafts, withIntermediateDirectories: true)
    try Data("borrador".utf8).write(to: drafts.appendingPathComponent("texto.txt"))
    try note("una nota", in: pair.ana)
    _ = try pair.ana.writeBundle(to: url())

    let bundle = try pair.luis.bundle(at: url())
    let page = try bundle.page(beyond: VectorClock(), bytesMax: .max)
    let text = String(decoding: page.encode(.protobuf), as: UTF8.self)

    #expect(text.contains("una nota"))
    for secret in secrets { #expect(!text.contains(secret)) }
  }

  @Test func `what partners hold survives, joins, and is found by name and id`() throws {
    let device = try pair.luis.identity().device
    try pair.ana.heard(from: device, holding: VectorClock([Dot(device: device, sequence: 5)]))
    pair.anaLaptop.clock.advance(by: 1_000)
    try pair.ana.heard(from: device, holding: VectorClock([Dot(device: device, sequence: 3)]))
    try pair.ana.heard(from: pair.ana.identity().device, holding: VectorClock())
    let expected = Partner(
      device: device, frontier: VectorClock([Dot(device: device, sequence: 5)]),
      heardMilliseconds: pair.anaLaptop.clock.milliseconds)

    let opened = try pair.anaLaptop.open()

    #expect(try opened.partners() == [expected])
    #expect(try opened.partners(named: "LUIS") == [expected])
    #expect(try opened.partners(named: String(device.description.prefix(6))) == [expected])
    #expect(try opened.partners(named: "Lu") == [])
    #expect(try opened.partners(named: "") == [])
  }

  @Test func `a bundle of several pages is read page by page and cut anywhere goes on`()
    async throws
  {
    for number in 0..<40 {
      try note(String(repeating: "palabra \(number) ", count: 6_000), in: pair.ana)
    }
    let written = try pair.ana.writeBundle(to: url())
    let bundle = try pair.luis.bundle(at: url())
    let first = try bundle.page(beyond: pair.luis.frontier(), bytesMax: 100_000)
    _ = try pair.luis.apply(first)

    let outcome = try await read(url(), pair.luis)

    #expect(written.pages > 2)
    #expect(outcome == .verified(changes: try pair.ana.frontier().changeCount))
    #expect(try pair.luis.summary() == pair.ana.summary())
  }
}
