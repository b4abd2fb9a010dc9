import CuadernoTestSupport
import Foundation
import Testing

/// Who on a machine can read what the programs keep there.
@Suite struct FileModeTests {
  /// Makes a folder that everybody can look into.
  private func makeOpenFolder(_ path: String) throws {
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
  }

  private func expectOwnFiles(in folder: String, atLeast count: Int) throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(files.count >= count)
    for file in files { try expectOwn(folder + "/" + file) }
  }

  private func expectOwn(_ path: String) throws {
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
    let bits = try #require(mode as? NSNumber).intValue
    #expect(bits & 0o077 == 0, "\(URL(fileURLWithPath: path).lastPathComponent): \(bits)")
  }

  @Test func `the files of a notebook are for its owner alone, whatever its folder is`() throws {
    let scratch = try ScratchFolder()
    let ana = try Laptop(in: scratch, named: "ana")
    try makeOpenFolder(ana.notebook)

    try ana.succeed("init", "Huallaga", "--as", "Ana")
    try ana.succeed("interview", "add", "--label", "TOC-001", "--text", "nadie avisó")
    try ana.succeed("backup", scratch.file("copia.sqlite"))

    try expectOwnFiles(in: ana.notebook, atLeast: 3)
    try expectOwn(scratch.file("copia.sqlite"))
  }

  @Test func `the files of a server are for its account alone, whatever its folder is`() throws {
    let scratch = try ScratchFolder()
    try makeOpenFolder(scratch.file("server"))
    let server = try TeamServer(in: scratch)

    try server.administer("study", "create", "Huallaga")
    try server.administer("backup", scratch.file("copia.sqlite"))

    try expectOwnFiles(in: scratch.file("server"), atLeast: 2)
    try expectOwn(scratch.file("copia.sqlite"))
  }
}
