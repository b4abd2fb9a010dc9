import CuadernoTestSupport
import Foundation
import Testing

/// What the program says when the notebook's files are not what they should be.
@Suite struct NotebookFileTests {
  private func laptop(_ scratch: ScratchFolder) throws -> Laptop {
    let laptop = try Laptop(in: scratch, named: "ana")
    try laptop.succeed("init", "Huallaga", "--as", "Ana")
    try laptop.succeed("interview", "add", "--label", "TOC-001", "--text", "Nadie nos avisó.")
    return laptop
  }

  @Test func `without a notebook every command says how to make one`() throws {
    let scratch = try ScratchFolder()
    let laptop = try Laptop(in: scratch, named: "ana")

    for command in ["status", "conflicts", "sync", "log"] {
      let result = try laptop.run(command)
      #expect(result.status == 1)
      #expect(result.errors.contains("there is no notebook here"))
    }
  }

  @Test(arguments: [
    ([UInt8](), "file is empty"),
    ([UInt8](repeating: 0x5A, count: 8_192), "file is no database"),
  ])
  func `a log that is no database is refused and left as it is`(
    bytes: [UInt8], words: String
  ) throws {
    let scratch = try ScratchFolder()
    let laptop = try laptop(scratch)
    let log = laptop.notebook + "/log.sqlite"
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: log + suffix)
    }
    try Data(bytes).write(to: URL(fileURLWithPath: log))

    for arguments in [["status"], ["note", "add", "--text", "x"], ["doctor"]] {
      let result = try Program.run("cuaderno", arguments, environment: laptop.environment)
      #expect(result.status == 1)
      #expect(result.errors.contains(words))
    }
    #expect([UInt8](try Data(contentsOf: URL(fileURLWithPath: log))) == bytes)
  }

  @Test func `a log of a newer version is refused and left as it is`() throws {
    let scratch = try ScratchFolder()
    let laptop = try laptop(scratch)
    // A backup is a log with nothing left in a WAL, which would have the last word.
    let folder = scratch.file("newer")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try laptop.succeed("backup", folder + "/log.sqlite")
    let log = URL(fileURLWithPath: folder + "/log.sqlite")
    // The schema's version is `user_version`, four bytes at offset 60 of the first page.
    var bytes = [UInt8](try Data(contentsOf: log))
    bytes.replaceSubrange(60..<64, with: [0, 0, 0, 99])
    try Data(bytes).write(to: log)

    let result = try laptop.run("status", "--notebook", folder)

    #expect(result.status == 1)
    #expect(result.errors.contains("written by a newer cuaderno (schema 99; this one knows 1)"))
    #expect([UInt8](try Data(contentsOf: log)) == bytes)
  }

  @Test func `a view that is damaged or gone is made anew without a word`() throws {
    let scratch = try ScratchFolder()
    let laptop = try laptop(scratch)
    let view = URL(fileURLWithPath: laptop.notebook + "/view.sqlite")

    try Data(repeating: 0x5A, count: 8_192).write(to: view)
    #expect(try laptop.succeed("search", "aviso").contains("TOC-001"))

    try FileManager.default.removeItem(at: view)
    #expect(try laptop.succeed("show", "TOC-001").contains("Nadie nos avisó."))
  }

  @Test func `a second init does not touch the notebook that is there`() throws {
    let scratch = try ScratchFolder()
    let laptop = try laptop(scratch)

    let result = try laptop.run("init", "Otro", "--as", "Eva")

    #expect(result.status == 1)
    #expect(result.errors.contains("there is a notebook here already"))
    #expect(try laptop.succeed("status").contains("Huallaga"))
  }

  @Test func `a backup is restored as a new device with every note`() throws {
    let scratch = try ScratchFolder()
    let laptop = try laptop(scratch)
    let file = scratch.file("copy.cuaderno")
    try laptop.succeed("backup", file)

    let again = try laptop.run("backup", file)
    try laptop.succeed("restore", file, "--notebook", scratch.file("restored"))

    #expect(again.status == 1)
    #expect(again.errors.contains("a backup never overwrites one"))
    let restored = try laptop.succeed(
      "show", "TOC-001", "--notebook", scratch.file("restored"))
    #expect(restored.contains("Nadie nos avisó."))
    let devices = try [laptop.notebook, scratch.file("restored")].map { notebook in
      try laptop.succeed("status", "--notebook", notebook).split(separator: "\n")
        .first { $0.contains("device ") }
    }
    #expect(devices[0] != devices[1])
  }
}
