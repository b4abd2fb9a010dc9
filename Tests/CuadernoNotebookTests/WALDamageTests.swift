import CuadernoLog
import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Foundation
import Testing

/// A WAL that was cut, lost or swapped: what is left is a state that was, and what was lost is noticed.
@Suite struct WALDamageTests {
  @Test func `a WAL cut at any length leaves a clean prefix, and the hub brings back the rest`()
    throws
  {
    let faulty = try FaultyLaptop()
    let whole = try Data(contentsOf: faulty.wal)
    for seed in Seeds.upTo(40) {
      let replay = Comment(rawValue: Seeds.replay(seed))
      var random = SplitMix64(seed: seed)
      try faulty.putBack()
      let hub = try faulty.freshHub()
      // One in eight is deleted; one in four has something else written over its end.
      let length = seed % 8 == 0 ? 0 : Int.random(in: 0...whole.count, using: &random)
      try whole.prefix(length).write(to: faulty.wal)
      if seed % 8 == 0 { try FileManager.default.removeItem(at: faulty.wal) }
      if seed % 4 == 1 {
        try (whole.prefix(length) + Data(random.bytes(whole.count - length))).write(to: faulty.wal)
      }

      let notebook = try faulty.laptop.open()
      let texts = try FaultyLaptop.texts(notebook).filter { $0 != "del centro" }
      let expected = faulty.acknowledged.filter { $0.wal <= length }.map(\.text)
      #expect(texts == expected, replay)
      let device = try notebook.identity().device
      try notebook.write { _ = try $0.create(.note, [.init(.Note.text, "nueva")]) }
      let isNew = try notebook.identity().device != device
      #expect(isNew == (expected.count < faulty.acknowledged.count), replay)

      try notebook.take(from: hub)
      try hub.take(from: notebook)

      #expect(try hub.summary() == notebook.summary(), replay)
      let all = Set(expected)
        .union(faulty.acknowledged.prefix(faulty.sent).map(\.text)).union(["nueva", "del centro"])
      let after = try FaultyLaptop.texts(notebook)
      #expect(Set(after) == all && after.count == all.count, replay)
      #expect(try notebook.examine(rebuild: false).isHealthy, replay)
      try notebook.close()
      try hub.close()
    }
  }

  @Test func `what was acknowledged behind a flipped bit in the WAL comes back with the doctor`()
    throws
  {
    let faulty = try FaultyLaptop()
    let whole = try Data(contentsOf: faulty.wal)
    let truth = Set(faulty.acknowledged.map(\.text) + ["del centro"])
    for seed in Seeds.upTo(40) {
      let replay = Comment(rawValue: Seeds.replay(seed))
      var random = SplitMix64(seed: seed)
      try faulty.putBack()
      var bytes = whole
      let bit = Int.random(in: 0..<whole.count * 8, using: &random)
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      try bytes.write(to: faulty.wal)
      var expected = truth
      // One in two is written to before anybody calls the doctor.
      if seed % 2 == 0 {
        let notebook = try faulty.laptop.open()
        try notebook.write { _ = try $0.create(.note, [.init(.Note.text, "nueva")]) }
        #expect(truth.union(["nueva"]).isSuperset(of: try FaultyLaptop.texts(notebook)), replay)
        try notebook.close()
        expected.insert("nueva")
      }

      let healing = try Notebook.heal(
        faulty.laptop.folder, rebuild: false, backup: nil,
        surroundings: faulty.laptop.surroundings)

      let notebook = try faulty.laptop.open()
      let texts = try FaultyLaptop.texts(notebook)
      #expect(Set(texts) == expected && texts.count == expected.count, replay)
      #expect(healing.examination.isHealthy && !healing.isIncomplete, replay)
      let again = try notebook.examine(rebuild: false)
      #expect(again.isHealthy && !again.isWALCut, replay)
      try notebook.close()
    }
  }

  @Test func `a lost WAL is noticed by the doctor before anything is written`() throws {
    let faulty = try FaultyLaptop()
    try FileManager.default.removeItem(at: faulty.wal)

    let examination = try faulty.laptop.open().examine(rebuild: false)

    #expect(examination.isHealthy)
    #expect(examination.lost == UInt64(faulty.acknowledged.count))
  }

  @Test func `a WAL of another notebook is put aside and changes nothing`() throws {
    let faulty = try FaultyLaptop(isCheckpointed: true)
    let other = try Laptop("Rosa", seed: 9)
    let notebook = try other.create()
    try notebook.write { _ = try $0.create(.note, [.init(.Note.text, "ajeno")]) }
    try notebook.close()
    let strange = try Data(contentsOf: URL(fileURLWithPath: other.folder.log + "-wal"))
    try strange.write(to: faulty.wal)

    for access in [Notebook.Access.reading, .writing] {
      let opened = try faulty.laptop.open(for: access)
      let texts = try FaultyLaptop.texts(opened)
      #expect(Set(texts) == Set(faulty.acknowledged.map(\.text) + ["del centro"]))
      try opened.close()
    }
    let opened = try faulty.laptop.open()
    #expect(try opened.examine(rebuild: false).isHealthy)
    let aside = faulty.laptop.folder.url.appendingPathComponent("strange-1.wal")
    #expect(try Data(contentsOf: aside) == strange)
  }

  @Test func `an old WAL of the same notebook is put aside and changes nothing`() throws {
    let old = try FaultyLaptop()
    let strange = try Data(contentsOf: old.wal).prefix(old.acknowledged[2].wal)
    let notebook = try old.laptop.open()
    try notebook.expectMuch()
    // A long WAL is brought into the log when the notebook is closed.
    let long = String(repeating: "larga ", count: 500_000)
    try notebook.write { _ = try $0.create(.note, [.init(.Note.text, long)]) }
    try notebook.close()
    try #require(FaultyLaptop.walLength(old.laptop.folder) == 0)
    try strange.write(to: old.wal)
    try? FileManager.default.removeItem(atPath: old.laptop.folder.log + "-shm")

    let texts = try FaultyLaptop.texts(try old.laptop.open())

    #expect(texts.last == long)
    #expect(texts.count == old.acknowledged.count + 2)
  }

  @Test func `a WAL that is no WAL is passed over`() throws {
    let faulty = try FaultyLaptop(isCheckpointed: true)
    var random = SplitMix64(seed: 3)
    for length in [1, 31, 32, 4_000, 100_000] {
      try faulty.putBack()
      try Data(random.bytes(length)).write(to: faulty.wal)

      let notebook = try faulty.laptop.open()

      #expect(try FaultyLaptop.texts(notebook).count == faulty.acknowledged.count + 1)
      try notebook.close()
    }
  }
}
