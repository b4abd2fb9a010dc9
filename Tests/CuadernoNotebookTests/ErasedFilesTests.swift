import CuadernoModel
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Foundation
import GRDB
import Testing

@testable import CuadernoNotebook

/// Law 6 in files that are neither the log nor the view.
@Suite struct ErasedFilesTests {
  private static let secret = "zzsecretocinco"

  private let pair: Pair
  private let interview: RecordID
  private var laptop: Laptop { pair.anaLaptop }
  private var folder: URL { laptop.folder.url }

  init() throws {
    let pair = try Pair()
    interview = try pair.ana.write {
      try $0.create(.interview, [.init(.Interview.text, "Lo dijo \(Self.secret) en Uchiza.")])
    }
    try pair.meet()
    self.pair = pair
  }

  private func files() throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { name in
      let data = try? Data(contentsOf: folder.appendingPathComponent(name))
      return data?.range(of: Data(Self.secret.utf8)) != nil
    }.sorted()
  }

  private func corrupt() throws {
    let log = URL(fileURLWithPath: laptop.folder.log)
    var bytes = try Data(contentsOf: log)
    let place = try #require(bytes.firstRange(of: Data("Uchiza".utf8))).lowerBound
    bytes.replaceSubrange(place..<place + 6, with: Data("??????".utf8))
    try bytes.write(to: log)
  }

  /// A notebook whose damaged log was put aside, and that has what was missing from a partner.
  private func mended() throws -> (notebook: Notebook, putAside: String) {
    try pair.ana.expectMuch()
    let long = String(repeating: "larga ", count: 500_000)
    try pair.ana.write { _ = try $0.create(.note, [.init(.Note.text, long)]) }
    try pair.ana.close()
    try corrupt()
    let healing = try Notebook.heal(
      laptop.folder, rebuild: false, backup: nil, surroundings: laptop.surroundings)
    let notebook = try laptop.open()
    try notebook.take(from: pair.luis)
    return (notebook, try #require(healing.mending?.damagedLog))
  }

  @Test func `a damaged log that was put aside goes with an erase, here or from elsewhere`() throws
  {
    for isOwn in [true, false] {
      let tests = try ErasedFilesTests()
      let (notebook, putAside) = try tests.mended()
      #expect(try tests.files().contains(putAside))
      #expect(try notebook.damagedLogCount() == 1)

      if isOwn {
        try notebook.write { try $0.erase(tests.interview) }
      } else {
        try tests.pair.luis.take(from: notebook)
        try tests.pair.luis.write { try $0.erase(tests.interview) }
        try notebook.take(from: tests.pair.luis)
      }

      #expect(try tests.files() == [])
      #expect(try notebook.damagedLogCount() == 0)
      #expect(try notebook.filesBesides() == [])
      #expect(try notebook.count(.note) == 1)
      #expect(try notebook.examine(rebuild: false).isHealthy)
    }
  }

  @Test func `a backup that brings an erasure is taken in whole and leaves nothing`() throws {
    try pair.luis.write { _ = try $0.create(.note, [.init(.Note.text, "antes")]) }
    try pair.luis.write { try $0.erase(interview) }
    try pair.luis.write { _ = try $0.create(.note, [.init(.Note.text, "después")]) }
    let file = URL(fileURLWithPath: pair.luisLaptop.scratch.file("respaldo"))
    _ = try pair.luis.backup(to: file)

    let count = try pair.ana.take(fromBackup: file)

    #expect(count == 3)
    #expect(try pair.ana.summary() == pair.luis.summary())
    #expect(try files() == [])
    #expect(try pair.ana.filesBesides() == [])
  }

  @Test func `an erase that cannot be cleaned up yet stands, and the next command cleans`() throws {
    let reader = try laptop.open(for: .reading)
    try reader.read { _ in
      try pair.ana.write { try $0.erase(interview) }

      #expect(pair.ana.isErasing)
      #expect(try pair.ana.filesBesides() == [])
      let other = try laptop.open(for: .reading)
      #expect(try other.read { try $0.fetch(Interview.self, interview) } == nil)
      try other.close()
    }
    try reader.close()

    try laptop.open(for: .reading).close()
    #expect(!pair.ana.isErasing)
    #expect(try files() == [])
  }

  @Test func `an erase that was not written leaves no mark of one`() throws {
    let refusal = RefusedCommit()
    pair.ana.log.add(transactionObserver: refusal)

    #expect(throws: RefusedCommit.Refused.self) { try pair.ana.write { try $0.erase(interview) } }

    #expect(!pair.ana.isErasing)
    pair.ana.log.remove(transactionObserver: refusal)
    #expect(try pair.ana.read { try $0.fetch(Interview.self, interview) } != nil)
    try pair.ana.write { try $0.erase(interview) }
    #expect(try files() == [])
  }

  /// As a full disk does it: everything is written until the commit, which fails.
  private final class RefusedCommit: TransactionObserver {
    struct Refused: Error {}

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseWillCommit() throws { throw Refused() }
    func databaseDidCommit(_ db: Database) {}
    func databaseDidRollback(_ db: Database) {}
  }

  @Test func `a second name for the log is taken away, and the log stays`() throws {
    try FileManager.default.linkItem(
      atPath: laptop.folder.log, toPath: folder.appendingPathComponent("log-damaged-1.sqlite").path)

    try pair.ana.write { try $0.erase(interview) }

    #expect(try pair.ana.damagedLogCount() == 0)
    #expect(try pair.ana.examine(rebuild: false).isHealthy)
    #expect(try files() == [])
  }

  @Test func `an older WAL of this log goes, and what is not this notebook's is named`() throws {
    let wal = try Data(contentsOf: URL(fileURLWithPath: laptop.folder.log + "-wal"))
    try wal.write(to: folder.appendingPathComponent("strange-1.wal"))
    let other = try Laptop("Rosa", seed: 9)
    try other.create().close()
    let foreign = try Data(contentsOf: URL(fileURLWithPath: other.folder.log + "-wal"))
    try foreign.write(to: folder.appendingPathComponent("strange-2.wal"))
    try FileManager.default.createDirectory(
      at: laptop.folder.drafts, withIntermediateDirectories: true)
    try Data("borrador".utf8).write(to: laptop.folder.drafts.appendingPathComponent("nota.md"))
    for name in ["mending", "unfinished"] {
      let left = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: left, withIntermediateDirectories: true)
      try Data(Self.secret.utf8).write(to: left.appendingPathComponent("log.sqlite"))
    }

    try pair.ana.write { try $0.erase(interview) }

    #expect(try files() == [])
    #expect(try pair.ana.filesBesides() == ["drafts/nota.md", "strange-2.wal"])
  }

  @Test(arguments: [Notebook.Access.reading, .writing])
  func `an erase that was cut before the files were cleaned is ended by the next command`(
    access: Notebook.Access
  ) throws {
    // As a cut leaves them: what was erased is gone from the log, and stands in the view of before.
    let before = try SavedFiles(of: folder)
    try pair.ana.write { try $0.erase(interview) }
    let log = try Data(contentsOf: URL(fileURLWithPath: laptop.folder.log))
    try pair.ana.close()
    try before.putBack()
    try log.write(to: URL(fileURLWithPath: laptop.folder.log))
    try FileManager.default.removeItem(atPath: laptop.folder.log + "-wal")
    try Data().write(to: folder.appendingPathComponent("erasing"))
    try #require(try files() != [])

    let notebook = try laptop.open(for: access)

    #expect(try files() == [])
    #expect(try notebook.filesBesides() == [])
    #expect(try notebook.count(.interview) == 0)
  }
}
