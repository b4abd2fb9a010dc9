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
      ["versionDevice", "versionSequence", "start", "end", "quote", "prefix", "suffix"]
    case .text where field.canBeCoded: [field.name, field.name + "Device", field.name + "Sequence"]
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

  /// What stands in those columns for a value; nulls for none, and for one of another shape, which
  /// only a broken peer writes.
  static func values(
    of field: Field, _ value: Value?, write: RecordState.Write
  ) -> [(any DatabaseValueConvertible)?] {
    let none = [(any DatabaseValueConvertible)?](repeating: nil, count: names(of: field).count)
    guard let value else { return none }
    switch (field.shape, value) {
    case (.text, .text(let text)) where field.canBeCoded:
      return [text, write.dot.device, Int64(bitPattern: write.dot.sequence)]
    case (.line, .text(let text)), (.text, .text(let text)), (.choice, .text(let text)),
      (.colour, .text(let text)):
      return [text]
    case (.lines, .list(let entries)), (.languages, .list(let entries)):
      return [list(entries)]
    case (.date, .date(let date)):
      return [date.description]
    case (.consent, .consent(let consent)):
      return [
        consent.form, consent.level.rawValue, consent.date?.description,
        consent.embargo?.description,
      ]
    case (.location, .location(let location)):
      return [location.latitude, location.longitude, location.accuracy]
    case (.reference, .reference(let reference)) where isTreeEdge(field):
      return [
        RecordID(rawValue: reference), Int64(bitPattern: write.stamp.rawValue), write.dot.device,
      ]
    case (.reference, .reference(let reference)):
      return [RecordID(rawValue: reference)]
    case (.target, .target(let target)):
      return [RecordID(rawValue: target.record), Int64(target.field)]
    case (.anchor, .anchor(let anchor)):
      return [
        DeviceID(rawValue: anchor.versionDevice), Int64(bitPattern: anchor.versionSequence),
        anchor.start, anchor.end, anchor.quote, anchor.prefix, anchor.suffix,
      ]
    default:
      return none
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

/// The SQL for the table of a kind, written once for each kind.
struct KindTable {
  let kind: Kind
  let fields: [Field]
  let insert: String

  private init(_ kind: Kind) {
    self.kind = kind
    fields = Field.fields(of: kind).filter { !$0.shape.isKeyed }
    let columns = fields.flatMap(Columns.names)
    insert = """
      INSERT INTO \(kind.name) (record, \(columns.map { "\"\($0)\"" }.joined(separator: ", ")))
      VALUES (?\(String(repeating: ", ?", count: columns.count)))
      """
  }

  func update(_ field: Field) -> String {
    let assignments = Columns.names(of: field).map { "\"\($0)\" = ?" }.joined(separator: ", ")
    return "UPDATE \(kind.name) SET \(assignments) WHERE record = ?"
  }

  var delete: String { "DELETE FROM \(kind.name) WHERE record = ?" }

  static func of(_ kind: Kind) -> KindTable {
    all[Int(kind.rawValue) - 1]
  }

  private static let all = Kind.allCases.map(KindTable.init)
}
