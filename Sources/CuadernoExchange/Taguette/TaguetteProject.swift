/// What a project of Taguette holds, read out of its database.
///
/// The tables are those that Taguette has had since its first version (its database/models.py); what
/// later versions added, such as the direction of a text, is passed over.
struct TaguetteProject {
  struct Project {
    let id: Int64
    let name: String
    let description: String
    let created: String
  }

  struct Document {
    let id: Int64
    let name: String
    let description: String
    let fileName: String
    let created: String
    /// HTML.
    let contents: String
  }

  struct Tag {
    let id: Int64
    let path: String
    let description: String
  }

  struct Highlight {
    let id: Int64
    let start: Int64
    let end: Int64
    /// The words, as HTML.
    let snippet: String
    let tags: [Int64]
  }

  private static let columns: [(table: String, names: [String])] = [
    ("projects", ["id", "name", "description", "created"]),
    ("documents", ["id", "name", "description", "filename", "created", "project_id", "contents"]),
    ("tags", ["id", "project_id", "path", "description"]),
    ("highlights", ["id", "document_id", "start_offset", "end_offset", "snippet"]),
    ("highlight_tags", ["highlight_id", "tag_id"]),
  ]

  private let database: ForeignDatabase
  let project: Project
  let hasCommands: Bool

  /// - Parameter number: of the project; nil where there is only one.
  init(_ path: String, project number: Int64?) throws {
    database = try ForeignDatabase(copyOf: path)
    for (table, names) in Self.columns {
      let found = Set(try database.columns(of: table))
      guard !found.isEmpty else { throw ExchangeError(.file, .foreign(.missingTable(table))) }
      for name in names where !found.contains(name) {
        throw ExchangeError(.file, .foreign(.missingColumn(table: table, name)))
      }
    }
    let commands = Set(try database.columns(of: "commands"))
    hasCommands = commands.isSuperset(of: ["id", "user_login", "project_id", "payload"])
    project = try Self.project(database, number)
  }

  private static func project(
    _ database: ForeignDatabase, _ number: Int64?
  ) throws -> Project {
    var projects = [Project]()
    try database.rows("SELECT id, name, description, created FROM projects ORDER BY id") { row in
      let cells = try Cells(row, "projects")
      projects.append(
        Project(
          id: cells.id, name: try cells.text(1, "name"),
          description: try cells.text(2, "description"), created: try cells.text(3, "created")))
    }
    let numbers = projects.map(\.id)
    guard let first = projects.first else { throw ExchangeError(.file, .foreign(.noProject)) }
    guard let number else {
      guard projects.count == 1 else {
        throw ExchangeError(.file, .foreign(.severalProjects(numbers)))
      }
      return first
    }
    guard let found = projects.first(where: { $0.id == number }) else {
      throw ExchangeError(.file, .foreign(.unknownProject(numbers)))
    }
    return found
  }

  // MARK: - Tables

  func tags() throws -> [Tag] {
    var tags = [Tag]()
    var seen = Set<Int64>()
    try database.rows(
      "SELECT id, path, description FROM tags WHERE project_id = \(project.id) ORDER BY path, id"
    ) { row in
      let cells = try Cells(row, "tags", seen: &seen)
      tags.append(
        Tag(
          id: cells.id, path: try cells.text(1, "path"),
          description: try cells.text(2, "description")))
    }
    return tags
  }

  /// One document after the other, since a project may hold hundreds of them.
  func forEachDocument(_ body: (Document) throws -> Void) throws {
    var seen = Set<Int64>()
    try database.rows(
      """
      SELECT id, name, description, filename, created, contents FROM documents
      WHERE project_id = \(project.id) ORDER BY id
      """
    ) { row in
      let cells = try Cells(row, "documents", seen: &seen)
      try body(
        Document(
          id: cells.id, name: try cells.text(1, "name"),
          description: try cells.text(2, "description"),
          fileName: try cells.text(3, "filename"), created: try cells.text(4, "created"),
          contents: try cells.text(5, "contents")))
    }
  }

  func highlights(of document: Int64) throws -> [Highlight] {
    var tags = [Int64: [Int64]]()
    try database.rows(
      """
      SELECT highlight_id, tag_id FROM highlight_tags WHERE highlight_id IN
      (SELECT id FROM highlights WHERE document_id = \(document)) ORDER BY highlight_id, tag_id
      """
    ) { row in
      guard let highlight = row.integer(0), let tag = row.integer(1) else {
        throw ExchangeError(
          .row(table: "highlight_tags", id: row.integer(0) ?? 0),
          .foreign(.wrongType(column: "tag_id", expected: "a whole number")))
      }
      if tags[highlight]?.last != tag { tags[highlight, default: []].append(tag) }
    }
    var highlights = [Highlight]()
    var seen = Set<Int64>()
    try database.rows(
      """
      SELECT id, start_offset, end_offset, snippet FROM highlights
      WHERE document_id = \(document) ORDER BY start_offset, end_offset, id
      """
    ) { row in
      let cells = try Cells(row, "highlights", seen: &seen)
      highlights.append(
        Highlight(
          id: cells.id, start: try cells.integer(1, "start_offset"),
          end: try cells.integer(2, "end_offset"), snippet: try cells.text(3, "snippet"),
          tags: tags[cells.id] ?? []))
    }
    return highlights
  }

  /// How many highlights are of no document of the file.
  func danglingHighlights() throws -> Int {
    var count: Int64 = 0
    try database.rows(
      "SELECT count(*) FROM highlights WHERE document_id NOT IN (SELECT id FROM documents)"
    ) { count = $0.integer(0) ?? 0 }
    return Int(count)
  }

  /// Who made each highlight, as far as the log of commands says it. One that is changed is logged as
  /// added again, so the first counts.
  func coders() throws -> [Int64: String] {
    guard hasCommands else { return [:] }
    var coders = [Int64: String]()
    try database.rows(
      """
      SELECT user_login, payload FROM commands
      WHERE project_id = \(project.id) AND payload LIKE '%highlight_add%' ORDER BY id
      """
    ) { row in
      guard let login = try? row.text(0), let payload = try? row.text(1),
        case .object(let members) = try? JSONReader.value(Array(payload.utf8)),
        members.contains(where: { $0.key == "type" && $0.value == .string("highlight_add") }),
        case .integer(let id) = members.first(where: { $0.key == "highlight_id" })?.value
      else { return }
      if coders[id] == nil { coders[id] = login }
    }
    return coders
  }
}

/// The cells of a row whose first column is its id.
private struct Cells {
  let row: ForeignDatabase.Row
  let table: String
  let id: Int64

  init(_ row: ForeignDatabase.Row, _ table: String) throws {
    self.row = row
    self.table = table
    guard let id = row.integer(0) else {
      throw ExchangeError(
        .row(table: table, id: 0), .foreign(.wrongType(column: "id", expected: "a whole number")))
    }
    self.id = id
  }

  init(_ row: ForeignDatabase.Row, _ table: String, seen: inout Set<Int64>) throws {
    try self.init(row, table)
    guard seen.insert(id).inserted else {
      throw ExchangeError(.row(table: table, id: id), .foreign(.repeatedID))
    }
  }

  func text(_ column: Int32, _ name: String) throws -> String {
    let place = ExchangeError.Place.row(table: table, id: id)
    do {
      guard let text = try row.text(column) else {
        throw ForeignFault.wrongType(column: name, expected: "text")
      }
      return text
    } catch let fault as ForeignFault {
      throw ExchangeError(place, .foreign(fault))
    }
  }

  func integer(_ column: Int32, _ name: String) throws -> Int64 {
    guard let number = row.integer(column) else {
      throw ExchangeError(
        .row(table: table, id: id),
        .foreign(.wrongType(column: name, expected: "a whole number")))
    }
    return number
  }
}
