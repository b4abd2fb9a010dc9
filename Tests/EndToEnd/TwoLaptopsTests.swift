import CuadernoTestSupport
import Foundation
import Testing

/// The main job, with the two programs as a team has them.
@Suite struct TwoLaptopsTests {
  @Test func `edits made offline on two laptops meet at the server and a conflict is settled`()
    throws
  {
    let scratch = try ScratchFolder()
    let server = try TeamServer(in: scratch)
    try server.administer("study", "create", "Huallaga")
    let ana = try Laptop(in: scratch, named: "ana")
    let luis = try Laptop(in: scratch, named: "luis")
    try ana.succeed("init", "Huallaga", "--as", "Ana")
    try ana.succeed("interview", "add", "--label", "TOC-001", "--text", "Nadie nos avisó.")
    try ana.succeed("join", try server.invite("Ana", to: "Huallaga"))
    try ana.succeed("sync")
    try luis.succeed("join", try server.invite("Luis", to: "Huallaga"))
    #expect(try luis.succeed("sync").contains("new: 1 interview"))

    try ana.succeed("interview", "edit", "TOC-001", "--title", "Rosa", "--summary", "De Ana.")
    try luis.succeed("interview", "edit", "toc-001", "--date", "2017-05", "--summary", "De Luis.")
    try ana.succeed("sync")
    let sync = try luis.run("sync")
    let conflicts = try luis.run("conflicts")

    #expect(sync.status == 2)
    #expect(sync.output.contains("conflicts: 1 field that two people wrote differently"))
    #expect(conflicts.status == 2)
    #expect(conflicts.output.contains("De Ana."))
    #expect(conflicts.output.contains("De Luis."))

    try luis.succeed("resolve", "TOC-001", "summary", "--keep", "Ana")
    try luis.succeed("sync")
    try ana.succeed("sync")

    let shown = try ana.succeed("show", "TOC-001")
    #expect(shown.contains("2017-05"))
    #expect(shown.contains("Rosa"))
    #expect(shown.contains("De Ana."))
    #expect(try ana.run("conflicts").status == 0)
    #expect(try ana.registers() == luis.registers())
    #expect(try ana.registers() != nil)
  }

  @Test func `a sync while the server is off says so and loses nothing`() throws {
    let scratch = try ScratchFolder()
    let server = try TeamServer(in: scratch)
    try server.administer("study", "create", "Huallaga")
    let ana = try Laptop(in: scratch, named: "ana")
    try ana.succeed("join", try server.invite("Ana", to: "Huallaga"))
    try ana.succeed("interview", "add", "--label", "TOC-001", "--text", "Nadie nos avisó.")
    server.stop()

    let sync = try ana.run("sync")

    #expect(sync.status == 1)
    #expect(
      sync.errors.contains(
        "hub cannot be reached: no server answers at that address, or there is no network; everything is "
          + "kept here, so try again when there is a network"))
    #expect(try ana.succeed("show", "TOC-001").contains("Nadie nos avisó."))
  }

  @Test func `a join whose answer got lost is made again with the same invite, as the same device`()
    throws
  {
    let scratch = try ScratchFolder()
    let server = try TeamServer(in: scratch)
    try server.administer("study", "create", "Huallaga")
    let ana = try Laptop(in: scratch, named: "ana")
    let invite = try server.invite("Ana", to: "Huallaga")
    try ana.succeed("join", invite)
    // Nothing of the answer came to the laptop.
    try FileManager.default.removeItem(atPath: ana.notebook)

    try ana.succeed("join", invite)
    try ana.succeed("sync")

    try FileManager.default.removeItem(atPath: ana.notebook)
    let late = try ana.run("join", invite)
    #expect(late.status == 1)
    #expect(late.errors.contains("this invite cannot be used"))
  }

  @Test func `an invite works once, and a notebook of another study is refused`() throws {
    let scratch = try ScratchFolder()
    let server = try TeamServer(in: scratch)
    try server.administer("study", "create", "Huallaga")
    let ana = try Laptop(in: scratch, named: "ana")
    let luis = try Laptop(in: scratch, named: "luis")
    let eva = try Laptop(in: scratch, named: "eva")
    let invite = try server.invite("Ana", to: "Huallaga")
    try ana.succeed("join", invite)
    try eva.succeed("init", "Otro estudio", "--as", "Eva")

    let again = try luis.run("join", invite)
    let other = try eva.run("join", try server.invite("Eva", to: "Huallaga"))

    #expect(again.status == 1)
    #expect(other.status == 1)
    #expect(try luis.run("status").status == 1)
    #expect(try eva.succeed("status").contains("Otro estudio"))
  }
}
