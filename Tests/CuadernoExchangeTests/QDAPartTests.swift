import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoExchange

/// A part of the study as a project of other programs.
@Suite struct QDAPartTests {
  /// Two interviews in two places with a participant each, notes about all sorts of things, and codings of
  /// two coders.
  private struct Sample {
    let book: TestNotebook
    let part: StudyPart

    init() throws {
      book = try TestNotebook()
      let (lima, tocache) = (try book.place("Lima"), try book.place("Tocache"))
      let town = try book.place("Uchiza", nil, in: tocache)
      let (rosa, luis) = (try book.participant("Rosa"), try book.participant("Luis"))
      let theme = try book.theme("Miedo")
      let first = try book.interview("A", "Uno y dos.", place: town, participants: [rosa])
      let second = try book.interview("B", "Tres.", place: lima, participants: [rosa, luis])
      let note = try book.note("Sobre A.", about: first)
      let own = try book.code(first, "Uno", theme, coder: "Ana")
      try book.code(first, "dos", theme, coder: "Luis")
      try book.code(second, "Tres", theme, coder: "Eva")
      try book.note("Sobre B.", about: second)
      try book.note("Sobre Lima.", about: lima)
      let memo = try book.note("Sobre el tema.", about: theme)
      part = StudyPart([first, rosa, town, tocache, note, own, memo])
    }
  }

  @Test func `what is left out is counted, and nothing points to it`() throws {
    let sample = try Sample()

    let report = try sample.book.exportProject(of: sample.part)

    #expect(report.counts[.texts] == 1)
    #expect(report.counts[.codings] == 1)
    #expect(report.counts[.notes] == 2)
    #expect(report.counts[.participants] == 1)
    #expect(report.counts[.places] == 2)
    #expect(report.counts[.unselectedInterviews] == 1)
    #expect(report.counts[.unselectedCodings] == 1)
    let text = try sample.book.projectFile()
    for word in ["Lima", "Luis", "Eva", "Tres", "Sobre B", "dos"] {
      #expect(!text.contains(word), "\(word)")
    }
    let archive = try ArchiveReading(sample.book.folder.file("out.qdpx"))
    #expect(archive.entries.count == 4)
  }

  @Test func `it keeps to the schema and comes back as that part`() throws {
    let sample = try Sample()
    try sample.book.exportProject(of: sample.part)
    if QDASchemas.areThere {
      #expect(
        try QDASchemas.fault(in: sample.book.projectFile(), QDASchemas.project) == nil)
    }
    let other = try TestNotebook(seed: 2, study: 7)
    try other.importProject(sample.book.folder.file("out.qdpx"))
    let counts = try other.counts()
    #expect(counts[.interview] == 1)
    #expect(counts[.coding] == 1)
    #expect(counts[.note] == 2)
    #expect(counts[.place] == 2)
  }

  @Test func `everything is what it was without a part`() throws {
    let sample = try Sample()
    let report = try sample.book.exportProject(of: .everything)
    #expect(report.counts[.unselectedInterviews] == nil)
    #expect(report.counts[.unselectedCodings] == nil)
    #expect(report.counts[.texts] == 2)
    #expect(report.counts[.codings] == 3)
  }

  @Test func `codings as a table, and the code book's counts, are of the part`() throws {
    let sample = try Sample()
    let codings = try sample.book.exported {
      try CodingsExport.write($0, of: sample.part, options: .init(lineEnd: .lf), to: $1)
    }
    #expect(codings.split(separator: "\n").count == 2)
    let codebook = try sample.book.exported {
      try CodebookExport.write(
        $0, of: sample.part, options: .init(lineEnd: .lf), hasCodings: true, to: $1)
    }
    #expect(codebook == "path,description,color,codings\nMiedo,,,1\n")
  }

  @Test func `what is written here may have more texts than an import takes`() throws {
    let folder = try ScratchFolder()
    try folder.write([], to: "out.zip")
    let archive = try ArchiveWriting(folder.file("out.zip"), milliseconds: 0)
    for number in 0..<10_002 { try archive.add("texts/\(number).txt") { [0x41] } }
    try archive.close()
    #expect(throws: ExchangeError(.file, .archive(.tooManyEntries(10_002)))) {
      try ArchiveReading(folder.file("out.zip"))
    }
  }
}
