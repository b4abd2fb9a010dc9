import CuadernoModel
package import CuadernoNotebook
import CuadernoSync

/// Writes the study as tables in one file of SQLite's, for R, Python and whatever reads such files.
///
/// Rows come in the order of ids, so the same study and the same time make the same rows.
package final class StudyDatabase {
  let reader: Reader
  let part: StudyPart
  let facts: StudyFacts
  private let behind: RowsBehind
  private var batch = RowBatch()
  private var written: [(table: String, rows: Int)] = []
  var consents: ConsentCounter
  let hasTexts: Bool
  var report = DatabaseReport()
  /// Of the interviews that were written.
  var dates: [RecordID: PartialDate?] = [:]
  /// Those that were written.
  private(set) var themes: Set<RecordID> = []

  /// - Parameters:
  ///   - hasTexts: whether the texts of interviews and notes are in it, or only what is coded of them.
  ///   - milliseconds: since 1970, the time to write into it.
  ///   - path: a file that is there, and empty.
  package static func write(
    _ reader: Reader, of part: StudyPart = .everything, hasTexts: Bool = true, milliseconds: Int64,
    to path: String
  ) throws -> DatabaseReport {
    // With pages of 4 KB most texts would lie on pages of their own: a quarter more time, a sixth more file.
    let behind = RowsBehind(
      path,
      begin: """
        PRAGMA page_size = 16384;
        PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384;
        PRAGMA application_id = \(StudyTablesSQL.applicationID);
        PRAGMA user_version = \(StudyTablesSQL.version); BEGIN;
        \(StudyTablesSQL.tables)
        """)
    let export: StudyDatabase
    do {
      export = try StudyDatabase(reader, part, hasTexts, milliseconds, behind)
      try export.fill(milliseconds)
      for (table, rows) in export.written { export.report.rows[table] = rows }
      try behind.insert(&export.batch)
      try behind.finish(StudyTablesSQL.views + "COMMIT")
    } catch {
      behind.abandon()
      throw error
    }
    try TableCheck.complete(
      path, indexes: StudyTablesSQL.indexes, rows: export.report.rows)
    export.report.consents = export.consents.counts
    return export.report
  }

  private init(
    _ reader: Reader, _ part: StudyPart, _ hasTexts: Bool, _ milliseconds: Int64,
    _ behind: RowsBehind
  ) throws {
    self.reader = reader
    self.part = part
    self.hasTexts = hasTexts
    facts = try StudyFacts(reader)
    consents = try ConsentCounter(reader, milliseconds: milliseconds)
    self.behind = behind
  }

  private func fill(_ milliseconds: Int64) throws {
    let header = try reader.studyHeader()
    try table("study", 4) { study in
      try study.insert(
        .text(reader.identity.study.description), .init(header.title), .init(header.description),
        .text(Moment(milliseconds: milliseconds).description))
    }
    try periods()
    try places()
    try participants()
    try writeThemes()
    try texts()
    try attributes()
  }

  func table(_ name: String, _ columns: Int, _ body: (TableRows) throws -> Void) throws {
    try body(rows(of: name, columns))
  }

  func rows(of name: String, _ columns: Int) -> TableRows {
    batch.open(RowBatch.Table(name: name, columns: columns))
    written.append((name, 0))
    return TableRows(export: self, number: written.count - 1)
  }

  /// Where the rows of a table go.
  struct TableRows {
    fileprivate let export: StudyDatabase
    fileprivate let number: Int

    func insert(_ cells: Cell...) throws {
      try insert { row in
        for cell in cells { row.add(cell) }
      }
    }

    /// Without an array of cells, for tables with thousands of rows.
    ///
    /// - Parameter fill: adds one cell for each column.
    func insert(_ fill: (inout RowBatch) throws -> Void) throws {
      try fill(&export.batch)
      export.batch.endRow(of: number)
      export.written[number].rows += 1
      if export.batch.isFull { try export.behind.insert(&export.batch) }
    }
  }

  enum Cell {
    case text(String)
    case id(RecordID)
    case integer(Int)
    case number(Double)
    /// The first or the last day that a date may mean.
    case day(Int?)
    case null

    init(_ text: String?) { self = text.map(Cell.text) ?? .null }
    init(_ number: Int?) { self = number.map(Cell.integer) ?? .null }
    init(_ number: Double?) { self = number.map(Cell.number) ?? .null }
  }

  static func id(_ record: RecordID) -> Cell { .id(record) }

  static func id(_ record: RecordID?) -> Cell { record.map { .id($0) } ?? .null }

  // MARK: - What texts are about

  private func periods() throws {
    try table("periods", 6) { periods in
      for period in facts.periods {
        try periods.insert(
          .text(period.name), .init(period.from?.description), .init(period.to?.description),
          .day(period.from?.firstDay), .day(period.to?.lastDay), .text(period.description))
      }
    }
  }

  private func places() throws {
    let places = facts.places.values.filter { part.contains($0.id) }.sorted { $0.id < $1.id }
    try table("places", 12) { table in
      for place in places {
        let parent = facts.placePaths.tree.parent(of: place.id.rawValue)
          .map { RecordID(rawValue: $0) }.flatMap { part.contains($0) ? $0 : nil }
        let chain = facts.placePaths.tree.path(to: place.id.rawValue)
          .compactMap { facts.places[RecordID(rawValue: $0)] }
        let levels = StudyFacts.levels.map { level in
          Cell(chain.last { $0.kind == level }?.name)
        }
        try table.insert(
          Self.id(place.id), .init(place.name), .text(facts.placePaths.path(to: place.id)),
          .init(place.kind?.rawValue), Self.id(parent),
          .init(place.code), .init(place.location?.latitude), .init(place.location?.longitude),
          .init(place.location?.accuracy), levels[0], levels[1], levels[2])
      }
    }
    try table("place_names", 2) { names in
      for place in places {
        for name in place.otherNames { try names.insert(Self.id(place.id), .text(name)) }
      }
    }
    let within = try reader.references(.Place.within)
    try table("places_within", 2) { table in
      for place in places {
        for other in within[place.id] ?? []
        where facts.places[other] != nil && part.contains(other) {
          try table.insert(Self.id(place.id), Self.id(other))
        }
      }
    }
  }

  private func participants() throws {
    try table("participants", 3) { table in
      for person in facts.participants.values.filter({ part.contains($0.id) })
        .sorted(by: { $0.id < $1.id })
      {
        try table.insert(Self.id(person.id), .init(person.pseudonym), .init(person.role))
      }
    }
  }

  private func writeThemes() throws {
    let tree = facts.themes.tree
    let ordered = try reader.fetchAll(Theme.self).filter { facts.merged[$0.id] == nil }
      .map { (steps: facts.themes.steps(to: $0.id), theme: $0) }
      .sorted { left, right in
        left.steps != right.steps
          ? left.steps.lexicographicallyPrecedes(right.steps) : left.theme.id < right.theme.id
      }
    try table("themes", 8) { table in
      for (position, (steps, theme)) in ordered.enumerated() {
        let parent = tree.parent(of: theme.id.rawValue).map { RecordID(rawValue: $0) }
        try table.insert(
          Self.id(theme.id), .init(theme.name), .text(steps.joined(separator: pathSeparator)),
          .integer(steps.count), Self.id(parent), .init(theme.definition), .init(theme.colour),
          .integer(position + 1))
      }
    }
    themes = Set(ordered.map(\.theme.id))
    try table("theme_ancestors", 2) { table in
      for (_, theme) in ordered {
        for step in tree.path(to: theme.id.rawValue) {
          try table.insert(Self.id(theme.id), Self.id(RecordID(rawValue: step)))
        }
      }
    }
  }

  // MARK: - Attributes

  private func attributes() throws {
    let definitions = try reader.attributeDefinitions()
    try table("attribute_definitions", 5) { table in
      for definition in definitions {
        try table.insert(
          .text(definition.record.name), .text(definition.name), .text(definition.type.rawValue),
          .text(definition.description),
          .init(
            definition.choices.isEmpty ? nil : definition.choices.joined(separator: "; ")))
      }
    }
    let themeAttributes = try reader.attributes(of: .theme).filter { facts.merged[$0.key] == nil }
    try table("attributes", 5) { table in
      for group in [
        (Kind.interview, facts.interviewAttributes.values),
        (.participant, facts.participantAttributes.values),
        (.place, facts.placeAttributes.values), (.theme, themeAttributes),
      ] {
        for (record, attributes) in group.1.sorted(by: { $0.key < $1.key })
        where group.0 == .theme || part.contains(record) {
          for attribute in attributes {
            guard let value = attribute.value else { continue }
            let isNumber = definitions.contains {
              $0.record == group.0 && $0.name == attribute.name
                && [.integer, .number].contains($0.type)
            }
            try table.insert(
              .text(group.0.name), Self.id(record), .text(attribute.name), .text(value),
              .init(isNumber ? Double(value).flatMap { $0.isFinite ? $0 : nil } : nil))
          }
        }
      }
    }
  }
}

extension RowBatch {
  mutating func add(_ cell: StudyDatabase.Cell) {
    switch cell {
    case .text(let text): add(text)
    case .id(let id): add(id)
    case .integer(let number): add(number)
    case .number(let number): add(number)
    case .day(let day): add(day: day)
    case .null: addNull()
    }
  }
}

/// What a database of tables holds.
package struct DatabaseReport: Hashable, Sendable {
  /// By table.
  package var rows: [String: Int] = [:]
  /// Codings that are left out, since what they lie on was deleted or is not in the part.
  package var codingsWithoutText = 0
  package var consents = ConsentCounts()
}
