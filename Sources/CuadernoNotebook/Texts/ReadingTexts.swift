import CuadernoLog
package import CuadernoModel
package import CuadernoSync
import CuadernoText
import GRDB

extension Reader {
  /// The texts of a record's field, in every version that its history here knows.
  func texts(_ field: Field, of record: RecordID) throws -> FieldTexts {
    let positions =
      try number(of: record).map { number in
        try Int64.fetchAll(
          view.cachedStatement(
            sql: "SELECT position FROM history WHERE record = ? ORDER BY position"),
          arguments: [number])
      } ?? []
    return try FieldTexts(FieldID(field.number)) { visit in
      for position in positions {
        guard let entry = try Notebook.changes.entry(at: position, log) else {
          throw StoreError.damaged
        }
        try visit(entry.change)
      }
    } change: { [log] dot in
      guard let entry = try Notebook.changes.entry(at: dot, log) else {
        throw StoreError.damagedChange(dot)
      }
      return entry.change
    }
  }

  /// A record's text as it was while some writes of it were current; nil when none of them is here.
  package func text(
    _ field: Field, of record: RecordID, at version: TextVersion
  ) throws -> String? {
    var texts = try texts(field, of: record)
    return try texts.text(of: version)?.string
  }
}

extension Reader {
  /// A text field that several writes of a state hold at once as it was shown then; nil for every
  /// other field.
  func mergedText(
    _ field: FieldID, of record: RecordID, in state: RecordState
  ) throws -> ShownText? {
    let register = state.register(field)
    guard register.count > 1, field.key.isEmpty,
      let field = Kind(rawValue: state.kind).flatMap({ Field.find($0, field.number) }),
      field.shape == .text
    else { return nil }
    var texts = try texts(field, of: record)
    return try texts.shown(register.map(\.dot))
  }

  /// The texts of a record that are shown merged, each with the writes it came of, oldest first.
  package func mergedTexts(
    of record: RecordID
  ) throws -> [(field: Field, writes: [(dot: Dot, member: String?)])] {
    guard let state = try state(of: record), state.isAlive else { return [] }
    return try state.contestedFields.compactMap { id in
      guard let text = try mergedText(id, of: record, in: state), text.merged.count > 1,
        let field = Kind(rawValue: state.kind).flatMap({ Field.find($0, id.number) })
      else { return nil }
      return (field, try text.merged.map { ($0, try memberName(of: $0.device)) })
    }
  }
}

extension FieldTexts {
  /// Where spans on some versions are in the one shown; nil for those on a version that is not here.
  ///
  /// - Parameter now: the text of the version shown.
  mutating func placements(
    of spans: [(version: TextVersion, span: QuotedSpan)], in shown: TextVersion, _ now: ScalarText
  ) throws -> [Placement?] {
    let known = spans.map { TextVersion($0.version.writes.filter(lineage.holds)) }
    let path = VersionPath(to: shown, from: Set(known.compactMap { $0 }), in: lineage)
    let carried = known.indices.compactMap { index in
      known[index].flatMap { path.places[$0] }.map { (index: index, place: $0) }
    }
    let found = try path.tree.placements(of: carried.map { ($0.place, spans[$0.index].span) }) {
      place throws -> ScalarText in
      if place == 0 { return now }
      guard let text = try text(of: path.versions[place]) else { throw StoreError.damaged }
      return text
    }
    var placements = [Placement?](repeating: nil, count: spans.count)
    for ((index, _), placement) in zip(carried, found) { placements[index] = placement }
    return placements
  }
}
