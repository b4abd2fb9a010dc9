import CuadernoTestSupport
import Foundation
import Testing

/// A laptop that is set back as a whole gives numbers away twice, and what it wrote before has already
/// gone down the river on a stick.
@Suite struct ForkStoryTests {
  private let scratch: ScratchFolder
  private let server: TeamServer
  private let ana: Laptop
  private let eva: Laptop

  init() throws {
    scratch = try ScratchFolder()
    server = try TeamServer(in: scratch)
    ana = try Laptop(in: scratch, named: "ana")
    eva = try Laptop(in: scratch, named: "eva")
    try server.administer("study", "create", "Huallaga")
    for (laptop, name) in [(ana, "Ana"), (eva, "Eva")] {
      try laptop.succeed("join", try server.invite(name, to: "Huallaga"))
      try laptop.succeed("sync")
    }
    try ana.succeed("sync")
    // The machine itself is set back, with all that it remembers.
    let folders = [ana.notebook, ana.folder + "/.local/state/cuaderno/devices"]
    for (number, folder) in folders.enumerated() {
      try FileManager.default.copyItem(atPath: folder, toPath: scratch.file("saved\(number)"))
    }
    try ana.succeed("note", "add", "--text", "primero")
    try ana.succeed("bundle", "write", stick("ana"))
    try eva.succeed("bundle", "read", stick("ana"))
    try eva.succeed("note", "add", "--text", "de Eva")
    for (number, folder) in folders.enumerated() {
      try Self.putBack(scratch.file("saved\(number)"), into: folder)
    }
    try ana.succeed("note", "add", "--text", "segundo")
  }

  /// The folder stays the same one, which is what tells a copy from its original.
  private static func putBack(_ saved: String, into folder: String) throws {
    let files = FileManager.default
    for name in try files.contentsOfDirectory(atPath: folder) {
      try files.removeItem(atPath: folder + "/" + name)
    }
    for name in try files.contentsOfDirectory(atPath: saved) {
      try files.copyItem(atPath: saved + "/" + name, toPath: folder + "/" + name)
    }
  }

  private func stick(_ name: String) -> String { scratch.file("\(name).bundle") }

  private func notes(_ laptop: Laptop) throws -> Set<String> {
    let json = try laptop.succeed("note", "list", "--json")
    return ["primero", "segundo", "de Eva"].filter { json.contains("\"\($0)\"") }
      .reduce(into: []) { $0.insert($1) }
  }

  @Test func `who got the other past by a bundle is mended at the next sync, and told`() throws {
    try ana.succeed("sync")

    let synced = try eva.run("sync")

    #expect(synced.status == 0, "\(synced.errors)")
    #expect(
      synced.errors.contains(
        "A device that was copied gave the same numbers to different changes, and this notebook got "
          + "others than were met now"), "\(synced.errors)")
    #expect(synced.errors.contains("nothing was lost"))
    #expect(synced.output.contains("Checked: the same "))
    try ana.succeed("sync")
    #expect(try notes(eva) == ["primero", "segundo", "de Eva"])
    #expect(try notes(ana) == ["primero", "segundo", "de Eva"])
    #expect(try ana.registers() == eva.registers())
    #expect(try ana.succeed("doctor").contains(" 0 damaged"))
    #expect(try eva.succeed("doctor").contains(" 0 damaged"))
    #expect(try server.administer("check").contains("Everything is sound."))
  }

  @Test func `who was set back learns it from a bundle, and is mended before it is read`() throws {
    try eva.succeed("bundle", "write", stick("eva"))

    let read = try ana.run("bundle", "read", stick("eva"))

    #expect(read.status == 0, "\(read.errors)")
    #expect(read.errors.contains("Another notebook has written as this device, as a copy does."))
    #expect(try notes(ana) == ["primero", "segundo", "de Eva"])
    for laptop in [ana, eva, ana] { try laptop.succeed("sync") }
    #expect(try ana.registers() == eva.registers())
    #expect(try notes(eva) == ["primero", "segundo", "de Eva"])
  }

  @Test func `two that got different pasts of a third are told which of them has to go first`()
    throws
  {
    let luis = try Laptop(in: scratch, named: "luis")
    try luis.succeed("join", try server.invite("Luis", to: "Huallaga"))
    try ana.succeed("sync")
    try luis.succeed("sync")
    try eva.succeed("bundle", "write", stick("eva"))

    let refused = try luis.run("bundle", "read", stick("eva"))

    #expect(refused.status == 1)
    #expect(refused.errors.contains("let the other one sync with the server"), "\(refused.errors)")
    try eva.succeed("sync")
    try eva.succeed("bundle", "write", stick("eva2"))
    try luis.succeed("bundle", "read", stick("eva2"))
    #expect(try notes(luis) == ["primero", "segundo", "de Eva"])
  }

  @Test func `two servers that got different pasts are told of, with what ends it`() throws {
    let other = try TeamServer(data: scratch.file("other"))
    try other.administer("study", "create", "Huallaga")
    try eva.succeed("join", try other.invite("Eva", to: "Huallaga"))
    try eva.succeed("sync", other.address)
    try ana.succeed("sync", server.address)

    let parted = try eva.run("sync", server.address)

    #expect(parted.status == 0, "\(parted.errors)")
    #expect(
      parted.errors.contains(
        "Two servers of this study hold different changes under the same numbers; nothing is missing"
      ),
      "\(parted.errors)")
    #expect(parted.errors.contains("begin it anew, empty"))
    #expect(try notes(eva) == ["primero", "segundo", "de Eva"])
    // Whoever runs the other one does so.
    let empty = try TeamServer(data: scratch.file("empty"))
    try empty.administer("study", "create", "Huallaga")
    try eva.succeed("join", try empty.invite("Eva", to: "Huallaga"))
    let synced = try eva.run("sync", empty.address)
    #expect(synced.status == 0 && synced.errors.isEmpty, "\(synced.errors)")
    #expect(try empty.changes(of: "Huallaga") == server.changes(of: "Huallaga"))
  }
}
