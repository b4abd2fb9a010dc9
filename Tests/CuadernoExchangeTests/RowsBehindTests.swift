import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoExchange

/// Rows that are inserted on another core.
@Suite struct RowsBehindTests {
  private let folder: ScratchFolder
  private var path: String { folder.file("t.sqlite") }

  init() throws {
    folder = try ScratchFolder()
    try folder.write([], to: "t.sqlite")
  }

  private func batch(
    opening tables: [RowBatch.Table] = [], _ fill: (inout RowBatch) -> Void
  ) -> RowBatch {
    var batch = RowBatch()
    for table in tables { batch.open(table) }
    fill(&batch)
    return batch
  }

  private func ask(_ sql: String) throws -> [String] { try TableDatabase(path).texts(sql) }

  @Test func `cells come out as they went in, what has a zero in it whole`() throws {
    let behind = RowsBehind(path, begin: "CREATE TABLE t (a, b, c, d, e, f, g, h)")
    var rows = batch(opening: [.init(name: "t", columns: 8)]) { row in
      row.add("a\u{0}b")
      row.add("")
      row.add(-7)
      row.add(0.5)
      row.addNull()
      row.add(RecordID(rawValue: 0x0123_4567_89AB_CDEF_FEDC_BA98_7654_3210))
      row.add(day: 9_870_605)
      row.add(utf8: Array("ñandú".utf8)[2...])
      row.endRow(of: 0)
    }
    try behind.insert(&rows)
    #expect(rows.rows.isEmpty)
    try behind.finish("")

    #expect(
      try ask(
        """
        SELECT hex(a) || typeof(b) || typeof(c) || typeof(d) || typeof(e) || ' ' || f || ' ' || g
          || ' ' || h FROM t
        """)
        == ["610062textintegerrealnull 0123456789abcdeffedcba9876543210 0987-06-05 andú"])
  }

  @Test func `rows keep their order over many batches and two tables`() throws {
    let behind = RowsBehind(path, begin: "CREATE TABLE t (n); CREATE TABLE u (n, text); BEGIN")
    var rows = batch(opening: [.init(name: "t", columns: 1), .init(name: "u", columns: 2)]) { _ in }
    for number in 0..<500 {
      rows.add(number)
      rows.endRow(of: 0)
      rows.add(number)
      rows.add(String(repeating: "ñ", count: number))
      rows.endRow(of: 1)
      if number.isMultiple(of: 3) { try behind.insert(&rows) }
    }
    try behind.insert(&rows)
    try behind.finish("COMMIT")

    let numbers = (0..<500).map(String.init)
    #expect(try ask("SELECT n FROM t ORDER BY rowid") == numbers)
    #expect(try ask("SELECT length(text) FROM u ORDER BY rowid") == numbers)
  }

  @Test func `what the database says comes to whoever waits for the last row`() throws {
    let behind = RowsBehind(path, begin: "CREATE TABLE t (a PRIMARY KEY)")
    var rows = batch(opening: [.init(name: "t", columns: 1)]) { row in
      for _ in 0..<2 {
        row.add(1)
        row.endRow(of: 0)
      }
    }
    try behind.insert(&rows)

    #expect(throws: TableDatabaseFault.library(code: 19)) { try behind.finish("") }
    #expect(throws: TableDatabaseFault.library(code: 19)) { try behind.insert(&rows) }
  }

  @Test(arguments: [0, 2])
  func `a row with a cell too few or too many is not written`(cells: Int) throws {
    let behind = RowsBehind(path, begin: "CREATE TABLE t (a)")
    var rows = batch(opening: [.init(name: "t", columns: 1)]) { row in
      for _ in 0..<cells { row.add(1) }
      row.endRow(of: 0)
    }
    try behind.insert(&rows)

    #expect(throws: TableDatabaseFault.library(code: 25)) { try behind.finish("") }
    #expect(try ask("SELECT count(*) FROM t") == ["0"])
  }

  @Test func `a file that cannot be opened is told at the end`() throws {
    let behind = RowsBehind(folder.file("none/t.sqlite"), begin: "")
    #expect(throws: TableDatabaseFault.cannotWrite) { try behind.finish("") }
  }

  @Test func `what is abandoned is not finished, and the first fault stays`() throws {
    let behind = RowsBehind(path, begin: "BEGIN; CREATE TABLE t (a)")
    behind.abandon()
    #expect(throws: TableDatabaseFault.abandoned) { try behind.finish("COMMIT") }

    let failed = RowsBehind(path, begin: "no SQL")
    for _ in 0..<2 {
      #expect(throws: TableDatabaseFault.library(code: 1)) { try failed.finish("") }
      failed.abandon()
    }
  }
}
