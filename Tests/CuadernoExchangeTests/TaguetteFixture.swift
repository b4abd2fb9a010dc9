import CSQLite
import CuadernoExchange
import CuadernoNotebook
import CuadernoTestSupport

/// A database made by SQL, as Taguette 1.5 makes its tables.
enum TaguetteFixture {
  static let tables = """
    CREATE TABLE projects (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name VARCHAR(200) NOT NULL,
      description TEXT NOT NULL, created DATETIME NOT NULL);
    CREATE TABLE documents (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name VARCHAR(200) NOT NULL,
      description TEXT NOT NULL, filename VARCHAR(200) NOT NULL, created DATETIME NOT NULL,
      project_id INTEGER NOT NULL, text_direction VARCHAR(13) NOT NULL, contents TEXT NOT NULL);
    CREATE TABLE tags (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, project_id INTEGER NOT NULL,
      path VARCHAR(200) NOT NULL, description TEXT NOT NULL);
    CREATE TABLE highlights (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
      document_id INTEGER NOT NULL, start_offset INTEGER NOT NULL, end_offset INTEGER NOT NULL,
      snippet TEXT NOT NULL);
    CREATE TABLE highlight_tags (highlight_id INTEGER NOT NULL, tag_id INTEGER NOT NULL,
      PRIMARY KEY (highlight_id, tag_id));
    CREATE TABLE commands (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, date DATETIME NOT NULL,
      user_login VARCHAR(30) NOT NULL, project_id INTEGER NOT NULL, document_id INTEGER,
      payload TEXT NOT NULL);
    """

  /// One project of one document; the positions count the bytes of `Señor: ¿qué pasó?` and on.
  static let project = """
    INSERT INTO projects VALUES (1, 'Coca', 'Un estudio', '2017-05-12 09:30:00.000001');
    INSERT INTO documents VALUES (1, 'Entrevista 1', '', 'toc-1.docx', '2017-05-13 10:00:00.000002',
      1, 'LEFT_TO_RIGHT',
      '<p>Señor: ¿<strong>qué</strong> pasó?</p>' || char(10) || '<p>Nadie   vino &amp; nada.</p>');
    INSERT INTO tags VALUES (1, 1, 'estado', 'El Estado'), (2, 1, 'estado.confianza', '');
    """

  @discardableResult
  static func write(_ sql: String, to path: String, isWAL: Bool = false) -> Bool {
    var database: OpaquePointer?
    guard unsafe sqlite3_open(path, &database) == SQLITE_OK else { return false }
    if isWAL {
      unsafe _ = sqlite3_exec(database, "PRAGMA journal_mode = WAL", nil, nil, nil)
      unsafe _ = cuaderno_leave_wal_on_close(database)
    }
    let code = unsafe sqlite3_exec(database, sql, nil, nil, nil)
    unsafe _ = sqlite3_close_v2(database)
    return code == SQLITE_OK
  }
}

extension TestNotebook {
  /// Takes in a database that is made of the tables, one project and more SQL.
  @discardableResult
  func importTaguette(
    _ sql: String = "", project: Int64? = nil, coder: String? = nil, isWAL: Bool = false
  ) throws -> IntakeReport {
    let path = folder.file("taguette.sqlite3")
    try? folder.remove("taguette.sqlite3")
    TaguetteFixture.write(
      TaguetteFixture.tables + TaguetteFixture.project + sql, to: path, isWAL: isWAL)
    return try importTaguette(at: path, project: project, coder: coder)
  }

  @discardableResult
  func importTaguette(
    at path: String, project: Int64? = nil, coder: String? = nil
  ) throws -> IntakeReport {
    try write { try TaguetteImport.read(path, project: project, coder: coder, into: &$0) }
  }
}
