import CuadernoTestSupport
import Foundation
import Testing

/// Two people write differently what an informant allowed.
@Suite struct ContestedConsentStoryTests {
  @Test
  func `what consent allows to one of two is neither archived nor quoted until it is settled`()
    throws
  {
    let scratch = try ScratchFolder()
    let ana = try Laptop(in: scratch, named: "ana")
    let luis = try Laptop(in: scratch, named: "luis")
    let (there, back) = (scratch.file("there.bundle"), scratch.file("back.bundle"))
    try ana.succeed("init", "Huallaga", "--as", "Ana")
    try ana.succeed(
      "interview", "add", "--label", "TOC-001", "--consent", "oral", "--consent-level",
      "may archive", "--text", "nadie avisó")
    try ana.succeed("theme", "add", "Confianza")
    try ana.succeed("code", "TOC-001", "Confianza", "--quote", "avisó")
    try ana.succeed("note", "add", "--about", "TOC-001", "--text", "dijo que nadie avisó")
    let notes = try ana.succeed("note", "list", "TOC-001")
    let note = try #require(notes.split(separator: "\n").last?.split(separator: " ").first)
    try ana.succeed("code", String(note), "Confianza", "--quote", "nadie")
    try ana.succeed("bundle", "write", there)
    try luis.succeed("bundle", "read", there, "--as", "Luis")
    try ana.succeed("interview", "edit", "TOC-001", "--consent-level", "withdrawn")
    // The later word, and so the one that is shown.
    try luis.succeed("interview", "edit", "TOC-001", "--consent-level", "may quote")
    try luis.succeed("bundle", "write", back)
    #expect(try ana.run("bundle", "read", back).status == 2)

    let archived = try ana.run("export", "archive", scratch.file("a.zip"), "--texts")
    let report = try ana.run("report", "table", "Confianza")

    #expect(archived.status == 0)
    #expect(
      (archived.output + archived.errors).contains(
        "interviews left out, since two people wrote their consent differently"))
    #expect(!(report.output + report.errors).contains("avisó"))
    // What holds every interview all the same says so.
    for (format, thing) in [
      ("codings", "interviews"), ("xlsx", "interviews"), ("sqlite", "interviews"),
      ("jsonl", "interviews"), ("qdpx", "interviews"), ("annotations", "texts quoted"),
    ] {
      let export = try ana.run("export", format, scratch.file("export.\(format)"))
      let words = "\(thing) in the file whose consent two people wrote differently"
      #expect((export.output + export.errors).contains(words), "\(format): \(export.errors)")
      if format == "annotations" {
        // The interview's, and the one that lies on a note about it.
        #expect((export.output + export.errors).contains("(cuaderno conflicts): 2"))
      }
    }
    try ana.succeed("resolve", "TOC-001", "consent", "--keep", "Luis")
    #expect(try ana.succeed("report", "table", "Confianza").contains("avisó"))
  }
}
