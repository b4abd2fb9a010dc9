import CuadernoLog
import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Foundation
import GRDB
import Testing

/// The view can be lost in every way without anybody noticing.
@Suite struct ViewHealingTests {
  private let laptop: Laptop
  private let dump: String

  init() throws {
    laptop = try Laptop()
    let notebook = try laptop.create()
    var editor = RandomEditor(seed: 7)
    for _ in 0..<15 { _ = try editor.edit(notebook) }
    dump = try notebook.viewDump()
    try notebook.close()
  }

  private var viewPath: String { laptop.folder.view }

  private func remove(_ suffixes: String...) {
    for suffix in suffixes { try? FileManager.default.removeItem(atPath: viewPath + suffix) }
  }

  private func expectHealed(for access: Notebook.Access = .writing, _ what: Comment) throws {
    let notebook = try laptop.open(for: access)
    if access == .writing { #expect(try notebook.viewDump() == dump, what) }
    #expect(try notebook.read { try $0.counts()[.study] } == 1, what)
    try notebook.close()
    #expect(try laptop.open().viewDump() == dump, what)
  }

  @Test(arguments: [Notebook.Access.reading, .writing])
  func `a view that was deleted is made again`(access: Notebook.Access) throws {
    remove("", "-wal", "-shm")
    try expectHealed(for: access, "deleted")
  }

  @Test func `what has written something out is not run again when the view turns out damaged`()
    throws
  {
    let notebook = try laptop.open()
    var runs = 0

    #expect(throws: NotebookError.viewHealed) {
      try notebook.read { _ in
        runs += 1
        throw Notebook.CutShort(DatabaseError(resultCode: .SQLITE_CORRUPT))
      }
    }
    #expect(throws: OtherFault.self) {
      try notebook.read { _ in throw Notebook.CutShort(OtherFault()) }
    }

    #expect(runs == 1)
    #expect(
      NotebookError.viewHealed.description
        == "what was written out is not whole: a damaged part was found on the way, and has been made "
        + "anew; run the command again")
    #expect(try notebook.viewDump() == dump)
  }

  private struct OtherFault: Error {}

  @Test func `a view whose WAL alone was left is made again`() throws {
    remove("", "-shm")
    try expectHealed("only the WAL left")
  }

  @Test func `a view without its WAL catches up`() throws {
    remove("-wal", "-shm")
    try expectHealed("WAL deleted")
  }

  @Test func `a view with another's WAL is made again or passes it over`() throws {
    let other = try Laptop("Luis", seed: 5)
    let notebook = try other.create()
    try notebook.write { _ = try $0.create(.note, [.init(.Note.text, "ajeno")]) }
    try notebook.close()
    remove("-wal", "-shm")
    try FileManager.default.copyItem(
      atPath: other.folder.view + "-wal", toPath: viewPath + "-wal")

    try expectHealed("another's WAL")
  }

  @Test(arguments: [0, 1, 100, 512, 4_096, 20_000])
  func `a view that was cut off is made again`(length: Int) throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: viewPath))
    remove("-wal", "-shm")
    try bytes.prefix(length).write(to: URL(fileURLWithPath: viewPath))

    try expectHealed("\(length) bytes")
  }

  @Test(arguments: [100, 4_096, 60_000])
  func `a view overwritten with anything is made again`(length: Int) throws {
    var generator = SplitMix64(seed: 3)
    remove("-wal", "-shm")
    try Data(generator.bytes(length)).write(to: URL(fileURLWithPath: viewPath))

    try expectHealed("\(length) random bytes")
  }

  @Test func `a view of another log is made again`() throws {
    let other = try Laptop("Luis", seed: 5)
    let notebook = try other.create()
    try notebook.write { _ = try $0.create(.note, [.init(.Note.text, "ajeno")]) }
    _ = try notebook.examine(rebuild: true)
    try notebook.close()
    remove("", "-wal", "-shm")
    try FileManager.default.copyItem(atPath: other.folder.view, toPath: viewPath)

    try expectHealed("another log's view")
    #expect(try laptop.open().read { try $0.search("ajeno").total } == 0)
  }

  @Test(arguments: ["user_version = 9", "application_id = 1"])
  func `a view of a newer version or another kind is made again`(mark: String) throws {
    let queue = try DatabaseQueue(path: viewPath)
    try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA \(mark)") }
    try queue.close()

    try expectHealed("\(mark)")
  }

  @Test func `a view that is ahead of its log is made again`() throws {
    // The log was put back to what it was before; the view was not.
    let files = ["", "-wal"].map { laptop.folder.log + $0 }
    let before = try files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
    let notebook = try laptop.open()
    try notebook.write { _ = try $0.create(.note, [.init(.Note.text, "demasiado nuevo")]) }
    try notebook.close()
    for (path, bytes) in zip(files, before) { try bytes.write(to: URL(fileURLWithPath: path)) }
    try? FileManager.default.removeItem(atPath: laptop.folder.log + "-shm")

    try expectHealed("ahead of its log")
  }

  /// The view's own bytes are right, and what they say is not.
  private static let damages = [
    "UPDATE record SET state = x'00'", "DELETE FROM progress",
  ]

  @Test(arguments: damages)
  func `damage that is met when writing is healed at once`(sql: String) throws {
    let notebook = try laptop.open()
    try ViewDamage.run(sql, in: laptop.folder)

    try notebook.write { writer in
      _ = try writer.update(writer.reader.studyRecord, [.init(.Study.description, "nuevo")])
    }

    #expect(try notebook.read { try $0.studyHeader().description } == "nuevo")
    #expect(try notebook.examine(rebuild: false).isHealthy)
  }

  @Test(arguments: damages)
  func `damage that is met when syncing is healed at once`(sql: String) throws {
    let notebook = try laptop.open()
    let second = try Laptop("Luis", seed: 5)
    let other = try second.create(title: nil, joining: notebook.study)
    try other.take(from: notebook)
    try other.write { writer in
      _ = try writer.update(writer.reader.studyRecord, [.init(.Study.description, "nuevo")])
    }
    try ViewDamage.run(sql, in: laptop.folder)

    try notebook.take(from: other)

    #expect(try notebook.summary() == other.summary())
  }

  @Test func `damage that is met when reading is healed at once`() throws {
    let notebook = try laptop.open()
    let id = try notebook.read { $0.studyRecord }
    try ViewDamage.run("UPDATE record SET state = x'00'", in: laptop.folder)

    #expect(try notebook.read { try $0.state(of: id) } != nil)
    #expect(try notebook.viewDump() == dump)
  }
}
