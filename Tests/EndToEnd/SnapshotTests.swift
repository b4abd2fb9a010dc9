import CuadernoTestSupport
import Foundation
import Testing

/// A machine that was set back as a whole, as a virtual one is to a snapshot: nothing on it can tell,
/// and the notebook gives numbers away that others have seen already.
@Suite struct SnapshotTests {
  private func files(below folder: String) throws -> [String: Data] {
    var files = [String: Data]()
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
      let url = URL(fileURLWithPath: folder + "/" + path)
      if let data = try? Data(contentsOf: url) { files[url.path] = data }
    }
    return files
  }

  /// In place, so that the folders stay the ones they were.
  private func setBack(_ folder: String, to snapshot: [String: Data]) throws {
    for path in try files(below: folder).keys where snapshot[path] == nil {
      try FileManager.default.removeItem(atPath: path)
    }
    for (path, data) in snapshot { try data.write(to: URL(fileURLWithPath: path)) }
  }

  @Test func `both pasts of a machine that was set back are on every notebook`() throws {
    let scratch = try ScratchFolder()
    let server = try TeamServer(in: scratch)
    try server.administer("study", "create", "Huallaga")
    let ana = try Laptop(in: scratch, named: "ana")
    let luis = try Laptop(in: scratch, named: "luis")
    try ana.succeed("join", try server.invite("Ana", to: "Huallaga"))
    try luis.succeed("join", try server.invite("Luis", to: "Huallaga"))
    try ana.succeed("note", "add", "--text", "antes")
    try ana.succeed("sync")
    let snapshot = try files(below: ana.folder)
    try ana.succeed("note", "add", "--text", "primer pasado")
    try ana.succeed("sync")
    try setBack(ana.folder, to: snapshot)
    try ana.succeed("note", "add", "--text", "segundo pasado")

    let mended = try ana.run("sync")

    #expect(mended.status == 0)
    #expect(
      mended.errors.contains(
        "Another notebook has written as this device, as a copy does. This one is a new device now")
    )
    #expect(mended.errors.contains("1 change that it wrote since"))
    try luis.succeed("sync")
    try ana.succeed("sync")
    for laptop in [ana, luis] {
      let notes = try laptop.succeed("note", "list")
      for text in ["antes", "primer pasado", "segundo pasado"] { #expect(notes.contains(text)) }
    }
    #expect(try ana.registers() == luis.registers())
    #expect(try ana.registers() != nil)
    #expect(try ana.run("doctor").status == 0)
  }
}
