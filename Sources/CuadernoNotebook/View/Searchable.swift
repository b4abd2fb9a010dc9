import CuadernoLog
import CuadernoModel
import CuadernoSync
import GRDB

/// What of a record the full-text index and the names hold.
///
/// One function of the row, so that what is taken out of the index is what was put in.
struct Searchable {
  private let kind: Kind
  let words: IndexedWords
  private let names: [[UInt8]]

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

  /// Whether any of some fields of a record is looked for by name or by word.
  static func isSearchable(_ kind: Kind, _ fields: some Sequence<FieldID>) -> Bool {
    isAny(of: fields, in: searched[Int(kind.rawValue) - 1])
  }

  static func isNamed(_ kind: Kind, _ fields: some Sequence<FieldID>) -> Bool {
    isAny(of: fields, in: named[Int(kind.rawValue) - 1])
  }

  private static func isAny(of fields: some Sequence<FieldID>, in numbers: [UInt32]) -> Bool {
    fields.contains { numbers.contains($0.number) }
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
      case (.lines, .list(let entries)): return entries.map { Array($0.utf8) }
      case (.line, .text(let text)), (.text, .text(let text)): return [Array(text.utf8)]
      default: return []
      }
    }
  }

  /// As the record's row says; nothing when it has none.
  init(kind: Kind, record: Int64, _ view: Database) throws {
    let columns = Self.columns[Int(kind.rawValue) - 1]
    let statement = try view.cachedStatement(sql: columns.select)
    let stored = try statement.first([.integer(record)]) { row in
      columns.fields.indices.map { row.utf8($0) }
    }
    self.init(kind: kind) { field in
      guard let index = columns.fields.firstIndex(of: field), let text = stored?[index] else {
        return []
      }
      guard case .lines = field.shape else { return [text] }
      return Columns.list(String(decoding: text, as: UTF8.self)).map { Array($0.utf8) }
    }
  }

  private init(kind: Kind, _ read: (Field) -> [[UInt8]]) {
    self.kind = kind
    words = IndexedWords(
      title: Self.joined(Self.titleFields(of: kind).flatMap(read), separator: " "),
      text: Self.joined(Self.textFields(of: kind).flatMap(read), separator: "\n"))
    names = Self.nameFields(of: kind).flatMap(read)
  }

  private static func joined(_ pieces: [[UInt8]], separator: Unicode.Scalar) -> [UInt8] {
    pieces.count == 1 ? pieces[0] : Array(pieces.joined(separator: [UInt8(ascii: separator)]))
  }

  /// By kind, the fields whose words are in the index, and the SQL that reads them.
  private static let columns = Kind.allCases.map { kind in
    let fields = titleFields(of: kind) + textFields(of: kind)
    let names = fields.map { "\"\($0.name)\"" }.joined(separator: ", ")
    return (fields: fields, select: "SELECT \(names) FROM \(kind.name) WHERE record = ?")
  }

  func insertNames(_ record: Int64, _ view: Database) throws {
    for name in names {
      try view.cachedStatement(
        sql: "INSERT OR IGNORE INTO name (folded, kind, record) VALUES (?, ?, ?)"
      ).run([.text(Self.folded(name)), .integer(Int64(kind.rawValue)), .integer(record)])
    }
  }

  func removeNames(_ record: Int64, _ view: Database) throws {
    for name in names {
      try view.cachedStatement(
        sql: "DELETE FROM name WHERE folded = ? AND kind = ? AND record = ?"
      ).run([.text(Self.folded(name)), .integer(Int64(kind.rawValue)), .integer(record)])
    }
  }

  private static func folded(_ name: [UInt8]) -> String {
    Folding.folded(String(decoding: name, as: UTF8.self))
  }
}
