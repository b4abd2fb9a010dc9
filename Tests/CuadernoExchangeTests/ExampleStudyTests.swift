import CuadernoExchange
import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoText
import Foundation
import Testing

/// The study that is shipped in Examples, taken in whole.
@Suite struct ExampleStudyTests {
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Examples/alto-huallaga")

  private static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
  }

  private static let tables: [(TableImport, String, coder: String?)] = [
    (.periods, "periods.csv", nil), (.attributes, "attributes.csv", nil),
    (.places, "places.csv", nil), (.participants, "participants.csv", nil),
    (.codebook, "themes.csv", nil),
  ]

  private static let codings: [(TableImport, String, coder: String?)] = [
    (.codings, "codings-ana.csv", "Ana"), (.codings, "codings-luis.csv", "Luis"),
    (.notes, "notes.csv", nil),
  ]

  /// Takes every file in, in the order of the README, and answers what that came to.
  @discardableResult
  static func load(_ book: TestNotebook) throws -> ImportTally {
    var tally = ImportTally()
    for (table, file, coder) in tables {
      tally.add(
        try book.write { try table.read(bytes(file), coder: coder, into: &$0) })
    }
    let names = try FileManager.default.contentsOfDirectory(
      atPath: folder.appendingPathComponent("interviews").path)
    for name in names.sorted() {
      let draft = try InterviewDraft(bytes("interviews/" + name), fileName: name)
      tally.add(try book.write { try InterviewImport.write(draft, into: &$0) }.report.tally)
    }
    for (table, file, coder) in codings {
      tally.add(
        try book.write { try table.read(bytes(file), coder: coder, into: &$0) })
    }
    return tally
  }

  @Test func `it loads whole, its counts match, and loading it again changes nothing`() throws {
    let book = try TestNotebook()
    try Self.load(book)

    let counts = try book.counts()
    #expect(counts[.place] == 34)
    #expect(counts[.participant] == 16)
    #expect(counts[.theme] == 44)
    #expect(counts[.interview] == 15)
    #expect(counts[.coding] == 166)
    #expect(counts[.note] == 12)
    let (periods, definitions) = try book.notebook.read {
      (try $0.periods(), try $0.attributeDefinitions())
    }
    #expect(periods.count == 3)
    #expect(definitions.count == 7)

    let before = try book.changes
    let again = try Self.load(book)
    #expect(again.new.isEmpty)
    #expect(again.changed.isEmpty)
    #expect(try book.changes == before)
  }

  @Test func `names, trees and sets stand as the files have them`() throws {
    let book = try TestNotebook()
    try Self.load(book)
    try book.notebook.read { reader in
      let interview = try #require(
        try reader.ids(named: "TOC-007", .interview).first.flatMap {
          try reader.fetch(Interview.self, $0)
        })
      let places = try reader.placePaths()
      #expect(interview.kind == .focusGroup)
      #expect(interview.consent == Consent(form: "oral", level: .mayQuote, date: try day))
      #expect(
        interview.place.map(places.path)
          == "Perú > San Martín > Tocache > Tocache > Bajo Shimbillal")
      #expect(try reader.references(.Interview.participants, of: interview.id).count == 3)
      let monzon = try #require(
        try reader.find("Perú > Huánuco > Huamalíes > Monzón", among: [.place]).first)
      #expect(try reader.references(.Place.within, of: monzon.id).count == 2)
      let coders = try Set(reader.fetchAll(Coding.self).map(\.coder))
      #expect(coders == ["Ana", "Luis"])
    }
  }

  private var day: PartialDate {
    get throws { try PartialDate("2009-06-20", isKnownZone: { _ in false }) }
  }

  @Test func `it goes through JSON Lines into another notebook and out again unchanged`() throws {
    let book = try TestNotebook()
    try Self.load(book)
    let lines = try book.lines()
    let other = try TestNotebook(seed: 5, study: 8)

    let tally = try other.take(lines)

    #expect(tally.new[.coding] == 166)
    #expect(try other.lines() == lines)
    #expect(
      try other.exported { try CodingsExport.write($0, options: .init(), to: $1) }
        == book.exported { try CodingsExport.write($0, options: .init(), to: $1) })
  }

  @Test func `every quote of the table of codings stands in its text`() throws {
    let book = try TestNotebook()
    try Self.load(book)
    let text = try book.exported { try CodingsExport.write($0, options: .init(), to: $1) }
    let rows = text.split(separator: "\r\n").count - 1
    #expect(rows == 166)
    try book.notebook.read { reader in
      for placed in try reader.allPlacedCodings() {
        let target = try #require(placed.coding.target)
        let span = try #require(placed.span)
        let text = try #require(try reader.codedText(of: target)?.text)
        let whole = ScalarText(text)
        #expect(placed.status == .exact)
        #expect(whole.substring(span) == placed.quote)
      }
    }
  }
}
