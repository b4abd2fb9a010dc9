import CSQLite
import CuadernoNotebook

@testable import CuadernoExchange

/// Whole imports, into a notebook from which they are taken back.
extension ForeignReader {
  static let imports: [ForeignReader] = [
    ForeignReader(name: "project") { input in
      let parts = input.parts(3)
      var zip = RawZip()
      zip.entries.append(RawZip.Entry(name: "project.qde", bytes: parts[0]))
      zip.entries.append(RawZip.Entry(name: "sources/a.txt", bytes: parts[1]))
      zip.entries.append(RawZip.Entry(name: "sources/b.txt", bytes: parts[2]))
      let path = try Scratch.file(zip.bytes)
      try ScratchNotebook.take(twice: true) { _ = try ProjectImport.read(path, into: &$0) }
    },
    ForeignReader(name: "code-book") { input in
      try ScratchNotebook.take(twice: true) { _ = try QDACodebookImport.read(input, into: &$0) }
    },
    ForeignReader(name: "taguette") { input in
      let path = try Scratch.file(input)
      try ScratchNotebook.take { _ = try TaguetteImport.read(path, into: &$0) }
    },
    ForeignReader(name: "taguette-rows") { input in
      let path = try Scratch.file([])
      guard TaguetteRows.write(input, to: path) else { return }
      try ScratchNotebook.take(twice: true) { _ = try TaguetteImport.read(path, into: &$0) }
    },
    ForeignReader(name: "study-table") { input in
      var bytes = input
      let table = TableImport.allCases[bytes.choice(of: TableImport.allCases.count)]
      try ScratchNotebook.take { _ = try table.read(bytes, into: &$0) }
    },
    ForeignReader(name: "interview-table") { input in
      let (mapping, files) = try mapped(input, files: 1)
      try ScratchNotebook.take { _ = try InterviewTable.read(files[0], mapping, into: &$0) }
    },
    ForeignReader(name: "submissions") { input in
      let (mapping, parts) = try mapped(input, files: 2)
      let files = try parts.filter { !$0.isEmpty }.map {
        try SubmissionFile($0, fileName: "censo-hijos.csv")
      }
      for file in files where file.isMain {
        hold(Set(file.keys).count == file.keys.count, "two submissions have one id")
      }
      try SubmissionImport.check(files, mapping)
      try ScratchNotebook.take { writer in
        for file in files where file.isMain {
          _ = try SubmissionImport.write(file, among: files, mapping, into: &writer)
        }
      }
      _ = SubmissionImport.rest(files)
    },
    ForeignReader(name: "study-lines") { input in
      try ScratchNotebook.take {
        _ = try LinesImport.read(source(input, bytesAtOnce: 1 << 16), into: &$0)
      }
    },
    ForeignReader(name: "interview") { input in
      let draft = try InterviewDraft(input, fileName: "TOC-2.md")
      try ScratchNotebook.take { _ = try InterviewImport.write(draft, into: &$0) }
    },
    ForeignReader(name: "document") { input in
      let markup = MarkupText(input.asText)
      var document = DocumentConverter.Document(text: markup.text)
      document.comments = markup.comments.map {
        DocumentConverter.Document.Comment(
          author: $0.author, date: nil, text: $0.text, quote: $0.text)
      }
      let importing = try DocumentImport(document, fileName: "TOC-3.docx")
      try ScratchNotebook.take { _ = try importing.write(into: &$0) }
    },
  ]

  /// An input that begins with a mapping: a byte of choices, the pairs, what is skipped, and then the files.
  private static func mapped(
    _ input: [UInt8], files: Int
  ) throws -> (mapping: ColumnMapping, files: [[UInt8]]) {
    var bytes = input
    let rest = ColumnMapping.Rest.allCases[bytes.choice(of: ColumnMapping.Rest.allCases.count)]
    let dates = ColumnMapping.DateOrder.allCases[
      bytes.choice(of: ColumnMapping.DateOrder.allCases.count)]
    let parts = bytes.parts(2 + files)
    let mapping = try ColumnMapping(
      parts[0].asText.split(separator: "\n").map(String.init),
      skipping: parts[1].asText.split(separator: "\n").map(String.init), rest: rest, dates: dates,
      makesNames: true)
    return (mapping, Array(parts[2...]))
  }
}

/// A database of Taguette made of an input's parts, where the bytes of one would mostly be none.
enum TaguetteRows {
  /// The order of the parts.
  private static let statements = [
    "INSERT INTO projects VALUES (1, ?1, 'Un estudio', '2017-05-12 09:30:00.000001')",
    "INSERT INTO documents VALUES (1, ?1, '', 'a.docx', '2017-05-13 10:00', 1, 'LEFT_TO_RIGHT', 'x')",
    "UPDATE documents SET contents = ?1",
    "INSERT INTO tags VALUES (1, 1, ?1, 'El Estado')",
    "INSERT INTO tags VALUES (2, 1, ?1, '')",
    "INSERT INTO highlights VALUES (1, 1, unicode(?1) - 32, length(?1), '')",
    "INSERT INTO highlights VALUES (2, 1, 0, 1, ?1)",
    "UPDATE highlights SET snippet = ?1 WHERE id = 1",
    "INSERT INTO commands VALUES (1, '2017-05-13', ?1, 1, 1, '{\"type\":\"highlight_add\",\"highlight_id\":1}')",
  ]

  static func write(_ input: [UInt8], to path: String) -> Bool {
    var database: OpaquePointer?
    guard unsafe sqlite3_open(path, &database) == SQLITE_OK else { return false }
    defer { unsafe _ = sqlite3_close_v2(database) }
    unsafe _ = sqlite3_exec(
      database, "PRAGMA page_size = 512; PRAGMA synchronous = OFF", nil, nil, nil)
    let tags = "INSERT INTO highlight_tags VALUES (1, 1), (1, 2), (2, 2);"
    guard unsafe sqlite3_exec(database, "BEGIN;" + tables + tags, nil, nil, nil) == SQLITE_OK else {
      return false
    }
    for (sql, part) in zip(statements, input.parts(statements.count)) {
      var statement: OpaquePointer?
      guard unsafe sqlite3_prepare_v2(database, sql, -1, &statement, nil) == SQLITE_OK else {
        fatalError("no statement: \(sql)")
      }
      unsafe _ = sqlite3_bind_text(
        statement, 1, part.map(CChar.init(bitPattern:)) + [0], Int32(part.count),
        unsafeBitCast(-1, to: sqlite3_destructor_type.self))
      unsafe _ = sqlite3_step(statement)
      unsafe _ = sqlite3_finalize(statement)
    }
    return unsafe sqlite3_exec(database, "COMMIT", nil, nil, nil) == SQLITE_OK
  }

  /// As Taguette 1.5 makes them.
  private static let tables = """
    CREATE TABLE projects (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(200) NOT NULL,
      description TEXT NOT NULL, created DATETIME NOT NULL);
    CREATE TABLE documents (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(200) NOT NULL,
      description TEXT NOT NULL, filename VARCHAR(200) NOT NULL, created DATETIME NOT NULL,
      project_id INTEGER NOT NULL, text_direction VARCHAR(13) NOT NULL, contents TEXT NOT NULL);
    CREATE TABLE tags (id INTEGER NOT NULL PRIMARY KEY, project_id INTEGER NOT NULL,
      path VARCHAR(200) NOT NULL, description TEXT NOT NULL);
    CREATE TABLE highlights (id INTEGER NOT NULL PRIMARY KEY, document_id INTEGER NOT NULL,
      start_offset INTEGER NOT NULL, end_offset INTEGER NOT NULL, snippet TEXT NOT NULL);
    CREATE TABLE highlight_tags (highlight_id INTEGER NOT NULL, tag_id INTEGER NOT NULL,
      PRIMARY KEY (highlight_id, tag_id));
    CREATE TABLE commands (id INTEGER NOT NULL PRIMARY KEY, date DATETIME NOT NULL,
      user_login VARCHAR(30) NOT NULL, project_id INTEGER NOT NULL, document_id INTEGER,
      payload TEXT NOT NULL);
    """
}
