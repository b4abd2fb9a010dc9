import CuadernoTestSupport
import Foundation
import Testing

/// A notebook that is kept in step while somebody works.
@Suite struct WatchTests {
  /// Looks until it is so; a busy machine may need a while.
  private func soon(_ isSo: () throws -> Bool) throws -> Bool {
    for _ in 0..<600 {
      if try isSo() { return true }
      usleep(100_000)
    }
    return false
  }

  /// A server with a study, and Ana's laptop that has joined it.
  private func joined(_ scratch: ScratchFolder) throws -> (TeamServer, Laptop) {
    let server = try TeamServer(in: scratch)
    try server.administer("study", "create", "Huallaga")
    let ana = try Laptop(in: scratch, named: "ana")
    try ana.succeed("join", try server.invite("Ana", to: "Huallaga"))
    return (server, ana)
  }

  @Test func `what is written here leaves at once, and what others wrote comes by itself`() throws {
    let scratch = try ScratchFolder()
    let (server, ana) = try joined(scratch)
    let luis = try Laptop(in: scratch, named: "luis")
    try luis.succeed("join", try server.invite("Luis", to: "Huallaga"))
    let hers = try Watch(ana, every: 86_400)
    let his = try Watch(luis, every: 1)
    try ana.succeed("interview", "add", "--label", "TOC-001", "--text", "Nadie nos avisó.")
    #expect(try soon { try luis.run("show", "TOC-001").output.contains("Nadie nos avisó.") })
    // By now her first sync is over, and she would not ask again today.
    try ana.succeed("note", "add", "--text", "Volver en mayo.")
    #expect(try soon { try luis.run("note", "list").output.contains("Volver en mayo.") })

    #expect(try soon { try hers.output().contains("Sent 1 change, received ") })
    #expect(try soon { try his.output().contains("new: 1 interview") })
  }

  @Test func `a server that is away is waited for, and said so once`() throws {
    let scratch = try ScratchFolder()
    let (first, ana) = try joined(scratch)
    let port = first.port
    first.stop()
    let watch = try Watch(ana, every: 1)
    #expect(try soon { try watch.errors().contains("hub cannot be reached") })
    try ana.succeed("note", "add", "--text", "Sin red.")
    let server = try TeamServer(in: scratch, port: port)

    #expect(try soon { try server.changes(of: "Huallaga") == ana.changes() })
    #expect(try soon { try watch.errors().contains("Reached again.") })
    #expect(try watch.errors().components(separatedBy: "hub cannot be reached").count == 2)
  }

  @Test func `a watch ends when the server takes nothing more from it`() throws {
    let scratch = try ScratchFolder()
    let (server, ana) = try joined(scratch)
    let watch = try Watch(ana, every: 1)
    #expect(try soon { try watch.errors().contains("Watching") })
    try server.administer("member", "revoke", "Huallaga", "Ana")

    #expect(try soon { !watch.isRunning })
    #expect(watch.status() == 1)
    #expect(try watch.errors().contains("revoked"))
  }

  @Test func `two watches of one notebook do not keep each other awake`() throws {
    let scratch = try ScratchFolder()
    let (server, ana) = try joined(scratch)
    try ana.succeed("sync")
    let watches = try [Watch(ana, every: 86_400), Watch(ana, every: 86_400)]
    #expect(try soon { try watches.allSatisfy { try $0.errors().contains("Watching") } })
    // Each syncs when it begins, and that may take a while; then there are four seconds without a write,
    // of which there would be none if they woke each other.
    var isQuiet = false
    for _ in 0..<15 where !isQuiet {
      let before = try writingTimes(ana)
      usleep(4_000_000)
      isQuiet = try writingTimes(ana) == before
    }
    #expect(isQuiet)
    #expect(watches.allSatisfy { $0.isRunning })
    #expect(try server.changes(of: "Huallaga") == ana.changes())
  }

  /// When the notebook's log was last written, with its WAL.
  private func writingTimes(_ laptop: Laptop) throws -> [Date?] {
    try ["log.sqlite", "log.sqlite-wal"].map { name in
      let path = laptop.notebook + "/" + name
      guard FileManager.default.fileExists(atPath: path) else { return nil }
      return try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    }
  }

  @Test func `a watch on a disk waits for the disk, however it was named`() throws {
    let scratch = try ScratchFolder()
    let (ana, luis) = (
      try Laptop(in: scratch, named: "ana"), try Laptop(in: scratch, named: "luis")
    )
    try ana.succeed("init", "Huallaga", "--as", "Ana")
    try ana.succeed("note", "add", "--text", "Sin red.")
    try ana.succeed("bundle", "write", scratch.file("all"))
    try luis.succeed("bundle", "read", scratch.file("all"), "--as", "Luis")
    let disk = scratch.file("disk")
    let watch = try Watch(ana, every: 1, with: disk)
    #expect(try soon { try watch.errors().contains("there is no notebook in that folder") })
    try luis.succeed("note", "add", "--text", "De la otra laptop.")
    try FileManager.default.copyItem(atPath: luis.notebook, toPath: disk)

    #expect(try soon { try ana.run("note", "list").output.contains("De la otra laptop.") })
    #expect(watch.isRunning)
  }

  @Test func `how often it asks is within bounds, and goes with a watch alone`() throws {
    let scratch = try ScratchFolder()
    let ana = try Laptop(in: scratch, named: "ana")
    try ana.succeed("init", "Huallaga", "--as", "Ana")
    #expect(try ana.run("sync", "--every", "60").status == 64)
    #expect(try ana.run("sync", "--watch", "--every", "0").errors.contains("must be 1 to 86400"))
    #expect(try ana.run("sync", "--watch", "--accept-deletes").status == 64)
    #expect(try ana.run("sync", "--watch").errors.contains("has joined no server"))
  }
}

/// `cuaderno sync --watch` of somebody, ended with its last holder.
private final class Watch {
  private let scratch: ScratchFolder
  private let child: ChildProgram

  init(_ laptop: Laptop, every seconds: Int, with folder: String? = nil) throws {
    scratch = try ScratchFolder()
    for name in ["out", "err"] {
      _ = FileManager.default.createFile(atPath: scratch.file(name), contents: nil)
    }
    child = try Program.start(
      "cuaderno", ["sync", "--watch", "--every", String(seconds)] + (folder.map { [$0] } ?? []),
      environment: laptop.environment,
      output: .handle(try #require(FileHandle(forWritingAtPath: scratch.file("out")))),
      errors: .handle(try #require(FileHandle(forWritingAtPath: scratch.file("err")))))
  }

  deinit {
    child.send(SIGKILL)
    child.waitUntilExit()
  }

  var isRunning: Bool { child.isRunning }

  func errors() throws -> String { String(decoding: try scratch.bytes(of: "err"), as: UTF8.self) }

  func output() throws -> String { String(decoding: try scratch.bytes(of: "out"), as: UTF8.self) }

  /// Its exit status, once it has ended by itself.
  func status() -> Int32 { child.waitUntilExit() }
}
