import CuadernoLog
import CuadernoModel
import CuadernoSync
import GRDB

/// What of a record the full-text index and the names hold.
///
/// The index keeps no copy of the text, so what is taken out of it must be given once more, exactly
/// as it was put in (sqlite.org/fts5.html, section 4.4.3): this is the one function of the row.
struct Searchable {
  private let kind: Kind
  private let title: String
  private let text: String
  private let names: [String]

  private static func titleFields(of kind: Kind) -> [Field] {
    switch kind {
    case .study: [Field.Study.title]
    case .interview: [Field.Interview.label, Field.Interview.title]
    case .note, .coding: []
    case .place: [Field.Place.name, Field.Place.otherNames]
    case .participant: [Field.Participant.pseudonym, Field.Participant.role]
    case .theme: [Field.Theme.name]
    }
  }

  private static func textFields(of kind: Kind) -> [Field] {
    switch kind {
    case .study: [Field.Study.description]
    case .interview: [Field.Interview.text, Field.Interview.summary]
    case .note: [Field.Note.text]
    case .place, .participant: []
    case .theme: [Field.Theme.definition]
    case .coding: [Field.Coding.memo]
    }
  }

  /// The fields by which a record is found when its name is typed.
  private static func nameFields(of kind: Kind) -> [Field] {
    switch kind {
    case .interview: [Field.Interview.label]
    case .place: [Field.Place.name, Field.Place.otherNames]
    case .participant: [Field.Participant.pseudonym]
    case .theme: [Field.Theme.name]
    case .study, .note, .coding: []
    }
  }

  /// Whether any of some values of a record is looked for by name or by word.
  static func isSearchable(_ kind: Kind, _ values: [ShownValue]) -> Bool {
    isAny(of: values, in: searched[Int(kind.rawValue) - 1])
  }

  static func isNamed(_ kind: Kind, _ values: [ShownValue]) -> Bool {
    isAny(of: values, in: named[Int(kind.rawValue) - 1])
  }

  private static func isAny(of values: [ShownValue], in numbers: [UInt32]) -> Bool {
    values.contains { numbers.contains($0.field.number) }
  }

  private static let named = Kind.allCases.map { nameFields(of: $0).map(\.number) }

  /// By kind, the numbers of the fields that stand in the index or the names.
  private static let searched = Kind.allCases.map { kind in
    (titleFields(of: kind) + textFields(of: kind) + nameFields(of: kind)).map(\.number)
  }

  init(kind: Kind, values: [ShownValue]) {
    self.init(kind: kind) { field in
      let shown = values.last { $0.field.number == field.number && $0.field.key.isEmpty }
      // A value of another shape is not in the row either.
      switch (field.shape, shown?.value) {
      case (.lines, .list(let entries)): return entries
      case (.line, .text(let text)), (.text, .text(let text)): return [text]
      default: return []
      }
    }
  }

  init(kind: Kind, record: Int64, _ view: Database) throws {
    let fields = Self.titleFields(of: kind) + Self.textFields(of: kind)
    let columns = fields.map { "\"\($0.name)\"" }.joined(separator: ", ")
    let row = try Row.fetchOne(
      view.cachedStatement(sql: "SELECT \(columns) FROM \(kind.name) WHERE record = ?"),
      arguments: [record])
    self.init(kind: kind) { field in
      guard let text = row?[field.name] as String? else { return [] }
      if case .lines = field.shape { return Columns.list(text) }
      return [text]
    }
  }

  private init(kind: Kind, _ read: (Field) -> [String]) {
    self.kind = kind
    title = Self.titleFields(of: kind).flatMap(read).joined(separator: " ")
    text = Self.textFields(of: kind).flatMap(read).joined(separator: "\n")
    names = Self.nameFields(of: kind).flatMap(read)
  }

  private var isEmpty: Bool { title.isEmpty && text.isEmpty }

  /// About how much text it holds.
  var byteCount: Int { title.utf8.count + text.utf8.count }

  func hasSameWords(as other: Searchable?) -> Bool {
    title == other?.title && text == other?.text
  }

  func insertNames(_ record: Int64, _ view: Database) throws {
    for name in names {
      try view.cachedStatement(
        sql: "INSERT OR IGNORE INTO name (folded, kind, record) VALUES (?, ?, ?)"
      ).run([.text(Folding.folded(name)), .integer(Int64(kind.rawValue)), .integer(record)])
    }
  }

  func removeNames(_ record: Int64, _ view: Database) throws {
    for name in names {
      try view.cachedStatement(
        sql: "DELETE FROM name WHERE folded = ? AND kind = ? AND record = ?"
      ).run([.text(Folding.folded(name)), .integer(Int64(kind.rawValue)), .integer(record)])
    }
  }

  func insertWords(_ record: Int64, _ view: Database) throws {
    guard !isEmpty else { return }
    try view.cachedStatement(sql: "INSERT INTO search (rowid, title, text) VALUES (?, ?, ?)")
      .run(words(record))
  }

  func removeWords(_ record: Int64, _ view: Database) throws {
    guard !isEmpty else { return }
    try view.cachedStatement(
      sql: "INSERT INTO search (search, rowid, title, text) VALUES ('delete', ?, ?, ?)"
    ).run(words(record))
  }

  private func words(_ record: Int64) -> [Binding] {
    [
      .integer(record), .utf8(Folding.searchableBytes(title)),
      .utf8(Folding.searchableBytes(text)),
    ]
  }
}
