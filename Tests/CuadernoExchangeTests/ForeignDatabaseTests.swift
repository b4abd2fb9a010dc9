import CuadernoModel
import CuadernoNotebook
import CuadernoTestSupport
import Foundation
import Testing

@testable import CuadernoExchange

/// Databases that are not what they say, or that want to do harm.
@Suite struct ForeignDatabaseTests {
  private func refusal(_ sql: String, after tables: String = TaguetteFixture.tables) throws
    -> String
  {
    let book = try TestNotebook()
    let path = book.folder.file("x.sqlite3")
    #expect(TaguetteFixture.write(tables + sql, to: path))
    let changes = try book.changes
    let message = words { try book.importTaguette(at: path) }
    #expect(try book.changes == changes)
    return message
  }

  @Test func `a file that is no database is told as such`() throws {
    let book = try TestNotebook()
    try book.folder.write(Array("tag,description".utf8), to: "x.sqlite3")
    try book.folder.write([], to: "empty.sqlite3")

    #expect(
      words { try book.importTaguette(at: book.folder.file("x.sqlite3")) }
        == "not a SQLite database; export the project anew")
    #expect(
      words { try book.importTaguette(at: book.folder.file("empty.sqlite3")) } == "file is empty")
    #expect(
      words { try book.importTaguette(at: book.folder.file("none.sqlite3")) }
        == "file cannot be read; check its name and its permissions")
    #expect(
      words { try book.importTaguette(at: book.folder.path) }
        == "file cannot be read; check its name and its permissions")
  }

  @Test func `missing tables and columns are named`() throws {
    #expect(
      try refusal("", after: "CREATE TABLE x (a);")
        == "database has no table projects; it is no project of Taguette")
    #expect(
      try refusal("ALTER TABLE documents DROP COLUMN contents;")
        == "table documents has no column contents; it is no project of Taguette, or of a version "
        + "that is not known")
    #expect(try refusal("") == "database holds no project")
  }

  @Test func `a table that was made by no SQL is no table`() throws {
    let schema = """
      CREATE TABLE documents (id INTEGER NOT NULL PRIMARY KEY, name TEXT);
      CREATE INDEX projects ON documents (name);
      PRAGMA writable_schema = ON;
      INSERT INTO sqlite_schema
      SELECT 'table', name, name, rootpage, '' FROM sqlite_schema WHERE name = 'projects';
      """

    #expect(
      try refusal("", after: schema)
        == "database has no table projects; it is no project of Taguette")
  }

  @Test func `a view in the place of a table is not run`() throws {
    let view = """
      DROP TABLE tags;
      CREATE VIEW tags (id, project_id, path, description) AS
      WITH RECURSIVE endless (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM endless)
      SELECT n, 1, 'a', 'b' FROM endless;
      """

    #expect(
      try refusal(view + TaguetteFixture.project.replacing("INSERT INTO tags", with: "--"))
        == "database has no table tags; it is no project of Taguette")
  }

  @Test(arguments: [
    (
      "UPDATE documents SET contents = x'ff';",
      "table documents, row 1: contents is not text"
    ),
    (
      "UPDATE documents SET contents = CAST(x'61ff' AS TEXT);",
      "table documents, row 1: a text that is not UTF-8; export the project anew"
    ),
    (
      "INSERT INTO highlights VALUES (9, 1, 'uno', 3, '');",
      "table highlights, row 9: start_offset is not a whole number"
    ),
    (
      "INSERT INTO documents SELECT 2, name, description, filename, created, 1, '', "
        + "replace(hex(zeroblob(2200000)), '00', 'abc') FROM documents;",
      "table documents, row 2: text is 6600000 bytes; the limit is 4194304; split it into two"
    ),
  ])
  func `a cell of another kind is told with its table and row`(sql: String, message: String) throws
  {
    let answer = try refusal(TaguetteFixture.project + sql)

    #expect(answer == message)
    #expect(!answer.contains("Señor"))
  }

  @Test func `two rows of one id are refused`() throws {
    let sql =
      TaguetteFixture.project + """
        CREATE TABLE t AS SELECT * FROM documents; INSERT INTO t SELECT * FROM documents;
        DROP TABLE documents; ALTER TABLE t RENAME TO documents;
        """

    #expect(try refusal(sql) == "table documents, row 1: another row has the same id")
  }

  @Test func `a link leads to the file, and to the WAL beside it`() throws {
    let book = try TestNotebook()
    try book.importTaguette(isWAL: true)
    let link = book.folder.file("link.sqlite3")
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: "taguette.sqlite3")

    let other = try TestNotebook(seed: 2)
    let report = try other.importTaguette(at: link)

    #expect(report.tally.new[.interview] == 1)
  }

  @Test func `what only the WAL holds is taken in, and the file is left as it was`() throws {
    let book = try TestNotebook()
    let path = book.folder.file("taguette.sqlite3")

    let report = try book.importTaguette(isWAL: true)

    #expect(report.tally.new[.interview] == 1)
    #expect(FileManager.default.fileExists(atPath: path + "-wal"))
    let before = try book.folder.bytes(of: "taguette.sqlite3")
    let names = try book.folder.names()
    try book.importTaguette(at: path)
    #expect(try book.folder.bytes(of: "taguette.sqlite3") == before)
    #expect(try book.folder.names() == names)
  }

  @Test func `a file with a journal beside it is being written`() throws {
    let book = try TestNotebook()
    try book.importTaguette()
    try book.folder.write([1, 2, 3], to: "taguette.sqlite3-journal")

    #expect(
      words { try book.importTaguette(at: book.folder.file("taguette.sqlite3")) }
        == "file is being written by another program; close that program, or export the project there"
    )
  }

  @Test func `a damaged database is refused or read right, wherever a byte is flipped`() throws {
    let book = try TestNotebook()
    try book.importTaguette()
    let bytes = try book.folder.bytes(of: "taguette.sqlite3")
    let path = book.folder.file("damaged.sqlite3")
    for seed in Seeds.upTo(60) {
      var generator = SplitMix64(seed: seed)
      var damaged = bytes
      for _ in 0..<4 {
        let place = Int.random(in: 0..<damaged.count, using: &generator)
        damaged[place] = UInt8.random(in: 0...255, using: &generator)
      }
      if seed % 3 == 0 { damaged.removeLast(Int.random(in: 1..<damaged.count, using: &generator)) }
      try book.folder.write(damaged, to: "damaged.sqlite3")
      do {
        try book.importTaguette(at: path)
      } catch is ExchangeError {
        continue
      }
    }
  }

  @Test func `nothing of the copy stays`() throws {
    let before = try copies()
    let book = try TestNotebook()

    try book.importTaguette()
    _ = words { try book.importTaguette("DROP TABLE tags;") }

    var left = try copies().subtracting(before)
    // Other tests copy there too, and what is theirs goes.
    for _ in 0..<600 where !left.isEmpty {
      usleep(100_000)
      left.formIntersection(try copies())
    }
    #expect(left.isEmpty)
  }

  private func copies() throws -> Set<String> {
    Set(
      try FileManager.default.contentsOfDirectory(
        atPath: FileManager.default.temporaryDirectory.path
      ).filter { $0.hasPrefix("cuaderno-") && !$0.hasPrefix("cuaderno-test-") })
  }
}
