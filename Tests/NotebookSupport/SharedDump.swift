package import CuadernoNotebook
import GRDB

/// What a view holds that every notebook with the same changes must hold too: all of its rows and
/// all words of its index, with records by their ids and without what is local to one file.
package enum SharedDump {
  package static func of(_ folder: NotebookFolder) throws -> [String] {
    var configuration = Configuration()
    configuration.readonly = true
    let queue = try DatabaseQueue(path: folder.view, configuration: configuration)
    defer { try? queue.close() }
    return try queue.writeWithoutTransaction { db in
      let tables = try String.fetchAll(
        db,
        sql: """
          SELECT name FROM sqlite_schema
          WHERE type = 'table' AND name NOT LIKE 'search%' AND name NOT LIKE 'sqlite%'
            AND name NOT LIKE 'review%'
            AND name NOT IN ('progress', 'history', 'record', 'kindCount', 'themeCount')
          ORDER BY name
          """)
      var lines = try tables.flatMap { try rows(of: $0, db) }
      lines += try String.fetchAll(
        db,
        sql: """
          SELECT 'record ' || hex(id) || ' ' || kind || ' ' || isAlive || ' ' || changedStamp || ' '
            || hex(state) || ' ' || (SELECT count(*) FROM history WHERE record = number) AS line
          FROM record ORDER BY line
          """)
      lines += try String.fetchAll(
        db,
        sql: """
          SELECT 'kind ' || kind || ' ' || count AS line FROM kindCount
          UNION ALL SELECT 'theme ' || hex(theme) || ' ' || count FROM themeCount ORDER BY line
          """)
      lines += try String.fetchAll(
        db, sql: "SELECT 'registers ' || hex(registers) FROM progress")
      return lines + (try words(db))
    }
  }

  private static func rows(of table: String, _ db: Database) throws -> [String] {
    let columns = try db.columns(in: table).map(\.name).filter { $0 != "record" }
    let values = columns.map { "quote(t.\"\($0)\")" }.joined(separator: " || ' ' || ")
    return try String.fetchAll(
      db,
      sql: """
        SELECT '\(table) ' || hex(record.id) || ' ' || \(values) AS line
        FROM \(table) AS t JOIN record ON record.number = t.record ORDER BY line
        """)
  }

  private static func words(_ db: Database) throws -> [String] {
    try db.execute(
      sql: "CREATE VIRTUAL TABLE temp.word USING fts5vocab('main', 'search', 'instance')")
    return try String.fetchAll(
      db,
      sql: """
        SELECT 'word ' || hex(record.id) || ' ' || term || ' ' || col || ' ' || "offset" AS line
        FROM temp.word JOIN record ON record.number = doc ORDER BY line
        """)
  }
}
