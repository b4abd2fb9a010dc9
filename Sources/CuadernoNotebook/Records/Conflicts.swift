import CuadernoLog
package import CuadernoModel
package import CuadernoSync
import GRDB

/// A register with different values that were written without knowing of each other.
package struct Conflict: Sendable {
  package struct Side: Sendable {
    package var dot: Dot
    package var stamp: Stamp
    package var member: String?
    package var value: Value?
    package var isShown: Bool
  }

  package var record: RecordID
  package var kind: Kind
  /// What the record is called.
  package var name: String
  package var field: Field
  package var key: [UInt8]
  /// The one shown first, then the others from the newest to the oldest.
  package var sides: [Side]
}

extension Reader {
  package func conflictCount() throws -> Int {
    try Int.fetchOne(view.cachedStatement(sql: "SELECT count(*) FROM conflict")) ?? 0
  }

  /// What tells the open conflicts from each other, without reading their values.
  package func conflictKeys() throws -> Set<String> {
    try String.fetchSet(
      view.cachedStatement(
        sql: """
          SELECT hex(id) || ' ' || field || ' ' || hex(key)
          FROM conflict JOIN record ON number = record
          """))
  }

  /// Every open conflict, or those of one record.
  package func conflicts(of record: RecordID? = nil) throws -> [Conflict] {
    let members = try members()
    let rows = try Row.fetchAll(
      view.cachedStatement(
        sql: """
          SELECT id, kind, field, key FROM conflict JOIN record ON number = record
          WHERE ?1 IS NULL OR id = ?1 ORDER BY record, field, key
          """),
      arguments: [record])
    return try rows.compactMap { row in
      let id = try row.decode(RecordID.self, atIndex: 0)
      guard let kind = Kind(rawValue: UInt32(clamping: row[1] as Int64)),
        let field = Field.find(kind, UInt32(clamping: row[2] as Int64)),
        let state = try state(of: id)
      else { return nil }
      let key = try row.decode(Blob.self, atIndex: 3).bytes
      let fieldID = FieldID(field.number, key: key)
      let register = state.register(fieldID)
      let sides = try register.enumerated().reversed().map { index, write in
        Conflict.Side(
          dot: write.dot, stamp: write.stamp, member: members[write.dot.device]?.name,
          value: try value(fieldID, of: write), isShown: index == register.count - 1)
      }
      return Conflict(
        record: id, kind: kind, name: try name(of: id, kind), field: field, key: key, sides: sides)
    }
  }
}

extension Writer {
  /// Settles a conflict with a value: an ordinary write, made having seen all sides.
  package mutating func resolve(_ conflict: Conflict, with value: Value?) throws {
    try update(conflict.record, [FieldEdit(conflict.field, key: conflict.key, value: value)])
  }
}
