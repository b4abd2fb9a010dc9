import ArgumentParser
import CuadernoNotebook
import Testing

@testable import CuadernoAnalysis
@testable import CuadernoClient
@testable import CuadernoExchange

/// What a person reads after an export, and where an option does not go.
@Suite struct ExportWordsTests {
  @Test func `an export that fails after its first bytes is not to be begun again`() throws {
    struct Slip: Error {}
    let output = try OutputOption.parse([])

    #expect(throws: Notebook.CutShort.self) {
      _ = try output.write { sink in
        try sink(Array("\n".utf8))
        throw Slip()
      }
    }
    #expect(throws: Slip.self) { _ = try output.write { _ in throw Slip() } }
  }

  @Test func `a map says which places are not on it and which codings are not in it`() {
    var counts = PlaceCounts(rows: [], withoutPlace: 0, tooFine: 0)
    #expect(ExportGeoJSON.remarks(counts, unlocated: 0).allSatisfy { $0.count == 0 })
    (counts.withoutPlace, counts.tooFine) = (2, 3)
    #expect(
      ExportGeoJSON.remarks(counts, unlocated: 1).filter { $0.count > 0 }.map(\.line) == [
        "places without a location, in the table and not on the map: 1",
        "codings left out, since their interviews have no place: 2",
        "codings left out, at finer places than --level says and with none above them that is told: 3",
      ])
  }

  @Test func `annotations are counted, and what should not be quoted with them`() {
    var report = AnnotationExportReport()
    report.count(.annotations)
    report.count(.texts, 2)
    report.count(.unplaced, 3)
    report.count(.paraphrased, 4)
    #expect(
      ExportAnnotations.remarks(report).filter { $0.count > 0 }.map(\.line) == [
        "annotations: 1", "texts that they are on: 2",
        "codings left out, since their place in the text is not known; see `cuaderno coding list "
          + "--review`: 3",
        "texts quoted in the file that may be paraphrased and not quoted: 4",
      ])
    let told = AnnotationExportReport.Line.allCases.map(\.words)
    #expect(told.count == 11 && Set(told).count == 11)
  }

  @Test(arguments: [
    (["--round", "8"], "--round takes a number from 0 to 7; 2 is about a kilometre"),
    (["--round=-1"], "--round takes a number from 0 to 7; 2 is about a kilometre"),
  ])
  func `a map refuses decimals that mean nothing`(arguments: [String], said: String) {
    #expect(refusal(["export", "geojson"] + arguments).contains(said))
  }

  @Test func `ways of coming together that say different things are refused`() {
    for command in [["export", "graphml"], ["report", "cooccurrence"]] {
      #expect(
        refusal(command + ["--inside", "--near", "3"]).contains(
          "--inside and --near say different things; leave one out"))
      #expect(refusal(command + ["--near=-1"]).contains("--near takes a number from 0 up"))
    }
    #expect(
      refusal(["export", "graphml", "--at-least", "0"]).contains(
        "--at-least takes a number from 1 up"))
  }

  @Test(arguments: [
    ["export", "qdpx"], ["export", "qdc"], ["export", "xlsx"], ["export", "sqlite"],
    ["export", "archive"], ["report", "docx"],
  ])
  func `what no terminal can show needs the name of a file, in one of two ways`(command: [String]) {
    #expect(
      refusal(command).contains("name the file to write, after the other words or with --output"))
    #expect(refusal(command + ["f"]).isEmpty)
    #expect(refusal(command + ["--output", "f"]).isEmpty)
  }

  @Test(arguments: [
    ["export", "codings"], ["export", "jsonl"], ["export", "matrix"], ["export", "geojson"],
    ["export", "graphml"], ["export", "annotations"], ["report", "html"], ["export", "qdpx"],
  ])
  func `an export names one file at the most`(command: [String]) {
    #expect(
      refusal(command + ["f", "--output", "g"]).contains(
        "two files are named; leave out --output or the other"))
    #expect(refusal(command + ["f"]).isEmpty)
  }

  @Test func `what an edge means is said with its distance`() throws {
    func meaning(_ arguments: [String]) throws -> String {
      let command = try CuadernoCommand.parseAsRoot(["export", "graphml"] + arguments)
      return try #require(command as? ExportGraphML).together.meaning
    }
    #expect(try meaning([]) == "pairs of codings of both themes that share a character")
    #expect(
      try meaning(["--near", "200"])
        == "pairs of codings of both themes with at most 200 characters between them")
    #expect(
      try meaning(["--inside"])
        == "codings of the first theme that lie wholly inside one of the second")
  }
}
