import CuadernoLog
package import CuadernoModel
package import CuadernoSync
import CuadernoText
import GRDB

/// A register with different values that were written without knowing of each other.
package struct Conflict: Sendable {
  package struct Side: Sendable {
    package var dot: Dot
    package var stamp: Stamp
    package var member: String?
    package var value: Value?
    /// Whether this is the value shown.
    package var isShown: Bool
    /// Whether this is a part of the text shown.
    package var isMerged: Bool
  }

  /// A place in a text where sides changed the same words differently.
  package struct Spot: Sendable {
    /// What some of the sides say there; empty where they took the words away.
    package struct Saying: Sendable {
      package var text: String
      /// Their places in the conflict's list of sides.
      package var sides: [Int]
    }

    /// Where all of it stands in the text shown, in scalars.
    package var span: Range<Int>
    /// What stood there before.
    package var base: String
    /// In the order in which it stands in the text.
    package var sayings: [Saying]
  }

  package var record: RecordID
  package var kind: Kind
  /// What the record is called.
  package var name: String
  package var field: Field
  package var key: [UInt8]
  /// The newest first, which is the one shown unless they are shown merged.
  package var sides: [Side]
  /// What is shown: one side's value, or the text merged of all.
  package var shown: Value?
  /// For a text the places to decide, in their order; for every other field none.
  package var spots: [Spot]
  /// The record's clock when this was read.
  package var seen: VectorClock
}

extension Reader {
  package func conflictCount() throws -> Int {
    try Int.fetchOne(
      view.cachedStatement(
        sql: "SELECT count(*) FROM conflict WHERE true" + unlessWithheld("record"))) ?? 0
  }

  /// What tells the open conflicts from each other, without reading their values.
  package func conflictKeys() throws -> Set<String> {
    try String.fetchSet(
      view.cachedStatement(
        sql: """
          SELECT hex(id) || ' ' || field || ' ' || hex(key)
          FROM conflict JOIN record ON number = record \(unlessWithheld("number"))
          """))
  }

  /// Every open conflict, or those of one record.
  package func conflicts(of record: RecordID? = nil) throws -> [Conflict] {
    let members = try members()
    let rows = try Row.fetchAll(
      view.cachedStatement(
        sql: """
          SELECT id, kind, field, key FROM conflict JOIN record ON number = record
          WHERE (?1 IS NULL OR id = ?1) \(unlessWithheld("number")) ORDER BY record, field, key
          """),
      arguments: [record])
    return try rows.compactMap { row in
      let id = try row.decode(RecordID.self, atIndex: 0)
      guard let kind = Kind(rawValue: UInt32(clamping: try row.decode(Int64.self, atIndex: 1))),
        let field = Field.find(kind, UInt32(clamping: try row.decode(Int64.self, atIndex: 2))),
        let state = try state(of: id)
      else { return nil }
      let key = try row.decode(Blob.self, atIndex: 3).bytes
      let fieldID = FieldID(field.number, key: key)
      let register = state.register(fieldID)
      let sides = try register.reversed().enumerated().map { index, write in
        Conflict.Side(
          dot: write.dot, stamp: write.stamp, member: members[write.dot.device]?.name,
          value: try value(fieldID, of: write), isShown: index == 0, isMerged: false)
      }
      let conflict = Conflict(
        record: id, kind: kind, name: try name(of: id, kind), field: field, key: key, sides: sides,
        shown: sides.first?.value, spots: [], seen: state.clock)
      return field.shape == .text && key.isEmpty ? try merged(conflict) : conflict
    }
  }

  /// A conflict of a text with what its merge says of it.
  private func merged(_ conflict: Conflict) throws -> Conflict {
    var texts = try texts(conflict.field, of: conflict.record)
    let shown = try texts.shown(conflict.sides.reversed().map(\.dot))
    var conflict = conflict
    conflict.shown = shown.text.map(Value.text)
    for index in conflict.sides.indices {
      conflict.sides[index].isMerged = shown.merged.contains(conflict.sides[index].dot)
      conflict.sides[index].isShown = shown.merged == [conflict.sides[index].dot]
    }
    conflict.spots = shown.conflicts.map { spot in
      Conflict.Spot(
        span: spot.span, base: spot.base,
        sayings: spot.alternatives.map { alternative in
          let dots = Set(alternative.writes.map { shown.merged[$0] })
          return Conflict.Spot.Saying(
            text: alternative.text,
            sides: conflict.sides.indices.filter { dots.contains(conflict.sides[$0].dot) })
        })
    }
    return conflict
  }
}

extension Writer {
  /// Settles a conflict with a value: an ordinary write, made having seen all sides, and nothing that
  /// came after the conflict was read.
  package mutating func resolve(_ conflict: Conflict, with value: Value?) throws {
    let edit = FieldEdit(conflict.field, key: conflict.key, value: value)
    try update(conflict.record, [edit], seen: conflict.seen)
  }
}
