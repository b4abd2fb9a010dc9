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

  /// Appends what stands in those columns for a value; nulls for none, and for one of another shape,
  /// which only a broken peer writes.
  static func append(
    _ column: Column, _ shown: ShownValue, to bindings: inout [Binding]
  ) {
    let (value, write) = (shown.value, shown.write)
    switch (column.field.shape, value) {
    case (.text, .text(let text)) where column.field.canBeCoded:
      let version = shown.version ?? TextVersion(write.dot)
      bindings += [.text(text), .blob(version.bytes)]
    case (.line, .text(let text)), (.text, .text(let text)), (.choice, .text(let text)),
      (.colour, .text(let text)):
      bindings.append(.text(text))
    case (.lines, .list(let entries)), (.languages, .list(let entries)):
      bindings.append(.text(list(entries)))
    case (.date, .date(let date)):
      bindings.append(.text(date.description))
    case (.consent, .consent(let consent)):
      bindings += [
        .text(consent.form), .text(consent.level.rawValue), Binding(consent.date?.description),
        Binding(consent.embargo?.description),
      ]
    case (.location, .location(let location)):
      bindings += [
        .real(location.latitude), .real(location.longitude), Binding(location.accuracy),
      ]
    case (.reference, .reference(let reference)) where isTreeEdge(column.field):
      bindings += [
        .id(RecordID(rawValue: reference)), .integer(Int64(bitPattern: write.stamp.rawValue)),
        .id(write.dot.device),
      ]
    case (.reference, .reference(let reference)):
      bindings.append(.id(RecordID(rawValue: reference)))
    case (.target, .target(let target)):
      bindings += [.id(RecordID(rawValue: target.record)), .integer(Int64(target.field))]
    case (.anchor, .anchor(let anchor)):
      bindings += [
        anchor.textVersion.map { .blob($0.bytes) } ?? .null, .integer(Int64(anchor.start)),
        .integer(Int64(anchor.end)), .text(anchor.quote), .text(anchor.prefix),
        .text(anchor.suffix),
      ]
    default:
      for _ in 0..<column.width { bindings.append(.null) }
    }
  }

  /// A list as a JSON array, which SQLite can take apart.
  static func list(_ entries: [String]) -> String {
    let data = try? JSONEncoder().encode(entries)
    return data.map { String(decoding: $0, as: UTF8.self) } ?? "[]"
  }

  static func list(_ json: String?) -> [String] {
    guard let json else { return [] }
    return (try? JSONDecoder().decode([String].self, from: Data(json.utf8))) ?? []
  }
}

/// A field with a register of its own, how many columns it takes, and the SQL that writes them.
struct Column {
  let field: Field
  let width: Int
  let update: String

  init(_ field: Field) {
    let names = Columns.names(of: field)
    self.field = field
    width = names.count
    let assignments = names.map { "\"\($0)\" = ?" }.joined(separator: ", ")
    update = "UPDATE \(field.kind.name) SET \(assignments) WHERE record = ?"
  }
}

/// The SQL for the table of a kind, written once for each kind.
struct KindTable {
  let columns: [Column]
  let insert: String
  let delete: String

  private init(_ kind: Kind) {
    let fields = Field.fields(of: kind).filter { !$0.shape.isKeyed }
    columns = fields.map(Column.init)
    let names = fields.flatMap(Columns.names)
    insert = """
      INSERT INTO \(kind.name) (record, \(names.map { "\"\($0)\"" }.joined(separator: ", ")))
      VALUES (?\(String(repeating: ", ?", count: names.count)))
      """
    delete = "DELETE FROM \(kind.name) WHERE record = ?"
  }

  func column(_ number: UInt32) -> Column? {
    columns.first { $0.field.number == number }
  }

  static func of(_ kind: Kind) -> KindTable {
    all[Int(kind.rawValue) - 1]
  }

  private static let all = Kind.allCases.map(KindTable.init)
}
