import CuadernoLog
package import CuadernoModel
package import CuadernoSync
import GRDB

/// One change as it is told: who wrote what, when.
package struct HistoryEntry: Sendable {
  package var dot: Dot
  package var stamp: Stamp
  /// The author's name; nil when their device has not introduced itself yet.
  package var member: String?
  package var record: RecordID
  /// Nil for a kind that a newer notebook knows.
  package var kind: Kind?
  package var isDelete: Bool
  /// What was written, with the field; nil for a field that a newer notebook knows.
  package var edits: [(field: Field?, value: Value?)]
  /// Whether the payload was erased on purpose.
  package var isErased: Bool
  /// Whether this change erased the record.
  package var isErase: Bool
  /// Whether its author knew of no change to the record before it.
  package var isFirst: Bool
  /// The change that this one takes back.
  package var undoes: Dot?
  /// Whether a hub did not take it, because its author's role does not allow it.
  package var isVoid = false
  /// How many changes it says that a hub did not take.
  package var voided = 0
}

/// A record as the author of one of its changes saw it after writing.
package struct RecordVersion: Sendable {
  package var entry: HistoryEntry
  /// The values of every register then, the shown one where several were current.
  package var values: [FieldID: Value?]
}

extension Reader {
  /// The changes to a record, in the order in which they came here.
  package func history(of record: RecordID) throws -> [HistoryEntry] {
    let members = try members()
    return try logEntries(of: record).map { try entry($0.change, members) }
  }

  /// The last changes of all, the newest first.
  package func lastChanges(_ limit: Int) throws -> [HistoryEntry] {
    let members = try members()
    let end = try Notebook.changes.end(log)
    let voids = try Voids(log: Notebook.changes, log)
    var result = [HistoryEntry]()
    var position = end
    while position > 0, result.count < limit {
      if let found = try Notebook.changes.entry(at: position, log),
        try !blindness.withholds(found.change.envelope, view)
      {
        var told = try entry(found.change, members)
        told.isVoid = voids.contains(found.change.dot)
        result.append(told)
      }
      position -= 1
    }
    return result
  }

  func logEntries(of record: RecordID) throws -> [ChangeLog.Entry] {
    guard let number = try number(of: record) else { return [] }
    let positions = try Int64.fetchAll(
      view.cachedStatement(
        sql: "SELECT position FROM history WHERE record = ? ORDER BY position"),
      arguments: [number])
    return try positions.map { position in
      guard let entry = try Notebook.changes.entry(at: position, log) else {
        throw StoreError.damaged
      }
      return entry
    }
  }

  func entry(_ change: Change, _ members: [DeviceID: Member]) throws -> HistoryEntry {
    let envelope = change.envelope
    let kind = Kind(rawValue: envelope.kind)
    let values = Projection.values(of: change)
    let edits = envelope.fields.enumerated().map { index, id in
      (field: kind.flatMap { Field.find($0, id.number) }, value: values?[index])
    }
    var isErased = false
    if case .erased = change.content { isErased = true }
    return HistoryEntry(
      dot: change.dot, stamp: envelope.stamp, member: members[change.dot.device]?.name,
      record: envelope.record, kind: kind, isDelete: envelope.action == .delete, edits: edits,
      isErased: isErased, isErase: envelope.action == .erase,
      isFirst: envelope.action == .write && envelope.context.isEmpty,
      undoes: change.note.undoes, voided: envelope.voided.count)
  }

  /// A record as one of its changes left it: everything that the change's author had seen of it,
  /// and the change. The same on every device.
  package func version(of record: RecordID, at dot: Dot) throws -> RecordVersion? {
    guard let past = try RecordPast(record, self), let change = past.change(dot) else { return nil }
    let version = past.version(after: change)
    var values = [FieldID: Value?]()
    for field in version.state.fields {
      if let merged = try mergedText(field, of: record, in: version.state) {
        values[field] = .some(merged.text.map(Value.text))
        continue
      }
      values[field] = .some(try version.stored(field)?.value)
    }
    return RecordVersion(entry: try entry(change, try members()), values: values)
  }

  /// A version by what somebody typed: its number in the history here, or the beginning of its
  /// device and its number there, such as `3f2a:17`.
  package func versionDot(_ text: String, of record: RecordID) throws -> Dot? {
    let dots = try logEntries(of: record).map(\.change.dot)
    if let number = Int(text) {
      return (1...max(dots.count, 1)).contains(number) ? dots.dropFirst(number - 1).first : nil
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let sequence = UInt64(parts[1]), !parts[0].isEmpty else { return nil }
    let matches = dots.filter {
      $0.sequence == sequence && $0.device.description.hasPrefix(parts[0].lowercased())
    }
    return matches.count == 1 ? matches[0] : nil
  }

  /// The text that a change wrote in a record's text field.
  package func text(_ field: Field, at dot: Dot) throws -> String? {
    guard let entry = try Notebook.changes.entry(at: dot, log),
      let index = entry.change.envelope.fields.firstIndex(of: FieldID(field.number)),
      case .text(let text) = Projection.values(of: entry.change)?[index]
    else { return nil }
    return text
  }
}
