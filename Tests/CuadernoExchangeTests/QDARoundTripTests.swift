import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Foundation
import Testing

@testable import CuadernoExchange

/// What goes out as a REFI-QDA project comes in as the same study.
@Suite struct QDARoundTripTests {
  private func roundTrip(
    _ book: TestNotebook, for tool: QDATool? = nil
  ) throws -> (other: TestNotebook, report: QDAImportReport) {
    try book.exportProject(for: tool)
    let other = try TestNotebook(seed: 5, study: 8)
    return (other, try other.importProject(book.folder.file("out.qdpx")))
  }

  private func firstDifference(_ left: String, _ right: String) -> String? {
    guard left != right else { return nil }
    let (left, right) = (left.split(separator: "\n"), right.split(separator: "\n"))
    let index = zip(left, right).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    guard let index else { return "\(left.count) lines and \(right.count)" }
    return "\(left[index])\n\(right[index])"
  }

  @Test func `a small study with every shape of field comes back the same`() throws {
    let book = try LinesExportTests.small()

    let (other, report) = try roundTrip(book)

    #expect(try other.lines() == book.lines())
    #expect(report.counts.isEmpty)
    #expect(report.unit == .standard)
  }

  @Test func `the study that is shipped as an example comes back the same`() throws {
    let book = try TestNotebook()
    try ExampleStudyTests.load(book)

    let (other, report) = try roundTrip(book)

    #expect(try other.lines() == book.lines())
    #expect(report.tally.new[.coding] == 166)
    #expect(report.counts.isEmpty)
  }

  @Test(arguments: Seeds.upTo(40))
  func `a generated study comes back the same, whatever program it was for`(seed: UInt64) throws {
    let book = try TestNotebook(seed: seed)
    try GeneratedStudy.write(seed, into: book)
    let tool: QDATool? = [nil, .nvivo, .atlas, .maxqda, .qualcoder][Int(seed % 5)]

    let (other, report) = try roundTrip(book, for: tool)

    let difference = try firstDifference(other.lines(), book.lines())
    #expect(difference == nil, "\(Seeds.replay(seed))")
    #expect(report.counts.isEmpty, "\(Seeds.replay(seed))")
  }

  @Test(arguments: Seeds.upTo(10))
  func `a study taken in twice changes nothing, and goes out again with the same ids`(
    seed: UInt64
  ) throws {
    let book = try TestNotebook(seed: seed)
    try GeneratedStudy.write(seed, into: book)
    let (other, _) = try roundTrip(book)
    let before = try other.changes

    let again = try other.importProject(book.folder.file("out.qdpx"))

    #expect(try other.changes == before, "\(Seeds.replay(seed))")
    #expect(again.tally.new.isEmpty && again.tally.changed.isEmpty)
  }

  @Test(.enabled(if: QDASchemas.areThere, "xmllint or ../shared/refi-qda is not there"))
  func `every export keeps to the schema of REFI-QDA`() throws {
    for seed in Seeds.upTo(8) {
      let book = try TestNotebook(seed: seed)
      try GeneratedStudy.write(seed, into: book)
      try book.exportProject()
      let fault = try QDASchemas.fault(in: try book.projectFile(), QDASchemas.project)
      #expect(fault == nil, "\(Seeds.replay(seed))")
      guard try book.counts()[.theme] ?? 0 > 0 else { continue }
      #expect(try QDASchemas.fault(in: try book.exportCodebook(), QDASchemas.codebook) == nil)
    }
  }

  @Test func `a code book comes back the same`() throws {
    let book = try TestNotebook()
    try ExampleStudyTests.load(book)
    let other = try TestNotebook(seed: 5, study: 8)

    let report = try other.importCodebook(try book.exportCodebook())

    #expect(report.tally.new == [.theme: 44])
    func themes(_ book: TestNotebook) throws -> [String] {
      try book.lines().split(separator: "\n").map(String.init).filter {
        $0.contains(#""record":"theme""#)
      }
    }
    #expect(try themes(other) == themes(book))
    #expect(try other.importCodebook(try book.exportCodebook()).tally.changed.isEmpty)
  }
}
