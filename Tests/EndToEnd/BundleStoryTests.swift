import CuadernoTestSupport
import Foundation
import Testing

/// Bundles, folders and a lost server, with the programs as a team has them.
@Suite struct BundleStoryTests {
  @Test func `two people exchange bundles, and the second one holds only what is new`() throws {
    let scratch = try ScratchFolder()
    let ana = try Laptop(in: scratch, named: "ana")
    let luis = try Laptop(in: scratch, named: "luis")
    let usb = scratch.file("usb")
    try FileManager.default.createDirectory(atPath: usb, withIntermediateDirectories: true)
    try ana.succeed("init", "Huallaga", "--as", "Ana")
    try ana.succeed("interview", "add", "--label", "TOC-001", "--text", "Nadie nos avisó.")

    let first = try ana.succeed("bundle", "write", usb, "--for", "Luis")
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: usb).first)
    let begun = try luis.succeed("bundle", "read", "\(usb)/\(name)", "--as", "Luis")
    try luis.succeed("interview", "edit", "TOC-001", "--title", "Rosa")
    try luis.succeed("bundle", "write", usb + "/back.bundle", "--for", "ana")
    let back = try ana.succeed("bundle", "read", usb + "/back.bundle")
    let again = try ana.succeed("bundle", "read", usb + "/back.bundle")

    #expect(name.hasPrefix("cuaderno-ana-to-luis-") && name.hasSuffix(".bundle"))
    #expect(first.hasPrefix("Wrote and checked \(name): 3 changes, "))
    #expect(first.contains("Nothing is known of what Luis holds, so it holds everything.\n"))
    #expect(first.hasSuffix("It is not encrypted; keep it as safe as the laptop.\n"))
    #expect(begun.hasPrefix("Received 3 changes.\n"))
    #expect(begun.contains("  new: 1 interview\n"))
    #expect(
      begun.hasSuffix(
        "This notebook holds changes that the bundle's writer lacked; `cuaderno bundle write FILE "
          + "--for NAME` takes them there.\n"))
    #expect(
      back == """
        Received 2 changes.
          joined the study: 1 device
          changed: 1 interview
        Checked: the same 5 changes and the same notes on both sides.

        """)
    #expect(again == "Nothing new; this notebook and the bundle's writer hold the same.\n")
    #expect(try ana.registers() == luis.registers())
  }

  @Test func `what cannot be read or written is told in a sentence, and nothing is changed`() throws
  {
    let scratch = try ScratchFolder()
    let ana = try Laptop(in: scratch, named: "ana")
    let luis = try Laptop(in: scratch, named: "luis")
    try ana.succeed("init", "Huallaga", "--as", "Ana")
    let file = scratch.file("a.bundle")
    try ana.succeed("bundle", "write", file)
    let before = try ana.registers()

    let taken = try ana.run("bundle", "write", file)
    let stranger = try luis.run("bundle", "read", file)
    try luis.succeed("init", "Otra cosa", "--as", "Luis")
    let other = try luis.run("bundle", "read", file)
    try scratch.write(Array(try scratch.bytes(of: "a.bundle").dropLast(7)), to: "cut.bundle")
    let cut = try ana.run("bundle", "read", scratch.file("cut.bundle"))
    let twice = try ana.run("bundle", "read", file, "--as", "Ana")

    #expect(taken.status == 1)
    #expect(taken.errors.contains("there is a file of that name already"))
    #expect(try ana.succeed("bundle", "write", file, "--replace").contains("2 changes"))
    #expect(stranger.errors.contains("begin one with this bundle by adding --as NAME"))
    #expect(other.status == 1)
    #expect(other.errors.contains("bundle is of another study than this notebook"))
    #expect(cut.errors.contains("bundle is cut short or damaged"))
    #expect(twice.errors.contains("there is a notebook here already"))
    #expect(try ana.registers() == before)
  }

  @Test func `two notebooks sync through a folder, and one of another study is refused`() throws {
    let scratch = try ScratchFolder()
    let ana = try Laptop(in: scratch, named: "ana")
    let luis = try Laptop(in: scratch, named: "luis")
    let zoila = try Laptop(in: scratch, named: "zoila")
    try ana.succeed("init", "Huallaga", "--as", "Ana")
    try zoila.succeed("init", "Otra cosa", "--as", "Zoila")
    try ana.succeed("bundle", "write", scratch.file("a.bundle"))
    try luis.succeed("bundle", "read", scratch.file("a.bundle"), "--as", "Luis")
    try luis.succeed("note", "add", "--text", "de Luis")

    let sync = try luis.succeed("sync", "--with", ana.notebook)
    let again = try ana.succeed("sync", luis.notebook)
    let bundle = try ana.succeed("bundle", "write", scratch.file("b.bundle"), "--for", "Luis")
    let refused = try ana.run("sync", "--with", zoila.notebook)
    let itself = try ana.run("sync", "--with", ana.notebook + "/../notebook")
    let none = try ana.run("sync", "--with", scratch.file("nobody"))

    #expect(sync.contains("Sent 2 changes, received 0.\n"))
    #expect(sync.contains("the same notes on both sides"))
    #expect(again == "Nothing new; this notebook and the other one hold the same.\n")
    #expect(bundle.contains(": 0 changes, "))
    #expect(try ana.registers() == luis.registers())
    #expect(
      refused.errors.contains(
        "the notebook in that folder is of another study; nothing was mixed and nothing was changed"
      ))
    #expect(itself.errors.contains("that folder is this notebook itself"))
    #expect(none.errors.contains("there is no notebook in that folder"))
  }

  @Test func `a server that was emptied is told of, and gets everything back from the notebooks`()
    throws
  {
    let scratch = try ScratchFolder()
    let ana = try Laptop(in: scratch, named: "ana")
    let luis = try Laptop(in: scratch, named: "luis")
    try ana.succeed("init", "Huallaga", "--as", "Ana")
    try ana.succeed("interview", "add", "--label", "TOC-001", "--text", "Nadie nos avisó.")
    let server = try TeamServer(in: scratch)
    try server.administer("study", "create", "Huallaga")
    try ana.succeed("join", try server.invite("Ana", to: "Huallaga"))
    try ana.succeed("sync")
    try luis.succeed("join", try server.invite("Luis", to: "Huallaga"))
    try luis.succeed("sync")
    try luis.succeed("note", "add", "--text", "de Luis")
    server.stop()

    let port = try #require(Int(server.address.split(separator: ":").last ?? ""))
    try FileManager.default.removeItem(atPath: scratch.file("server"))
    let empty = try TeamServer(in: scratch, port: port)
    let told = try luis.run("sync")
    let status = try luis.succeed("status", "--json")
    let study = try #require(
      (JSONSerialization.jsonObject(with: Data(status.utf8)) as? [String: Any])?["study"] as? String
    )
    try empty.administer("study", "create", "Huallaga", "--id", study)
    try luis.succeed("join", try empty.invite("Luis", to: "Huallaga"))
    let brought = try luis.succeed("sync")
    try ana.succeed("join", try empty.invite("Ana", to: "Huallaga"))
    try ana.succeed("sync")
    let bundle = try ana.succeed(
      "bundle", "write", scratch.file("a.bundle"), "--for", empty.address)

    #expect(bundle.contains(": 0 changes, "))
    #expect(bundle.contains("It holds what the server lacked at the sync of "))
    #expect(told.status == 1)
    #expect(told.errors.contains("ask for a new invite and join again"))
    #expect(brought.contains("the same notes on both sides"))
    #expect(try ana.registers() == luis.registers())
    #expect(try ana.succeed("search", "avisó").contains("TOC-001"))
    try empty.administer("check")
  }
}
