import ArgumentParser
import CuadernoAnalysis
import CuadernoModel
import Foundation
import Testing

@testable import CuadernoClient

/// What a command line says that tells themes apart, before a notebook is opened.
@Suite struct DimensionWordsTests {
  @Test(arguments: [
    ["report", "themes"], ["report", "coverage"], ["report", "html"], ["report", "docx", "f"],
    ["report", "table", "Estado"], ["export", "matrix"],
  ])
  func `one table is told apart by one thing`(command: [String]) {
    #expect(
      refusal(command + ["--by", "role", "--by", "kind"]).contains(
        "--by takes one thing here, and 2 were given; run the command once for each"))
    #expect(refusal(command + ["--by", "role"]).isEmpty)
    #expect(refusal(command).isEmpty)
    #expect(refusal(command + ["--by", "clase"]).contains("--by takes place, kind, period"))
  }

  @Test func `a workbook takes as many as it shall have sheets`() {
    #expect(refusal(["export", "xlsx", "f", "--by", "role", "--by", "participant"]).isEmpty)
    #expect(
      refusal(["export", "xlsx", "f", "--by", "clase"]).contains("--by takes place, kind, period"))
  }

  @Test(arguments: [
    ["report", "html"], ["report", "markdown"], ["report", "docx", "f"],
    ["report", "table", "Estado"],
  ])
  func `a report that names nobody is not told apart by names`(command: [String]) {
    #expect(
      refusal(command + ["--by", "interview"]).contains(
        "--by interview would write labels into a report that names nobody; take period, place or kind, "
          + "or see them with `cuaderno report themes --by interview`"))
    #expect(
      refusal(command + ["--by", "participant"]).contains(
        "--by participant would write pseudonyms into a report that names nobody; take role or an "
          + "attribute, or see them with `cuaderno report themes --by participant`"))
    #expect(
      refusal(command + ["--by", "place:altitud (m)"]).contains(
        "--by with an attribute of places would tell places apart that are finer than the report tells"
      ))
    for dimension in [
      "period", "place", "kind", "role", "coder", "consent", "participant:género",
      "interview:grabada",
    ] {
      #expect(refusal(command + ["--by", dimension]).isEmpty, "\(dimension)")
    }
  }

  @Test func `an archive holds no codings to select by their coder`() {
    #expect(
      refusal(["export", "archive", "f", "--coder", "Ana"]).contains(
        "--coder selects codings, and an archive holds none; select interviews with the other options"
      )
    )
    #expect(!CuadernoCommand.helpMessage(for: ExportArchive.self).contains("--coder"))
  }

  @Test func `a dimension is read from the word that it is written with`() throws {
    for word in [
      "place", "kind", "period", "role", "coder", "interview", "participant", "consent",
      "participant:género", "interview:duración (min)", "place:a:b",
    ] {
      #expect(try Dimension(typed: word).word == word)
    }
    #expect(Dimension.place(level: .valley).word == "place")
  }

  /// The periods that the guide and the help name are those of the example study.
  @Test func `examples select by periods that there are`() throws {
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    func text(_ path: String) throws -> String {
      try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }
    let periods = try text("Examples/alto-huallaga/periods.csv")
      .split(separator: "\n").dropFirst().compactMap { $0.split(separator: ",").first }
    var texts = try ["researchers", "formats", "other-programs"].map {
      try text("docs/guide/\($0).md")
    }
    func add(_ command: any ParsableCommand.Type) {
      texts.append(command.configuration.discussion)
      for subcommand in command.configuration.subcommands { add(subcommand) }
    }
    add(CuadernoCommand.self)
    var found = 0
    for text in texts {
      for after in text.components(separatedBy: "--period ").dropFirst() {
        let word =
          after.hasPrefix("\"")
          ? after.dropFirst().prefix { $0 != "\"" } : after.prefix { !$0.isWhitespace }
        #expect(periods.contains(word), "\(word)")
        found += 1
      }
    }
    #expect(found >= 5)
  }
}
