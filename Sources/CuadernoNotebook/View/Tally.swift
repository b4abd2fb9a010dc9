import CuadernoLog
import CuadernoModel
import CuadernoSync
import GRDB

/// How many records of each kind are shown, how many codings each theme has, and in which texts codings
/// have to be looked for again.
///
/// Kept as the rows change: to count them each time would be to read the whole study. All of it is gathered
/// and written once, at the end of a page or an edit, since a row written for each of a million codings would
/// be as many writes of the same few rows. Until then a writer reads what was counted before.
struct Tally {
  private var kinds: [Kind: Int64] = [:]
  private var themes: [RecordID: Int64] = [:]
  private var due: Set<RecordID> = []

  /// The number of the last record that was looked at; what is newer is known by its number.
  private let reviewed: Int64

  private static let theme = FieldID(Field.Coding.theme.number)
  private static let target = FieldID(Field.Coding.target.number)

  init(_ view: Database) throws {
    reviewed = try CodingReview.reviewed(view)
  }

  // MARK: - Rows that change

  mutating func add(_ record: ProjectedRecord, _ kind: Kind, _ values: [ShownValue]) {
    kinds[kind, default: 0] += 1
    guard kind == .coding || Field.codedText(of: kind) != nil else { return }
    var target: RecordID?
    if kind == .coding {
      for shown in values {
        switch shown.value {
        case .reference(let theme) where shown.field == Self.theme:
          themes[RecordID(rawValue: theme), default: 0] += 1
        case .target(let named) where shown.field == Self.target:
          target = RecordID(rawValue: named.record)
        default: break
        }
      }
    }
    if record.number <= reviewed { due.insert(target ?? record.id) }
  }

  /// To be called before a row changes, and ``hasChanged(_:_:_:_:)`` after it.
  mutating func willChange(
    _ record: ProjectedRecord, _ kind: Kind, _ fields: some Sequence<FieldID>, _ view: Database
  ) throws {
    try look(at: record, kind, fields, view, -1)
  }

  mutating func hasChanged(
    _ record: ProjectedRecord, _ kind: Kind, _ fields: some Sequence<FieldID>, _ view: Database
  ) throws {
    try look(at: record, kind, fields, view, 1)
  }

  mutating func willRemove(_ record: ProjectedRecord, _ kind: Kind, _ view: Database) throws {
    kinds[kind, default: 0] -= 1
    try look(at: record, kind, nil as [FieldID]?, view, -1)
  }

  /// - Parameter fields: those that change; all of them when nil.
  private mutating func look(
    at record: ProjectedRecord, _ kind: Kind, _ fields: (some Sequence<FieldID>)?, _ view: Database,
    _ count: Int64
  ) throws {
    if kind == .coding {
      let counted = [Field.Coding.theme, .Coding.target, .Coding.anchor].map(\.number)
      if let fields, !fields.contains(where: { counted.contains($0.number) }) { return }
      try view.cachedStatement(sql: "SELECT theme, target FROM coding WHERE record = ?")
        .scan([.integer(record.number)]) { row in
          if let theme = RecordID(blob: row.blob(0)) { themes[theme, default: 0] += count }
          if record.number <= reviewed, let target = RecordID(blob: row.blob(1)) {
            due.insert(target)
          }
          return true
        }
    } else if record.number <= reviewed, let text = Field.codedText(of: kind) {
      if let fields, !fields.contains(where: { $0.number == text.number }) { return }
      due.insert(record.id)
    }
  }

  /// How many codings name a record as their theme, by what has been written.
  static func count(of theme: RecordID, _ view: Database) throws -> Int64 {
    try view.cachedStatement(sql: "SELECT count FROM themeCount WHERE theme = ?")
      .first([.id(theme)]) { $0.integer(0) } ?? 0
  }

  // MARK: - Writing

  mutating func finish(_ view: Database) throws {
    // In one order, so that a view made anew is the same file.
    for (kind, count) in kinds.sorted(by: { $0.key.rawValue < $1.key.rawValue }) where count != 0 {
      try view.cachedStatement(
        sql: """
          INSERT INTO kindCount (kind, count) VALUES (?1, ?2)
          ON CONFLICT (kind) DO UPDATE SET count = count + ?2
          """
      ).run([.integer(Int64(kind.rawValue)), .integer(count)])
    }
    // What there is none of has no row.
    if kinds.values.contains(where: { $0 < 0 }) {
      try view.cachedStatement(sql: "DELETE FROM kindCount WHERE count = 0").run([])
    }
    kinds = [:]
    try writeThemes(view)
    for target in due.sorted() {
      try view.cachedStatement(sql: "INSERT OR IGNORE INTO reviewDue (target) VALUES (?)")
        .run([.id(target)])
    }
    due = []
  }

  /// Brings the codings of themes up to the rows, for whoever is about to ask whether there are any.
  mutating func writeThemes(_ view: Database) throws {
    for (theme, count) in themes.sorted(by: { $0.key < $1.key }) where count != 0 {
      try view.cachedStatement(
        sql: """
          INSERT INTO themeCount (theme, count) VALUES (?1, ?2)
          ON CONFLICT (theme) DO UPDATE SET count = count + ?2
          """
      ).run([.id(theme), .integer(count)])
    }
    if themes.values.contains(where: { $0 < 0 }) {
      try view.cachedStatement(sql: "DELETE FROM themeCount WHERE count = 0").run([])
    }
    themes = [:]
  }
}
