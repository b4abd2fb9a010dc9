import CuadernoLog
package import CuadernoModel
package import CuadernoSync
package import CuadernoText

/// A point in a record's past, or the present.
package enum RecordPoint: Hashable, Sendable {
  case now
  case version(Dot)
  /// As the author of a change saw it before writing.
  case before(Dot)
}

/// What differs between two points of a record's past.
package struct RecordDifference: Sendable {
  package struct FieldChange: Sendable {
    package var id: FieldID
    /// Nil for a field that a newer notebook knows.
    package var field: Field?
    /// Nil where the field held nothing, or what it held cannot be read here.
    package var before: Value?
    package var after: Value?
    /// Whether both sides can be read here; otherwise they only differ.
    package var isReadable: Bool
    /// For a text that was there before and after: where it differs.
    package var passages: [ChangedPassage]
  }

  /// The changes that the two points are named by; nil for the present and for the very beginning.
  package var from: HistoryEntry?
  package var to: HistoryEntry?
  package var wasAlive: Bool
  package var isAlive: Bool
  /// In the order of the fields.
  package var fields: [FieldChange]
}

extension Reader {
  /// What differs between two points of a record's past; nil when the log holds nothing of it.
  package func difference(
    of record: RecordID, from: RecordPoint, to: RecordPoint
  ) throws -> RecordDifference? {
    guard let past = try RecordPast(record, self), let old = past.version(at: from),
      let new = past.version(at: to)
    else { return nil }
    let kind = Kind(rawValue: new.state.kind)
    let fields = try Set(old.state.fields).union(new.state.fields).sorted().compactMap {
      Self.change($0, kind, try old.stored($0), try new.stored($0))
    }
    let members = try members()
    return RecordDifference(
      from: try past.named(from).map { try entry($0, members) },
      to: try past.named(to).map { try entry($0, members) }, wasAlive: old.isAlive,
      isAlive: new.isAlive, fields: fields)
  }

  private static func change(
    _ id: FieldID, _ kind: Kind?, _ old: StoredValue?, _ new: StoredValue?
  ) -> RecordDifference.FieldChange? {
    guard old != new else { return nil }
    if let old, let new, old.isEmpty, new.isEmpty { return nil }
    let field = kind.flatMap { Field.find($0, id.number) }
    let isReadable = [old, new].allSatisfy { side in
      side.map { $0.value != nil || $0 == .cleared } ?? false
    }
    var passages = [ChangedPassage]()
    if field?.shape == .text, case .text(let before) = old?.value,
      case .text(let after) = new?.value
    {
      passages = TextDifference(from: ScalarText(before), to: ScalarText(after)).passages()
    }
    return RecordDifference.FieldChange(
      id: id, field: field, before: old.flatMap(shown), after: new.flatMap(shown),
      isReadable: isReadable && field != nil, passages: passages)
  }

  private static func shown(_ stored: StoredValue) -> Value? {
    stored.isEmpty ? nil : stored.value
  }
}

extension RecordPast {
  /// Nil for a change that the log does not hold.
  fileprivate func version(at point: RecordPoint) -> Version? {
    switch point {
    case .now: now()
    case .version(let dot): change(dot).map(version(after:))
    case .before(let dot): change(dot).map(version(before:))
    }
  }

  /// The change that stands for a point: the last one seen when it is the point before another.
  fileprivate func named(_ point: RecordPoint) -> Change? {
    switch point {
    case .now: nil
    case .version(let dot): change(dot)
    case .before(let dot):
      change(dot).flatMap { later in
        changes.last { later.envelope.context.covers($0.dot) }
      }
    }
  }
}
