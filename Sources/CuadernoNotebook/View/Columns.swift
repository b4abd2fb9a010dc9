import CuadernoLog
import CuadernoModel
import CuadernoSync
import Foundation
import GRDB

/// How the values of a field lie in the columns of its kind's table.
enum Columns {
  /// The columns of a field that has a register of its own; none for a keyed field, which has a
  /// table of rows instead.
  static func names(of field: Field) -> [String] {
    switch field.shape {
    case .consent: ["consentForm", "consentLevel", "consentDate", "consentEmbargo"]
    case .location: ["latitude", "longitude", "accuracy"]
    case .target: ["target", "targetField"]
    case .anchor:
      ["version", "start", "end", "quote", "prefix", "suffix"]
    case .text where field.canBeCoded: [field.name, field.name + "Version"]
    case .reference where isTreeEdge(field):
      [field.name, field.name + "Stamp", field.name + "Device"]
    case .line, .text, .lines, .languages, .choice, .date, .colour, .reference: [field.name]
    case .references, .attributes, .attributeDefinitions, .periods, .members: []
    }
  }

  /// Edges that can close a circle when two people set them at once carry their age.
  static func isTreeEdge(_ field: Field) -> Bool {
    field == Field.Place.parent || field == Field.Theme.parent || field == Field.Theme.mergedInto
  }

  /// Sets what stands in those columns for a value; nulls for none, and for one of another shape,
  /// which only a broken peer writes.
  ///
  /// - Parameter at: where the first of the columns is bound.
  static func set(
    _ column: Column, _ shown: ShownValue, in bindings: inout [Binding], at first: Int
  ) {
    switch (column.field.shape, shown.value) {
    case (.text, .text(let text)) where column.isCodedText:
      let version = shown.version ?? TextVersion(shown.dot)
      bindings[first] = .text(text)
      bindings[first + 1] = .blob(version.bytes)
    case (.line, .text(let text)), (.text, .text(let text)), (.choice, .text(let text)),
      (.colour, .text(let text)):
      bindings[first] = .text(text)
    case (.lines, .list(let entries)), (.languages, .list(let entries)):
      bindings[first] = .text(list(entries))
    case (.date, .date(let date)):
      bindings[first] = .text(date.description)
    case (.consent, .consent(let consent)):
      bindings[first] = .text(consent.form)
      bindings[first + 1] = .text(consent.level.rawValue)
      bindings[first + 2] = Binding(consent.date?.description)
      bindings[first + 3] = Binding(consent.embargo?.description)
    case (.location, .location(let location)):
      bindings[first] = .real(location.latitude)
      bindings[first + 1] = .real(location.longitude)
      bindings[first + 2] = Binding(location.accuracy)
    case (.reference, .reference(let reference)):
      bindings[first] = .id(reference)
      guard column.isTreeEdge else { return }
      bindings[first + 1] = .integer(Int64(bitPattern: shown.stamp.rawValue))
      bindings[first + 2] = .id(shown.dot.device)
    case (.target, .target(let target)):
      bindings[first] = .id(target.record)
      bindings[first + 1] = .integer(Int64(target.field))
    case (.anchor, .anchor(let anchor)):
      bindings[first] = anchor.textVersion.map { .blob($0.bytes) } ?? .null
      bindings[first + 1] = .integer(Int64(anchor.start))
      bindings[first + 2] = .integer(Int64(anchor.end))
      bindings[first + 3] = .text(anchor.quote)
      bindings[first + 4] = .text(anchor.prefix)
      bindings[first + 5] = .text(anchor.suffix)
    default:
      for index in first..<(first + column.width) { bindings[index] = .null }
    }
  }

  /// A list as a JSON array, which SQLite can take apart.
  static func list(_ entries: [String]) -> String {
    // Mostly the codes of languages, which need no escapes.
    if entries.allSatisfy({ $0.utf8.allSatisfy(isPlain) }) {
      return entries.isEmpty ? "[]" : "[\"" + entries.joined(separator: "\",\"") + "\"]"
    }
    let data = try? JSONEncoder().encode(entries)
    return data.map { String(decoding: $0, as: UTF8.self) } ?? "[]"
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x20...0x7E).contains(byte) && !#"\"/"#.utf8.contains(byte)
  }

  static func list(_ json: String?) -> [String] {
    guard let json, json != "[]" else { return [] }
    if let entries = plainList(Array(json.utf8)) { return entries }
    return (try? JSONDecoder().decode([String].self, from: Data(json.utf8))) ?? []
  }
}

extension Columns {
  /// The entries of a list as ``list(_:)`` writes it, as long as none of them has a quotation mark, a
  /// backslash or a control character in it; nil for every other array of JSON. Foundation's decoder
  /// takes a hundred times longer.
  private static func plainList(_ json: [UInt8]) -> [String]? {
    let quote = UInt8(ascii: "\"")
    var parts = json.split(separator: quote, omittingEmptySubsequences: false)[...]
    let isPlain = json.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\\") }
    guard isPlain, parts.count >= 3, parts.count % 2 == 1,
      parts.removeFirst().elementsEqual("[".utf8), parts.removeLast().elementsEqual("]".utf8)
    else { return nil }
    var entries = [String]()
    for (index, part) in parts.enumerated() {
      if index % 2 == 0 {
        entries.append(String(decoding: part, as: UTF8.self))
      } else if !part.elementsEqual(",".utf8) {
        return nil
      }
    }
    return entries
  }
}

/// A field with a register of its own, how many columns it takes, and the SQL that writes them.
struct Column {
  let field: Field
  let width: Int
  let update: String

  /// How many columns of the table come before it, with that of the record.
  let offset: Int
  let isCodedText: Bool
  let isTreeEdge: Bool

  init(_ field: Field, offset: Int) {
    let names = Columns.names(of: field)
    self.field = field
    self.offset = offset
    width = names.count
    isCodedText = field.canBeCoded
    isTreeEdge = Columns.isTreeEdge(field)
    let assignments = names.map { "\"\($0)\" = ?" }.joined(separator: ", ")
    update = "UPDATE \(field.kind.name) SET \(assignments) WHERE record = ?"
  }
}

/// The SQL for the table of a kind, written once for each kind.
struct KindTable {
  let width: Int
  let insert: String
  let delete: String
  /// By the number of the field; nil for one that is keyed, or has no number here.
  private let columns: [Column?]

  private init(_ kind: Kind) {
    let fields = Field.fields(of: kind).filter { !$0.shape.isKeyed }
    var columns = [Column?](
      repeating: nil, count: 1 + Int(fields.map(\.number).max() ?? 0))
    var width = 1
    for field in fields {
      let column = Column(field, offset: width)
      columns[Int(field.number)] = column
      width += column.width
    }
    self.columns = columns
    self.width = width
    let names = fields.flatMap(Columns.names)
    insert = """
      INSERT INTO \(kind.name) (record, \(names.map { "\"\($0)\"" }.joined(separator: ", ")))
      VALUES (?\(String(repeating: ", ?", count: names.count)))
      """
    delete = "DELETE FROM \(kind.name) WHERE record = ?"
  }

  /// The column of a field that has a register of its own; nil for every other.
  func column(_ field: FieldID) -> Column? {
    guard field.key.isEmpty, field.number < UInt32(columns.count) else { return nil }
    return columns[Int(field.number)]
  }

  static func of(_ kind: Kind) -> KindTable {
    all[Int(kind.rawValue) - 1]
  }

  private static let all = Kind.allCases.map(KindTable.init)
}
