import CuadernoLog
import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Foundation
import GRDB
import Testing

/// A damaged log is found out, never shows a wrong text, and is mended without a loss.
@Suite struct MendingTests {
  /// One that every text shown must be of.
  private static func truth(_ faulty: FaultyLaptop) -> Set<String> {
    Set(faulty.acknowledged.map(\.text) + ["del centro"])
  }

  @Test func `a flipped bit in the log is found and turned back, whatever it hits`() throws {
    let faulty = try FaultyLaptop(isCheckpointed: true)
    let whole = try Data(contentsOf: faulty.log)
    let truth = Self.truth(faulty)
    for seed in Seeds.upTo(60) {
      let replay = Comment(rawValue: Seeds.replay(seed))
      var random = SplitMix64(seed: seed)
      try faulty.putBack()
      // Half of the time the view is gone too, so that everything is read from the log.
      if seed % 2 == 0 { try FileManager.default.removeItem(atPath: faulty.laptop.folder.view) }
      var bytes = whole
      let bit = Int.random(in: 0..<whole.count * 8, using: &random)
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      try bytes.write(to: faulty.log)

      if let opened = try? faulty.laptop.open(for: .reading) {
        if let texts = try? FaultyLaptop.texts(opened) {
          #expect(truth.isSuperset(of: texts), replay)
        }
        try? opened.close()
      }
      let healing: Healing
      do {
        healing = try Self.heal(faulty)
      } catch {
        Issue.record("\(error); bit \(bit % 8) of byte \(bit / 8); \(replay)")
        continue
      }

      // Nothing is lost, not even what no hub has: the hashes say which bit it was.
      let notebook = try faulty.laptop.open()
      let texts = try FaultyLaptop.texts(notebook)
      #expect(Set(texts) == truth && texts.count == truth.count, replay)
      #expect(healing.missing == [] && healing.examination.waiting == 0, replay)
      let hub = try faulty.freshHub()
      try notebook.take(from: hub)
      try hub.take(from: notebook)

      #expect(try hub.summary() == notebook.summary(), replay)
      #expect(try notebook.examine(rebuild: false).isHealthy, replay)
      try notebook.close()
      try hub.close()
    }
  }

  @Test
  func `a sector that is gone takes what lay in it and what only that proved, and it is told`()
    throws
  {
    let faulty = try FaultyLaptop(isCheckpointed: true)
    let whole = try Data(contentsOf: faulty.log)
    let truth = Self.truth(faulty)
    for seed in Seeds.upTo(40) {
      let replay = Comment(rawValue: Seeds.replay(seed))
      var random = SplitMix64(seed: seed)
      try faulty.putBack()
      var bytes = whole
      let start = Int.random(in: 0..<whole.count / 512, using: &random) * 512
      let sector = start..<start + 512
      bytes.replaceSubrange(
        sector, with: seed % 2 == 0 ? Data(count: 512) : Data(random.bytes(512)))
      try bytes.write(to: faulty.log)

      let healing = try Self.heal(faulty)
      let notebook = try faulty.laptop.open()
      let hub = try faulty.freshHub()
      try notebook.take(from: hub)
      try hub.take(from: notebook)

      let texts = try FaultyLaptop.texts(notebook)
      #expect(truth.isSuperset(of: texts) && Set(texts).count == texts.count, replay)
      // A row is proven by the link of the one before it.
      let hit = faulty.acknowledged.indices.filter { index in
        Self.row(of: faulty.acknowledged[index].text, in: whole).overlaps(sector)
      }
      let unsure = Set(hit + hit.map { $0 + 1 }).filter { $0 >= faulty.sent }
      let lost = faulty.acknowledged.indices.filter {
        !texts.contains(faulty.acknowledged[$0].text)
      }
      #expect(unsure.isSuperset(of: lost), "\(lost) lost, \(hit) hit; \(replay)")
      #expect(lost.isEmpty || healing.isIncomplete, replay)
      #expect(try hub.summary() == notebook.summary(), replay)
      #expect(try notebook.examine(rebuild: false).isHealthy, replay)
      #expect(try notebook.identity().member == "Ana", replay)
      try notebook.close()
      try hub.close()
    }
  }

  /// Where the row of a note lies: its text, and around it its envelope, its salt and its link.
  private static func row(of text: String, in log: Data) -> Range<Int> {
    guard let place = log.firstRange(of: Data(text.utf8)) else { return 0..<0 }
    return place.lowerBound - 250..<place.upperBound + 40
  }

  private static func heal(_ faulty: FaultyLaptop) throws -> Healing {
    try Notebook.heal(
      faulty.laptop.folder, rebuild: false, backup: nil, surroundings: faulty.laptop.surroundings)
  }

  @Test func `what was opened before the log was mended writes nothing into the old one`() throws {
    let laptop = try Laptop()
    try laptop.create().close()
    let early = try laptop.open()
    let reading = try laptop.open(for: .reading)
    _ = try Notebook.mend(laptop.folder, surroundings: laptop.surroundings)

    #expect(throws: NotebookError.replaced) {
      try early.write { try $0.create(.note, [.init(.Note.text, "se perdería")]) }
    }
    #expect(throws: NotebookError.replaced) {
      try early.remember(KnownHub(url: "https://hub", token: "t", role: "owner"))
    }
    #expect(throws: NotebookError.replaced) { try reading.markSeen(reading.frontier()) }
    #expect(
      NotebookError.replaced.description
        == "this notebook was mended or put back by another command meanwhile; nothing was written; run "
        + "the command again")

    let notebook = try laptop.open()
    try notebook.write { _ = try $0.create(.note, [.init(.Note.text, "otra vez")]) }
    #expect(try notebook.count(.note) == 1)
    #expect(try early.count(.note) == 0)
  }

  @Test func `what was written behind a damaged change that no hub has is written anew`() throws {
    let faulty = try FaultyLaptop()
    let partner = DeviceID(rawValue: 7)
    let before = try faulty.laptop.open()
    try before.heard(from: partner, holding: before.frontier())
    let unseen = try before.read { try $0.unseenCount() }
    try before.close()
    let damaged = try corrupt(faulty, after: faulty.sent + 1)

    let mending = try Notebook.mend(
      faulty.laptop.folder, surroundings: faulty.laptop.surroundings)
    let notebook = try faulty.laptop.open()

    let lost = faulty.acknowledged[faulty.sent + 1].text
    #expect(mending.missing == [damaged])
    #expect(mending.isNewDevice)
    #expect(mending.writtenAnew == faulty.acknowledged.count - faulty.sent - 2)
    #expect(mending.waiting == 0)
    #expect(
      Set(try FaultyLaptop.texts(notebook)) == Self.truth(faulty).subtracting([lost]))
    #expect(try notebook.examine(rebuild: false).isHealthy)
    #expect(try notebook.identity().device != damaged.device)
    #expect(try notebook.hubs().count == 1)
    #expect(try notebook.partners().map(\.device) == [partner])
    #expect(try notebook.read { try $0.unseenCount() } == unseen)
  }

  @Test func `what was written behind a damaged change that a hub has waits for it`() throws {
    let faulty = try FaultyLaptop()
    let damaged = try corrupt(faulty, after: 2)

    let mending = try Notebook.mend(
      faulty.laptop.folder, surroundings: faulty.laptop.surroundings)
    let notebook = try faulty.laptop.open()

    #expect(mending.missing == [damaged])
    #expect(mending.waiting > 0)
    #expect(try notebook.examine(rebuild: false).waiting == mending.waiting)
    // What no hub has is here at once.
    let unsent = faulty.acknowledged.dropFirst(faulty.sent).map(\.text)
    #expect(Set(try FaultyLaptop.texts(notebook)).isSuperset(of: unsent))

    let hub = try faulty.freshHub()
    try notebook.take(from: hub)
    try hub.take(from: notebook)

    #expect(try notebook.examine(rebuild: false).waiting == 0)
    #expect(Set(try FaultyLaptop.texts(notebook)) == Self.truth(faulty))
    #expect(try FaultyLaptop.texts(notebook).count == faulty.acknowledged.count + 1)
    #expect(try hub.summary() == notebook.summary())
  }

  @Test func `what waits comes in with a backup too, and one of another study brings nothing`()
    throws
  {
    let faulty = try FaultyLaptop()
    let backup = URL(fileURLWithPath: faulty.laptop.scratch.file("respaldo"))
    _ = try faulty.laptop.open().backup(to: backup)
    _ = try corrupt(faulty, after: 2)
    _ = try Notebook.mend(faulty.laptop.folder, surroundings: faulty.laptop.surroundings)
    let notebook = try faulty.laptop.open()
    let other = URL(fileURLWithPath: faulty.laptop.scratch.file("ajeno"))
    _ = try Laptop("Rosa", seed: 8).create().backup(to: other)

    #expect(throws: BackupError.otherStudy) { try notebook.take(fromBackup: other) }
    #expect(try notebook.take(fromBackup: backup) > 0)

    #expect(Set(try FaultyLaptop.texts(notebook)) == Self.truth(faulty))
    let examination = try notebook.examine(rebuild: false)
    #expect(examination.isHealthy && examination.waiting == 0)
  }

  @Test func `the damaged log is kept as it was`() throws {
    let faulty = try FaultyLaptop(isCheckpointed: true)
    var bytes = try Data(contentsOf: faulty.log)
    let index = try #require(bytes.firstRange(of: Data("palabra 3 palabra 3".utf8))).lowerBound
    bytes.replaceSubrange(index..<index + 4, with: Data("????".utf8))
    try bytes.write(to: faulty.log)

    let mending = try Notebook.mend(
      faulty.laptop.folder, surroundings: faulty.laptop.surroundings)

    let kept = faulty.laptop.folder.url.appendingPathComponent(mending.damagedLog)
    #expect(try Data(contentsOf: kept) == bytes)
    #expect(mending.missing.count == 1)
    let names = try FileManager.default.contentsOfDirectory(atPath: faulty.laptop.folder.url.path)
    #expect(!names.contains("mending"))
  }

  @Test func `a log cut at any page is told, and what is left of it saved`() throws {
    let faulty = try FaultyLaptop(isCheckpointed: true)
    let whole = try Data(contentsOf: faulty.log)
    let truth = Self.truth(faulty)
    for pages in 9..<whole.count / 4_096 {
      try faulty.putBack()
      try whole.prefix(pages * 4_096).write(to: faulty.log)

      let examination = Result { () throws -> Bool in
        let notebook = try faulty.laptop.open()
        defer { try? notebook.close() }
        return try notebook.examine(rebuild: false).isLogSound
      }
      #expect((try? examination.get()) != true, "\(pages) pages")
      let mending = try? Notebook.mend(
        faulty.laptop.folder, surroundings: faulty.laptop.surroundings)
      guard mending != nil else {
        #expect(try Data(contentsOf: faulty.log) == whole.prefix(pages * 4_096))
        continue
      }
      let notebook = try faulty.laptop.open()
      let hub = try faulty.freshHub()
      try notebook.take(from: hub)
      let texts = Set(try FaultyLaptop.texts(notebook))
      #expect(truth.isSuperset(of: texts))
      #expect(
        texts.isSuperset(of: faulty.acknowledged.prefix(faulty.sent).map(\.text)),
        "\(pages) pages")
      #expect(try notebook.examine(rebuild: false).isHealthy)
      try notebook.close()
      try hub.close()
    }
  }

  @Test(arguments: [0, 100, 512, 8_192])
  func `what is no log is left as it is`(length: Int) throws {
    let faulty = try FaultyLaptop(isCheckpointed: true)
    var random = SplitMix64(seed: 5)
    let bytes = Data(random.bytes(length))
    try bytes.write(to: faulty.log)

    #expect(throws: NotebookError.self) {
      try Notebook.mend(faulty.laptop.folder, surroundings: faulty.laptop.surroundings)
    }

    #expect(try Data(contentsOf: faulty.log) == bytes)
  }

  @Test func `a coding keeps its place in a text that is written anew`() throws {
    let faulty = try FaultyLaptop()
    let notebook = try faulty.laptop.open()
    try notebook.write { writer in
      let interview = try writer.create(
        .interview, [.init(.Interview.text, "Nadie nos avisó nada.")])
      let version = writer.lastDot
      let anchor = try AnchorMaker(
        text: "Nadie nos avisó nada.", version: TextVersion(version)
      ).anchor(0..<5)
      _ = try writer.create(
        .coding,
        [
          FieldEdit(
            .Coding.target,
            value: .target(
              Target(record: interview.rawValue, field: Field.Interview.text.number))),
          FieldEdit(.Coding.anchor, value: .anchor(anchor)),
        ])
    }
    try notebook.close()
    _ = try corrupt(faulty, after: faulty.sent + 1)

    _ = try Notebook.mend(faulty.laptop.folder, surroundings: faulty.laptop.surroundings)

    let placed = try faulty.laptop.open().read { reader in
      let interview = try #require(try reader.ids(of: .interview).first)
      let coding = try #require(try reader.codings(on: interview).first)
      let text = try #require(try reader.codedText(of: interview))
      return (coding.anchor?.version.map(\.device), text.version?.writes.map(\.device.rawValue))
    }
    #expect(placed.0 == placed.1)
  }

  /// Alters the payload of the note with a number, as a failing disk would.
  private func corrupt(_ faulty: FaultyLaptop, after note: Int) throws -> Dot {
    let queue = try DatabaseQueue(path: faulty.laptop.folder.log)
    defer { try? queue.close() }
    return try queue.write { db in
      let row = try #require(
        try Row.fetchOne(
          db,
          sql: """
            SELECT position, device.id, change.sequence FROM change
            JOIN device ON device.number = change.device
            WHERE instr(payload, ?) > 0
            """, arguments: [Data("nota \(note) ".utf8)]))
      try db.execute(
        sql: "UPDATE change SET payload = zeroblob(length(payload)) WHERE position = ?",
        arguments: [row[0] as Int64])
      let device: DeviceID = try row.decode(atIndex: 1)
      return Dot(device: device, sequence: UInt64(row[2] as Int64))
    }
  }
}
