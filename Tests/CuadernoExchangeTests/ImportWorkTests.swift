import CSQLite
import CuadernoModel
import CuadernoSync
import CuadernoTestSupport
import Foundation
import GRDB
import Testing

@testable import CuadernoExchange
@testable import CuadernoNotebook

/// How much work imports are: four times as many things may take little more than four times as many steps
/// of SQLite's machine, whatever they say.
@Suite struct ImportWorkTests {
  /// The steps of SQLite's machine that a write takes in the notebook's view, in hundreds.
  private func steps(
    _ body: (inout CuadernoNotebook.Writer) throws -> Void
  ) throws -> Int {
    final class Count { var steps = 0 }
    let count = Count()
    let book = try TestNotebook()
    try book.write { writer in
      let connection = unsafe writer.reader.view.sqliteConnection
      // The callback gets this pointer back while the count lives.
      let pointer = unsafe Unmanaged.passUnretained(count).toOpaque()
      unsafe sqlite3_progress_handler(
        connection, 100,
        { pointer in
          if let pointer = unsafe pointer {
            unsafe Unmanaged<Count>.fromOpaque(pointer).takeUnretainedValue().steps += 1
          }
          return 0
        }, pointer)
      defer { unsafe sqlite3_progress_handler(connection, 0, nil, nil) }
      try body(&writer)
    }
    return withExtendedLifetime(count) { count.steps }
  }

  private func growth(_ body: (Int, inout CuadernoNotebook.Writer) throws -> Void) throws -> Double
  {
    let small = try steps { try body(150, &$0) }
    let large = try steps { try body(600, &$0) }
    return Double(large) / Double(small)
  }

  private static let linear = ..<6.0

  @Test func `the work of a code book grows with its themes`() throws {
    #expect(
      Self.linear.contains(
        try growth { count, writer in
          let rows = (0..<count).map { "t\($0),d\n" }.joined()
          _ = try TableImport.codebook.read(
            Array("path,description\n\(rows)".utf8), into: &writer)
        }))
  }

  @Test func `the work of tags grows with the tags`() throws {
    #expect(
      Self.linear.contains(
        try growth { count, writer in
          var (tags, report) = (TaguetteTags(), IntakeReport())
          for number in 0..<count {
            try tags.enter("grupo.t\(number)", "", at: .file, &report, into: &writer)
          }
        }))
  }

  private static func file() throws -> QDAFile {
    QDAFile(try GraphMLExportTests.tree(Array("<CodeBook/>".utf8)), nil)
  }

  @Test func `the work of sets of one code grows with the sets`() throws {
    #expect(
      Self.linear.contains(
        try growth { count, writer in
          let theme = try writer.create(.theme, [FieldEdit(.Theme.name, "A")])
          var (marks, file) = (SetMarks(), try Self.file())
          for number in 0..<count { marks.add(theme, "set: \(number)", at: file.root) }
          try marks.write(.theme, .Theme.attributes, &file, &writer)
        }))
  }

  @Test func `a code may be in more sets than one change can say`() throws {
    let book = try TestNotebook()
    let theme = try book.theme("A")
    var (marks, file) = (SetMarks(), try Self.file())
    for number in 0..<1_500 { marks.add(theme, "set: \(number)", at: file.root) }

    try book.write { try marks.write(.theme, .Theme.attributes, &file, &$0) }
    let changes = try book.changes
    try book.write { try marks.write(.theme, .Theme.attributes, &file, &$0) }

    #expect(try book.notebook.read { try $0.attributes(of: theme).count } == 1_500)
    #expect(try book.changes == changes)
  }

  @Test func `the work of submissions of one label grows with the submissions`() throws {
    #expect(
      Self.linear.contains(
        try growth { count, writer in
          let rows = (0..<count).map { "uuid:\($0),igual\n" }.joined()
          let file = try SubmissionFile(Array("KEY,nombre\n\(rows)".utf8), fileName: "a.csv")
          let mapping = try ColumnMapping(["label=nombre"], rest: .attributes)
          _ = try SubmissionImport.write(file, among: [file], mapping, into: &writer)
        }))
  }

  @Test func `things that say the same have ids of their own, the same ones again`() {
    var (first, again) = (RepeatedIDs(["a"]), RepeatedIDs(["a"]))
    var seen = Set<RecordID>()
    // With one search for each, from the start, this would not end.
    for _ in 0..<20_000 {
      let id = first.id(["b", "c"])
      #expect(seen.insert(id).inserted)
      #expect(again.id(["b", "c"]) == id)
    }
    #expect(first.id(["bc"]) == RecordID(madeOf: ["a", "bc", "0"], []))
    #expect(again.id(["b", "c"]) == RecordID(madeOf: ["a", "b", "c", "20000"], []))
  }

  @Test func `names of many are unique without a search for each`() {
    var names = UniqueNames()
    #expect(names.name("A (2)") == "A (2)")
    #expect(["a", "A", "A", "a"].map { names.name($0) } == ["a", "A (3)", "A (4)", "a (5)"])
    for _ in 0..<20_000 { _ = names.name("igual") }
    #expect(names.name("igual") == "igual (20001)")
  }
}
